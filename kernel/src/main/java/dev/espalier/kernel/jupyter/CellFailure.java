package dev.espalier.kernel.jupyter;

import java.util.List;

/** A cell that failed, as the front end shows it. */
final class CellFailure extends Exception {
  private static final long serialVersionUID = 1L;

  static final String RED = "\u001b[31m";
  static final String BOLD_RED = "\u001b[1;31m";
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
    String title = "stopped";
    return new CellFailure(
        "Interrupted",
        title,
        detail.isEmpty()
            ? List.of(BOLD_RED + title + PLAIN)
            : List.of(BOLD_RED + title + PLAIN, detail));
  }

  String name() {
    return name;
  }

  List<String> traceback() {
    return traceback;
  }
}
