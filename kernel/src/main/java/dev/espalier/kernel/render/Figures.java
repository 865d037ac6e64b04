package dev.espalier.kernel.render;

import dev.espalier.engine.run.Result.Figure;
import dev.espalier.engine.run.Result.FigureKind;
import dev.espalier.engine.run.Result.Unit;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.Locale;

/**
 * How numbers are written, the same everywhere: {@code 98.44% [98.2, 98.7]}, {@code 266,610},
 * {@code 1.07 MB}, {@code 0.533 M MACs}, {@code 105 µs}. KB is 1000 bytes.
 */
public final class Figures {
  private Figures() {}

  /** The value with its unit and, where it has one, its 95% interval. */
  public static String format(Figure figure) {
    String value = format(figure.value(), figure.unit());
    return figure.hasInterval() ? value + " " + interval(figure) : value;
  }

  /** {@code [98.2, 98.7]}, in the unit of the value, to a digit that shows its width. */
  public static String interval(Figure figure) {
    double scale = scaleOf(figure);
    double low = figure.low() * scale;
    double high = figure.high() * scale;
    int digits = digitsFor(high - low);
    return "[" + fixed(low, digits) + ", " + fixed(high, digits) + "]";
  }

  /** The value with its unit. */
  public static String format(double value, Unit unit) {
    if (Double.isNaN(value)) {
      return "unknown";
    }
    if (Double.isInfinite(value)) {
      return value > 0 ? "∞" : "-∞";
    }
    if (value < 0 && unit != Unit.FRACTION && unit != Unit.NONE) {
      return "-" + format(-value, unit);
    }
    return switch (unit) {
      case FRACTION -> percentage(value);
      case COUNT -> count(value);
      case BYTES -> bytes(value);
      case SECONDS -> duration(value);
      case JOULES -> energy(value);
      case MACS -> macs(value);
      case NONE -> plain(value);
    };
  }

  /** {@code 98.44%}; never rounded to 0% or 100% from a value that is neither. */
  public static String percentage(double fraction) {
    double percent = fraction * 100;
    for (int digits = 2; digits <= 4; digits++) {
      String text = fixed(percent, digits);
      double shown = Double.parseDouble(text.replace(",", ""));
      boolean claimsTooMuch = (shown == 100 && percent != 100) || (shown == 0 && percent != 0);
      if (!claimsTooMuch) {
        return text + "%";
      }
    }
    if (percent > 50) {
      return percent < 100 ? "> 99.9999%" : "100.00%";
    }
    return percent > 0 ? "< 0.0001%" : "0.00%";
  }

  /** {@code 266,610}; means of counts with one decimal; {@code 1.00e+30} where none counts. */
  public static String count(double n) {
    if (Math.abs(n) >= 1e15) {
      return plain(n);
    }
    return n == Math.rint(n) ? fixed(n, 0) : fixed(n, 1);
  }

  /** {@code 512 B}, {@code 26.6 KB}, {@code 1.07 MB}: three digits, KB is 1000 B. */
  public static String bytes(double n) {
    if (n < 1000) {
      return count(n) + " B";
    }
    return scaled(n, new String[] {"B", "KB", "MB", "GB", "TB"}, 1000);
  }

  /** {@code 26.6 k MACs}, {@code 0.533 M MACs}, {@code 41.2 M MACs}: three digits. */
  public static String macs(double n) {
    if (n < 1000) {
      return count(n) + " MACs";
    }
    // From a tenth of the next unit on, so that models of one comparison mostly share a unit.
    return scaled(n, new String[] {"MACs", "k MACs", "M MACs", "G MACs", "T MACs"}, 100);
  }

  /** {@code 105 µs}, {@code 1.23 ms}, {@code 12.3 s}, {@code 2 min 5 s}, {@code 1 h 12 min}. */
  public static String duration(double seconds) {
    if (seconds == 0) {
      return "0 s";
    }
    if (seconds < 999.5e-9) {
      return significant(seconds * 1e9) + " ns";
    }
    if (seconds < 999.5e-6) {
      return significant(seconds * 1e6) + " µs";
    }
    if (seconds < 0.9995) {
      return significant(seconds * 1e3) + " ms";
    }
    if (seconds < 99.95) {
      return significant(seconds) + " s";
    }
    long whole = Math.round(seconds);
    if (whole < 3600) {
      return whole / 60 + " min " + whole % 60 + " s";
    }
    long minutes = Math.round(seconds / 60);
    return minutes / 60 + " h " + minutes % 60 + " min";
  }

  /** {@code 105 nJ}, {@code 12.3 µJ}, {@code 1.23 mJ}, {@code 0.5 J}: three digits. */
  public static String energy(double joules) {
    if (joules == 0) {
      return "0 J";
    }
    if (joules < 999.5e-9) {
      return significant(joules * 1e9) + " nJ";
    }
    if (joules < 999.5e-6) {
      return significant(joules * 1e6) + " µJ";
    }
    return joules < 0.9995 ? significant(joules * 1e3) + " mJ" : significant(joules) + " J";
  }

  /** What remains, coarser than {@link #duration}: {@code 8 s}, {@code 2 min}. */
  public static String remaining(double seconds) {
    if (seconds < 1) {
      return "under 1 s";
    }
    if (seconds < 99.5) {
      return Math.round(seconds) + " s";
    }
    long minutes = Math.round(seconds / 60);
    return minutes < 60 ? minutes + " min" : minutes / 60 + " h " + minutes % 60 + " min";
  }

