package dev.espalier.kernel.jupyter;

import static dev.espalier.kernel.jupyter.CellFailure.BOLD_RED;
import static dev.espalier.kernel.jupyter.CellFailure.PLAIN;

import dev.espalier.dsl.Nearest;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** First lines that say what a cell is: {@code %%java}. */
final class Magics {
  static final String JAVA = "%%java";

  /** What each is for. */
  private static final Map<String, String> ALL = new LinkedHashMap<>();

  static {
    ALL.put(
        JAVA,
        """
        %%java — the rest of this cell is Java
        As the first line of a cell, with nothing behind it. The cell is compiled and run by JShell: \
        statements, declarations, imports and expressions in any order; the last expression is \
        shown. Names are shared with Espalier cells both ways: a hyphen in a name becomes an \
        underscore, as in `lenet_small`. `display(value)` shows a value at once.""");
  }

  private Magics() {}

  /** Whether a cell starts with a magic, known or not. */
  static boolean starts(String cell) {
    return !word(cell).isEmpty();
  }

  /** A cell's first word when that starts with a percent sign; else nothing. */
  static String word(String cell) {
    int from = from(cell);
    int to = from;
    while (to < cell.length() && !Character.isWhitespace(cell.charAt(to))) {
      to++;
    }
    return from < cell.length() && cell.charAt(from) == '%' ? cell.substring(from, to) : "";
  }

  /** Where a cell's first word starts. */
  static int from(String cell) {
    int from = 0;
    while (from < cell.length() && Character.isWhitespace(cell.charAt(from))) {
      from++;
    }
    return from;
  }

  /** The magics that may stand at a cursor in a cell's first word; empty anywhere else. */
  static Optional<Suggestions> complete(String cell, int cursor) {
    String word = word(cell);
    int from = from(cell);
    if (word.isEmpty() || cursor <= from || cursor > from + word.length()) {
      return Optional.empty();
    }
    String typed = cell.substring(from, cursor).replaceFirst("^%+", "").toLowerCase(Locale.ROOT);
    return Optional.of(
        new Suggestions(
            ALL.keySet().stream()
                .filter(m -> m.startsWith("%%" + typed))
                .map(m -> new Suggestions.Item(m, "magic"))
                .toList(),
            from,
            from + word.length()));
  }

  /** What a cell's first word is for; empty anywhere else. */
  static Optional<String> inspect(String cell, int cursor) {
    String word = word(cell);
    int from = from(cell);
    if (word.isEmpty() || cursor < from || cursor > from + word.length()) {
      return Optional.empty();
    }
    return Optional.of(ALL.getOrDefault(word, String.join("\n", refusal(word))));
  }

  /** Says that there is no such magic, and which was meant. */
  static CellFailure unknown(String cell) {
    String word = word(cell);
    List<String> lines = new ArrayList<>(refusal(word));
    String title = lines.get(0);
    lines.set(0, BOLD_RED + title + PLAIN);
    return new CellFailure("UnknownCell", title, lines);
  }

  /** Says that what stands behind a magic has no place there. */
  static CellFailure tooMuch(String word, String behind) {
    String title = "`" + word + "` takes nothing behind it";
    return new CellFailure(
        "UnknownCell",
        title,
        List.of(
            BOLD_RED + title + PLAIN,
            "`" + behind + "` stands on the line of `" + word + "`: put it on a line of its own"));
  }

  private static List<String> refusal(String word) {
    List<String> lines = new ArrayList<>();
    lines.add("`" + word + "` is no kind of cell");
    String bare = word.replaceFirst("^%+", "");
    ALL.keySet().stream()
        .filter(m -> near(bare, m.substring(2)))
        .findFirst()
        .ifPresent(m -> lines.add("did you mean `" + m + "`?"));
    lines.add("Cells are Espalier, or Java after a first line `" + JAVA + "`.");
    return lines;
  }

  private static boolean near(String word, String known) {
    return word.equals(known)
        || word.equalsIgnoreCase("jshell")
        || Nearest.to(word, List.of(known)).isPresent();
  }
}
