package dev.espalier.dsl.syntax;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.espalier.dsl.Source;
import dev.espalier.grammar.EspalierLexer;
import dev.espalier.grammar.EspalierParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.antlr.v4.runtime.BaseErrorListener;
import org.antlr.v4.runtime.CommonToken;
import org.antlr.v4.runtime.CommonTokenStream;
import org.antlr.v4.runtime.ListTokenSource;
import org.antlr.v4.runtime.Parser;
import org.antlr.v4.runtime.RecognitionException;
import org.antlr.v4.runtime.Recognizer;
import org.antlr.v4.runtime.Token;
import org.antlr.v4.runtime.atn.ATNConfigSet;
import org.antlr.v4.runtime.atn.PredictionMode;
import org.antlr.v4.runtime.dfa.DFA;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class GrammarTest {
  private static final Path RESOURCES = Path.of("src/test/resources/dev/espalier/dsl");

  /** Every right program there is. */
  static List<Path> right() throws IOException {
    List<Path> out = new ArrayList<>();
    for (Path folder :
        List.of(
            RESOURCES.resolve("examples"), RESOURCES.resolve("right"), Path.of("../notebooks"))) {
      try (Stream<Path> all = Files.walk(folder)) {
        all.filter(p -> p.toString().endsWith(".esp")).sorted().forEach(out::add);
      }
    }
    return out;
  }

  static List<Path> examples() throws IOException {
    try (Stream<Path> all = Files.list(RESOURCES.resolve("examples"))) {
      return all.filter(p -> p.toString().endsWith(".esp")).sorted().toList();
    }
  }

  private static final class Counting extends BaseErrorListener {
    final List<String> errors = new ArrayList<>();
    int ambiguities;
    int fallbacks;

    @Override
    public void syntaxError(
        Recognizer<?, ?> r,
        Object symbol,
        int line,
        int column,
        String message,
        RecognitionException e) {
      errors.add(line + ":" + column + " " + message);
    }

    @Override
    public void reportAmbiguity(
        Parser r, DFA dfa, int from, int to, boolean exact, BitSet alts, ATNConfigSet configs) {
      ambiguities++;
    }

    @Override
    public void reportAttemptingFullContext(
        Parser r, DFA dfa, int from, int to, BitSet alts, ATNConfigSet configs) {
      fallbacks++;
    }
  }

  private static Counting parse(Path example, PredictionMode mode) throws IOException {
    return parse(Files.readString(example), mode);
  }

  private static Counting parse(String text, PredictionMode mode) {
    Counting counting = new Counting();
    Layout layout = new Layout(text);
    Splitter splitter = new Splitter(layout);
    for (Optional<Splitter.Sentence> next = splitter.next(0, layout.size());
        next.isPresent();
        next = splitter.next(next.get().to(), layout.size())) {
      List<Token> tokens = new ArrayList<>(next.get().tokens());
      tokens.add(new CommonToken(Token.EOF, ""));
      EspalierParser parser =
          new EspalierParser(new CommonTokenStream(new ListTokenSource(tokens)));
      parser.removeErrorListeners();
      parser.addErrorListener(counting);
      parser.getInterpreter().setPredictionMode(mode);
      parser.oneStatement();
    }
    return counting;
  }

  @ParameterizedTest
  @MethodSource("right")
  void parsesWithoutErrorsAndAmbiguities(Path example) throws IOException {
    Counting exact = parse(example, PredictionMode.LL_EXACT_AMBIG_DETECTION);
    assertEquals(List.of(), exact.errors);
    assertEquals(0, exact.ambiguities);
    assertEquals(0, parse(example, PredictionMode.LL).fallbacks, "full-context fallbacks");
    assertEquals(List.of(), parse(example, PredictionMode.SLL).errors);
  }

  @Test
  void theExamplesAreEightAndTheProgramsMoreThanAHundred() throws IOException {
    assertEquals(8, examples().size());
    assertTrue(right().size() > 100, "right programs");
    int sentences = 0;
    for (Path program : right()) {
      sentences +=
          Syntax.read(new Source("right", Files.readString(program), Optional.empty())).size();
    }
    assertTrue(sentences > 500, "sentences: " + sentences);
  }

  /** Not only what we thought of: statements of every sort, made by chance. */
  @Test
  void noStatementIsAmbiguous() {
    for (long seed = 0; seed < 400; seed++) {
      String text = Printer.text(new AnyTree(seed).statement());
      assertEquals(0, parse(text, PredictionMode.LL_EXACT_AMBIG_DETECTION).ambiguities, text);
      assertEquals(0, parse(text, PredictionMode.LL).fallbacks, text);
      assertEquals(List.of(), parse(text, PredictionMode.SLL).errors, text);
    }
  }

  @ParameterizedTest
  @MethodSource("right")
  void everySentenceBecomesATree(Path example) throws IOException {
    String text = Files.readString(example);
    for (Syntax.Item item : Syntax.read(new Source("example", text, Optional.empty()))) {
      assertTrue(item instanceof Syntax.Item.Parsed, () -> "refused: " + item);
    }
  }

  /** A new keyword takes a name away from users: adding one is a decision, made here too. */
  @Test
  void theReservedWordsAreThese() {
    assertEquals(
        "and as by except for from in into is of on over per then to using via vs with within",
        words(EspalierLexer.AND, EspalierLexer.WITHIN));
  }

  /** Words of the grammar that stay legal names. */
  @Test
  void theOtherWordsAreThese() {
    assertEquals(
        "apply augment chart compare compress data distill expect export factorize finetune"
            + " globally include language layer let meets maximize minimize model normalize note"
            + " prune quantize recipe report rewind set show split sweep take target train",
        words(EspalierLexer.APPLY, EspalierLexer.TRAIN));
  }

  private static String words(int from, int to) {
    return IntStream.rangeClosed(from, to)
        .mapToObj(t -> EspalierLexer.VOCABULARY.getLiteralName(t).replace("'", ""))
        .collect(Collectors.joining(" "));
  }

  @Test
  void everyWordThatIsNotReservedIsALegalName() {
    for (String word : words(EspalierLexer.APPLY, EspalierLexer.TRAIN).split(" ")) {
      List<Syntax.Item> items =
          Syntax.read(
              new Source(
                  "names",
                  "model "
                      + word
                      + " is mlp(30)\nprune "
                      + word
                      + " 50% as "
                      + word
                      + "\nshow "
                      + word,
                  Optional.empty()));
      assertEquals(3, items.size(), word);
      items.forEach(i -> assertTrue(i instanceof Syntax.Item.Parsed, word + ": " + i));
    }
  }

  /** The parser generator is a detail of reading; nothing else knows it. */
  @Test
  void onlyThreeClassesSeeTheParserGenerator() throws IOException {
    try (Stream<Path> sources = Files.walk(Path.of("src/main/java"))) {
      List<String> seeing =
          sources
              .filter(p -> p.toString().endsWith(".java"))
              .filter(GrammarTest::seesParserGenerator)
              .map(p -> p.getFileName().toString())
              .sorted()
              .toList();
      assertEquals(List.of("Layout.java", "Splitter.java", "TreeBuilder.java"), seeing);
    }
  }

  private static boolean seesParserGenerator(Path source) {
    try {
      String text = Files.readString(source);
      return text.contains("org.antlr") || text.contains("dev.espalier.grammar");
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
