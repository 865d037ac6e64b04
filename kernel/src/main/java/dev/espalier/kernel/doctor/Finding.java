package dev.espalier.kernel.doctor;

/**
 * One thing that was looked at.
 *
 * @param area such as {@code java}
 * @param text what was found
 * @param fix what to do; empty when nothing is to be done
 */
public record Finding(String area, State state, String text, String fix) {
  /** How it is. */
  public enum State {
    /** As it should be. */
    OK("✓", "ok"),
    /** Worth knowing; the kernel works all the same. */
    NOTE("!", "note"),
    /** The kernel, or a part of it, does not work. */
    WRONG("✗", "wrong");

    private final String sign;
    private final String word;

    State(String sign, String word) {
      this.sign = sign;
      this.word = word;
    }

    public String sign() {
      return sign;
    }

    public String word() {
      return word;
    }
  }

  static Finding ok(String area, String text) {
    return new Finding(area, State.OK, text, "");
  }

  static Finding note(String area, String text, String fix) {
    return new Finding(area, State.NOTE, text, fix);
  }

  static Finding wrong(String area, String text, String fix) {
    return new Finding(area, State.WRONG, text, fix);
  }
}
