package dev.espalier.kernel.jupyter;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import jdk.jshell.ImportSnippet;
import jdk.jshell.Snippet;
import jdk.jshell.SourceCodeAnalysis;
import jdk.jshell.SourceCodeAnalysis.Completeness;
import jdk.jshell.SourceCodeAnalysis.CompletionInfo;
import jdk.jshell.VarSnippet;

/**
 * What stands before a cursor, as a text in which JShell's analysis understands it.
 *
 * <p>JShell looks at one snippet at a time and knows only what has run. Here the declarations of
 * the same cell that have not run, and the names of Espalier cells that no Java cell has used, are
 * put around the snippet at the cursor: methods and types as members of a class, variables as
 * locals of a method in it. The text ends at the cursor, so that a place in it is a place in the
 * cell less a constant.
 *
 * @param text to analyse, to its end
 * @param shift what to subtract from an index of {@code text} for one of the cell
 * @param imports of the cell that come before the cursor
 * @param snippet where the snippet at the cursor starts in the cell
 */
record JavaContext(String text, int shift, List<String> imports, int snippet) {
  /** Names of the wrapping; nobody may be offered these. */
  static final String CLASS = "Espalier$Cell";

  static final String METHOD = "espalier$Code";

  private static final Pattern MODIFIERS =
      Pattern.compile("^((public|protected|private|static|final|synchronized)\\s+)+");
  private static final Pattern IMPORT = Pattern.compile("^import\\b.*", Pattern.DOTALL);
  private static final Pattern TYPE =
      Pattern.compile(
          "^((public|protected|private|static|final|abstract|sealed|strictfp|@\\w+)\\s+)*"
              + "(class|interface|enum|record|@interface)\\s+\\w+[^=;]*\\{.*",
          Pattern.DOTALL);
  private static final Pattern METHOD_START =
      Pattern.compile(
          "^((public|protected|private|static|final|synchronized|@\\w+)\\s+)*(<[^(){};=]+>\\s*)?"
              + "(?!(?:new|return|throw|else|assert|case|yield|do|try|finally)\\b)"
              + "[\\w.]+(\\s*<[^(){};=]*>)?(\\s*\\[\\s*\\])*\\s+\\w+\\s*\\([^(){};=]*\\)"
              + "\\s*(throws\\s+[\\w., ]+)?\\{.*",
          Pattern.DOTALL);
  private static final Pattern HEAD =
      Pattern.compile("\\b(if|while|switch|synchronized|for|try)\\s*$");
  private static final Pattern EACH = Pattern.compile("^\\s*[\\w.<>\\[\\], ?]+\\s\\w+\\s*:(?!:)");
  private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

  /**
   * @param cell the cell's Java
   * @param cursor where the text is to end; in code, in no comment or literal
   * @param shared the type of each name of the Espalier scope, by its Java name
   */
  static JavaContext at(
      SourceCodeAnalysis analysis, String cell, int cursor, Map<String, String> shared) {
    String before = cell.substring(0, cursor);
    List<String> earlier = new ArrayList<>();
    int from = split(analysis, before, earlier);
    String current = before.substring(from);
    String bare = current.stripLeading();
    List<String> imports = new ArrayList<>();
    List<Snippet> declared = new ArrayList<>();
    for (String source : earlier) {
      for (Snippet snippet : analysis.sourceToSnippets(source)) {
        if (snippet instanceof ImportSnippet) {
          imports.add(source);
        } else {
          declared.add(snippet);
        }
      }
    }
    if (IMPORT.matcher(bare).matches()) {
      return new JavaContext(current, -from, imports, from);
    }
    boolean member = TYPE.matcher(bare).matches() || METHOD_START.matcher(bare).matches();
    Set<String> mentioned =
        NAME.matcher(before).results().map(r -> r.group()).collect(Collectors.toSet());
    Set<String> own = new HashSet<>();
    StringBuilder text = new StringBuilder("class " + CLASS + " { ");
    for (Snippet snippet : declared) {
      if (snippet.kind() == Snippet.Kind.METHOD) {
        text.append("static ").append(unmodified(snippet.source())).append(' ');
      } else if (snippet.kind() == Snippet.Kind.TYPE_DECL) {
        String source = unmodified(snippet.source());
        text.append("static ").append(source).append(' ');
      } else if (snippet instanceof VarSnippet variable) {
        own.add(variable.name());
      }
    }
    StringBuilder names = new StringBuilder();
    shared.forEach(
        (name, type) -> {
          if (mentioned.contains(name) && !own.contains(name)) {
            names.append(member ? "static " : "").append(type).append(' ').append(name);
            names.append(" = null; ");
          }
        });
    text.append(member ? names : "");
    if (!member) {
      text.append("static void ").append(METHOD).append("() throws Throwable { ").append(names);
    }
    String last = "";
    for (Snippet snippet : declared) {
      if (!(snippet instanceof VarSnippet variable) || (member && variable.typeName() == null)) {
        continue;
      }
      if (member) {
        text.append("static ").append(variable.typeName()).append(' ');
        text.append(variable.name()).append("; ");
      } else if (!snippet.source().equals(last)) {
        // One snippet a variable, but `int a, b` is one source.
        last = snippet.source();
        text.append(unmodified(last)).append(last.strip().endsWith(";") ? " " : "; ");
      }
    }
    String snippet = member ? "static " + unmodified(current) : withoutHeads(current);
    text.append(snippet);
    return new JavaContext(text.toString(), text.length() - cursor, imports, from);
  }

