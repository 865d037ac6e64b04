package dev.espalier.dsl;

import java.util.List;

/** Turns mistakes into text: the code, the user's own line, carets under the exact place, a fix. */
public final class Messages {
  private static final int LONGEST_LINE = 160;
  private static final int TAB = 4;

  private Messages() {}

  /** One mistake, without a newline at the end. */
  public static String format(Diagnostic d) {
    String text = d.source().text();
    int start = Math.min(d.span().start(), text.length());
    int from = text.lastIndexOf('\n', start - 1) + 1;
    int to = text.indexOf('\n', start);
    to = to < 0 ? text.length() : to;
    if (to > from && text.charAt(to - 1) == '\r') {
      to--;
    }
    int end = Math.max(start, Math.min(d.span().end(), to));

    // A very long line is shown around the mistake.
    int first = from;
    int last = to;
    if (to - from > LONGEST_LINE) {
      first = Math.max(from, Math.min(start - LONGEST_LINE / 2, to - LONGEST_LINE));
      last = Math.min(to, first + LONGEST_LINE);
      end = Math.max(start, Math.min(end, last));
    }
    String before = first > from ? "…" : "";
    String line = before + plain(text.substring(first, last)) + (last < to ? "…" : "");
    int column = Columns.of(before + plain(text.substring(first, start)));
    int carets = Math.max(1, Columns.of(plain(text.substring(start, end))));

    String number = Integer.toString(d.line());
    StringBuilder out = new StringBuilder(d.code()).append(' ').append(d.title()).append('\n');
    out.append(' ').append(number).append(" | ").append(line).append('\n');
    String margin = " ".repeat(number.length() + 2);
    out.append(margin).append("| ").append(" ".repeat(column));
    out.append("^".repeat(carets));
    // A fix that says everything stands right at the carets.
    if (!d.label().isEmpty()) {
      out.append("  ").append(d.label());
      d.fix().ifPresent(fix -> out.append('\n').append(margin).append("fix: ").append(fix));
    } else {
      d.fix().ifPresent(fix -> out.append("  fix: ").append(fix));
    }
    return out.toString();
  }

  /** All mistakes, each followed by an empty line but the last. */
  public static String format(List<Diagnostic> all) {
    return String.join("\n\n", all.stream().map(Messages::format).toList());
  }

  /** Tabs widened and control characters made visible, so that the carets stand right. */
  private static String plain(String text) {
    StringBuilder out = new StringBuilder(text.length());
    text.codePoints()
        .forEach(
            c -> {
              if (c == '\t') {
                out.append(" ".repeat(TAB));
              } else if (Character.isISOControl(c) || (c >= 0xD800 && c <= 0xDFFF)) {
                out.append('\uFFFD');
              } else {
                out.appendCodePoint(c);
              }
            });
    return out.toString();
  }
}
