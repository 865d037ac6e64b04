package dev.espalier.kernel.render;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A running step as an HTML fragment, to be replaced by the next one. */
public final class ProgressHtml {
  private ProgressHtml() {}

  /** A bar with epoch, loss, accuracy and time left, as far as they are known. */
  public static String of(Meter.Reading reading) {
    double fraction = Double.isNaN(reading.fraction()) ? 0 : reading.fraction();
    String percent = String.format(Locale.ROOT, "%.1f", fraction * 100);
    return "<div class=\"espalier\" style=\"margin:.4em 0;max-width:44em\">"
        + "<div style=\"display:flex;justify-content:space-between;gap:1em\"><strong>"
        + Html.escape(reading.title())
        + "</strong><span style=\"opacity:.75;font-variant-numeric:tabular-nums\">"
        + Html.escape(String.join(" · ", facts(reading)))
        + "</span></div>"
        + "<div role=\"progressbar\" aria-valuemin=\"0\" aria-valuemax=\"100\" aria-valuenow=\""
        + percent
        + "\" style=\"height:6px;margin-top:.3em;border-radius:3px;"
        + "background:rgba(128,128,128,.25)\"><div style=\"height:6px;border-radius:3px;"
        + "background:#0072B2;width:"
        + percent
        + "%\"></div></div></div>\n";
  }

  /** What is known of a step, in the order of reading. */
  static List<String> facts(Meter.Reading reading) {
    List<String> facts = new ArrayList<>();
    if (reading.epochs() > 0) {
      facts.add("epoch " + reading.epoch() + "/" + reading.epochs());
    } else if (!Double.isNaN(reading.fraction())) {
      facts.add(Math.round(Math.floor(reading.fraction() * 100)) + "%");
    }
    if (!Double.isNaN(reading.loss())) {
      facts.add("loss " + Figures.loss(reading.loss()));
    }
    if (!Double.isNaN(reading.accuracy())) {
      facts.add("validation " + Figures.percentage(reading.accuracy()));
    }
    if (!Double.isNaN(reading.secondsLeft())) {
      facts.add(Figures.remaining(reading.secondsLeft()) + " left");
    }
    return facts;
  }
}