  private static String unmodified(String source) {
    return MODIFIERS.matcher(source.stripLeading()).replaceFirst("");
  }

  /** Finds where the last snippet starts, and those before it. */
  private static int split(SourceCodeAnalysis analysis, String before, List<String> earlier) {
    int from = 0;
    while (true) {
      String rest = before.substring(from);
      if (rest.isBlank()) {
        return from;
      }
      CompletionInfo piece = analysis.analyzeCompletion(rest);
      Completeness completeness = piece.completeness();
      int next = before.length();
      if (completeness == Completeness.COMPLETE
          || completeness == Completeness.COMPLETE_WITH_SEMI) {
        String remaining = piece.remaining() == null ? "" : piece.remaining();
        next = before.length() - remaining.length();
        boolean ended = rest.stripTrailing().endsWith(";") || rest.stripTrailing().endsWith("}");
        if (remaining.isEmpty() && !ended) {
          return from;
        }
        if (next <= from) {
          return from;
        }
        earlier.add(piece.source());
      } else if (completeness == Completeness.UNKNOWN) {
        // A line that is no Java must not hide what comes after it.
        next = endOfLine(before, from);
        if (next >= before.length()) {
          return from;
        }
      } else {
        return from;
      }
      from = next;
    }
  }

  /** Behind the first line end from a place on that is in no bracket, comment or literal. */
  private static int endOfLine(String text, int from) {
    for (int at = text.indexOf('\n', from); at >= 0; at = text.indexOf('\n', at + 1)) {
      JavaText read = JavaText.of(text.substring(from, at));
      if (!text.substring(from, at).isBlank()
          && read.open().length == 0
          && (read.in() == JavaText.In.CODE || read.in() == JavaText.In.LINE_COMMENT)) {
        return at + 1;
      }
    }
    return text.length();
  }

  /**
   * JShell sees nothing in a condition that is not closed. What stands in the head of an {@code if}
   * or a loop becomes an expression or statements of the same meaning.
   */
  private static String withoutHeads(String snippet) {
    String text = snippet;
    int[] open = JavaText.of(snippet).open();
    for (int i = open.length - 1; i >= 0; i--) {
      int bracket = open[i];
      if (text.charAt(bracket) != '(') {
        continue;
      }
      Matcher head = HEAD.matcher(text.substring(0, bracket));
      if (!head.find()) {
        continue;
      }
      String inside = text.substring(bracket + 1);
      String before = text.substring(0, head.start());
      text =
          switch (head.group(1)) {
            case "if", "while" -> before + "; boolean espalier$Head = (" + inside;
            case "for" -> before + "{ " + loop(inside);
            case "try" -> before + "{ " + inside;
            default -> before + "; var espalier$Head = (" + inside;
          };
    }
    return text;
  }

  /** The head of a {@code for} up to the cursor, as statements. */
  private static String loop(String head) {
    Matcher each = EACH.matcher(head);
    if (each.find()) {
      return "var espalier$Head = " + head.substring(each.end());
    }
    int condition = head.indexOf(';') + 1;
    return condition > 0 && head.indexOf(';', condition) < 0
        ? head.substring(0, condition) + " boolean espalier$Head = " + head.substring(condition)
        : head;
  }
}
