package dev.espalier.kernel.jupyter;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.Map;
import java.util.function.BiConsumer;
import org.dflib.jjava.jupyter.kernel.BaseKernel;
import org.dflib.jjava.jupyter.kernel.display.DisplayData;

/** A cell of another kernel. */
final class GuestOutlet implements Outlet {
  private final BaseKernel kernel;
  private volatile boolean stopped;

  GuestOutlet(BaseKernel kernel) {
    this.kernel = kernel;
  }

  void stop() {
    stopped = true;
  }

  @Override
  public void publish(String type, JsonObject content) {
    DisplayData data = new DisplayData();
    each(content, "data", data::putData);
    each(content, "metadata", data::putMetaData);
    each(content, "transient", data::putTransientData);
    if (type.equals("update_display_data")) {
      kernel.getIO().display.updateDisplay(data);
    } else {
      kernel.display(data);
    }
  }

  private static void each(JsonObject content, String part, BiConsumer<String, Object> into) {
    for (Map.Entry<String, JsonElement> e : Json.object(content, part).entrySet()) {
      JsonElement value = e.getValue();
      boolean text = value.isJsonPrimitive() && value.getAsJsonPrimitive().isString();
      into.accept(e.getKey(), text ? value.getAsString() : value);
    }
  }

  @Override
  public void flush() {
    kernel.getIO().out.flush();
    kernel.getIO().err.flush();
  }

  @Override
  public void warn(String text) {
    kernel.getIO().err.println(text);
  }

  @Override
  public boolean stopped() {
    return stopped;
  }

  @Override
  public String toJava() {
    return "take `%%espalier` away";
  }
}
