package dev.espalier.kernel.jupyter;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.espalier.engine.Model;
import dev.espalier.engine.data.DataSet;
import dev.espalier.engine.run.Result;
import dev.espalier.kernel.render.Html;
import dev.espalier.kernel.value.Images;
import dev.espalier.kernel.value.Plain;
import dev.espalier.kernel.value.Tables;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import org.dflib.jjava.jupyter.kernel.display.DisplayData;
import org.dflib.jjava.jupyter.kernel.display.DisplayDataRenderable;
import org.dflib.jjava.jupyter.kernel.display.Renderer;
import org.knowm.xchart.VectorGraphicsEncoder;
import org.knowm.xchart.internal.chartpart.Chart;

/** Shows the values of Java cells. */
final class Values {
  private static final String TEXT = "text/plain";
  private static final String HTML = "text/html";
  private static final String PNG = "image/png";
  private static final String SVG = "image/svg+xml";
  private static final int MOST_FRAMES = 30;

  private final Supplier<Renderer> base;
  private final Rendering rendering;

  /** The user's own, the newest first. */
  private final List<Notebook.Renderer> renderers = new CopyOnWriteArrayList<>();

  /**
   * @param base renders values made for other Jupyter kernels on this base
   */
  Values(Supplier<Renderer> base, Rendering rendering) {
    this.base = base;
    this.rendering = rendering;
  }

  void register(Notebook.Renderer given) {
    renderers.removeIf(r -> r.type() == given.type() && r.mimeType().equals(given.mimeType()));
    renderers.add(0, given);
  }

  /**
   * A value in its forms; runs the user's {@code toString} and renderers.
   *
   * @param as the MIME types wanted; all there are when empty
   * @throws IllegalArgumentException when the value has none of them
   */
  Bundle show(Object value, List<String> as) {
    if (as.isEmpty()) {
      return forms(value);
    }
    JsonObject wanted = new JsonObject();
    JsonObject sizes = new JsonObject();
    Bundle all = null;
    for (String type : as) {
      Optional<String> made =
          value instanceof CharSequence text ? said(text, type) : drawn(value, type);
      if (made.isPresent()) {
        wanted.addProperty(type, made.get());
        continue;
      }
      all = all == null ? forms(value) : all;
      JsonElement form = all.data().get(type);
      if (form == null && type.equals(HTML)) {
        wanted.addProperty(HTML, "<pre>" + Html.escape(all.plain()) + "</pre>");
      } else if (form == null) {
        throw new IllegalArgumentException(
            "this value has no form "
                + type
                + "; it has "
                + String.join(", ", all.data().keySet()));
      } else {
        wanted.add(type, form);
        if (all.metadata().has(type)) {
          sizes.add(type, all.metadata().get(type));
        }
      }
    }
    if (!wanted.has(TEXT)) {
      // Consoles show nothing else.
      wanted.addProperty(
          TEXT, value instanceof CharSequence ? Plain.of(value) : forms(value).plain());
    }
    return new Bundle(wanted, sizes);
  }

  /** A text is what the user says it is; a picture in bytes cannot be one. */
  private static Optional<String> said(CharSequence text, String type) {
    boolean texts = type.startsWith("text/") || type.equals(SVG) || type.startsWith("application/");
    return texts ? Optional.of(text.toString()) : Optional.empty();
  }

  private static Optional<String> drawn(Object value, String type) {
    return value instanceof Chart<?, ?> chart && type.equals(SVG)
        ? Optional.of(svg(chart))
        : Optional.empty();
  }

  private Bundle forms(Object value) {
    if (value == null) {
      return Bundle.text("null");
    }
    if (value instanceof DisplayData display) {
      return Bundle.of(display);
    }
    Bundle own = users(value);
    if (own != null) {
      return own;
    }
    if (value instanceof Notebook.Renderable renderable) {
      return Bundle.text(renderable.text()).html(renderable.html());
    }
    if (value instanceof DisplayDataRenderable) {
      return Bundle.of(base.get().render(value));
    }
    if (value instanceof Chart<?, ?> chart) {
      return Bundle.text("chart " + chart.getTitle())
          .png(png(chart, 2), chart.getWidth(), chart.getHeight());
    }
    if (value instanceof BufferedImage image) {
      return Bundle.text(Images.words(image)).png(Images.png(image));
    }
    if (value instanceof Result result) {
      return rendering.result(result);
    }
    if (value instanceof Model model) {
      return rendering.result(new Result.ModelResult("", model, false, ""));
    }
    if (value instanceof DataSet data) {
      return rendering.result(new Result.DataResult(data.name(), data));
    }
    if (value instanceof Throwable failure) {
      return Bundle.text(trace(failure));
    }
    Optional<Tables.Tabled> table = Tables.of(value);
    return table
        .map(
            t ->
                Bundle.text(t.better() ? t.table().text() : Plain.of(value)).html(t.table().html()))
        .orElseGet(() -> Bundle.text(Plain.of(value)));
  }

  /** What the user's own renderers make of a value; null without one. */
  private Bundle users(Object value) {
    Bundle bundle = null;
    for (Notebook.Renderer renderer : renderers) {
      if (!renderer.type().isInstance(value)
          || (bundle != null && bundle.data().has(renderer.mimeType()))) {
        continue;
      }
      Object form;
      try {
        form = renderer.form().apply(value);
      } catch (RuntimeException | StackOverflowError e) {
        form = null;
        System.err.println("the renderer of " + renderer.type().getSimpleName() + " threw " + e);
      }
      if (form == null) {
        continue;
      }
      bundle = bundle == null ? Bundle.text(Plain.of(value)) : bundle;
      bundle =
          form instanceof byte[] bytes
              ? bundle.with(renderer.mimeType(), base64(bytes))
              : bundle.with(renderer.mimeType(), String.valueOf(form));
    }
    return bundle;
  }

  private static String trace(Throwable failure) {
    StringBuilder text = new StringBuilder(Plain.of(failure));
    int shown = 0;
    for (StackTraceElement frame : failure.getStackTrace()) {
      if (frame.getClassName().startsWith(Values.class.getPackageName() + ".")
          || frame.getClassName().startsWith("jdk.internal.reflect.")) {
        break;
      }
      if (frame.getClassName().startsWith("REPL.")) {
        String method = frame.getMethodName();
        text.append("\n  at ").append(method.startsWith("do_it$") ? "a cell" : method);
        continue;
      }
      if (++shown > MOST_FRAMES) {
        text.append("\n  …");
        break;
      }
      text.append("\n  at ").append(frame);
    }
    return text.toString();
  }

  static String base64(byte[] bytes) {
    return Base64.getEncoder().encodeToString(bytes);
  }

  /** A PNG with {@code scale} times as many pixels each way as the chart is large. */
  static byte[] png(Chart<?, ?> chart, int scale) {
    BufferedImage image =
        new BufferedImage(
            chart.getWidth() * scale, chart.getHeight() * scale, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = image.createGraphics();
    graphics.scale(scale, scale);
    chart.paint(graphics, chart.getWidth(), chart.getHeight());
    graphics.dispose();
    return Images.written(image);
  }

  private static String svg(Chart<?, ?> chart) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      VectorGraphicsEncoder.saveVectorGraphic(
          chart, out, VectorGraphicsEncoder.VectorGraphicsFormat.SVG);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toString(StandardCharsets.UTF_8);
  }
}
