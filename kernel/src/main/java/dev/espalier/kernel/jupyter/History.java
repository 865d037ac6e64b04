package dev.espalier.kernel.jupyter;

import com.google.gson.JsonArray;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** The cells run since the kernel came up. */
final class History {
  private static final class Entry {
    private final int number;
    private final String input;

    /** Only an expression has a result; displays are the front end's to keep. */
    private String output;

    Entry(int number, String input) {
      this.number = number;
      this.input = input;
    }

    int number() {
      return number;
    }

    String input() {
      return input;
    }
  }

  private static final int SESSION = 1;
  private static final int DEFAULT_COUNT = 1000;

  /** A notebook that runs for days must not keep all of it. */
  private static final int MOST_ENTRIES = 10_000;

  private static final int MOST_OUTPUT = 10_000;

  private final Deque<Entry> entries = new ArrayDeque<>();

  synchronized void add(int number, String input) {
    entries.add(new Entry(number, input));
    if (entries.size() > MOST_ENTRIES) {
      entries.removeFirst();
    }
  }

  /** Keeps the text of what the newest cell's last expression gave. */
  synchronized void result(int number, String text) {
    Entry newest = entries.peekLast();
    if (newest != null && newest.number == number) {
      newest.output = text.length() > MOST_OUTPUT ? text.substring(0, MOST_OUTPUT) + "…" : text;
    }
  }

  /** Answers a {@code history_request}: the last n, a range of numbers, or those like a pattern. */
  synchronized JsonObject answer(JsonObject request) {
    int n = Math.max(0, Json.whole(request, "n", DEFAULT_COUNT));
    List<Entry> found = new ArrayList<>();
    switch (Json.text(request, "hist_access_type", "tail")) {
      case "range" -> {
        int session = Json.whole(request, "session", 0);
        int start = Json.whole(request, "start", 1);
        int stop = Json.whole(request, "stop", Integer.MAX_VALUE);
        if (session == 0 || session == SESSION) {
          entries.stream()
              .filter(e -> e.number() >= start && e.number() < stop)
              .forEach(found::add);
        }
      }
      case "search" -> {
        Pattern pattern = glob(Json.text(request, "pattern", "*"));
        Map<String, Entry> unique = new LinkedHashMap<>();
        for (Entry e : entries) {
          if (pattern.matcher(e.input()).matches()) {
            found.add(e);
            unique.remove(e.input());
            unique.put(e.input(), e);
          }
        }
        found = last(Json.flag(request, "unique", false) ? List.copyOf(unique.values()) : found, n);
      }
      default -> found = last(List.copyOf(entries), n);
    }
    boolean output = Json.flag(request, "output", false);
    JsonArray history = new JsonArray();
    for (Entry e : found) {
      JsonArray line = new JsonArray();
      line.add(SESSION);
      line.add(e.number());
      if (output) {
        JsonArray both = new JsonArray();
        both.add(e.input());
        both.add(e.output == null ? JsonNull.INSTANCE : new JsonPrimitive(e.output));
        line.add(both);
      } else {
        line.add(new JsonPrimitive(e.input()));
      }
      history.add(line);
    }
    return Json.of("status", "ok", "history", history);
  }

  private static <T> List<T> last(List<T> all, int n) {
    return all.subList(Math.max(0, all.size() - n), all.size());
  }

  /** {@code *} stands for any text and {@code ?} for a character. */
  private static Pattern glob(String glob) {
    StringBuilder regex = new StringBuilder();
    for (char c : glob.toCharArray()) {
      regex.append(c == '*' ? ".*" : c == '?' ? "." : Pattern.quote(String.valueOf(c)));
    }
    return Pattern.compile(regex.toString(), Pattern.DOTALL);
  }
}
