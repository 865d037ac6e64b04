package dev.espalier.kernel.browser;

import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;

/** One page of a {@link Chromium}: what is in it is asked, what is typed goes through its keys. */
final class Page {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final WebSocket socket;
  private final AtomicInteger number = new AtomicInteger();
  private final Map<Integer, CompletableFuture<JsonObject>> open = new ConcurrentHashMap<>();
  private final List<String> asked = new CopyOnWriteArrayList<>();
  private final List<String> broken = new CopyOnWriteArrayList<>();

  /** A key with its code as Windows numbers them, which is what the protocol wants. */
  enum Key {
    ENTER("Enter", 13, "\r"),
    ESCAPE("Escape", 27, ""),
    TAB("Tab", 9, ""),
    HOME("Home", 36, ""),
    END("End", 35, ""),
    DOWN("ArrowDown", 40, ""),
    LEFT("ArrowLeft", 37, "");

    final String name;
    final int code;
    final String text;

    Key(String name, int code, String text) {
      this.name = name;
      this.code = code;
      this.text = text;
    }
  }

  static final int NONE = 0;
  static final int CONTROL = 2;
  static final int SHIFT = 8;

  Page(HttpClient http, URI place) {
    socket = http.newWebSocketBuilder().buildAsync(place, new Ear()).join();
    call("Page.enable");
    call("Runtime.enable");
    call("Network.enable");
    // A page without a window counts as out of focus, and front ends then know no current notebook.
    call("Emulation.setFocusEmulationEnabled", "enabled", true);
  }

  private final class Ear implements WebSocket.Listener {
    private final StringBuilder text = new StringBuilder();

    @Override
    public CompletionStage<?> onText(WebSocket from, CharSequence part, boolean last) {
      text.append(part);
      if (last) {
        JsonObject message = JsonParser.parseString(text.toString()).getAsJsonObject();
        text.setLength(0);
        if (message.has("id")) {
          open.remove(message.get("id").getAsInt()).complete(message);
        } else {
          event(message.get("method").getAsString(), message.getAsJsonObject("params"));
        }
      }
      from.request(1);
      return null;
    }
  }

  private void event(String method, JsonObject about) {
    switch (method) {
      case "Network.requestWillBeSent" ->
          asked.add(about.getAsJsonObject("request").get("url").getAsString());
      case "Network.webSocketCreated" -> asked.add(about.get("url").getAsString());
      case "Runtime.exceptionThrown" -> broken.add(about.toString());
      case "Page.javascriptDialogOpening" ->
          // A page that asks whether it may be left.
          send("Page.handleJavaScriptDialog", "accept", true);
      default -> {}
    }
  }

