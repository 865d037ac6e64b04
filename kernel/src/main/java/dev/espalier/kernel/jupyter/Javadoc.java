package dev.espalier.kernel.jupyter;

import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Documentation comments as plain text: tags become words, markup goes. */
final class Javadoc {
  private static final Pattern INLINE = Pattern.compile("\\{@(\\w+)(?:\\s+([^{}]*))?\\}");
  private static final Pattern BLOCK =
      Pattern.compile(
          "(?m)^\\s*@(param|return|throws|exception|see|since|author|version|apiNote|implSpec"
              + "|implNote|deprecated|jls|spec)\\b[ \\t]*");
  private static final Pattern MARKUP = Pattern.compile("</?[A-Za-z][^<>]{0,200}>");

  private Javadoc() {}

  /**
   * A comment's text without its stars, as JShell gives it.
   *
   * @param full with what its tags say; else its first sentences, up to the first tag
   */
  static String text(String comment, boolean full) {
    String text = comment.replace("\r", "");
    // Innermost first: {@code} may stand inside {@link}.
    for (int depth = 0; depth < 4; depth++) {
      String before = text;
      text = INLINE.matcher(text).replaceAll(m -> Matcher.quoteReplacement(inline(m)));
      if (text.equals(before)) {
        break;
      }
    }
    Matcher firstTag = BLOCK.matcher(text);
    if (!full && firstTag.find()) {
      text = text.substring(0, firstTag.start());
    }
    text = text.replaceAll("(?i)<li>", "\n  - ").replaceAll("(?i)<(p|ul|ol|pre|dl|dd|tr)>", "\n\n");
    text = MARKUP.matcher(text).replaceAll("");
    text =
        BLOCK
            .matcher(text)
            .replaceAll(
                m ->
                    switch (m.group(1)) {
                      case "param" -> "  ";
                      case "return" -> "  returns ";
                      case "exception", "throws" -> "  throws ";
                      default -> "  " + m.group(1) + ": ";
                    });
    text =
        text.replace("&lt;", "<")
            .replace("&gt;", ">")
            .replace("&nbsp;", " ")
            .replace("&le;", "≤")
            .replace("&ge;", "≥")
            .replace("&mdash;", "—")
            .replace("&quot;", "\"")
            .replace("&#64;", "@")
            .replace("&amp;", "&");
    return text.lines()
        .map(line -> line.replaceAll("^ (?=\\S)", "").stripTrailing())
        .reduce((a, b) -> a + "\n" + b)
        .orElse("")
        .replaceAll("\n{3,}", "\n\n")
        .strip();
  }

  private static String inline(MatchResult tag) {
    String said = tag.group(2) == null ? "" : tag.group(2).strip();
    return switch (tag.group(1)) {
      case "link", "linkplain" -> {
        int label = said.indexOf(' ');
        boolean labelled = label > 0 && said.indexOf(')') < label;
        yield labelled ? said.substring(label + 1) : said.replaceFirst("^#", "").replace('#', '.');
      }
      case "inheritDoc", "docRoot" -> "";
      case "return" -> "Returns " + said + ".";
      // What stands in code is not markup.
      case "code", "literal" -> said.replace("<", "&lt;").replace(">", "&gt;");
      default -> said;
    };
  }
}
