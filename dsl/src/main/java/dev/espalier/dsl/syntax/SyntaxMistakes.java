package dev.espalier.dsl.syntax;

import dev.espalier.dsl.Code;
import dev.espalier.dsl.Diagnostic;
import dev.espalier.dsl.Edit;
import dev.espalier.dsl.Nearest;
import dev.espalier.dsl.Source;
import dev.espalier.dsl.Span;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;

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

  private static final Set<String> CLOSING = Set.of(")", "]", "}");

  private static final int MOST_EXPECTED = 9;
  private static final int LONGEST_FIX = 120;
  private static final int LONGEST_PROBE = 400;

  private final Source source;
  private final List<Piece> pieces;
  private final Trial trial;

  /** Reads a sentence once more, changed. */
  interface Trial {
    /**
     * Whether the sentence is understood with the edits made.
     *
     * @param wholly to its end, rather than past what was changed
     */
    boolean understands(List<Edit> edits, boolean wholly);
  }

  /**
   * What is wrong, and a way to go on reading behind it.
   *
   * @param repair what the mistake's own edits are, or an example where those would be a guess;
   *     empty when there is no way to go on
   */
  record Found(Diagnostic diagnostic, List<Edit> repair) {}

  SyntaxMistakes(Source source, List<Piece> pieces) {
    this(source, pieces, (edits, wholly) -> false);
  }

  SyntaxMistakes(Source source, List<Piece> pieces, Trial trial) {
    this.source = source;
    this.pieces = pieces;
    this.trial = trial;
  }

  Syntax.Item refused(Span span, List<Diagnostic> mistakes) {
    return new Syntax.Item.Refused(span, mistakes, names());
  }

  /** The names that the sentence would have defined. */
  List<String> names() {
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

  static Diagnostic programTooLong(Source source, String most) {
    return Code.E108.at(
        source,
        new Span(0, 0),
        "this program is longer than " + most,
        "split it into files and `include` them");
  }

  /**
   * What is wrong before anything is parsed.
   *
   * @param closed what closes an open bracket, where that can be known
   */
  List<Diagnostic> of(Splitter.Trouble trouble, Optional<Edit> closed) {
    if (trouble instanceof Splitter.Trouble.Unclosed u && closed.isPresent()) {
      return List.of(
          Code.E105
              .at(
                  source,
                  u.bracket(),
                  "this " + u.text() + " is never closed",
                  "",
                  mended(List.of(closed.get()), false))
              .with(List.of(closed.get())));
    } else if (trouble instanceof Splitter.Trouble.Unclosed u) {
      String closing = u.text().equals("{") ? "}" : u.text().equals("(") ? ")" : "]";
      String where =
          u.next()
              .map(n -> closing.equals("}") ? " before line " + line(n) : "")
              .orElse(" at the end");
      List<Edit> edits =
          closing.equals("}") && u.next().isPresent()
              ? List.of(Edit.insert(u.next().get().start(), "}\n"))
              : List.of();
      return List.of(
          Code.E105
              .at(
                  source,
                  u.bracket(),
                  "this " + u.text() + " is never closed",
                  "add " + closing + where)
              .with(edits));
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
  Found at(int at, Supplier<List<String>> expected) {
    if (at < pieces.size() && pieces.get(at).shape() == Piece.Shape.OPEN_TEXT) {
      return openText(pieces.get(at));
    }
    // What makes the whole sentence right is what was meant, rather than what makes a part right.
    return mending(at, true)
        .or(() -> mending(at, false))
        .orElseGet(() -> found(plainly(at, expected)));
  }

  private Optional<Found> mending(int at, boolean wholly) {
    return capitals(at, wholly)
        .or(() -> character(at, wholly))
        .or(() -> fileName(at, wholly))
        .or(() -> wholly ? misspelt(at, true) : Optional.empty())
        .or(() -> byRule(at, wholly))
        .or(() -> wholly ? Optional.empty() : misspelt(at, false));
  }

  private static Found found(Diagnostic diagnostic) {
    return new Found(diagnostic, diagnostic.edits());
  }

  private Found openText(Piece text) {
    List<Edit> closing = List.of(Edit.insert(text.span().end(), "\""));
    boolean sure = text.text().indexOf(' ') < 0 || pieces.get(0).is("note");
    return found(
        Code.E106
            .at(source, text.span(), "this text is never closed", "add \" at its end")
            .with(sure && trial.understands(closing, false) ? closing : List.of()));
  }

  /** What the table says. */
  private Optional<Found> byRule(int at, boolean wholly) {
    String text = source.text();
    int end = pieces.get(pieces.size() - 1).span().end();
    Span token = at < pieces.size() ? pieces.get(at).span() : new Span(end, end);
    int stage = at == 0 ? 0 : stageStart(at);
    boolean opens = at == stage;
    int start = stage < pieces.size() ? pieces.get(stage).span().start() : end;
    return SyntaxRules.of(opens ? "-" : verb(at))
        .flatMap(
            rule ->
                rule
                    .find(text.substring(0, end), start, token.start(), token)
                    .flatMap(f -> said(rule, f, wholly))
                    .stream())
        .findFirst();
  }

  private Optional<Found> said(SyntaxRule rule, SyntaxRule.Finding finding, boolean wholly) {
    if (finding.edit().isEmpty()) {
      return Optional.of(
          found(rule.code().at(source, finding.span(), finding.title(), finding.label())));
    }
    List<Edit> edits = List.of(tidy(finding.edit().get()));
    if (!trial.understands(edits, wholly)) {
      return Optional.empty();
    }
    boolean steps = finding.edit().get().replacement().contains("then");
    Diagnostic diagnostic =
        rule.code()
            .at(source, finding.span(), finding.title(), finding.label(), mended(edits, steps))
            .with(rule.certain() ? edits : List.of());
    return Optional.of(new Found(diagnostic, edits));
  }

  /** The edit without what it would not change, and without a second blank beside one. */
  private Edit tidy(Edit edit) {
    String text = source.text();
    int start = edit.span().start();
    int end = edit.span().end();
    String with = edit.replacement();
    if (with.startsWith(",")) {
      while (start > 0 && text.charAt(start - 1) == ' ') {
        start--;
      }
    }
    if (with.startsWith(" ") && start > 0 && text.charAt(start - 1) == ' ') {
      with = with.substring(1);
    }
    if (with.endsWith(" ") && end < text.length() && text.charAt(end) == ' ') {
      with = with.substring(0, with.length() - 1);
    }
    if (end == lastEnd()) {
      with = with.stripTrailing();
    }
    boolean blank = start > 0 && text.charAt(start - 1) == ' ';
    if (with.isEmpty() && blank && (end == lastEnd() || text.charAt(end) == ' ')) {
      start--;
    }
    if (start > 0 && isOfWord(text.charAt(start - 1)) && isOfWord(first(with, text, end))) {
      with = " " + with;
    }
    while (start < end && !with.isEmpty() && text.charAt(start) == with.charAt(0)) {
      start++;
      with = with.substring(1);
    }
    while (start < end
        && !with.isEmpty()
        && text.charAt(end - 1) == with.charAt(with.length() - 1)) {
      end--;
      with = with.substring(0, with.length() - 1);
    }
    return new Edit(new Span(start, end), with);
  }

  private static char first(String with, String text, int end) {
    return !with.isEmpty() ? with.charAt(0) : end < text.length() ? text.charAt(end) : ' ';
  }

  private static boolean isOfWord(char c) {
    return Character.isLetterOrDigit(c) || c == '_' || c == '%';
  }

  private int lastEnd() {
    return pieces.get(pieces.size() - 1).span().end();
  }

  /** The step as it reads with the edits made; the sentence, where they change its steps. */
  private String mended(List<Edit> edits, boolean steps) {
    int first = edits.stream().mapToInt(e -> e.span().start()).min().orElse(0);
    int growth =
        edits.stream()
            .mapToInt(e -> e.replacement().length() - (e.span().end() - e.span().start()))
            .sum();
    int start = pieces.get(0).span().start();
    String text = Edit.apply(source.text(), edits).substring(start, lastEnd() + growth);
    if (!steps) {
      Layout layout = new Layout(text);
      int from = 0;
      int to = text.length();
      for (int i = 0; i < layout.size(); i++) {
        Span span = layout.span(i);
        if (layout.piece(i).is("then")) {
          if (span.end() + start <= first) {
            from = span.end();
          } else {
            to = span.start();
            break;
          }
        }
      }
      text = text.substring(from, to);
    }
    return shortened(text.strip().replaceAll("\\s+", " "));
  }

  // ---- characters of other keyboards

  private static final String QUOTES = "\u201C\u201D\u201E\u2018\u2019\u00AB\u00BB'`\u2033";
  private static final String DASHES = "\u2010\u2011\u2012\u2013\u2014\u2212";

  /** The sign of a millionth, as keyboards and as Greek texts write it. */
  private static final String MICRO = "\u00b5\u03bc";

  /** A character that stands for one that the language has. */
  private Optional<Found> character(int at, boolean wholly) {
    if (at >= pieces.size() || pieces.get(at).shape() != Piece.Shape.UNKNOWN) {
      return Optional.empty();
    }
    Piece piece = pieces.get(at);
    Piece before = pieces.get(Math.max(0, at - 1));
    if (piece.is("'") && before.isName() && before.span().end() == piece.span().start()) {
      // The teacher's accuracy: not a quote.
      return Optional.empty();
    }
    Optional<String> plain = plain(piece.text());
    if (plain.isEmpty()) {
      return Optional.empty();
    }
    String kind = kind(piece.text());
    List<Edit> edits = new ArrayList<>();
    int end = piece.span().end();
    for (Piece p : pieces) {
      if (p.shape() == Piece.Shape.UNKNOWN && kind(p.text()).equals(kind)) {
        edits.add(new Edit(p.span(), plain(p.text()).orElse(p.text())));
        end = p.span().start() == end ? p.span().end() : end;
      }
    }
    boolean quotes = kind.equals("quote");
    String title =
        quotes
            ? "`" + piece.text() + "` does not open a text"
            : "`" + seen(source.text().substring(piece.span().start(), end)) + "` is " + kind;
    String label =
        quotes
            ? "use straight quotes: \""
            : plain.get().isBlank()
                ? (plain.get().isEmpty() ? "remove it" : "use a plain blank")
                : "write `" + run(edits, piece.span(), end) + "`";
    Diagnostic said = Code.E112.at(source, new Span(piece.span().start(), end), title, label);
    return trial.understands(edits, wholly)
        ? Optional.of(new Found(said.with(edits), edits))
        : wholly ? Optional.empty() : Optional.of(found(said));
  }

  /** Characters by their numbers where there is nothing to see. */
  private static String seen(String text) {
    return text.codePoints()
        .mapToObj(
            c -> isUnseen(c) ? String.format(Locale.ROOT, "U+%04X", c) : Character.toString(c))
        .collect(Collectors.joining());
  }

  private static String run(List<Edit> edits, Span from, int end) {
    StringBuilder out = new StringBuilder();
    for (Edit e : edits) {
      if (e.span().start() >= from.start() && e.span().end() <= end) {
        out.append(e.replacement());
      }
    }
    return out.toString();
  }

  /** What the character looks like among those that the language has. */
  private static Optional<String> plain(String character) {
    if (QUOTES.contains(character)) {
      return Optional.of("\"");
    }
    if (DASHES.contains(character)) {
      return Optional.of("-");
    }
    int point = character.codePointAt(0);
    if (Character.isSpaceChar(point)) {
      return Optional.of(" ");
    }
    if (isUnseen(point)) {
      return Optional.of("");
    }
    if (MICRO.contains(character)) {
      return Optional.of("u");
    }
    String plain = Normalizer.normalize(character, Normalizer.Form.NFKC);
    boolean ascii = plain.chars().allMatch(c -> c > ' ' && c < 127);
    return ascii && !plain.equals(character) ? Optional.of(plain) : Optional.empty();
  }

  private static String kind(String character) {
    if (QUOTES.contains(character)) {
      return "quote";
    }
    if (DASHES.contains(character)) {
      return "a dash, not a minus or hyphen";
    }
    int point = character.codePointAt(0);
    if (Character.isSpaceChar(point)) {
      return "a blank that does not separate words";
    }
    if (MICRO.contains(character)) {
      return "written u here, as in us and uJ";
    }
    return isUnseen(point)
        ? "an invisible character"
        : plain(character).isPresent() ? "of another width or font" : "unknown";
  }

  private static boolean isUnseen(int point) {
    return Character.getType(point) == Character.FORMAT
        || (Character.isISOControl(point) && point != '\r');
  }

  // ---- file names without quotes, words with slips

  /** A file name whose quotes are missing. */
  private Optional<Found> fileName(int at, boolean wholly) {
    for (int i = Math.min(at, pieces.size() - 1); i >= Math.max(1, at - 1); i--) {
      String text = source.text();
      int start = pieces.get(i).span().start();
      int end = start;
      while (start > 0 && isOfFile(text.charAt(start - 1))) {
        start--;
      }
      while (end < lastEnd() && isOfFile(text.charAt(end))) {
        end++;
      }
      String name = text.substring(start, end);
      if (!name.matches("(?s).*[A-Za-z].*") || !name.matches("(?s).*[./\\\\].*")) {
        continue;
      }
      List<Edit> edits = List.of(new Edit(new Span(start, end), "\"" + name + "\""));
      if (trial.understands(edits, wholly)) {
        return Optional.of(
            found(
                Code.E110
                    .at(
                        source,
                        new Span(start, end),
                        "a file name stands in quotes",
                        "",
                        mended(edits, false))
                    .with(edits)));
      }
    }
    return Optional.empty();
  }

  private static boolean isOfFile(char c) {
    return Character.isLetterOrDigit(c) || "._-/\\~:".indexOf(c) >= 0;
  }

  private static final List<String> JOINTS =
      List.of(
          "into",
          "then",
          "with",
          "from",
          "for",
          "on",
          "of",
          "to",
          "by",
          "as",
          "is",
          "and",
          "in",
          "except",
          "globally",
          "per",
          "via",
          "vs",
          "within",
          "over",
          "split",
          "take",
          "normalize",
          "augment",
          "rewind",
          "using",
          "meets",
          "minimize",
          "maximize",
          "layer");

  /** A joint of the sentence with a slip of the hand, or in capitals. */
  private Optional<Found> misspelt(int at, boolean wholly) {
    for (int i = Math.min(at, pieces.size() - 1); i >= Math.max(1, at - 1); i--) {
      Piece piece = pieces.get(i);
      if (piece.shape() != Piece.Shape.WORD) {
        continue;
      }
      for (String joint : Nearest.all(piece.text(), JOINTS)) {
        Optional<Found> found = joint(piece, joint, wholly);
        if (found.isPresent()) {
          return found;
        }
      }
    }
    return Optional.empty();
  }

  /** A joint in capitals, which is a name. */
  private Optional<Found> capitals(int at, boolean wholly) {
    for (int i = Math.min(at, pieces.size() - 1); i >= Math.max(1, at - 1); i--) {
      Piece piece = pieces.get(i);
      String small = piece.text().toLowerCase(Locale.ROOT);
      if (piece.shape() == Piece.Shape.WORD && !piece.is(small) && JOINTS.contains(small)) {
        Optional<Found> found = joint(piece, small, wholly);
        if (found.isPresent()) {
          return found;
        }
      }
    }
    return Optional.empty();
  }

  private Optional<Found> joint(Piece piece, String joint, boolean wholly) {
    List<Edit> edits = List.of(new Edit(piece.span(), joint));
    return trial.understands(edits, wholly)
        ? Optional.of(
            found(
                Code.E110
                    .at(
                        source,
                        piece.span(),
                        "`" + shortened(piece.text()) + "` does not fit here",
                        "did you mean `" + joint + "`?")
                    .with(edits)))
        : Optional.empty();
  }

  /** What can be said of any token: what it is, and what could stand there. */
  private Diagnostic plainly(int at, Supplier<List<String>> expected) {
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
        (piece.shape() == Piece.Shape.TEXT
                ? "this text"
                : piece.text().isBlank()
                    ? "the end of the line"
                    : "`" + shortened(piece.text()) + "`")
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
    Optional<String> near = meant(word, known);
    if (near.isPresent()) {
      List<Edit> edits = List.of(new Edit(piece.span(), near.get()));
      boolean clear = near.equals(Nearest.clear(word, known)) || trial.understands(edits, false);
      return Code.E101
          .at(
              source,
              piece.span(),
              "unknown verb `" + word + "`",
              "did you mean `" + near.get() + "`?")
          .with(clear ? edits : List.of());
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

  /** The verb that was meant: another word for it, another form of it, or one with a slip. */
  private static Optional<String> meant(String word, List<String> known) {
    String small = word.toLowerCase(Locale.ROOT);
    Optional<String> other = Optional.ofNullable(SyntaxRules.MEANT.get(small));
    if (other.isPresent() && known.contains(other.get())) {
      return other;
    }
    Optional<String> form =
        known.stream()
            .filter(v -> small.length() > v.length() - 2)
            .filter(
                v -> {
                  String stem = v.endsWith("e") ? v.substring(0, v.length() - 1) : v;
                  return small.matches(stem + "(e?s|e?d|ing|t?ing|er)");
                })
            .findFirst();
    return form.or(() -> Nearest.to(word, known));
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
    return Code.E111.at(source, end, "this sentence is not finished", list(fitting(at, expected)));
  }

  private Diagnostic sign(int at, Piece piece, Piece before) {
    String text = piece.text();
    if (text.equals("=")) {
      return Code.E113.at(
          source, piece.span(), "only `let` has a `=`", "settings are a name and its value");
    }
    if (text.equals(">") || text.equals("<")) {
      String words = text.equals(">") ? "at least" : "at most";
      return Code.E114.at(
          source,
          piece.span(),
          "`" + text + "` is not a comparison here",
          "write `" + words + "` or `" + text + "=`");
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
    return character(piece);
  }

  /** A character that stands nowhere in the language. */
  private Diagnostic character(Piece piece) {
    int c = piece.text().codePointAt(0);
    if (c == '\r') {
      return Code.E112.at(
          source,
          piece.span(),
          "a carriage return alone (U+000D) ends no line",
          "save the file with the line ends of Unix or Windows");
    }
    return Code.E112.at(
        source,
        piece.span(),
        "the language has no `" + shortened(piece.text()) + "`",
        Character.isLetter(c)
            ? "names hold the letters a to z, digits, _ and -"
            : "names hold letters, digits, _ and -");
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

  private String verb(int at) {
    int start = stageStart(at);
    return start < pieces.size() ? pieces.get(start).text() : "";
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
