package dev.espalier.kernel.jupyter;

/**
 * Whether a cell may run as it stands; a console asks when the user ends a line.
 *
 * @param status {@code complete}, {@code incomplete}, {@code invalid} or {@code unknown}
 * @param indent what the next line should start with; only for {@code incomplete}
 */
record Wholeness(String status, String indent) {
  static final Wholeness COMPLETE = new Wholeness("complete", "");
  static final Wholeness INVALID = new Wholeness("invalid", "");
  static final Wholeness UNKNOWN = new Wholeness("unknown", "");

  static Wholeness incomplete(String indent) {
    return new Wholeness("incomplete", indent);
  }
}
