package dev.espalier.dsl.syntax;

import dev.espalier.dsl.Code;
import dev.espalier.dsl.Edit;
import dev.espalier.dsl.Span;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What is said where a sentence of a certain form stops being understood.
 *
 * @param verb of the step; {@code *} for any, {@code -} where the sentence has none
 * @param before what stands right before the furthest token, or right from the verb on when it
 *     starts with {@code ^}
 * @param here the furthest token and what follows
 * @param title what is wrong; {@code $1} is the first group
 * @param label what stands at the carets
 * @param writes the text that takes the place of what matched; empty for a rule that only advises
 * @param certain whether that is the only way to mend it, rather than an example
 */
record SyntaxRule(
    Code code,
    String verb,
    Pattern before,
    Pattern here,
    String title,
    String label,
    Optional<String> writes,
    boolean certain) {

  /** How much of a sentence is looked at to each side. */
  private static final int REACH = 300;

  /** What an empty pattern before the furthest token is compiled to. */
  private static final String NOTHING = "\\s*\\z";

  private static final String RESERVED =
      "(?!(?:and|as|by|except|for|from|in|into|is|of|on|over|per|then|to|using|via|vs|with|within)"
          + "(?![A-Za-z0-9_-]))";
  private static final String NAME =
      "(?<![A-Za-z0-9_$-])" + RESERVED + "[A-Za-z_][A-Za-z0-9_]*+(?:-[A-Za-z0-9_]++)*+";
  private static final String NUMBER = "-?\\d[\\d_]*+(?:\\.\\d++)?+(?:[eE][+-]?\\d++)?+";

  /**
   * A rule.
   *
   * @param pattern a regular expression in which a blank stands for any blanks, capital words for
   *     sorts of token, {@code |} with a blank behind it for the place of the furthest token, and
   *     curly brackets around what gets the carets, if that is not the furthest token
   */
  static SyntaxRule mend(
      Code code, String verb, String pattern, String title, String label, String writes) {
    return make(code, verb, pattern, title, label, Optional.of(writes), true);
  }

  /** A rule that shows an example of what was missing. */
  static SyntaxRule example(
      Code code, String verb, String pattern, String title, String label, String writes) {
    return make(code, verb, pattern, title, label, Optional.of(writes), false);
  }

  /** A rule that only says what to do. */
  static SyntaxRule advice(Code code, String verb, String pattern, String title, String label) {
    return make(code, verb, pattern, title, label, Optional.empty(), false);
  }

  private static SyntaxRule make(
      Code code,
      String verb,
      String pattern,
      String title,
      String label,
      Optional<String> writes,
      boolean certain) {
    int bar = pattern.indexOf("| ");
    String before = pattern.substring(0, bar).strip();
    return new SyntaxRule(
        code,
        verb,
        Pattern.compile(expression(before) + NOTHING, Pattern.DOTALL),
        Pattern.compile(expression(pattern.substring(bar + 2).strip()), Pattern.DOTALL),
        title,
        label,
        writes,
        certain);
  }

  private static String expression(String pattern) {
    return pattern
        .replaceAll("(?<!\\\\)\\{", "(?<at>")
        .replaceAll("(?<!\\\\)\\}", ")")
        .replaceAll(
            "(?<![A-Za-z\\\\<?])([a-z][a-z-]*)(?![A-Za-z>])",
            "(?<![A-Za-z0-9_\\$-])$1(?![A-Za-z0-9_-])")
        .replace(" ", "\\s*+")
        .replace("INTEGER", "(?<![A-Za-z0-9_-])u?int\\d++")
        .replace("INT8", "(?<![A-Za-z0-9_-])int[ -]?8\\b")
        .replace("CALL", NAME + "(?:\\s*\\((?:[^()]|\\([^()]*\\))*\\))?")
        .replace("NAME", NAME)
        .replace("AMOUNT", NUMBER + "(?:\\s*%)?+")
        .replace("NUMBER", NUMBER)
        .replace("TEXT", "\"[^\"\\n]*+\"")
        .replace("ACTION", "\\b(?:train|finetune|distill|prune|quantize|factorize|apply)\\b(?!-)")
        .replace("REST", "(?:(?!\\b(?:then|as)\\b).)*+")
        .replace("END", "\\z");
  }

  /**
   * What a rule says of a place.
   *
   * @param edit what mends it; empty for advice
   */
  record Finding(Span span, String title, String label, Optional<Edit> edit) {}

  /**
   * What this rule says; empty when it is about something else.
   *
   * @param text the sentence
   * @param stage where its step starts
   * @param furthest where the furthest token starts
   * @param token the furthest token's place
   */
  Optional<Finding> find(String text, int stage, int furthest, Span token) {
    int from = Math.max(stage, furthest - REACH);
    Matcher left = before.matcher(text).region(from, furthest);
    left.useTransparentBounds(true).useAnchoringBounds(true);
    boolean fits =
        before.pattern().startsWith("^") ? from == stage && left.lookingAt() : left.find();
    if (!fits) {
      return Optional.empty();
    }
    Matcher right = here.matcher(text).region(furthest, Math.min(text.length(), furthest + REACH));
    right.useTransparentBounds(true);
    if (!right.lookingAt()) {
      return Optional.empty();
    }
    Span span = at(left).or(() -> at(right)).orElse(token);
    int start = before.pattern().equals(NOTHING) ? furthest : left.start();
    return Optional.of(
        new Finding(
            span,
            filled(title, left, right),
            filled(label, left, right),
            writes.map(w -> new Edit(new Span(start, right.end()), filled(w, left, right)))));
  }

  private static Optional<Span> at(Matcher m) {
    return m.pattern().pattern().contains("(?<at>") && m.group("at") != null
        ? Optional.of(new Span(m.start("at"), m.end("at")))
        : Optional.empty();
  }

  /** The template with the groups filled in, those before the furthest token counting first. */
  private static String filled(String template, Matcher left, Matcher right) {
    List<String> groups = new ArrayList<>(groups(left));
    groups.addAll(groups(right));
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < template.length(); i++) {
      char c = template.charAt(i);
      if (c == '$' && i + 1 < template.length() && Character.isDigit(template.charAt(i + 1))) {
        out.append(groups.get(template.charAt(++i) - '1').replaceAll("\\s+", " "));
      } else {
        out.append(c);
      }
    }
    return out.toString();
  }

  /** What the groups matched, but for the one that gets the carets. */
  private static List<String> groups(Matcher m) {
    List<String> out = new ArrayList<>();
    String pattern = m.pattern().pattern();
    boolean listed = false;
    int group = 0;
    for (int i = 0; i < pattern.length(); i++) {
      char c = pattern.charAt(i);
      if (c == '\\') {
        i++;
      } else if (c == '[' || c == ']') {
        listed = c == '[';
      } else if (c == '(' && !listed) {
        boolean carets = pattern.startsWith("(?<at>", i);
        if (carets || pattern.charAt(i + 1) != '?') {
          group++;
          if (!carets) {
            out.add(m.group(group) == null ? "" : m.group(group).strip());
          }
        }
      }
    }
    return out;
  }
}
