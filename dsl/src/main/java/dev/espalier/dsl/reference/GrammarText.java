package dev.espalier.dsl.reference;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The grammar's rules as they are written, with words in place of the names of tokens. */
final class GrammarText {
  private static final String FOLDER = "dev/espalier/grammar/";
  private static final Pattern TOKEN = Pattern.compile("\\b([A-Z][A-Z_]*):\\s*([^;]*);");
  private static final Pattern LITERAL = Pattern.compile("'((?:[^'\\\\]|\\\\.)+)'");
  private static final Pattern RULE =
      Pattern.compile(
          "(?m)^([a-z]\\w*)\\s*:\\s*(.*?)(?<!')\\s*;\\s*(?://[^\\n]*)?$", Pattern.DOTALL);
  private static final Pattern NAME = Pattern.compile("\\b[a-z]\\w*\\b");

  /** What every page would repeat; they are on the page of the whole grammar. */
  private static final Set<String> EVERYWHERE =
      Set.of(
          "name",
          "value",
          "settings",
          "setting",
          "call",
          "argument",
          "goal",
          "quantity",
          "unit",
          "file",
          "eol",
          "nonReserved",
          "subject",
          "subjects",
          "method",
          "layerRef",
          "statement",
          "step",
          "layerSep");

  private final Map<String, String> words = new LinkedHashMap<>();
  private final Map<String, String> rules = new LinkedHashMap<>();

  GrammarText() {
    String lexer = Resources.text(FOLDER + "EspalierLexer.g4");
    Matcher token = TOKEN.matcher(lexer.replaceAll("(?m)^\\s*//.*$", ""));
    while (token.find()) {
      words.putIfAbsent(token.group(1), literal(token.group(2)));
    }
    String parser = Resources.text(FOLDER + "EspalierParser.g4");
    Matcher rule = RULE.matcher(parser.replaceAll("(?m)^\\s*//.*$", ""));
    while (rule.find()) {
      rules.put(rule.group(1), rule.group(2));
    }
  }

  /** What a token looks like: the words or signs in its rule, else what it is called. */
  private static String literal(String definition) {
    Matcher literal = LITERAL.matcher(definition.strip());
    return literal.matches() ? "\"" + literal.group(1) + "\"" : "";
  }

  /** The words that begin a sentence, each with the rule and the alternative that it begins. */
  Map<String, Alternative> verbs() {
    Map<String, Alternative> out = new LinkedHashMap<>();
    begin("statement", out);
    return out;
  }

  /**
   * One alternative of a rule.
   *
   * @param rule its name
   */
  record Alternative(String rule, String text) {}

  private void begin(String rule, Map<String, Alternative> out) {
    for (String alternative : alternatives(rules.get(rule))) {
      String first = alternative.split("[\\s(?*+]+", 2)[0];
      if (words.containsKey(first)) {
        out.merge(
            words.get(first).replace("\"", ""),
            new Alternative(rule, alternative),
            (a, b) -> new Alternative(rule, a.text() + "\n    | " + b.text()));
      } else if (rules.containsKey(first)) {
        begin(first, out);
      }
    }
  }

  /** The alternatives of a rule's text, without their labels. */
  private static List<String> alternatives(String text) {
    List<String> out = new ArrayList<>();
    int depth = 0;
    StringBuilder one = new StringBuilder();
    for (String piece : text.replaceAll("#\\s*\\w+", "").replaceAll("//[^\\n]*", "").split("")) {
      depth += piece.equals("(") ? 1 : piece.equals(")") ? -1 : 0;
      if (piece.equals("|") && depth == 0) {
        out.add(one.toString().strip());
        one.setLength(0);
      } else {
        one.append(piece);
      }
    }
    out.add(one.toString().strip());
    return out;
  }

  /** An alternative with the rules that only it and its like need, as EBNF. */
  String excerpt(Alternative verb) {
    StringBuilder out = new StringBuilder();
    out.append(verb.rule()).append(": ").append(shown(verb.text())).append('\n');
    Set<String> needed = new LinkedHashSet<>();
    need(verb.text(), needed);
    needed.forEach(rule -> out.append(rule(rule)));
    return out.toString();
  }

  private void need(String text, Set<String> needed) {
    Matcher name = NAME.matcher(text);
    while (name.find()) {
      String rule = name.group();
      if (rules.containsKey(rule) && !EVERYWHERE.contains(rule) && needed.add(rule)) {
        need(rules.get(rule), needed);
      }
    }
  }

  /** All rules, as EBNF. */
  String whole() {
    StringBuilder out = new StringBuilder();
    rules.keySet().forEach(r -> out.append(rule(r)));
    return out.toString();
  }

  private String rule(String name) {
    List<String> all = alternatives(rules.get(name)).stream().map(this::shown).toList();
    return name + ": " + String.join("\n    | ", all) + "\n";
  }

  /** Words and signs for tokens, on one line each. */
  private String shown(String text) {
    Matcher token = Pattern.compile("\\b[A-Z][A-Z_]*\\b").matcher(text);
    String plain =
        token.replaceAll(
            m -> {
              String word = words.getOrDefault(m.group(), "");
              return Matcher.quoteReplacement(
                  word.isEmpty()
                      ? switch (m.group()) {
                        case "AT_LEAST" -> "(\"at least\" | \">=\")";
                        case "AT_MOST" -> "(\"at most\" | \"<=\")";
                        default -> m.group();
                      }
                      : word);
            });
    return plain.replaceAll("[ \\t]*\\n[ \\t]*", "\n    ").replaceAll("(?m) +$", "");
  }
}
