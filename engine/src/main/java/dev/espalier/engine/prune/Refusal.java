package dev.espalier.engine.prune;

import dev.espalier.engine.EspalierException;
import java.util.Locale;

/** Where the messages that weights and channels share are made. */
final class Refusal {
  private Refusal() {}

  /** E303: a level below what is gone already. */
  static EspalierException alreadyReached(String subject, double reached, double asked) {
    return EspalierException.program(
        subject + " already " + percent(reached) + " sparse",
        "prune " + percent(asked),
        "percentages count from the dense original",
        "ask for more than " + percent(reached) + ", or `" + percent(asked) + " of remaining`");
  }

  static EspalierException nothingToPrune(String why) {
    return EspalierException.program(
        "the model has nothing to prune",
        "",
        why,
        "prune before quantizing, or except fewer layers");
  }

  static String percent(double fraction) {
    String text = String.format(Locale.ROOT, "%.1f", fraction * 100);
    return (text.endsWith(".0") ? text.substring(0, text.length() - 2) : text) + "%";
  }

  static String count(long n) {
    return String.format(Locale.ROOT, "%,d", n);
  }
}
