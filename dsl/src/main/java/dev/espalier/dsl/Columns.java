package dev.espalier.dsl;

/**
 * How much room text takes where every letter is as wide as the next: carets below a line are to
 * stand under what they mean, in Chinese too (Unicode Standard Annex 11, East Asian Width).
 */
public final class Columns {
  /** First and last code point of what is two columns wide, in order. */
  private static final int[] WIDE = {
    0x1100, 0x115F, 0x2E80, 0x303E, 0x3041, 0x33FF, 0x3400, 0x4DBF, 0x4E00, 0xA4CF, 0xA960, 0xA97F,
    0xAC00, 0xD7A3, 0xF900, 0xFAFF, 0xFE30, 0xFE6F, 0xFF00, 0xFF60, 0xFFE0, 0xFFE6, 0x1F300,
    0x1F64F, 0x1F680, 0x1F6FF, 0x1F900, 0x1FAFF, 0x20000, 0x3FFFD
  };

  private Columns() {}

  /** The columns of a text without tabs and line ends. */
  public static int of(String text) {
    return text.codePoints().map(Columns::of).sum();
  }

  private static int of(int c) {
    switch (Character.getType(c)) {
      case Character.NON_SPACING_MARK, Character.ENCLOSING_MARK, Character.FORMAT -> {
        return 0;
      }
      default -> {
        for (int i = 0; i < WIDE.length && c >= WIDE[i]; i += 2) {
          if (c <= WIDE[i + 1]) {
            return 2;
          }
        }
        return 1;
      }
    }
  }
}
