package dev.espalier.kernel.jupyter;

import java.util.ArrayList;
import java.util.List;

/** A cell that failed, as the front end shows it. */
final class CellFailure extends Exception {
  private static final long serialVersionUID = 1L;

  /**
   * What stands out is bold and has no colour of its own: front ends put errors on a red ground, a
   * light or a dark one, and no red of theirs can be read on both.
   */
  static final String BOLD = "\u001b[1m";

  static final String PLAIN = "\u001b[0m";

  private final String name;
  private final transient List<String> traceback;

  /**
   * @param name the error's code or the exception's class
   * @param title one line
   * @param traceback what the user reads; may hold ANSI colours
   */
  CellFailure(String name, String title, List<String> traceback) {
    super(title);
    this.name = name;
    this.traceback = List.copyOf(traceback);
  }

  /** The user interrupted it. */
  static CellFailure interrupted(String detail) {
    return interrupted("stopped", detail);
  }

  /**
   * The user interrupted it.
   *
   * @param title where it was
   * @param detail what there is of it now; may be empty
   */
  static CellFailure interrupted(String title, String detail) {
    return new CellFailure(
        "Interrupted",
        title,
        detail.isEmpty() ? List.of(BOLD + title + PLAIN) : List.of(BOLD + title + PLAIN, detail));
  }

  /** What a cell threw, or why it could not be shown. */
  static CellFailure of(Throwable failure, boolean stopped) {
    if (failure instanceof CellFailure known) {
      return known;
    }
    if (failure instanceof OutOfMemoryError) {
      String title = "the memory is full: " + failure.getMessage();
      return new CellFailure(
          "OutOfMemoryError",
          title,
          List.of(BOLD + title + PLAIN, "Use smaller batches or less data. " + memory()));
    }
    if (failure instanceof Stopped || stopped) {
      return interrupted("");
    }
    if (failure instanceof StackOverflowError) {
      String title = "the calls are nested too deeply";
      return new CellFailure("StackOverflowError", title, List.of(BOLD + title + PLAIN));
    }
    List<String> lines = new ArrayList<>();
    lines.add(BOLD + failure.getClass().getName() + PLAIN + ": " + failure.getMessage());
    for (StackTraceElement frame : failure.getStackTrace()) {
      lines.add("  at " + frame);
    }
    return new CellFailure(
        failure.getClass().getName(), String.valueOf(failure.getMessage()), lines);
  }

  /** How much memory there is, and how to have more. */
  static String memory() {
    return "The kernel may use "
        + Runtime.getRuntime().maxMemory() / 1_000_000
        + " MB; `install --heap 4g`, or -Xmx4g in kernel.json, gives it more from its next start.";
  }

  String name() {
    return name;
  }

  List<String> traceback() {
    return traceback;
  }
}
