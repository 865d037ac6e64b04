package dev.espalier.dsl.highlight;

import dev.espalier.dsl.syntax.Keywords;
import java.util.List;

/**
 * The grammar by which TextMate, VS Code, Sublime Text and others colour programs. They colour line
 * by line with regular expressions (of Oniguruma), so what a name is cannot be told; what opens a
 * sentence is a verb where a line, a sentence or a step begins.
 */
public final class TextMate {
  private static final String AFTER = "(?![\\w-])";
  private static final String BEFORE = "(?<![\\w$-])";

  private TextMate() {}

  /** The grammar as JSON. */
  public static String grammar() {
    String verbs = String.join("|", Keywords.openings());
    String reserved = String.join("|", Keywords.reserved());
    String others = String.join("|", Keywords.others());
    StringBuilder out = new StringBuilder();
    out.append("{\n");
    out.append("  \"name\": \"Espalier\",\n");
    out.append("  \"scopeName\": \"source.espalier\",\n");
    out.append("  \"fileTypes\": [\"esp\"],\n");
    out.append("  \"firstLineMatch\": \"^#!.*espalier\",\n");
    out.append("  \"patterns\": [\n");
    List<String> patterns =
        List.of(
            match("#.*$", "comment.line.number-sign.espalier"),
            region("\\\"\\\"\\\"", "string.quoted.triple.espalier", ""),
            region(
                "\\\"",
                "string.quoted.double.espalier",
                match("\\\\.", "constant.character.escape.espalier")),
            match("\\$[A-Za-z_]\\w*(-\\w+)*", "variable.parameter.espalier"),
            captures("(?:^|;|\\{)\\s*(" + verbs + ")" + AFTER, "keyword.control.verb.espalier"),
            captures(
                BEFORE + "(then)(?:\\s+(" + verbs + "))?" + AFTER,
                "keyword.operator.word.espalier",
                "keyword.control.verb.espalier"),
            captures(
                BEFORE + "(as)\\s+([A-Za-z_]\\w*(?:-\\w+)*)",
                "keyword.operator.word.espalier",
                "entity.name.espalier"),
            match(
                BEFORE + "(?:at\\s+least|at\\s+most)" + AFTER + "|[<>]=",
                "keyword.operator.comparison.espalier"),
            match(BEFORE + "(?:" + reserved + ")" + AFTER, "keyword.operator.word.espalier"),
            match(BEFORE + "(?:" + others + ")" + AFTER, "keyword.other.espalier"),
            match(BEFORE + "(?:yes|no)" + AFTER, "constant.language.espalier"),
            match(
                "(?<![\\w-])\\d[\\d_]*(?:\\.\\d+)?(?:[eE][+-]?\\d+)?%?",
                "constant.numeric.espalier"),
            captures("([A-Za-z_]\\w*(?:-\\w+)*)(?=\\()", "support.function.espalier"),
            // A name takes its hyphens and digits with it.
            match("[A-Za-z_]\\w*(?:-\\w+)*", "variable.other.espalier"));
    out.append(String.join(",\n", patterns)).append("\n  ]\n}\n");
    return out.toString();
  }

  private static String match(String expression, String scope) {
    return "    { \"match\": \"" + json(expression) + "\", \"name\": \"" + scope + "\" }";
  }

  private static String captures(String expression, String... scopes) {
    StringBuilder out = new StringBuilder("    { \"match\": \"").append(json(expression));
    out.append("\", \"captures\": { ");
    for (int i = 0; i < scopes.length; i++) {
      out.append(i > 0 ? ", " : "").append('"').append(i + 1).append("\": { \"name\": \"");
      out.append(scopes[i]).append("\" }");
    }
    return out.append(" } }").toString();
  }

  /** What stands between two marks; {@code mark} is JSON already. */
  private static String region(String mark, String scope, String inside) {
    return "    { \"begin\": \""
        + mark
        + "\", \"end\": \""
        + (inside.isEmpty() ? mark : mark + "|$")
        + "\", \"name\": \""
        + scope
        + "\""
        + (inside.isEmpty() ? "" : ", \"patterns\": [" + inside.strip() + "]")
        + " }";
  }

  private static String json(String expression) {
    return expression.replace("\\", "\\\\").replace("\"", "\\\"");
  }
}
