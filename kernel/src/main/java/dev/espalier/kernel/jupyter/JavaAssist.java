package dev.espalier.kernel.jupyter;

import dev.espalier.kernel.jupyter.Suggestions.Item;
import java.lang.reflect.Array;
import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import jdk.jshell.JShell;
import jdk.jshell.Snippet;
import jdk.jshell.SnippetEvent;
import jdk.jshell.SourceCodeAnalysis;
import jdk.jshell.SourceCodeAnalysis.Completeness;
import jdk.jshell.SourceCodeAnalysis.CompletionInfo;
import jdk.jshell.SourceCodeAnalysis.Documentation;
import jdk.jshell.SourceCodeAnalysis.Suggestion;
import jdk.jshell.VarSnippet;

/**
 * Completion, inspection and wholeness of Java cells, by JShell's analysis. Whoever calls holds the
 * compiler's lock.
 */
final class JavaAssist {
  private static final int MOST_SUGGESTIONS = 400;
  private static final int MOST_SIGNATURES = 12;
  private static final int MOST_VALUE = 200;

  /** Fewer letters fit too many classes. */
  private static final int SHORTEST_CLASS_PREFIX = 3;

  private static final List<String> STATEMENTS =
      List.of(
          "abstract",
          "assert",
          "break",
          "case",
          "class",
          "continue",
          "default",
          "do",
          "else",
          "enum",
          "final",
          "finally",
          "for",
          "if",
          "import",
          "interface",
          "record",
          "return",
          "static",
          "switch",
          "synchronized",
          "throw",
          "try",
          "var",
          "void",
          "while",
          "yield");
  private static final List<String> VALUES =
      List.of(
          "boolean", "byte", "char", "double", "false", "float", "int", "long", "new", "null",
          "short", "super", "this", "true");
  private static final List<String> EXPRESSIONS =
      Stream.concat(
              VALUES.stream(),
              Stream.of("extends", "implements", "instanceof", "switch", "throws", "void"))
          .toList();
  private static final Set<String> KEYWORDS =
      Stream.concat(STATEMENTS.stream(), EXPRESSIONS.stream()).collect(Collectors.toSet());

  private static final Pattern QUALIFIER =
      Pattern.compile("(?<![\\w.$])((?:[A-Za-z_]\\w*\\s*\\.\\s*)*[A-Za-z_]\\w*)\\s*\\.\\s*$");

  private final JShell shell;
  private final SourceCodeAnalysis analysis;
  private final Names names;
  private final CellLoader loader;
  private final JavaClasses classes;
  private final Supplier<Boolean> running;

  /**
   * @param running whether a cell's code runs; then JShell's state is not to be touched
   */
  JavaAssist(
      JShell shell,
      Names names,
      CellLoader loader,
      JavaClasses classes,
      Supplier<Boolean> running) {
    this.shell = shell;
    this.analysis = shell.sourceCodeAnalysis();
    this.names = names;
    this.loader = loader;
    this.classes = classes;
    this.running = running;
  }

  // --- completion ---

  /** What may stand at {@code cursor}, a UTF-16 index; replaces the whole word there. */
  Suggestions complete(String cell, int cursor) {
    if (JavaText.of(cell.substring(0, cursor)).in() != JavaText.In.CODE) {
      return Suggestions.none(cursor);
    }
    int start = wordStart(cell, cursor);
    int end = wordEnd(cell, cursor);
    String prefix = cell.substring(start, cursor);
    JavaContext context = JavaContext.at(analysis, cell, cursor, names.types());
    Map<String, Item> items = new LinkedHashMap<>();
    int found =
        withImports(
            context.imports(),
            () -> {
              int[] anchor = {-1};
              String text = context.text();
              for (Suggestion s : ordered(text, anchor)) {
                put(items, s.continuation(), cell, start);
              }
              return anchor[0] < 0 || items.isEmpty() ? start : anchor[0] - context.shift();
            });
    int from = items.isEmpty() ? start : found;
    String before = cell.substring(context.snippet(), start);
    if (before.stripTrailing().endsWith(".") || before.stripTrailing().endsWith("::")) {
      Matcher qualifier = QUALIFIER.matcher(before);
      if (items.isEmpty() && qualifier.find()) {
        return unimported(cell, cursor, end, context.snippet() + qualifier.start(1), qualifier);
      }
      if (qualifier.find(0)) {
        String around = qualifier.group(1).replaceAll("\\s", "");
        classes
            .packagesIn(around, prefix)
            .forEach(p -> items.putIfAbsent(p, new Item(p, "package")));
      }
    } else if (from == start && !before.stripTrailing().endsWith("@")) {
      names.types().keySet().stream()
          .filter(n -> n.startsWith(prefix))
          .forEach(n -> items.put(n, new Item(n, "variable")));
      if (!prefix.isEmpty()) {
        words(before, prefix).forEach(w -> items.putIfAbsent(w, new Item(w, "keyword")));
      }
      if (prefix.length() >= SHORTEST_CLASS_PREFIX && Character.isUpperCase(prefix.charAt(0))) {
        for (String name : classes.startingWith(prefix)) {
          String simple = name.substring(name.lastIndexOf('.') + 1);
          if (!items.containsKey(simple)
              && !items.containsKey(simple + "(")
              && !items.containsKey(simple + "()")) {
            items.put(name, new Item(name, "class"));
          }
        }
      } else if (!prefix.isEmpty() || before.strip().equals("import")) {
        classes.packagesIn("", prefix).forEach(p -> items.putIfAbsent(p, new Item(p, "package")));
      }
    }
    return suggestions(items.values(), cell, from, end);
  }

