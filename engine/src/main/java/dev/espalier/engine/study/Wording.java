package dev.espalier.engine.study;

import dev.espalier.engine.run.Metric;
import dev.espalier.engine.run.Result.Unit;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.Locale;

/** Figures inside sentences: three digits, in the unit a reader expects. */
final class Wording {
  private static final String[] BYTES = {"B", "KB", "MB", "GB", "TB"};
  private static final String[] MACS = {"MACs", "k MACs", "M MACs", "G MACs", "T MACs"};
  private static final String[] SECONDS = {"s", "ms", "µs", "ns"};
  private static final String[] JOULES = {"J", "mJ", "µJ", "nJ"};

  private Wording() {}

  /** {@code 98.4%}, {@code 83.2 KB}, {@code 1.2 ms}. */
  static String value(Metric metric, double value) {
    return value(metric, value, RoundingMode.HALF_EVEN);
  }

  /**
   * The figure, rounded so that a bound of it still lets this value pass.
   *
   * @param atLeast whether the bound is a lower one
   */
  static String bound(Metric metric, double value, boolean atLeast) {
    String text = value(metric, value, atLeast ? RoundingMode.FLOOR : RoundingMode.CEILING);
    return text.replaceFirst("(\\.\\d*?)0+%$", "$1%").replace(".%", "%");
  }

  /** The number that {@link #bound} writes. */
  static double bounding(Metric metric, double value, boolean atLeast) {
    if (!Double.isFinite(value)) {
      return value;
    }
    RoundingMode mode = atLeast ? RoundingMode.FLOOR : RoundingMode.CEILING;
    double scale = metric.unit() == Unit.FRACTION ? 100 : 1;
    return rounded(metric, value * scale, mode).doubleValue() / scale;
  }

  private static String value(Metric metric, double value, RoundingMode mode) {
    if (!Double.isFinite(value)) {
      return "unknown";
    }
    double size = Math.abs(value);
    return switch (metric.unit()) {
      case FRACTION -> rounded(metric, 100 * value, mode).toPlainString() + "%";
      case BYTES -> scaled(metric, value, mode, power(size, 1000), BYTES, 1000);
      case MACS -> scaled(metric, value, mode, power(size, 1000), MACS, 1000);
      case SECONDS -> scaled(metric, value, mode, below(size), SECONDS, 1e-3);
      case JOULES -> scaled(metric, value, mode, below(size), JOULES, 1e-3);
      case COUNT ->
          String.format(Locale.ROOT, "%,d", new BigDecimal(value).setScale(0, mode).longValue());
      case NONE -> rounded(metric, value, mode).toPlainString();
    };
  }

  private static String scaled(
      Metric metric, double value, RoundingMode mode, int power, String[] units, double step) {
    BigDecimal number = rounded(metric, value, mode);
    BigDecimal shown =
        new BigDecimal(number.doubleValue() / Math.pow(step, power))
            .round(new MathContext(metric.unit() == Unit.BYTES ? 4 : 3, RoundingMode.HALF_EVEN));
    return shown.stripTrailingZeros().toPlainString() + " " + units[power];
  }

  /** Four digits of bytes, two decimals of percentages, whole counts, else three digits. */
  private static BigDecimal rounded(Metric metric, double value, RoundingMode mode) {
    if (value == 0) {
      return BigDecimal.ZERO;
    }
    // What lies past the twelfth digit is noise of the arithmetic, and must not round up a digit.
    BigDecimal exact = new BigDecimal(value).round(new MathContext(12, RoundingMode.HALF_EVEN));
    return switch (metric.unit()) {
      case FRACTION -> exact.setScale(2, mode);
      case COUNT -> exact.setScale(0, mode);
      case BYTES -> exact.round(new MathContext(4, mode));
      default -> exact.round(new MathContext(3, mode));
    };
  }

  private static int power(double size, double step) {
    int power = 0;
    for (double v = size; v >= step && power < BYTES.length - 1; v /= step) {
      power++;
    }
    return power;
  }

  private static int below(double size) {
    int power = 0;
    for (double v = size; v > 0 && v < 0.9995 && power < SECONDS.length - 1; v *= 1000) {
      power++;
    }
    return power;
  }

  /** {@code +1.20 points}, {@code −83.2 KB}: a difference in the metric's unit, with its sign. */
  static String difference(Metric metric, double difference) {
    if (metric.unit() == Unit.FRACTION) {
      return String.format(Locale.ROOT, "%+.2f points", 100 * difference);
    }
    if (metric.unit() == Unit.NONE) {
      return String.format(Locale.ROOT, "%+.4g", difference);
    }
    return (difference < 0 ? "-" : "+") + value(metric, Math.abs(difference));
  }

  /** {@code 41.2 KB}: how far apart, without a sign. */
  static String distance(Metric metric, double distance) {
    return difference(metric, Math.abs(distance)).substring(1);
  }

  /** {@code +1.20 points (95% interval +0.90 to +1.50)}. */
  static String difference(Metric metric, double value, double low, double high) {
    String text =
        metric.unit() == Unit.FRACTION
            ? String.format(
                Locale.ROOT,
                "%+.2f points (95%% interval %+.2f to %+.2f",
                100 * value,
                100 * low,
                100 * high)
            : difference(metric, value)
                + " (95% interval "
                + difference(metric, low)
                + " to "
                + difference(metric, high);
    return text + ")";
  }
}
