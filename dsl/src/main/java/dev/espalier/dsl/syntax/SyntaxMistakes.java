package dev.espalier.dsl.syntax;

import dev.espalier.dsl.Code;
import dev.espalier.dsl.Diagnostic;
import dev.espalier.dsl.Edit;
import dev.espalier.dsl.Nearest;
import dev.espalier.dsl.Source;
import dev.espalier.dsl.Span;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/** What is said of a sentence that does not parse. */
final class SyntaxMistakes {
  /** The words that open a statement, the commonest first. */
  static final List<String> OPENINGS =
      List.of(
          "train",
          "distill",
          "prune",
          "quantize",
          "finetune",
          "compare",
          "chart",
          "show",
          "expect",
          "data",
          "model",
          "let",
          "set",
          "note",
          "include",
          "language",
          "export",
          "report",
          "sweep",
          "compress",
          "target",
          "recipe",
          "apply",
          "factorize");

  /** The verbs that may follow {@code then}. */
  private static final List<String> ACTIONS =
      List.of("train", "finetune", "distill", "prune", "quantize", "factorize", "apply");

  /** Words that belong inside a statement, and which. */
  private static final Map<String, String> BELONGS =
      Map.of(
          "split", "data",
          "take", "data",
          "normalize", "data",
          "augment", "data",
          "globally", "prune",
          "rewind", "prune",
          "minimize", "compress",
          "maximize", "compress",
          "meets", "expect");

  /** What people who know other languages try first. */
  private static final Set<String> JAVA =
      Set.of(
          "import",
          "package",
          "public",
          "private",
          "static",
          "final",
          "class",
          "interface",
          "record",
          "enum",
          "int",
          "long",
          "double",
          "float",
          "boolean",
          "byte",
          "char",
          "String",
          "var",
          "void",
          "System",
          "if",
          "while",
          "try",
          "switch",
          "return",
          "new",
          "throw");

  private static final Map<String, String> QUOTES =
      Map.of(
          "\u201C", "\"", "\u201D", "\"", "\u2018", "\"", "\u2019", "\"", "'", "\"", "\u00AB", "\"",
          "\u00BB", "\"");

  private static final Set<String> CLOSING = Set.of(")", "]", "}");

  private static final int MOST_EXPECTED = 9;
  private static final int LONGEST_FIX = 120;
  private static final int LONGEST_PROBE = 400;

  private final Source source;
  private final List<Piece> pieces;

  SyntaxMistakes(Source source, List<Piece> pieces) {
    this.source = source;
    this.pieces = pieces;
  }

  Syntax.Item refused(Span span, List<Diagnostic> mistakes) {
    return new Syntax.Item.Refused(span, mistakes, names());
  }

  /** The names that the sentence would have defined. */
  private List<String> names() {
    List<String> out = new ArrayList<>();
    for (int i = 0; i + 1 < pieces.size(); i++) {
      boolean declares =
          i == 0
              && Set.of("data", "model", "target", "recipe", "let").contains(pieces.get(0).text());
      if ((declares || pieces.get(i).is("as")) && pieces.get(i + 1).isName()) {
        out.add(pieces.get(i + 1).text());
      }
    }
    return out;
  }

  static Diagnostic programTooLong(Source source) {
    return Code.E108.at(
        source,
        new Span(0, 0),
        "this program is longer than " + Syntax.LONGEST + " characters",
        "split it into files and `include` them");
  }

  List<Diagnostic> of(Splitter.Trouble trouble) {
    if (trouble instanceof Splitter.Trouble.Unclosed u) {
      String closing = u.text().equals("{") ? "}" : u.text().equals("(") ? ")" : "]";
      String where =
          u.next()
              .map(n -> closing.equals("}") ? " before line " + line(n) : "")
              .orElse(" at the end");
      return List.of(
          Code.E105.at(
              source,
              u.bracket(),
              "this " + u.text() + " is never closed",
              "add " + closing + where));
    } else if (trouble instanceof Splitter.Trouble.UnclosedText t) {
      return List.of(
          Code.E106.at(
              source, t.quotes(), "this text is never closed", "add \"\"\" where it ends"));
    } else if (trouble instanceof Splitter.Trouble.TooDeep t) {
      return List.of(
          Code.E108.at(
              source, t.bracket(), "brackets nest deeper than " + Splitter.DEEPEST, "too deep"));
    }
    Splitter.Trouble.TooLong t = (Splitter.Trouble.TooLong) trouble;
    return List.of(
        Code.E108.at(
            source,
            t.end(),
            "this sentence is longer than " + Splitter.LONGEST + " words",
            "from here on it is not read"));
  }

