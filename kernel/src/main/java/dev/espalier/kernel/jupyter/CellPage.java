package dev.espalier.kernel.jupyter;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.dflib.jjava.jupyter.kernel.display.DisplayData;

/** What one cell's Java code may ask of the notebook. */
final class CellPage implements Page {
  private final Request request;
  private final Streams streams;
  private final CellInput input;
  private final Values values;
  private final Sentences sentences;
  private volatile Object shown;

  CellPage(Request request, Streams streams, CellInput input, Values values, Sentences sentences) {
    this.request = request;
    this.streams = streams;
    this.input = input;
    this.values = values;
    this.sentences = sentences;
  }

  @Override
  public void show(Object value, List<String> as, String id, boolean update) {
    Bundle bundle = values.show(value, as);
    request.awaitReaders();
    // What was printed before it belongs above it.
    streams.flush();
    request.publish(update ? "update_display_data" : "display_data", bundle.content(id));
    if (!update) {
      // What `display(value)` gives at the end of a cell is not to stand below what it showed.
      shown = id;
    }
  }

  @Override
  public DisplayData render(Object value, List<String> as) {
    JsonObject forms = values.show(value, as).data();
    DisplayData data = new DisplayData();
    for (Map.Entry<String, JsonElement> form : forms.entrySet()) {
      data.putData(
          form.getKey(),
          form.getValue().isJsonPrimitive() ? form.getValue().getAsString() : form.getValue());
    }
    return data;
  }

  @Override
  public void clear(boolean wait) {
    streams.flush();
    request.publish("clear_output", Json.of("wait", wait));
  }

  @Override
  public String ask(String prompt, boolean secret) throws IOException {
    streams.flush();
    return input.ask(prompt, secret);
  }

  @Override
  public Optional<Object> espalier(String text) {
    Sentences.Given given = sentences.run(request, text);
    shown = given.shown() ? given.value().orElse(null) : null;
    return given.value();
  }

  /** Whether this is what sentences gave, and showed, last, or the id of a display. */
  boolean shown(Object value) {
    return value != null && value == shown;
  }

  @Override
  public void renderer(Notebook.Renderer renderer) {
    values.register(renderer);
  }
}
