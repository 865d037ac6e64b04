package dev.espalier.dsl.reference;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Texts as Markdown shows them and not as it reads them. */
final class Markdown {
  private static final Pattern SPECIAL = Pattern.compile("[\\\\`*_{}\\[\\]<>#|~&]");
  private static final Pattern CODE = Pattern.compile("`[^`]*`");

  private Markdown() {}

  /** Plain text, on one line. */
  static String text(String text) {
    return SPECIAL
        .matcher(text.replaceAll("\\s+", " "))
        .replaceAll(m -> Matcher.quoteReplacement("\\" + m.group()));
  }

  /** Text in which what stands between two ` is code. */
  static String prose(String text) {
    StringBuilder out = new StringBuilder();
    Matcher code = CODE.matcher(text);
    int from = 0;
    while (code.find()) {
      out.append(text(text.substring(from, code.start()))).append(code.group());
      from = code.end();
    }
    return out.append(text(text.substring(from))).toString();
  }

  /** Code inside a line or a table's cell. */
  static String code(String text) {
    return "`" + text.replace("`", "'").replace("|", "\\|") + "`";
  }
}
