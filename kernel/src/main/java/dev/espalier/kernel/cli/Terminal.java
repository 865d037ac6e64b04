package dev.espalier.kernel.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;

/**
 * Where the command line writes: results to standard output; progress, mistakes and failures to
 * standard error.
 *
 * @param inPlace whether a line may be written over: a person looks at a terminal that can
 * @param colours whether colours may be used; {@code NO_COLOR} switches them off
 * @param width in characters
 */
record Terminal(PrintStream out, PrintStream err, boolean inPlace, boolean colours, int width) {
  private static final int USUAL_WIDTH = 100;

  /** The process's own. */
  static Terminal system(boolean plain) {
    Map<String, String> environment = System.getenv();
    String type = environment.getOrDefault("TERM", "");
    boolean capable = windows() || !(type.isEmpty() || type.equals("dumb"));
    boolean inPlace = !plain && System.console() != null && capable;
    boolean colours = inPlace && environment.getOrDefault("NO_COLOR", "").isEmpty();
    return new Terminal(
        stream(FileDescriptor.out),
        stream(FileDescriptor.err),
        inPlace,
        colours,
        width(environment.getOrDefault("COLUMNS", "")));
  }

  /** The text in a colour, where colours are wanted. */
  String coloured(Colour colour, String text) {
    return colours && !text.isEmpty() ? colour.code + text + "\u001b[0m" : text;
  }

  /** What needs to be told apart at a glance. */
  enum Colour {
    RED("\u001b[31m"),
    GREEN("\u001b[32m"),
    BOLD("\u001b[1m"),
    FAINT("\u001b[2m");

    private final String code;

    Colour(String code) {
      this.code = code;
    }
  }

  private static PrintStream stream(FileDescriptor descriptor) {
    // Java would write question marks for µ and ✓ under LANG=C, as build servers have it; what
    // reads from a pipe or a terminal today reads UTF-8, except on Windows.
    Charset charset = windows() ? Charset.defaultCharset() : StandardCharsets.UTF_8;
    return new PrintStream(new FileOutputStream(descriptor), true, charset);
  }

  private static boolean windows() {
    return System.getProperty("os.name").toLowerCase(Locale.ROOT).startsWith("windows");
  }

  private static int width(String columns) {
    try {
      return Math.max(40, Math.min(1000, Integer.parseInt(columns.strip())));
    } catch (NumberFormatException e) {
      return USUAL_WIDTH;
    }
  }
}
