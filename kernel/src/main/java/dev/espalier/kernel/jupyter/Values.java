package dev.espalier.kernel.jupyter;

import dev.espalier.engine.Model;
import dev.espalier.engine.data.DataSet;
import dev.espalier.engine.run.Result;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Array;
import java.util.Base64;
import java.util.List;
import java.util.function.Supplier;
import org.dflib.jjava.jupyter.kernel.display.DisplayData;
import org.dflib.jjava.jupyter.kernel.display.Renderer;
import org.dflib.jjava.jupyter.kernel.display.mime.MIMEType;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.internal.chartpart.Chart;

/** Shows the values of Java cells, through the base's registry of renderers. */
final class Values {
  private static final int MOST_CHARACTERS = 100_000;
  private static final int MOST_ELEMENTS = 1000;

  private final Supplier<Renderer> base;
  private final Rendering rendering;
  private Renderer renderer;

  /**
   * @param base is asked when something is first shown
   */
  Values(Supplier<Renderer> base, Rendering rendering) {
    this.base = base;
    this.rendering = rendering;
  }

  private synchronized Renderer renderer() {
    if (renderer != null) {
      return renderer;
    }
    renderer = base.get();
    register(renderer, rendering);
    return renderer;
  }

  /** Adds what the base does not know to a registry: charts, and what the engine gives. */
  static void register(Renderer renderer, Rendering rendering) {
    renderer
        .createRegistration(Chart.class)
        .preferring(MIMEType.IMAGE_PNG)
        .register(
            (chart, context) ->
                context.renderIfRequested(MIMEType.IMAGE_PNG, () -> png((Chart<?, ?>) chart)));
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

  void register(Notebook.Renderer given) {}

  Bundle show(Object value, List<String> as) {
    return show(value);
  }

  /** Every form of a value; runs the user's {@code toString}. */
  Bundle show(Object value) {
    if (value == null) {
      return Bundle.text("null");
    }
    if (value instanceof DisplayData display) {
      return Bundle.of(display);
    }
    if (value.getClass().isArray()) {
      StringBuilder text = new StringBuilder();
      array(value, text);
      return Bundle.text(text.toString());
    }
    Bundle bundle = Bundle.of(renderer().render(value));
    String text = Json.text(bundle.data(), "text/plain", "");
    return text.length() > MOST_CHARACTERS
        ? bundle.with(
            "text/plain",
            text.substring(0, MOST_CHARACTERS) + "… (" + text.length() + " characters)")
        : bundle;
  }

  private static void put(Bundle bundle, java.util.function.BiConsumer<String, Object> into) {
    bundle.data().entrySet().forEach(e -> into.accept(e.getKey(), e.getValue().getAsString()));
  }

  private static String png(Chart<?, ?> chart) {
    try {
      return Base64.getEncoder()
          .encodeToString(BitmapEncoder.getBitmapBytes(chart, BitmapEncoder.BitmapFormat.PNG));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void array(Object array, StringBuilder text) {
    int length = Array.getLength(array);
    text.append('[');
    for (int i = 0; i < length; i++) {
      if (i > 0) {
        text.append(", ");
      }
      if (i == MOST_ELEMENTS || text.length() > MOST_CHARACTERS) {
        text.append("… ").append(length - i).append(" more");
        break;
      }
      Object element = Array.get(array, i);
      if (element != null && element.getClass().isArray()) {
        array(element, text);
      } else {
        text.append(element);
      }
    }
    text.append(']');
  }
}
