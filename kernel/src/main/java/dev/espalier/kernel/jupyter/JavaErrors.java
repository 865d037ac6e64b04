package dev.espalier.kernel.jupyter;

import static dev.espalier.kernel.jupyter.CellFailure.BOLD;
import static dev.espalier.kernel.jupyter.CellFailure.PLAIN;

import dev.espalier.dsl.Columns;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import jdk.jshell.Diag;
import jdk.jshell.EvalException;

/** What is said of Java that does not compile, and of what it throws. */
final class JavaErrors {
  private static final int MOST_FRAMES = 30;
  private static final int MOST_CAUSES = 20;
  private static final int LONGEST_LINE = 500;
  private static final Pattern WRAPPED = Pattern.compile("REPL\\.\\$JShell\\$[0-9]+[A-Z]*[.$]?");

  /** Where JShell says which of its wrappers a symbol is missing in. */
  private static final Pattern NOWHERE = Pattern.compile("(?m)^\\s*location: class\\s*$\\R?");

  /** Where a snippet stands in the notebook. */
  private record Place(int cell, int line) {}

  /**
   * A mistake in a cell.
   *
   * @param from UTF-16 index into the cell's code
   */
  record Mistake(int from, int to, String message) {}

  /** Of code that old is hardly anything still running. */
  private static final int MOST_PLACES = 5000;

