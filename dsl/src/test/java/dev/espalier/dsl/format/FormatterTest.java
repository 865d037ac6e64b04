package dev.espalier.dsl.format;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.espalier.dsl.Source;
import dev.espalier.dsl.syntax.Syntax;
import dev.espalier.dsl.syntax.WithoutPlaces;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class FormatterTest {
  static List<Path> corpus() throws IOException {
    List<Path> out = new ArrayList<>();
    for (String root : List.of("src/test/resources/dev/espalier/dsl", "../notebooks")) {
      try (Stream<Path> all = Files.walk(Path.of(root))) {
        all.filter(p -> p.toString().endsWith(".esp")).sorted().forEach(out::add);
      }
    }
    return out;
  }

  private static String format(String text) {
    return Formatter.format(new Source("text", text, Optional.empty()));
  }

  /** The sentences without their places; of those that do not parse, what is said of them. */
  static List<Object> trees(String text) {
    return Syntax.read(new Source("text", text, Optional.empty())).stream()
        .map(
            item ->
                item instanceof Syntax.Item.Refused r
                    ? r.mistakes().stream()
                        .map(d -> d.code() + d.title().replaceAll("line [0-9]+", "line"))
                        .toList()
                    : WithoutPlaces.of(item))
        .map(Object.class::cast)
        .toList();
  }

  /** How often each sign stands in a text, those aside that only part statements and entries. */
  static Map<Integer, Long> signs(String text) {
    Map<Integer, Long> out = new TreeMap<>();
    text.replaceAll("at[ \t]+least", ">=")
        .replaceAll("at[ \t]+most", "<=")
        .codePoints()
        .filter(c -> !Character.isWhitespace(c) && c != ';' && c != ',' && c != 0xFEFF)
        .forEach(c -> out.merge(c, 1L, Long::sum));
    return out;
  }

  static void holds(String text) {
    String formatted = format(text);
    assertEquals(formatted, format(formatted), () -> "not settled:\n" + text);
    assertEquals(trees(text), trees(formatted), () -> text + "\n-- became --\n" + formatted);
    assertEquals(signs(text), signs(formatted), () -> text + "\n-- became --\n" + formatted);
  }

  @ParameterizedTest
  @MethodSource("corpus")
  void aProgramKeepsItsMeaning(Path program) throws IOException {
    holds(Files.readString(program));
  }

  @Test
  void whatWeShowIsInThatStyle() throws IOException {
    try (Stream<Path> shown = Files.list(Path.of("../notebooks"))) {
      for (Path p : shown.filter(f -> f.toString().endsWith(".esp")).toList()) {
        assertEquals(format(Files.readString(p)), Files.readString(p), p.toString());
      }
    }
  }

  private static void formats(String text, String formatted) {
    assertEquals(formatted, format(text));
    holds(text);
  }

  @Test
  void wordsHaveOneSpaceBetweenThem() {
    formats(
        "prune\tdense  50 %of channels by taylor ( batches 20 ) ,\n",
        "prune\tdense  50 %of channels by taylor ( batches 20 ) ,\n");
    formats(
        "prune\tdense  50 %of channels by taylor ( batches 20 ) \r\n",
        "prune dense 50% of channels by taylor(batches 20)\n");
    formats("data d from mnist split 80 / 10/ 10", "data d from mnist split 80/10/10\n");
    formats("let x=[1,- 2,[ ]]", "let x = [1, -2, []]\n");
    formats("prune a 2 : 4", "prune a 2:4\n");
    formats("prune a to 40KB", "prune a to 40 KB\n");
    formats(
        "model m from \"a.onnx\" with input 3 x64x64",
        "model m from \"a.onnx\" with input 3x64x64\n");
    formats("recipe r ( $a,$b ) is train mlp( $a )", "recipe r($a, $b) is train mlp($a)\n");
    formats("target t is x{size at most 1 KB}", "target t is x { size at most 1 KB }\n");
  }

  @Test
  void signsBecomeWordsAndNothingElseIsReworded() {
    formats("expect size of a <= 1 KB", "expect size of a at most 1 KB\n");
    formats("expect accuracy of a >=95.0%", "expect accuracy of a at least 95.0%\n");
    formats("expect size of a at \t most 1_000 B", "expect size of a at most 1_000 B\n");
    formats("compare a vs b and c, d", "compare a vs b and c, d\n");
    formats("let x = \"at  most\\t\"", "let x = \"at  most\\t\"\n");
  }

  @Test
  void statementsBeginLines() {
    formats("show a; show b;;\n  ;show c;", "show a\nshow b\nshow c\n");
    formats("\n\n  show a\n\n\n\n  show b\n\n", "show a\n\nshow b\n");
    formats("", "");
    formats(" \n\t\n", "");
    formats("\uFEFFshow a", "show a\n");
  }

  @Test
  void aPipelineIsOneLineOrOneForEachStep() {
    formats("prune a 5%   then quantize to int8", "prune a 5% then quantize to int8\n");
    formats("prune a 5%\nthen quantize to int8", "prune a 5%\n  then quantize to int8\n");
    formats("prune a 5% then\n  quantize to int8", "prune a 5%\n  then quantize to int8\n");
    formats("prune a 5%\n   as b then quantize to int8", "prune a 5% as b then quantize to int8\n");
    formats(
        "distill teacher into student on digits for 12 epochs with temperature 4, alpha 0.9, batch"
            + " 60 as small then prune 50%",
        """
        distill teacher into student on digits for 12 epochs
            with temperature 4, alpha 0.9, batch 60 as small
          then prune 50%
        """);
  }

  @Test
  void aLongStatementBreaksBeforeClausesThenBehindCommas() {
    formats(
        "data digits from mnist\n  split 55000/5000\n  normalize",
        "data digits from mnist split 55000/5000 normalize\n");
    formats(
        "data digits from idx \"a-long-name-of-images.gz\", \"a-long-name-of-labels.gz\" split"
            + " 55000/5000 normalize",
        """
        data digits from idx "a-long-name-of-images.gz", "a-long-name-of-labels.gz"
          split 55000/5000 normalize
        """);
    formats(
        "train a-long-name-of-a-model on digits with"
            + " optimizer sgd(lr 0.1, momentum 0.9, nesterov yes), batch 128, dropout 0.5, warmup 3",
        """
        train a-long-name-of-a-model on digits
          with optimizer sgd(lr 0.1, momentum 0.9, nesterov yes), batch 128,
          dropout 0.5, warmup 3
        """);
    formats(
        "let x = [" + "10000, ".repeat(14) + "1]",
        "let x = [" + "10000, ".repeat(9) + "10000,\n  " + "10000, ".repeat(4) + "1]\n");
    String text = "\"" + "x".repeat(100) + "\"";
    formats("note " + text, "note " + text + "\n");
    formats("report  to\n " + text, "report to " + text + "\n");
  }

  @Test
  void aBlockIsOneLineWhenItWasAndFits() {
    formats("model m{relu,dense(3)}", "model m { relu, dense(3) }\n");
    formats("model m {\n relu, dense(3)}", "model m {\n  relu, dense(3)\n}\n");
    formats(
        "model m { conv(16), relu,\n\n\n    residual{conv(16)\n                as c,relu\n}as r\n\n }",
        """
        model m {
          conv(16), relu

          residual {
            conv(16) as c, relu
          } as r
        }
        """);
    formats(
        "model m { conv(16, kernel 3), relu, conv(16, kernel 3), relu, conv(16, kernel 3), relu }",
        """
        model m {
          conv(16, kernel 3)
          relu
          conv(16, kernel 3)
          relu
          conv(16, kernel 3)
          relu
        }
        """);
    formats("sweep a over 1, 2 { show $a }", "sweep a over 1, 2 { show $a }\n");
  }

  @Test
  void theStatementsOfASweepHaveALineEach() {
    formats(
        "sweep a over 1,2 { prune m 5% ;show it, m;\n prune m 5%\n then quantize to int8 }as x",
        """
        sweep a over 1, 2 {
          prune m 5%
          show it, m
          prune m 5%
            then quantize to int8
        } as x
        """);
    formats("sweep a over 1, 2 { show m }", "sweep a over 1, 2 { show m }\n");
    formats(
        "sweep a over 1, 2 { sweep b over 3, 4 { prune teacher 50% then quantize to int8 as x } as"
            + " inner } as outer",
        """
        sweep a over 1, 2 {
          sweep b over 3, 4 { prune teacher 50% then quantize to int8 as x } as inner
        } as outer
        """);
  }

  @Test
  void commentsStayWhereTheyAre() {
    formats(
        """
        #!/usr/bin/env espalier
        #   first\t


        show a # behind
            # after, indented
        train m #one
        # two

          on d # three
          # four
          then prune 5% # five
        """,
        """
        #!/usr/bin/env espalier
        #   first

        show a  # behind
        # after, indented
        train m  #one
            # two
            on d  # three
          # four
          then prune 5%  # five
        """);
    formats(
        """
        model m { # start
          # own
          relu, # behind a comma
          conv(3, # inside
            # own inside
            kernel 3) as c # behind

          # before the end
        } # end
        let x = [ # list
          1 # one
        ]
        """,
        """
        model m {  # start
          # own
          relu  # behind a comma
          conv(3,  # inside
            # own inside
            kernel 3) as c  # behind

          # before the end
        }  # end
        let x = [  # list
          1  # one
          ]
        """);
    formats("show a; # c\nshow b", "show a  # c\nshow b\n");
    formats("# only\n", "# only\n");
    formats("note # c\n  \"text\" # d", "note  # c\n  \"text\"  # d\n");
    formats(
        "data d from # c\n  # own\n  csv # e\n  \"a\", # f\n  \"b\"",
        "data d from  # c\n  # own\n  csv  # e\n  \"a\",  # f\n  \"b\"\n");
  }

  @Test
  void whatDoesNotParseStaysAsItIs() {
    formats("show   a\n  shwo   b,c\nshow   c", "show   a\n  shwo   b,c\nshow c\n");
    formats("show   a\nshwo   b,c  # why\nshow   c", "show a\nshwo   b,c  # why\nshow c\n");
    formats("   train mlp( 30 on  d\n   show   a", "train mlp( 30 on  d\nshow a\n");
    formats("show   a;  let x = [1,\nshow   b", "show a\nlet x = [1,\nshow b\n");
    formats("show   a;  then prune 5%", "show a\n; then prune 5%\n");
    formats(" \uFEFFshow   a", " \uFEFFshow   a");
  }

  @Test
  void aCarriageReturnThatEndsNoLineKeepsTheTextAsItIs() {
    assertEquals("show   a\rshow  b", format("show   a\rshow  b"));
  }

  @Test
  void aTextOverSeveralLinesStaysAsItIs() {
    formats("note  \"\"\"\r\n  a\t\r\n\r\n\r\n b \"\"\"", "note \"\"\"\n  a\t\n\n\n b \"\"\"\n");
    formats(
        "sweep a over 1, 2 {\n    note  \"\"\"\n  b\n\"\"\"\n    show m\n}",
        "sweep a over 1, 2 {\n  note \"\"\"\n  b\n\"\"\"\n  show m\n}\n");
  }

  /** What a formatter that looks again and again would take for ever with. */
  @Test
  void largeProgramsAreFormatted() {
    String nested = "model m " + "{ residual ".repeat(30) + "{ relu" + " }".repeat(31);
    for (String text :
        List.of(
            "show   a\n".repeat(20_000),
            "let x = [" + "1,".repeat(9_000) + "1]",
            "let x = " + "f(".repeat(30) + "1,".repeat(5_000) + "1" + ")".repeat(30),
            "prune a 5%" + " then prune 6%".repeat(4_000),
            "model m { " + "relu, ".repeat(9_000) + "relu }",
            nested,
            nested.replace("relu", "relu\n"),
            "(".repeat(100_000),
            "a ".repeat(100_000),
            "#\n".repeat(100_000))) {
      assertTimeoutPreemptively(
          Duration.ofSeconds(30),
          () -> assertEquals(format(text), format(format(text))),
          () -> text.substring(0, 20));
    }
  }
}