  private CompletableFuture<JsonObject> send(String method, Object... namesAndValues) {
    JsonObject parameters = new JsonObject();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      parameters.add((String) namesAndValues[i], element(namesAndValues[i + 1]));
    }
    JsonObject message = new JsonObject();
    int id = number.incrementAndGet();
    message.addProperty("id", id);
    message.addProperty("method", method);
    message.add("params", parameters);
    CompletableFuture<JsonObject> answer = new CompletableFuture<>();
    open.put(id, answer);
    synchronized (socket) {
      socket.sendText(message.toString(), true).join();
    }
    return answer;
  }

  private static JsonElement element(Object value) {
    if (value instanceof JsonElement json) {
      return json;
    }
    if (value instanceof Boolean flag) {
      return new JsonPrimitive(flag);
    }
    return value instanceof Number figure
        ? new JsonPrimitive(figure)
        : new JsonPrimitive((String) value);
  }

  private JsonObject call(String method, Object... namesAndValues) {
    try {
      JsonObject answer = send(method, namesAndValues).get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
      if (answer.has("error")) {
        throw new AssertionError(method + ": " + answer.get("error"));
      }
      return answer.getAsJsonObject("result");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    } catch (ExecutionException | TimeoutException e) {
      throw new AssertionError("no answer to " + method, e);
    }
  }

  void size(int width, int height) {
    call(
        "Emulation.setDeviceMetricsOverride",
        "width",
        width,
        "height",
        height,
        "deviceScaleFactor",
        1,
        "mobile",
        false);
  }

  void open(String address) {
    call("Page.navigate", "url", address);
  }

  /** The value of a JavaScript expression; a promise is waited for. */
  JsonElement evaluate(String expression) {
    JsonObject answer =
        call(
            "Runtime.evaluate",
            "expression",
            expression,
            "returnByValue",
            true,
            "awaitPromise",
            true,
            "userGesture",
            true);
    if (answer.has("exceptionDetails")) {
      throw new AssertionError(expression + "\n" + answer.get("exceptionDetails"));
    }
    JsonElement value = answer.getAsJsonObject("result").get("value");
    return value == null ? JsonNull.INSTANCE : value;
  }

  String text(String expression) {
    JsonElement value = evaluate(expression);
    return value.isJsonNull() ? "" : value.getAsString();
  }

  int count(String selector) {
    return evaluate("document.querySelectorAll(" + quoted(selector) + ").length").getAsInt();
  }

  static String quoted(String text) {
    return new JsonPrimitive(text).toString();
  }

  /** Waits until an expression holds; it may fail meanwhile, as long as the page is not ready. */
  void until(String what, String expression) {
    until(what, expression, PATIENCE);
  }

  void until(String what, String expression, Duration patience) {
    if (!holdsWithin(patience, expression)) {
      Path shot = Path.of("target", "browser", "waited-in-vain.png");
      shot(shot);
      throw new AssertionError("waited in vain until " + what + "; see " + shot);
    }
  }

  /** Whether an expression holds before long; one that fails does not hold. */
  boolean holdsWithin(Duration patience, String expression) {
    long end = System.nanoTime() + patience.toNanos();
    String guarded =
        "(() => { try { return !!(" + expression + "); } catch (e) { return false; } })()";
    while (!evaluate(guarded).getAsBoolean()) {
      if (System.nanoTime() > end) {
        return false;
      }
      try {
        TimeUnit.MILLISECONDS.sleep(30);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new AssertionError(e);
      }
    }
    return true;
  }

  /** Clicks into the middle of the first element that a selector finds. */
  void click(String selector) {
    until(
        selector + " is there",
        "document.querySelector(" + quoted(selector) + ").getBoundingClientRect().width > 0");
    JsonObject box =
        evaluate(
                "(() => { const e = document.querySelector("
                    + quoted(selector)
                    + "); e.scrollIntoView({block: 'nearest'});"
                    + " const b = e.getBoundingClientRect();"
                    + " return {x: b.x + b.width / 2, y: b.y + b.height / 2}; })()")
            .getAsJsonObject();
    for (String kind : List.of("mouseMoved", "mousePressed", "mouseReleased")) {
      call(
          "Input.dispatchMouseEvent",
          "type",
          kind,
          "x",
          box.get("x"),
          "y",
          box.get("y"),
          "button",
          kind.equals("mouseMoved") ? "none" : "left",
          "clickCount",
          kind.equals("mouseMoved") ? 0 : 1);
    }
  }

  void press(Key key, int modifiers) {
    String text = (modifiers & CONTROL) != 0 ? "" : key.text;
    press(key.name, key.name, key.code, text, modifiers);
  }

  void press(Key key) {
    press(key, NONE);
  }

  /** A letter's key, with Control or alone. */
  void press(char letter, int modifiers) {
    press(
        String.valueOf(letter),
        Character.isDigit(letter) ? "Digit" + letter : "Key" + Character.toUpperCase(letter),
        Character.toUpperCase(letter),
        modifiers == NONE ? String.valueOf(letter) : "",
        modifiers);
  }

  private void press(String key, String place, int code, String text, int modifiers) {
    for (String kind : List.of(text.isEmpty() ? "rawKeyDown" : "keyDown", "keyUp")) {
      call(
          "Input.dispatchKeyEvent",
          "type",
          kind,
          "key",
          key,
          "code",
          place,
          "windowsVirtualKeyCode",
          code,
          "text",
          kind.equals("keyUp") ? "" : text,
          "modifiers",
          modifiers);
    }
  }

  /** Types a text key by key; a line's end is the Enter key. */
  void type(String text) {
    text.codePoints()
        .forEach(
            c -> {
              if (c == '\n') {
                press(Key.ENTER);
              } else {
                String key = Character.toString(c);
                call("Input.dispatchKeyEvent", "type", "keyDown", "key", key, "text", key);
                call("Input.dispatchKeyEvent", "type", "keyUp", "key", key);
              }
            });
  }

  /** Keeps what is seen. */
  void shot(Path file) {
    String png = call("Page.captureScreenshot", "format", "png").get("data").getAsString();
    try {
      Files.createDirectories(file.toAbsolutePath().getParent());
      Files.write(file, Base64.getDecoder().decode(png));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What the page asked of other machines. */
  List<String> foreignRequests() {
    return asked.stream()
        .filter(a -> !a.matches("(https?|ws)://127\\.0\\.0\\.1[:/].*|(data|blob|file|about):.*"))
        .toList();
  }

  /** Exceptions that no code of the page caught, as far as a file of that name had part in them. */
  List<String> exceptionsOf(String name) {
    return broken.stream().filter(e -> e.contains(name)).toList();
  }

  void close() {
    call("Page.close");
    socket.abort();
  }
}