  private final Map<String, Place> places =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Place> eldest) {
          return size() > MOST_PLACES;
        }
      };

  /** Says where a snippet stands. */
  void place(String snippet, int cell, int line) {
    places.put(snippet, new Place(cell, line));
  }

  /** The cell in which a snippet stands; 0 when that is not known. */
  int cell(String snippet) {
    Place place = places.get(snippet);
    return place == null ? 0 : place.cell();
  }

  /** The compiler's errors, of a snippet that starts at {@code at} in a cell's code. */
  static List<Mistake> mistakes(List<Diag> diagnostics, int at, int length) {
    List<Mistake> mistakes = new ArrayList<>();
    for (Diag d : diagnostics) {
      if (d.isError()) {
        int from = (int) Math.min(length, at + Math.max(0, d.getStartPosition()));
        int to = (int) Math.min(length, at + Math.max(0, d.getEndPosition()));
        mistakes.add(new Mistake(from, to, message(d)));
      }
    }
    return mistakes;
  }

  private static String message(Diag d) {
    return NOWHERE.matcher(d.getMessage(Locale.ROOT).strip()).replaceAll("").stripTrailing();
  }

  /** A cell with mistakes, each under its line. */
  static CellFailure refused(int number, String code, int firstLine, List<Mistake> mistakes) {
    if (mistakes.isEmpty()) {
      return Magics.failure("CompileError", List.of("this Java is not finished"));
    }
    List<String> lines = new ArrayList<>();
    for (Mistake m : mistakes) {
      int lineStart = code.lastIndexOf('\n', m.from() - 1) + 1;
      int lineEnd = code.indexOf('\n', m.from());
      String text = code.substring(lineStart, lineEnd < 0 ? code.length() : lineEnd);
      int line = firstLine + JavaPieces.lines(code, m.from());
      int column = m.from() - lineStart;
      String margin = String.format("%2d | ", line);
      lines.add(
          BOLD
              + (number > 0 ? "cell " + number + ", " : "")
              + "line "
              + line
              + ", column "
              + (column + 1)
              + ": "
              + m.message()
              + PLAIN);
      if (text.length() <= LONGEST_LINE) {
        int end = Math.min(m.to(), lineStart + text.length());
        int width = end > m.from() ? Math.max(1, Columns.of(code.substring(m.from(), end))) : 1;
        lines.add(margin + text);
        lines.add(
            " ".repeat(margin.length() - 2)
                + "| "
                + blank(text.substring(0, column))
                + BOLD
                + "^".repeat(width)
                + PLAIN);
      }
    }
    String first = mistakes.get(0).message().lines().findFirst().orElse("");
    String title =
        mistakes.size() == 1 ? first : first + " (and " + (mistakes.size() - 1) + " more)";
    return new CellFailure("CompileError", title, lines);
  }

  /** As wide as the text, and with its tabs. */
  private static String blank(String text) {
    return Stream.of(text.split("\t", -1))
        .map(part -> " ".repeat(Columns.of(part)))
        .collect(Collectors.joining("\t"));
  }

  /**
   * What user code threw.
   *
   * @param translated JShell's copy of it, in which frames name the snippets
   */
  CellFailure thrown(Throwable failure, Exception translated) {
    List<String> lines = new ArrayList<>();
    String title = message(failure);
    if (failure instanceof Notebook.Refused refused) {
      // Its message is what an Espalier cell shows, carets and all.
      title = title.lines().findFirst().orElse("").replaceFirst("^E\\d+ ", "");
      message(failure).lines().forEach(lines::add);
      lines.set(0, BOLD + lines.get(0) + PLAIN);
      frames(frames(failure, translated), lines);
      return new CellFailure(refused.code(), title, lines);
    }
    lines.add(BOLD + type(failure) + PLAIN + (title.isEmpty() ? "" : ": " + title));
    frames(frames(failure, translated), lines);
    if (failure instanceof OutOfMemoryError) {
      lines.add(CellFailure.memory());
    }
    Map<Throwable, Boolean> seen = new IdentityHashMap<>();
    seen.put(failure, true);
    Throwable copy = translated == null ? null : translated.getCause();
    for (Throwable cause = failure.getCause();
        cause != null && seen.size() < MOST_CAUSES && seen.put(cause, true) == null;
        cause = cause.getCause()) {
      String message = message(cause);
      lines.add(
          "Caused by: " + BOLD + type(cause) + PLAIN + (message.isEmpty() ? "" : ": " + message));
      frames(frames(cause, copy), lines);
      copy = copy == null ? null : copy.getCause();
    }
    for (Throwable beside : failure.getSuppressed()) {
      lines.add("Suppressed: " + BOLD + type(beside) + PLAIN + ": " + message(beside));
    }
    return new CellFailure(type(failure), title, lines);
  }

  private static String type(Throwable failure) {
    if (failure instanceof Guard.ExitRefused) {
      // A class of the kernel's, whose package is nobody's business.
      return failure.getClass().getSimpleName();
    }
    return unwrapped(failure.getClass().getName());
  }

  /** What Java says of names in cells, without the classes that JShell puts them into. */
  static String unwrapped(String text) {
    return WRAPPED.matcher(text).replaceAll("");
  }

  /** The message, which may be the user's own code and fail. */
  private static String message(Throwable failure) {
    try {
      String message = failure.getMessage();
      return message == null ? "" : unwrapped(message);
    } catch (RuntimeException | StackOverflowError e) {
      return "(its getMessage threw " + e.getClass().getName() + ")";
    }
  }

  private static StackTraceElement[] frames(Throwable failure, Throwable translated) {
    return translated instanceof EvalException e ? e.getStackTrace() : failure.getStackTrace();
  }

  /** The user's own frames and those of the libraries it called; nothing of the kernel. */
  private void frames(StackTraceElement[] frames, List<String> lines) {
    int shown = 0;
    for (StackTraceElement frame : frames) {
      if (kernels(frame)) {
        if (shown > 0 && frame.getClassName().startsWith(CellControl.class.getName())) {
          break;
        }
        continue;
      }
      if (++shown > MOST_FRAMES) {
        lines.add("  …");
        break;
      }
      String line = "  at " + frame(frame);
      // Javac may wrap one piece in two methods.
      if (shown == 1 || !lines.get(lines.size() - 1).equals(line)) {
        lines.add(line);
      }
    }
  }

  private static boolean kernels(StackTraceElement frame) {
    return frame.getClassName().startsWith(CellControl.class.getPackageName() + ".")
        || frame.getClassName().startsWith("jdk.internal.reflect.")
        || frame.getClassName().equals("java.lang.reflect.Method");
  }

  private String frame(StackTraceElement frame) {
    String file = String.valueOf(frame.getFileName());
    String type = WRAPPED.matcher(frame.getClassName()).replaceAll("");
    String method =
        frame.getMethodName().matches("(lambda\\$)?do_it\\$.*") ? "" : frame.getMethodName();
    if (file.startsWith("#")) {
      Place place = places.get(file.substring(1));
      String name = type.isEmpty() || method.isEmpty() ? type + method : type + "." + method;
      if (place != null) {
        String where =
            "cell "
                + place.cell()
                + ", line "
                + (place.line() + Math.max(0, frame.getLineNumber() - 1));
        return name.isEmpty() ? where : name + " (" + where + ")";
      }
      return name.isEmpty() ? "a cell" : name;
    }
    if (type.length() < frame.getClassName().length()) {
      return (type.isEmpty() ? "" : type + ".") + (method.isEmpty() ? "a cell" : method);
    }
    return frame.toString();
  }

  /** A name that a snippet needs and nobody has declared. */
  static CellFailure unresolved(String what, List<String> missing) {
    return Magics.failure(
        "CompileError",
        List.of(what + " needs " + together(missing), "Define it, then run this again."));
  }

  static String together(List<String> names) {
    return names.stream().distinct().collect(Collectors.joining(", "));
  }
}
