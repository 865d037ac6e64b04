package dev.espalier.kernel.jupyter;

import dev.espalier.engine.Model;
import dev.espalier.engine.data.DataSet;
import dev.espalier.engine.run.Result;
import java.util.function.BiConsumer;
import org.dflib.jjava.jupyter.kernel.display.Renderer;
import org.dflib.jjava.jupyter.kernel.display.mime.MIMEType;
import org.knowm.xchart.internal.chartpart.Chart;

/** Teaches the registry of another kernel on the same base what this one shows. */
final class EngineRenderers {
  private EngineRenderers() {}

  /** Adds what the base does not know: charts, and what the engine gives. */
  static void register(Renderer renderer, Rendering rendering) {
    renderer
        .createRegistration(Chart.class)
        .preferring(MIMEType.IMAGE_PNG)
        .register(
            (chart, context) ->
                context.renderIfRequested(
                    MIMEType.IMAGE_PNG, () -> Values.base64(Values.png((Chart<?, ?>) chart, 1))));
    renderer
        .createRegistration(Result.class)
        .preferring(MIMEType.TEXT_HTML)
        .register((r, context) -> put(rendering.result(r), context.getOutputContainer()::putData));
    renderer
        .createRegistration(Model.class)
        .preferring(MIMEType.TEXT_HTML)
        .register(
            (m, context) ->
                put(
                    rendering.result(new Result.ModelResult("", m, false, "")),
                    context.getOutputContainer()::putData));
    renderer
        .createRegistration(DataSet.class)
        .preferring(MIMEType.TEXT_HTML)
        .register(
            (d, context) ->
                put(
                    rendering.result(new Result.DataResult(d.name(), d)),
                    context.getOutputContainer()::putData));
  }

  private static void put(Bundle bundle, BiConsumer<String, Object> into) {
    bundle.data().entrySet().forEach(e -> into.accept(e.getKey(), e.getValue().getAsString()));
  }
}