  /** Behind {@code Name.} where {@code Name} is a class that is not imported, or a package. */
  private Suggestions unimported(
      String cell, int cursor, int end, int qualifierStart, Matcher qualifier) {
    int start = wordStart(cell, cursor);
    String prefix = cell.substring(start, cursor);
    String around = qualifier.group(1).replaceAll("\\s", "");
    Map<String, Item> items = new LinkedHashMap<>();
    if (classes.isPackage(around)) {
      classes.packagesIn(around, prefix).forEach(p -> items.put(p, new Item(p, "package")));
      return suggestions(items.values(), cell, start, end);
    }
    if (around.indexOf('.') >= 0) {
      return Suggestions.none(cursor);
    }
    for (String name : classes.named(around)) {
      for (Suggestion s : ordered(name + "." + prefix, new int[1])) {
        put(items, name + "." + s.continuation(), cell, start);
      }
    }
    return suggestions(items.values(), cell, qualifierStart, end);
  }

  /** JShell's suggestions, those of the type that is wanted first. */
  private List<Suggestion> ordered(String text, int[] anchor) {
    List<Suggestion> all = analysis.completionSuggestions(text, text.length(), anchor);
    List<Suggestion> ordered = new ArrayList<>();
    all.stream().filter(Suggestion::matchesType).forEach(ordered::add);
    all.stream().filter(s -> !s.matchesType()).forEach(ordered::add);
    return ordered;
  }

  private void put(Map<String, Item> items, String given, String cell, int start) {
    // A package comes with its dot.
    boolean around = given.endsWith(".");
    String text = around ? given.substring(0, given.length() - 1) : given;
    // JShell offers its own wrapping, and nothing at all, where a word may start.
    if (!text.isEmpty()
        && !text.contains(JavaContext.CLASS)
        && !text.startsWith("espalier$")
        && !text.contains("$JShell$")) {
      items.putIfAbsent(
          text, new Item(text, around ? "package" : kind(text, cell.substring(0, start))));
    }
  }

  private static Suggestions suggestions(Collection<Item> items, String cell, int start, int end) {
    // What is called already needs no second bracket.
    boolean called = end < cell.length() && cell.charAt(end) == '(';
    Set<String> taking =
        items.stream().map(Item::text).filter(t -> t.endsWith("(")).collect(Collectors.toSet());
    Map<String, Item> out = new LinkedHashMap<>();
    for (Item item : items) {
      String bare = item.text().replaceFirst("\\(\\)?$", "");
      // Left open, a bracket would stay so: front ends close those alone that are typed.
      String text = called || taking.contains(bare + "(") ? bare : item.text();
      out.putIfAbsent(text, new Item(text, item.kind()));
      if (out.size() == MOST_SUGGESTIONS) {
        break;
      }
    }
    return new Suggestions(List.copyOf(out.values()), start, end);
  }

  private String kind(String text, String before) {
    String simple = text.substring(text.lastIndexOf('.') + 1);
    if (simple.endsWith("(") || simple.endsWith(")")) {
      return before.stripTrailing().endsWith("new") ? "class" : "method";
    }
    if (before.stripTrailing().endsWith("::")) {
      return simple.equals("new") ? "keyword" : "method";
    }
    if (KEYWORDS.contains(simple) || simple.equals("class")) {
      return "keyword";
    }
    Matcher qualifier = QUALIFIER.matcher(before);
    if (qualifier.find()
        && classes.isPackage(qualifier.group(1).replaceAll("\\s", "") + "." + simple)) {
      return "package";
    }
    // By Java's conventions for names: JShell gives the text alone.
    boolean type =
        Character.isUpperCase(simple.charAt(0))
            && (simple.length() == 1 || !simple.equals(simple.toUpperCase(java.util.Locale.ROOT)));
    return type ? "class" : "variable";
  }