  private int line(Span span) {
    return 1
        + (int) source.text().substring(0, span.start()).chars().filter(c -> c == '\n').count();
  }

  /** A line that looks like a statement but is indented. */
  List<Diagnostic> indented(Span blank, Span first) {
    return List.of(
        Code.E104
            .at(
                source,
                blank,
                "this line is indented, so it continues line " + line(first),
                "",
                "remove the indentation to start a new statement")
            .with(List.of(new Edit(blank, ""))));
  }

  /**
   * What is wrong at a token.
   *
   * @param at index of the furthest token reached; the number of tokens when the sentence ended
   * @param expected what could stand there, computed only when it is needed
   */
  List<Diagnostic> at(int at, Supplier<List<String>> expected) {
    return List.of(find(at, expected));
  }

  private Diagnostic find(int at, Supplier<List<String>> expected) {
    if (at < pieces.size() && pieces.get(at).shape() == Piece.Shape.OPEN_TEXT) {
      return Code.E106.at(
          source, pieces.get(at).span(), "this text is never closed", "add \" at its end");
    }
    if (at == 0 && !CLOSING.contains(pieces.get(0).text())) {
      return unknownVerb(pieces.get(0), OPENINGS);
    }
    Piece before = pieces.get(Math.max(0, at - 1));
    if (at >= pieces.size()) {
      return unfinished(before, at, expected);
    }
    Piece piece = pieces.get(at);
    if (before.is("then") && piece.isName()) {
      return unknownVerb(piece, ACTIONS);
    }
    if (piece.shape() == Piece.Shape.UNKNOWN || piece.is("-") || piece.is("=")) {
      return sign(at, piece, before);
    }
    Optional<Diagnostic> ofVerb =
        switch (verb(at)) {
          case "distill" -> distill(at, piece);
          case "quantize" -> quantize(at, piece);
          case "prune" -> prune(at, piece);
          case "chart" -> chart(at, piece);
          default -> Optional.empty();
        };
    if (ofVerb.isPresent()) {
      return ofVerb.get();
    }
    if (CLOSING.contains(piece.text())) {
      long open = pieces.subList(0, at).stream().filter(p -> p.is(opening(piece))).count();
      long closed = pieces.subList(0, at).stream().filter(p -> p.is(piece.text())).count();
      if (closed >= open) {
        return Code.E107
            .at(source, piece.span(), "this " + piece.text() + " closes nothing", "", "remove it")
            .with(List.of(new Edit(piece.span(), "")));
      }
    }
    List<String> fitting = fitting(at, expected);
    if (piece.shape() == Piece.Shape.RESERVED && wantsName(before, fitting)) {
      return Code.E120.at(
          source,
          piece.span(),
          "`" + piece.text() + "` is a reserved word, not a name",
          "choose another name");
    }
    return Code.E110.at(
        source,
        piece.span(),
        (piece.shape() == Piece.Shape.TEXT ? "this text" : "`" + shortened(piece.text()) + "`")
            + " does not fit here",
        list(fitting));
  }

  private static String opening(Piece closing) {
    return closing.is(")") ? "(" : closing.is("]") ? "[" : "{";
  }

  private static boolean wantsName(Piece before, List<String> fitting) {
    return fitting.contains("a name")
        && Set.of(
                "as", "data", "model", "let", "target", "recipe", "set", "show", "expect", "on",
                "of")
            .contains(before.text());
  }

  private List<String> fitting(int at, Supplier<List<String>> expected) {
    return at > LONGEST_PROBE ? List.of() : expected.get();
  }

