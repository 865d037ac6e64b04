package dev.espalier.dsl;

import dev.espalier.grammar.EspalierLexer;
import dev.espalier.grammar.EspalierParser;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.antlr.v4.runtime.Token;
import org.antlr.v4.runtime.atn.ATN;
import org.antlr.v4.runtime.atn.ATNState;
import org.antlr.v4.runtime.atn.RuleStopState;
import org.antlr.v4.runtime.atn.RuleTransition;
import org.antlr.v4.runtime.atn.Transition;

/** Programs nobody would write, and what must hold of each. */
final class RandomPrograms {
  private static final int LONGEST_SENTENCE = 60;
  private static final List<String> PROGRAMS = programs();
  private static final List<String> WORDS =
      List.of(
          "train",
          "distill",
          "prune",
          "quantize",
          "teacher",
          "into",
          "then",
          "as",
          "on",
          "for",
          "with",
          "by",
          "of",
          "50%",
          "3",
          "epochs",
          "mlp(30)",
          "(",
          ")",
          "[",
          "]",
          "{",
          "}",
          ",",
          ";",
          "\n",
          "\n  ",
          "\"",
          "\"\"\"",
          "$x",
          "it",
          "-",
          ":",
          "/",
          "=",
          ">",
          "é",
          "😀",
          "\t",
          "at least",
          "within",
          "1e999",
          "0.5",
          "set",
          "let x = ",
          "#",
          "\\",
          "\u0000",
          "\uD800");

  private static final List<String> NAMES =
      List.of(
          "teacher",
          "student",
          "digits",
          "glyphs",
          "mlp",
          "lenet-5",
          "adam",
          "magnitude",
          "small",
          "accuracy",
          "size",
          "seed",
          "batch",
          "dropout",
          "int8",
          "onnx",
          "layer",
          "channels",
          "x",
          "soft-targets",
          "epochs",
          "split",
          "MB",
          "conv",
          "relu",
          "residual",
          "it",
          "itself");
  private static final List<String> NUMBERS =
      List.of("1", "0", "2", "3", "50", "0.5", "100", "1e9", "1_000", "80", "784", "9999999999");

  private RandomPrograms() {}

  private static List<String> programs() {
    List<String> out = new ArrayList<>();
    try (Stream<Path> all = Files.walk(Path.of("src/test/resources/dev/espalier/dsl"))) {
      for (Path p : all.filter(f -> f.toString().endsWith(".esp")).sorted().toList()) {
        String text = Files.readString(p);
        if (text.length() < 3000) {
          out.add(text);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out;
  }

  private static <T> T one(SplittableRandom random, List<T> of) {
    return of.get(random.nextInt(of.size()));
  }

  /** A few lines of a program with words moved, doubled, lost and put in. */
  static String changed(SplittableRandom random) {
    List<String> lines = one(random, PROGRAMS).lines().toList();
    int from = lines.isEmpty() ? 0 : random.nextInt(lines.size());
    int to = Math.min(lines.size(), from + 1 + random.nextInt(6));
    StringBuilder text = new StringBuilder(String.join("\n", lines.subList(from, to)));
    change(text, random, random.nextInt(6));
    return text.toString();
  }

  private static void change(StringBuilder text, SplittableRandom random, int times) {
    for (int changes = times; changes > 0; changes--) {
      int at = random.nextInt(text.length() + 1);
      switch (random.nextInt(4)) {
        case 0 -> text.insert(at, one(random, WORDS));
        case 1 -> text.delete(at, Math.min(text.length(), at + 1 + random.nextInt(8)));
        case 2 -> text.insert(at, " " + one(random, WORDS) + " ");
        default -> {
          int end = Math.min(text.length(), at + random.nextInt(20));
          text.insert(random.nextInt(text.length() + 1), text.substring(at, end));
        }
      }
    }
  }

  /** Words of the language in any order. */
  static String salad(SplittableRandom random) {
    StringBuilder text = new StringBuilder();
    for (int n = random.nextInt(40); n > 0; n--) {
      text.append(one(random, WORDS));
      if (random.nextBoolean()) {
        text.append(' ');
      }
    }
    return text.toString();
  }

  /** Sentences made by walking through the grammar, some of them changed afterwards. */
  static String sentences(SplittableRandom random) {
    StringBuilder text = new StringBuilder();
    for (int n = 1 + random.nextInt(4); n > 0; n--) {
      StringBuilder sentence = new StringBuilder(sentence(random));
      if (random.nextInt(3) == 0) {
        change(sentence, random, 1 + random.nextInt(2));
      }
      text.append(sentence).append('\n');
    }
    return text.toString();
  }

  private static String sentence(SplittableRandom random) {
    ATN atn = EspalierParser._ATN;
    StringBuilder out = new StringBuilder();
    Deque<ATNState> back = new ArrayDeque<>();
    ATNState at = atn.ruleToStartState[EspalierParser.RULE_statement];
    for (int tokens = 0; tokens < LONGEST_SENTENCE; ) {
      if (at instanceof RuleStopState) {
        if (back.isEmpty()) {
          break;
        }
        at = back.pop();
        continue;
      }
      Transition next = at.transition(random.nextInt(at.getNumberOfTransitions()));
      if (next instanceof RuleTransition rule) {
        back.push(rule.followState);
        at = next.target;
      } else if (next.isEpsilon()) {
        at = next.target;
      } else {
        out.append(token(one(random, next.label().toList()), random)).append(' ');
        tokens++;
        at = next.target;
      }
    }
    return out.toString();
  }

  private static String token(int type, SplittableRandom random) {
    String literal = EspalierLexer.VOCABULARY.getLiteralName(type);
    if (literal != null) {
      return literal.substring(1, literal.length() - 1);
    }
    return switch (type) {
      case EspalierLexer.NUMBER -> one(random, NUMBERS);
      case EspalierLexer.PARAM -> "$" + one(random, NAMES);
      case EspalierLexer.STRING, EspalierLexer.TEXT -> "\"x.onnx\"";
      case EspalierLexer.AT_LEAST -> "at least";
      case EspalierLexer.AT_MOST -> "at most";
      case EspalierLexer.NEWLINE, Token.EOF -> "\n  ";
      default -> one(random, NAMES);
    };
  }

  /**
   * What must hold of any text that was checked.
   *
   * @throws AssertionError otherwise
   */
  static void holds(String text, Checked checked) {
    for (Diagnostic d : checked.diagnostics()) {
      int end = d.source().text().length();
      require(d.span().end() <= end, d, "has a place outside the text", text);
      require(Code.of(d.code()).isPresent(), d, "has no code", text);
      require(!d.title().isBlank(), d, "has no title", text);
      String message = Messages.format(d);
      require(message.contains("^"), d, "shows no place", text);
      require(message.length() < 2000, d, "is too long", text);
      for (Edit e : d.edits()) {
        require(e.span().end() <= end, d, "has an edit outside the text", text);
      }
      require(d.edits().isEmpty() || !d.mended().equals(text), d, "has edits for nothing", text);
    }
    require(checked.ok() || checked.steps().isEmpty(), checked, "has steps", text);
  }

  private static void require(boolean holds, Object what, String problem, String text) {
    if (!holds) {
      throw new AssertionError(what + " " + problem + ", in:\n" + text);
    }
  }
}