  private static List<String> words(String before, String prefix) {
    String last = before.stripTrailing();
    boolean statement =
        last.isEmpty()
            || ";{})".indexOf(last.charAt(last.length() - 1)) >= 0
            || last.endsWith("->")
            || last.endsWith(" else");
    boolean modified = last.matches("(?s).*\\b(public|private|protected|static|final|abstract)");
    List<String> words = new ArrayList<>();
    if (statement || modified) {
      words.addAll(STATEMENTS);
    }
    words.addAll(statement ? VALUES : EXPRESSIONS);
    return words.stream().filter(w -> w.startsWith(prefix)).toList();
  }

  /**
   * Asks with imports of the cell in force that have not run, and takes them back. While a cell
   * runs JShell is in the middle of an evaluation; then they are left out.
   */
  private <T> T withImports(List<String> imports, Supplier<T> question) {
    List<Snippet> added = new ArrayList<>();
    try {
      if (!running.get()) {
        Set<String> known =
            shell
                .imports()
                .flatMap(i -> i.source().lines())
                .map(String::strip)
                .collect(Collectors.toSet());
        for (String source : imports) {
          if (known.add(source.strip())) {
            for (SnippetEvent event : shell.eval(source)) {
              if (event.status().isActive() && !event.previousStatus().isActive()) {
                added.add(event.snippet());
              }
            }
          }
        }
      }
      return question.get();
    } finally {
      added.forEach(shell::drop);
    }
  }

  // --- inspection ---

  /**
   * What stands at a cursor: signatures with what is documented, or a variable's type and value.
   *
   * @param full with the whole documentation
   */
  Optional<String> inspect(String cell, int at, boolean full) {
    int cursor = at;
    JavaText text = JavaText.of(cell.substring(0, cursor));
    if (text.in() == JavaText.In.LINE_COMMENT || text.in() == JavaText.In.BLOCK_COMMENT) {
      return Optional.empty();
    }
    List<String> found = new ArrayList<>();
    if (text.in() == JavaText.In.CODE) {
      int start = wordStart(cell, cursor);
      int end = wordEnd(cell, cursor);
      if (start < end) {
        word(cell, start, end, full, found);
      }
    } else {
      // Inside a literal: what it is an argument of.
      cursor = text.start();
    }
    if (found.isEmpty()) {
      int[] open = JavaText.of(cell.substring(0, cursor)).open();
      if (open.length > 0 && cell.charAt(open[open.length - 1]) == '(') {
        documentation(cell, open[open.length - 1] + 1, full, found);
      }
    }
    return found.isEmpty() ? Optional.empty() : Optional.of(String.join("\n\n", found));
  }

  private void word(String cell, int start, int end, boolean full, List<String> found) {
    String word = cell.substring(start, end);
    int bracket = end;
    while (bracket < cell.length() && Character.isWhitespace(cell.charAt(bracket))) {
      bracket++;
    }
    boolean called = bracket < cell.length() && cell.charAt(bracket) == '(';
    boolean qualified = start > 0 && cell.substring(0, start).stripTrailing().endsWith(".");
    if (!called) {
      documentation(cell, end, full, found);
      if (!qualified) {
        value(word, found);
      }
    }
    if (found.isEmpty()) {
      JavaContext context = JavaContext.at(analysis, cell, end, names.types());
      documentation(context, context.text() + "(", full, found);
    }
    if (found.isEmpty() && Character.isUpperCase(word.charAt(0)) && !qualified) {
      classes.named(word).stream()
          .limit(MOST_SIGNATURES)
          .forEach(n -> found.add(n + "\nnot imported: import " + n + ";"));
    }
    if (!qualified) {
      names.describe(word).ifPresent(found::add);
    }
  }

  private void documentation(String cell, int cursor, boolean full, List<String> found) {
    JavaContext context = JavaContext.at(analysis, cell, cursor, names.types());
    documentation(context, context.text(), full, found);
  }

  private void documentation(JavaContext context, String text, boolean full, List<String> found) {
    List<Documentation> all =
        withImports(
            context.imports(),
            () -> analysis.documentation(text, text.length(), /* computeJavadoc= */ true));
    Set<String> seen = new LinkedHashSet<>();
    for (Documentation one : all) {
      String signature = signature(one.signature());
      if (signature.isEmpty() || !seen.add(signature)) {
        continue;
      }
      if (seen.size() > MOST_SIGNATURES) {
        found.add("… and " + (all.size() - MOST_SIGNATURES) + " more");
        break;
      }
      String doc = one.javadoc() == null ? "" : Javadoc.text(one.javadoc(), full || all.size() < 3);
      if (!full && all.size() >= 3) {
        doc = doc.lines().takeWhile(l -> !l.isBlank()).collect(Collectors.joining("\n"));
      }
      found.add(doc.isEmpty() ? signature : signature + "\n" + doc.indent(2).stripTrailing());
    }
    if (found.size() > 1 && found.stream().noneMatch(f -> f.indexOf('\n') >= 0)) {
      String lines = String.join("\n", found);
      found.clear();
      found.add(lines);
    }
  }

