package dev.espalier.kernel.jupyter;

import dev.espalier.engine.catalog.Catalog;
import dev.espalier.engine.catalog.Entry;
import dev.espalier.engine.catalog.Kind;
import dev.espalier.engine.catalog.Parameter;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Completion and explanation in Espalier cells, from the catalog and the names in scope. */
final class Assist {
  private static final List<String> VERBS =
      List.of(
          "chart",
          "compare",
          "data",
          "distill",
          "expect",
          "export",
          "finetune",
          "include",
          "language",
          "let",
          "model",
          "note",
          "prune",
          "quantize",
          "report",
          "set",
          "show",
          "train");

  private static final List<String> JOINTS =
      List.of(
          "and", "as", "by", "except", "for", "from", "in", "into", "is", "of", "on", "over", "per",
          "then", "to", "using", "via", "vs", "with", "within");

  private final Cells cells;

  Assist(Cells cells) {
    this.cells = cells;
  }

  /** The words that may stand at {@code cursor}, a UTF-16 index. */
  Suggestions complete(String code, int cursor) {
    int start = wordStart(code, cursor);
    String prefix = code.substring(start, cursor);
    Set<String> words = new LinkedHashSet<>();
    String before = code.substring(0, start);
    List<String> previous = words(before);
    String last = previous.isEmpty() ? "" : previous.get(previous.size() - 1);
    boolean sentenceStart =
        before.isBlank()
            || before.stripTrailing().endsWith(";")
            || before.substring(before.lastIndexOf('\n') + 1).isEmpty();
    if (sentenceStart || last.equals("then")) {
      words.addAll(VERBS);
    }
    if (last.equals("then")) {
      words.removeAll(List.of("data", "model", "let", "set", "language", "include", "note"));
    } else if (!sentenceStart) {
      switch (last) {
        case "by" -> addWords(words, Kind.DISTILLATION, Kind.CRITERION, Kind.QUANTIZATION);
        case "optimizer" -> addWords(words, Kind.OPTIMIZER);
        case "schedule" -> addWords(words, Kind.SCHEDULE);
        case "augment" -> addWords(words, Kind.AUGMENTATION);
        case "is" -> addWords(words, Kind.ARCHITECTURE);
        default -> {
          String sentence = before.substring(before.lastIndexOf('\n') + 1);
          if (last.equals("with") || (sentence.contains(" with ") && endsWith(before, ","))) {
            for (Kind kind : List.of(Kind.SETTINGS, Kind.DISTILLATION)) {
              Catalog.standard()
                  .all(kind)
                  .forEach(e -> e.parameters().forEach(p -> words.add(p.name())));
            }
          } else {
            words.addAll(cells.meanings().keySet());
            for (Kind kind : Kind.values()) {
              if (kind != Kind.SETTINGS) {
                addWords(words, kind);
              }
            }
            words.addAll(JOINTS);
          }
        }
      }
    }
    return Suggestions.of(words.stream().filter(w -> w.startsWith(prefix)).toList(), start, cursor);
  }

  /** What is known of the word at {@code cursor}. */
  Optional<String> inspect(String code, int cursor) {
    int start = wordStart(code, cursor);
    int end = cursor;
    while (end < code.length() && isWord(code.charAt(end))) {
      end++;
    }
    String word = code.substring(start, end);
    if (word.isEmpty()) {
      return Optional.empty();
    }
    List<String> found = new ArrayList<>();
    cells.describe(word).ifPresent(found::add);
    for (Kind kind : Kind.values()) {
      Catalog.standard().find(kind, word).ifPresent(entry -> found.add(describe(entry)));
      if (kind == Kind.SETTINGS || kind == Kind.DISTILLATION) {
        for (Entry entry : Catalog.standard().all(kind)) {
          entry.parameter(word).ifPresent(p -> found.add(entry.name() + " setting " + describe(p)));
        }
      }
    }
    return found.isEmpty() ? Optional.empty() : Optional.of(String.join("\n\n", found));
  }

  private static String describe(Entry entry) {
    StringBuilder text = new StringBuilder();
    text.append(entry.name()).append(" — ").append(entry.kind().words()).append('\n');
    text.append(entry.doc());
    for (Parameter p : entry.parameters()) {
      text.append("\n  ").append(describe(p));
    }
    if (!entry.source().isEmpty()) {
      text.append("\nsource: ").append(entry.source());
    }
    return text.toString();
  }

  private static String describe(Parameter p) {
    String range = p.range();
    return p.name()
        + ": "
        + p.type().words()
        + (range.isEmpty() ? "" : ", " + range)
        + p.preset().map(d -> ", default " + d).orElse(", must be given")
        + ". "
        + p.doc();
  }

  /**
   * Whether a cell is whole: {@code incomplete} inside brackets or a text, or when its last word
   * wants another.
   */
  static Wholeness wholeness(String code) {
    String status = isComplete(code);
    return new Wholeness(status, status.equals("incomplete") ? "    " : "");
  }

  private static String isComplete(String code) {
    Deque<Character> open = new ArrayDeque<>();
    int i = 0;
    while (i < code.length()) {
      char c = code.charAt(i);
      if (code.startsWith("\"\"\"", i)) {
        int end = code.indexOf("\"\"\"", i + 3);
        if (end < 0) {
          return "incomplete";
        }
        i = end + 3;
        continue;
      }
      if (c == '"') {
        i++;
        while (i < code.length() && code.charAt(i) != '"' && code.charAt(i) != '\n') {
          i += code.charAt(i) == '\\' ? 2 : 1;
        }
      } else if (c == '#') {
        while (i + 1 < code.length() && code.charAt(i + 1) != '\n') {
          i++;
        }
      } else if ("([{".indexOf(c) >= 0) {
        open.push(c);
      } else if (")]}".indexOf(c) >= 0) {
        if (open.isEmpty() || "([{".indexOf(open.pop()) != ")]}".indexOf(c)) {
          return "invalid";
        }
      }
      i++;
    }
    if (!open.isEmpty()) {
      return "incomplete";
    }
    String text = code.replaceAll("(?m)#.*$", "").stripTrailing();
    List<String> words = words(text);
    if (text.endsWith(",")
        || (!words.isEmpty()
            && endsWith(text, words.get(words.size() - 1))
            && JOINTS.contains(words.get(words.size() - 1)))) {
      return "incomplete";
    }
    return "complete";
  }

  private static boolean endsWith(String text, String end) {
    return text.stripTrailing().endsWith(end);
  }

  private static void addWords(Set<String> words, Kind... kinds) {
    for (Kind kind : kinds) {
      Catalog.standard().all(kind).forEach(e -> words.add(e.name()));
    }
  }

  private static List<String> words(String text) {
    List<String> words = new ArrayList<>();
    for (String word : text.split("[^A-Za-z0-9_-]+")) {
      if (!word.isEmpty()) {
        words.add(word);
      }
    }
    return words;
  }

  private static int wordStart(String code, int cursor) {
    int at = cursor;
    while (at > 0 && isWord(code.charAt(at - 1))) {
      at--;
    }
    return at;
  }

  private static boolean isWord(char c) {
    return Character.isLetterOrDigit(c) || c == '_' || c == '-';
  }
}
