package dev.espalier.kernel.render;

import dev.espalier.engine.Progress;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * The running step as text: one line that is written over on a terminal, or, where lines stay, a
 * line an epoch (for long trainings a line a quarter).
 */
public final class ProgressText {
  private static final int BAR = 20;
  private static final long REDRAW_NANOS = 80_000_000;
  private static final int EPOCHS_LISTED = 12;
  private static final String ERASE = "\r\u001b[K";

  private final Consumer<String> out;
  private final boolean inPlace;
  private final int width;
  private final LongSupplier nanos;
  private final Meter meter = new Meter();
  private boolean drawn;
  private long drawnAt;
  private int quarter;

  /**
   * @param out takes pieces of text; flushes each
   * @param inPlace whether lines may be written over
   * @param width of the terminal, in characters
   * @param nanos a clock, as {@link System#nanoTime}
   */
  public ProgressText(Consumer<String> out, boolean inPlace, int width, LongSupplier nanos) {
    this.out = out;
    this.inPlace = inPlace;
    this.width = width;
    this.nanos = nanos;
  }

  /** Shows an event. */
  public synchronized void on(Progress.Event event) {
    meter.on(event);
    if (event instanceof Progress.Event.Finished) {
      clear();
    } else if (inPlace) {
      long now = nanos.getAsLong();
      if (!drawn || now - drawnAt >= REDRAW_NANOS || event instanceof Progress.Event.EpochEnded) {
        out.accept(ERASE + line(meter.read(), width));
        drawn = true;
        drawnAt = now;
      }
    } else {
      plain(event);
    }
  }

  /** Takes the line away, so that something else can be written. */
  public synchronized void clear() {
    if (drawn) {
      out.accept(ERASE);
      drawn = false;
    }
  }

  private void plain(Progress.Event event) {
    if (event instanceof Progress.Event.Started) {
      quarter = 0;
      out.accept(Text.clean(meter.read().title()) + " …\n");
      return;
    }
    int reached = (int) Math.floor(meter.read().fraction() * 4 + 1e-9);
    boolean nextQuarter = reached > quarter;
    if (event instanceof Progress.Event.EpochEnded e) {
      if (e.epochs() <= EPOCHS_LISTED || nextQuarter) {
        quarter = reached;
        out.accept("  " + sentence(meter.read()) + "\n");
      }
    } else if (event instanceof Progress.Event.Amount a) {
      if (a.done() <= 0 || reached < quarter) {
        quarter = 0;
      } else if (nextQuarter) {
        quarter = reached;
        out.accept("  " + sentence(meter.read()) + "\n");
      }
    }
  }

  private static String sentence(Meter.Reading reading) {
    return Text.clean(
        (reading.what().isEmpty() ? "" : reading.what() + ": ")
            + String.join(", ", ProgressHtml.facts(reading)));
  }

  /** One line of at most {@code width} characters: a bar, and what else fits. */
  public static String line(Meter.Reading reading, int width) {
    StringBuilder line = new StringBuilder(Text.clean(reading.title()));
    if (!Double.isNaN(reading.fraction())) {
      int full = (int) Math.round(reading.fraction() * BAR);
      line.append("  ").append("━".repeat(full)).append("╌".repeat(BAR - full));
    }
    ProgressHtml.facts(reading).forEach(fact -> line.append("  ").append(fact));
    // A line as wide as the terminal would wrap and could no longer be taken away.
    int room = Math.max(10, width - 1);
    if (line.codePointCount(0, line.length()) > room) {
      line.setLength(line.offsetByCodePoints(0, room - 1));
      line.append('…');
    }
    return line.toString();
  }
}
