package dev.espalier.kernel.lsp;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** The editor's side of the protocol, byte for byte. */
final class Editor {
  private final OutputStream out;
  private final BlockingQueue<JsonObject> received = new LinkedBlockingQueue<>();
  private final List<JsonObject> kept = new ArrayList<>();
  private int id;

  /** What came that is no message of the protocol. */
  final StringBuilder noise = new StringBuilder();

  Editor(InputStream in, OutputStream out) {
    this.out = out;
    Thread reader = new Thread(() -> readAll(in), "editor");
    reader.setDaemon(true);
    reader.start();
  }

  private void readAll(InputStream in) {
    try {
      while (true) {
        int length = -1;
        for (String line = line(in); !line.isEmpty(); line = line(in)) {
          if (line.startsWith("Content-Length: ")) {
            length = Integer.parseInt(line.substring("Content-Length: ".length()));
          } else if (!line.startsWith("Content-Type")) {
            noise.append(line).append('\n');
          }
        }
        byte[] body = in.readNBytes(length);
        received.add(
            JsonParser.parseString(new String(body, StandardCharsets.UTF_8)).getAsJsonObject());
      }
    } catch (IOException | RuntimeException e) {
      // The server has ended.
    }
  }

  private static String line(InputStream in) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int b = in.read(); b != '\n'; b = in.read()) {
      if (b < 0) {
        throw new IOException("end");
      }
      if (b != '\r') {
        line.write(b);
      }
    }
    return line.toString(StandardCharsets.US_ASCII);
  }

  void raw(String body) throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    out.write(("Content-Length: " + bytes.length + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
    out.write(bytes);
    out.flush();
  }

  void tell(String method, String params) throws IOException {
    raw("{\"jsonrpc\":\"2.0\",\"method\":\"" + method + "\",\"params\":" + params + "}");
  }

  /** The whole answer: `result` or `error`. */
  JsonObject ask(String method, String params) throws IOException, InterruptedException {
    int number = ++id;
    raw(
        "{\"jsonrpc\":\"2.0\",\"id\":"
            + number
            + ",\"method\":\""
            + method
            + "\",\"params\":"
            + params
            + "}");
    return await(
        m ->
            m.has("id")
                && !m.get("id").isJsonNull()
                && m.get("id").getAsString().equals("" + number),
        method);
  }

  JsonElement result(String method, String params) throws IOException, InterruptedException {
    JsonObject answer = ask(method, params);
    if (answer.has("error")) {
      throw new AssertionError(answer.get("error"));
    }
    return answer.get("result");
  }

  /** The next diagnostics of a text, of a version or later. */
  JsonObject diagnostics(String uri, int version) throws InterruptedException {
    return await(
            m ->
                m.has("method")
                    && m.get("method").getAsString().equals("textDocument/publishDiagnostics")
                    && m.getAsJsonObject("params").get("uri").getAsString().equals(uri)
                    && (!m.getAsJsonObject("params").has("version")
                        || m.getAsJsonObject("params").get("version").getAsInt() >= version),
            "diagnostics of " + uri)
        .getAsJsonObject("params");
  }

  interface Wanted {
    boolean is(JsonObject message);
  }

  JsonObject await(Wanted wanted, String what) throws InterruptedException {
    for (int i = 0; i < kept.size(); i++) {
      if (wanted.is(kept.get(i))) {
        return kept.remove(i);
      }
    }
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (System.nanoTime() < deadline) {
      JsonObject next = received.poll(1, TimeUnit.SECONDS);
      if (next != null && wanted.is(next)) {
        return next;
      } else if (next != null) {
        kept.add(next);
      }
    }
    throw new AssertionError("no answer: " + what + "; there were " + kept);
  }
}
