package dev.espalier.kernel.jupyter;

import static dev.espalier.kernel.jupyter.CellFailure.BOLD;
import static dev.espalier.kernel.jupyter.CellFailure.PLAIN;

import dev.espalier.dsl.Nearest;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Completion, explanation and refusal of words with a percent sign. */
final class Magics {
  static final String JAVA = "%%java";

  /** What users of other kernels type, by what stands for it here. */
  private static final Map<String, String> ELSEWHERE =
      Map.of(
          "%%jshell", JAVA,
          "%timeit", "%time",
          "%%timeit", "%%time",
          "%pip", "%maven",
          "%dependency", "%maven",
          "%run", "%load",
          "%?", "%help",
          "%reset", "Kernel › Restart in the menu",
          "%cd", "paths as seen from the notebook's folder");

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

  /** Where the word with a percent sign that a cursor is in starts; negative when it is in none. */
  private static int start(String cell, int cursor) {
    int line = cell.lastIndexOf('\n', cursor - 1) + 1;
    int from = line;
    while (from < cell.length() && (cell.charAt(from) == ' ' || cell.charAt(from) == '\t')) {
      from++;
    }
    return from < cell.length() && cell.charAt(from) == '%' && cursor > from ? from : -1;
  }

  private static int end(String cell, int from) {
    int to = from;
    while (to < cell.length() && !Character.isWhitespace(cell.charAt(to))) {
      to++;
    }
    return to;
  }

  /** The magics that may stand at a cursor at the start of a line; empty anywhere else. */
  static Optional<Suggestions> complete(String cell, int cursor) {
    int from = start(cell, cursor);
    if (from < 0 || cursor > end(cell, from)) {
      return Optional.empty();
    }
    String typed = cell.substring(from, cursor).toLowerCase(Locale.ROOT);
    String bare = typed.replaceFirst("^%+", "");
    boolean head = cell.substring(0, from).isBlank();
    return Optional.of(
        new Suggestions(
            Magic.all().stream()
                .filter(m -> head || !m.startsWith("%%"))
                .filter(
                    m ->
                        m.toLowerCase(Locale.ROOT).startsWith(typed)
                            || (typed.startsWith("%")
                                && m.replaceFirst("^%+", "")
                                    .toLowerCase(Locale.ROOT)
                                    .startsWith(bare)
                                && (typed.equals("%")
                                    || m.startsWith("%%") == (typed.startsWith("%%")))))
                .map(m -> new Suggestions.Item(m, "magic"))
                .toList(),
            from,
            end(cell, from)));
  }

  /** What the magic at a cursor is for; empty anywhere else. */
  static Optional<String> inspect(String cell, int cursor) {
    int from = start(cell, Math.min(cell.length(), cursor + 1));
    if (from < 0 || cursor > end(cell, from)) {
      return Optional.empty();
    }
    String word = cell.substring(from, end(cell, from));
    return Optional.of(
        Magic.named(word).map(Magic::help).orElseGet(() -> String.join("\n", refusal(word))));
  }

  /** Says that there is no such magic, and which was meant. */
  static CellFailure unknown(String word) {
    return failure("UnknownCell", refusal(word));
  }

  /** Says that what stands behind a magic has no place there. */
  static CellFailure tooMuch(String word, String behind) {
    return failure(
        "UnknownCell",
        List.of(
            "`" + word + "` takes nothing behind it",
            "`" + behind + "` stands on the line of `" + word + "`: put it on a line of its own"));
  }

  /** Says how a magic is written. */
  static CellFailure misused(Magic magic, String why) {
    return failure("WrongUse", List.of(why, "it is written: " + magic.use()));
  }

  static CellFailure failure(String name, List<String> text) {
    List<String> lines = new ArrayList<>(text);
    lines.set(0, BOLD + text.get(0) + PLAIN);
    return new CellFailure(name, text.get(0), lines);
  }

  private static List<String> refusal(String word) {
    List<String> lines = new ArrayList<>();
    boolean cell = word.startsWith("%%");
    lines.add("`" + word + "` is no " + (cell ? "kind of cell" : "command of this kernel"));
    String known = ELSEWHERE.get(word.toLowerCase(Locale.ROOT));
    if (known == null) {
      List<String> same = Magic.all().stream().filter(m -> m.startsWith("%%") == cell).toList();
      known =
          bare(word)
              .or(() -> Nearest.to(word, same))
              .or(() -> Nearest.to(word, Magic.all()))
              .orElse(null);
    }
    if (known != null) {
      lines.add("did you mean `" + known + "`?");
    }
    lines.add(
        cell
            ? "Cells are Espalier, or Java after a first line `"
                + JAVA
                + "`. `%lsmagic` lists more."
            : "`%lsmagic` lists those that there are.");
    return lines;
  }

  /** A magic that differs in its percent signs or in case alone. */
  private static Optional<String> bare(String word) {
    String bare = word.replaceFirst("^%+", "");
    return Magic.all().stream()
        .filter(m -> m.replaceFirst("^%+", "").equalsIgnoreCase(bare))
        .findFirst();
  }
}