  private Diagnostic unknownVerb(Piece piece, List<String> known) {
    String word = piece.text();
    boolean first = known == OPENINGS;
    if (first && piece.shape() == Piece.Shape.RESERVED) {
      return Code.E122.at(
          source,
          piece.span(),
          "`" + word + "` continues a sentence, but this line starts a new one",
          "indent the line, or start it with a verb");
    }
    if (first && BELONGS.containsKey(word)) {
      return Code.E122.at(
          source,
          piece.span(),
          "`" + word + "` belongs to a `" + BELONGS.get(word) + "` sentence",
          "indent the line to continue the one above");
    }
    if (!piece.isName()) {
      return piece.shape() == Piece.Shape.UNKNOWN
          ? sign(0, piece, piece)
          : Code.E101.at(source, piece.span(), "a sentence starts with a verb", verbs(known));
    }
    if (!first && OPENINGS.contains(word)) {
      return Code.E101.at(
          source,
          piece.span(),
          "`" + word + "` cannot follow `then`",
          "after `then` come: " + String.join(", ", known));
    }
    Optional<String> near = Nearest.to(word, known);
    if (near.isPresent()) {
      return Code.E101
          .at(
              source,
              piece.span(),
              "unknown verb `" + word + "`",
              "did you mean `" + near.get() + "`?")
          .with(Edit.replace(piece.span(), Nearest.clear(word, known)));
    }
    if (JAVA.contains(word)) {
      return Code.E101.at(
          source,
          piece.span(),
          "unknown verb `" + word + "`",
          "this looks like Java",
          "start the cell with %%java");
    }
    return Code.E101.at(
        source, piece.span(), "unknown verb `" + shortened(word) + "`", verbs(known));
  }

  /** Whether it looks like a verb with a slip of the hand. */
  static boolean isNearlyVerb(Piece piece) {
    return piece.shape() == Piece.Shape.WORD && Nearest.to(piece.text(), OPENINGS).isPresent();
  }

  private static String verbs(List<String> known) {
    return known.size() <= 8
        ? "the verbs are: " + String.join(", ", known)
        : "the verbs are: " + String.join(", ", known.subList(0, 9)) + " …";
  }

  private Diagnostic unfinished(Piece last, int at, Supplier<List<String>> expected) {
    Span end = new Span(last.span().end(), last.span().end());
    if (last.is("then")) {
      return Code.E111.at(
          source,
          last.span(),
          "`then` needs a step after it",
          "one of: " + String.join(", ", ACTIONS));
    }
    if (verb(at).equals("prune") && !stageHas(at, "to") && stage(at).size() <= 2) {
      return pruneAmount(at, end);
    }
    if (verb(at).equals("quantize") && !stageHas(at, "to")) {
      return quantizeTo(at, end);
    }
    if (verb(at).equals("distill") && !stageHas(at, "into")) {
      return Code.E103.at(
          source, end, "`distill` needs `into`", "", text(stageStart(at), at) + " into mlp(30)");
    }
    return Code.E111.at(source, end, "this sentence is not finished", list(fitting(at, expected)));
  }

  private Diagnostic sign(int at, Piece piece, Piece before) {
    String text = piece.text();
    if (text.equals("=")) {
      String name = before.isName() ? before.text() : "name";
      String value = at + 1 < pieces.size() ? pieces.get(at + 1).text() : "value";
      return Code.E113.at(
          source,
          piece.span(),
          "settings are written without `=`",
          "",
          shortened(name + " " + value));
    }
    if (text.equals(">") || text.equals("<")) {
      String words = text.equals(">") ? "at least" : "at most";
      return Code.E114.at(
          source,
          piece.span(),
          "`" + text + "` is not a comparison here",
          "write `" + words + "` or `" + text + "=`",
          text(stageStart(at), at) + " " + words + rest(at + 1));
    }
    if (QUOTES.containsKey(text)) {
      return Code.E112.at(
          source, piece.span(), "`" + text + "` does not open a text", "use straight quotes: \"");
    }
    if (text.equals(".") && before.shape() == Piece.Shape.NUMBER) {
      return Code.E112.at(
          source, piece.span(), "a number has one decimal point", "write it as 10.5");
    }
    if (Set.of("-", "+", "*", "^").contains(text)) {
      return Code.E112.at(
          source,
          piece.span(),
          "language 1 has no arithmetic",
          "write the result, or compute it in a %%java cell");
    }
    if (text.equals("$")) {
      return Code.E112.at(
          source, piece.span(), "`$` needs a name right behind it", "as in `$width`");
    }
    return Code.E112.at(
        source,
        piece.span(),
        "the language has no `" + shortened(text) + "`",
        "names hold letters, digits, _ and -");
  }

