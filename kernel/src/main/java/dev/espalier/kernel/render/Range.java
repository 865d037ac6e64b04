package dev.espalier.kernel.render;

import dev.espalier.engine.run.Result.Unit;
import dev.espalier.kernel.render.XyPlot.Plotted;
import java.util.List;

/** What an axis spans. */
record Range(double low, double high, boolean logarithmic) {
  // XChart looks for ticks without end when an axis spans what doubles cannot count in steps.
  static final double LARGEST = 1e15;
  static final double SMALLEST = 1e-12;
  private static final double NARROWEST = 1e-6;

  static Range of(List<Plotted> plotted, boolean vertical, boolean logarithmic) {
    double low = Double.POSITIVE_INFINITY;
    double high = Double.NEGATIVE_INFINITY;
    for (Plotted p : plotted) {
      double[] values = vertical ? p.y() : p.x();
      for (int i = 0; i < values.length; i++) {
        double error = vertical ? p.errors()[i] : 0;
        double below = values[i] - error;
        low = Math.min(low, logarithmic && below <= 0 ? values[i] : below);
        high = Math.max(high, values[i] + error);
      }
    }
    return new Range(low, high, logarithmic);
  }

  boolean isPoint() {
    return high - low <= Math.max(SMALLEST, Math.max(Math.abs(low), Math.abs(high)) * NARROWEST);
  }

  Range wider(double part, Unit unit) {
    if (logarithmic) {
      double factor = isPoint() ? 2 : Math.pow(high / low, part);
      return new Range(low / factor, high * factor, true);
    }
    double room = isPoint() ? room(unit) : (high - low) * part;
    double top = unit == Unit.FRACTION && high <= 1 ? Math.min(1.0, high + room) : high + room;
    double bottom = low >= 0 ? Math.max(0, low - room) : low - room;
    return new Range(bottom, top > bottom ? top : bottom + 1, false);
  }

  private double room(Unit unit) {
    return unit == Unit.FRACTION && high <= 1
        ? 0.01
        : Math.abs(high) <= SMALLEST ? 1 : Math.abs(high) * 0.1;
  }

  /** With room on the far side for so great a part of the whole. */
  Range longer(double part) {
    return new Range(low, high + (high - low) * part / (1 - part), logarithmic);
  }
}