  /** As Java is written: the type before the name, and nothing of the wrapping. */
  private static String signature(String given) {
    String signature = given.replace(JavaContext.CLASS + ".", "");
    if (signature.contains(JavaContext.METHOD) || signature.contains(JavaContext.CLASS)) {
      return "";
    }
    int colon = signature.indexOf(':');
    return colon > 0 && signature.indexOf('(') < 0
        ? signature.substring(colon + 1) + " " + signature.substring(0, colon)
        : signature;
  }

  /** Adds the value to a variable's signature; runs nothing of the user's. */
  private void value(String name, List<String> found) {
    Field field = loader.variable(name);
    boolean known = shell.variables().map(VarSnippet::name).anyMatch(name::equals);
    if (found.size() != 1 || field == null || !known) {
      return;
    }
    try {
      Object value = field.get(null);
      String shown = shown(value);
      if (!shown.isEmpty()) {
        found.set(0, found.get(0) + " = " + shown);
      }
    } catch (IllegalAccessException e) {
      // The type alone, then.
    }
  }

  private static String shown(Object value) {
    if (value == null || value instanceof Boolean) {
      return String.valueOf(value);
    }
    if (value instanceof String s) {
      String cut = s.length() > MOST_VALUE ? s.substring(0, MOST_VALUE) + "…" : s;
      return '"' + cut.replace("\\", "\\\\").replace("\n", "\\n").replace("\"", "\\\"") + '"';
    }
    if (value instanceof Character c) {
      return "'" + c + "'";
    }
    if (value instanceof Enum<?> e) {
      return e.name();
    }
    Class<?> type = value.getClass();
    if (type.isArray()) {
      return type.getComponentType().getSimpleName() + "[" + Array.getLength(value) + "]";
    }
    // Other classes' methods may be the user's, and may not end.
    if (value instanceof Number && type.getPackageName().startsWith("java.lang")) {
      return value.toString();
    }
    if (type.getPackageName().equals("java.util")) {
      int size =
          value instanceof Collection<?> c
              ? c.size()
              : value instanceof Map<?, ?> m ? m.size() : -1;
      return size < 0 ? "" : size + (size == 1 ? " element" : " elements");
    }
    return "";
  }

  // --- wholeness ---

  /** Whether Java code may run as it stands. */
  Wholeness wholeness(String code) {
    Optional<Wholeness> seen = seen(code);
    if (seen.isPresent()) {
      return seen.get();
    }
    String rest = code;
    while (!rest.isBlank()) {
      CompletionInfo piece = analysis.analyzeCompletion(rest);
      Completeness found = piece.completeness();
      // Garbage: JShell reports it with an empty remainder, which looks complete.
      if (found == Completeness.UNKNOWN) {
        return Wholeness.INVALID;
      }
      if (found == Completeness.DEFINITELY_INCOMPLETE
          || found == Completeness.CONSIDERED_INCOMPLETE
          || onlyAnnotations(piece.source())) {
        return Wholeness.incomplete(JavaText.of(code).nextIndent());
      }
      if (found == Completeness.EMPTY) {
        return Wholeness.COMPLETE;
      }
      rest = piece.remaining() == null ? "" : piece.remaining();
    }
    return Wholeness.COMPLETE;
  }

  /** What brackets, comments and literals alone say; empty when the parser has to be asked. */
  static Optional<Wholeness> seen(String code) {
    JavaText text = JavaText.of(code);
    if (text.closesTooMuch()) {
      return Optional.of(Wholeness.INVALID);
    }
    return switch (text.in()) {
      case TEXT_BLOCK, BLOCK_COMMENT -> Optional.of(Wholeness.incomplete(text.nextIndent()));
      // Java's texts end on their line.
      case STRING, CHARACTER -> Optional.of(Wholeness.INVALID);
      case CODE, LINE_COMMENT ->
          text.open().length > 0
              ? Optional.of(Wholeness.incomplete(text.nextIndent()))
              : Optional.empty();
    };
  }

  private static final Pattern ANNOTATIONS =
      Pattern.compile("(\\s*@(?!interface\\b)[\\w.]+\\s*(\\([^()]*\\))?)+\\s*;?\\s*");

  private static boolean onlyAnnotations(String source) {
    return source != null && ANNOTATIONS.matcher(source).matches();
  }

  // --- words ---

  private static int wordStart(String code, int cursor) {
    int at = cursor;
    while (at > 0 && Character.isJavaIdentifierPart(code.charAt(at - 1))) {
      at--;
    }
    return at;
  }

  private static int wordEnd(String code, int cursor) {
    int at = cursor;
    while (at < code.length() && Character.isJavaIdentifierPart(code.charAt(at))) {
      at++;
    }
    return at;
  }
}