  private Optional<Diagnostic> distill(int at, Piece piece) {
    if (stageBefore(at, "into")) {
      return Optional.empty();
    }
    int start = stageStart(at);
    if (piece.is("to") || piece.is("in") || piece.is("as")) {
      boolean wrongWord = !piece.is("as");
      return Optional.of(
          Code.E103.at(
              source,
              piece.span(),
              "`distill` needs `into`",
              "",
              wrongWord
                  ? text(start, at) + " into" + rest(at + 1)
                  : text(start, at) + " into mlp(30)" + rest(at)));
    }
    if (piece.isName() && at > start + 1) {
      return Optional.of(
          Code.E103.at(
              source,
              piece.span(),
              "`distill` needs `into`",
              "",
              text(start, at) + " into" + rest(at)));
    }
    return Optional.empty();
  }

  private Optional<Diagnostic> quantize(int at, Piece piece) {
    if (stageBefore(at, "to")) {
      return Optional.empty();
    }
    return Optional.of(quantizeTo(at, piece.span()));
  }

  private Diagnostic quantizeTo(int at, Span span) {
    List<Piece> stage = stage(at);
    boolean swapped =
        stage.size() > 2 && stage.get(1).text().matches("u?int\\d+") && stage.get(2).isName();
    String fix =
        swapped
            ? "quantize " + stage.get(2).text() + " to " + stage.get(1).text()
            : stage.size() > 1 && stage.get(1).isName() && !stage.get(1).text().startsWith("int")
                ? "quantize " + stage.get(1).text() + " to int8"
                : "quantize to int8";
    return Code.E109.at(source, span, "`quantize` needs `to`", "", fix);
  }

  private Optional<Diagnostic> prune(int at, Piece piece) {
    int start = stageStart(at);
    boolean amountMissing =
        at <= start + 2
            && (piece.shape() == Piece.Shape.RESERVED || piece.is("globally"))
            && !piece.is("to")
            && !pieces.get(at - 1).is("to");
    if (amountMissing) {
      return Optional.of(pruneAmount(at, piece.span()));
    }
    if (piece.is(",") && at > start + 2) {
      return Optional.of(
          Code.E110.at(source, piece.span(), "`prune` takes one amount", "", text(start, at)));
    }
    return Optional.empty();
  }

  private Diagnostic pruneAmount(int at, Span span) {
    return Code.E121.at(
        source, span, "`prune` needs an amount", "", text(stageStart(at), at) + " 50%" + rest(at));
  }

  private Optional<Diagnostic> chart(int at, Piece piece) {
    if (!piece.is(",") || stageBefore(at, "of")) {
      return Optional.empty();
    }
    return Optional.of(
        Code.E115.at(
            source,
            piece.span(),
            "`chart` takes two metrics with `vs`",
            "",
            text(0, at) + " vs" + rest(at + 1)));
  }

  // ---- stages: what stands between two `then`

  private int stageStart(int at) {
    for (int i = Math.min(at, pieces.size()) - 1; i > 0; i--) {
      if (pieces.get(i).is("then")) {
        return i + 1;
      }
    }
    return 0;
  }

  private List<Piece> stage(int at) {
    int start = stageStart(at);
    int end = start;
    while (end < pieces.size() && !pieces.get(end).is("then")) {
      end++;
    }
    return pieces.subList(start, end);
  }

  private String verb(int at) {
    int start = stageStart(at);
    return start < pieces.size() ? pieces.get(start).text() : "";
  }

  private boolean stageHas(int at, String word) {
    return stage(at).stream().anyMatch(p -> p.is(word));
  }

  private boolean stageBefore(int at, String word) {
    return pieces.subList(stageStart(at), Math.min(at, pieces.size())).stream()
        .anyMatch(p -> p.is(word));
  }

  /** The sentence from piece to piece, as written, on one line. */
  private String text(int from, int to) {
    if (from >= to) {
      return "";
    }
    String written =
        source.text().substring(pieces.get(from).span().start(), pieces.get(to - 1).span().end());
    return shortened(written.replaceAll("\\s+", " "));
  }

  /** The rest of the stage from a piece on, with a blank before it. */
  private String rest(int from) {
    int end = from;
    while (end < pieces.size() && !pieces.get(end).is("then")) {
      end++;
    }
    String text = text(from, end);
    return text.isEmpty() ? "" : " " + text;
  }

  private static String shortened(String text) {
    return text.length() > LONGEST_FIX ? text.substring(0, LONGEST_FIX) + "…" : text;
  }

  private static String list(List<String> expected) {
    if (expected.isEmpty() || expected.size() > MOST_EXPECTED) {
      return "";
    }
    int last = expected.size() - 1;
    return "expected "
        + (last == 0
            ? expected.get(0)
            : String.join(", ", expected.subList(0, last)) + " or " + expected.get(last));
  }
}