  /** Four significant digits, without an exponent while that stays readable. */
  public static String plain(double value) {
    if (value == 0) {
      return "0";
    }
    double size = Math.abs(value);
    if (size >= 1e7 || size < 1e-4) {
      return String.format(Locale.ROOT, "%.3g", value);
    }
    if (value == Math.rint(value)) {
      return fixed(value, 0);
    }
    return grouped(
        new BigDecimal(value)
            .round(new MathContext(4, RoundingMode.HALF_EVEN))
            .stripTrailingZeros());
  }

  /** A loss: four decimals, or an exponent when it is very small or large. */
  public static String loss(double value) {
    if (Double.isNaN(value) || Double.isInfinite(value)) {
      return Double.toString(value);
    }
    return value != 0 && (Math.abs(value) < 1e-3 || Math.abs(value) >= 1e4)
        ? String.format(Locale.ROOT, "%.2e", value)
        : String.format(Locale.ROOT, "%.4f", value);
  }

  /** A tick of an axis: as short as its unit allows. */
  public static String tick(double value, Unit unit) {
    return switch (unit) {
      case FRACTION -> trimmed(value * 100) + "%";
      case BYTES -> value < 1000 ? trimmed(value) + " B" : bytesTick(value);
      case SECONDS -> duration(value).replaceFirst("\\.0+(?=\\s)", "");
      case JOULES -> energy(value).replaceFirst("\\.0+(?=\\s)", "");
      case MACS -> macs(value).replaceFirst("\\.0+(?=\\s)", "").replace(" MACs", "");
      case COUNT, NONE -> trimmed(value);
    };
  }

  /** What the numbers of a logarithmic axis count; empty when they count nothing. */
  static String logarithmicUnit(Unit unit) {
    return switch (unit) {
      case FRACTION -> "%";
      case BYTES -> "KB";
      case SECONDS -> "ms";
      case JOULES -> "mJ";
      case MACS -> "million";
      case COUNT, NONE -> "";
    };
  }

  /** By what a value is multiplied to be counted in {@link #logarithmicUnit}. */
  static double logarithmicScale(Unit unit) {
    return switch (unit) {
      case FRACTION -> 100;
      case BYTES -> 1e-3;
      case SECONDS, JOULES -> 1e3;
      case MACS -> 1e-6;
      case COUNT, NONE -> 1;
    };
  }

  /** As the language writes it: {@code measured}, {@code modelled}, {@code simulated}. */
  public static String kind(FigureKind kind) {
    return kind.name().toLowerCase(Locale.ROOT);
  }

  private static String bytesTick(double value) {
    return bytes(value).replaceFirst("\\.0+(?=\\s)", "");
  }

  private static String trimmed(double value) {
    if (value != 0 && (Math.abs(value) >= 1e7 || Math.abs(value) < 1e-4)) {
      return String.format(Locale.ROOT, "%.0e", value).replaceFirst("e([+-])0?", "e$1");
    }
    // Ticks come out of repeated additions; what lies past the eighth digit is their noise.
    return grouped(
        new BigDecimal(value)
            .round(new MathContext(8, RoundingMode.HALF_EVEN))
            .stripTrailingZeros());
  }

  private static double scaleOf(Figure figure) {
    double size = Math.abs(figure.value());
    return switch (figure.unit()) {
      case FRACTION -> 100;
      case COUNT, NONE -> 1;
      case BYTES -> 1 / Math.pow(1000, Math.min(4, size < 1000 ? 0 : exponent(size, 1000)));
      case MACS -> 1 / Math.pow(1000, Math.min(4, size < 1000 ? 0 : exponent(size, 100)));
      case JOULES -> size < 999.5e-9 ? 1e9 : size < 999.5e-6 ? 1e6 : size < 0.9995 ? 1e3 : 1;
      case SECONDS -> size < 999.5e-9 ? 1e9 : size < 999.5e-6 ? 1e6 : size < 0.9995 ? 1e3 : 1;
    };
  }

  /** Decimals that show a width's leading digit: one for 0.5, two for 0.05, none for 50. */
  private static int digitsFor(double width) {
    if (!(width > 0)) {
      return 1;
    }
    int digits = (int) -Math.floor(Math.log10(width) + 1e-9);
    return Math.max(width < 20 ? 1 : 0, Math.min(6, digits));
  }

  /** The power of 1000, from 1, at which the value in that unit is below {@code from}. */
  private static int exponent(double n, double from) {
    int power = 1;
    double value = n / 1000;
    while (value >= from * 0.9995 && power < 4) {
      value /= 1000;
      power++;
    }
    return power;
  }

  private static String scaled(double n, String[] units, double from) {
    int power = exponent(n, from);
    return significant(n / Math.pow(1000, power)) + " " + units[power];
  }

  /** Three significant digits, without an exponent: 0.533, 1.07, 43.0, 105, 1,230. */
  private static String significant(double value) {
    BigDecimal rounded = new BigDecimal(value).round(new MathContext(3, RoundingMode.HALF_EVEN));
    int whole = rounded.signum() == 0 ? 1 : rounded.precision() - rounded.scale();
    return String.format(Locale.ROOT, "%,." + Math.max(0, 3 - whole) + "f", rounded);
  }

  private static String fixed(double value, int digits) {
    String text = String.format(Locale.ROOT, "%,." + digits + "f", value);
    return text.matches("-[0.]+") ? text.substring(1) : text;
  }

  private static String grouped(BigDecimal value) {
    return String.format(Locale.ROOT, "%,." + Math.max(0, value.scale()) + "f", value);
  }
}
