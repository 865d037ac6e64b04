package dev.espalier.kernel.jupyter;

import com.google.gson.JsonObject;

/** A cell of this kernel. */
record CellOutlet(Request request, Streams streams) implements Outlet {
  @Override
  public void publish(String type, JsonObject content) {
    request.publish(type, content);
  }

  @Override
  public void flush() {
    streams.flush();
  }

  @Override
  public void warn(String text) {
    streams.err().println(text);
  }

  @Override
  public boolean stopped() {
    return request.poll();
  }

  @Override
  public String toJava() {
    return "start the cell with %%java";
  }
}
