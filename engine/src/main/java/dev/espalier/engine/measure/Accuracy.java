package dev.espalier.engine.measure;

import dev.espalier.engine.data.Split;

/**
 * How a model does on labelled samples.
 *
 * @param predictions the predicted class of every sample, in the split's order; -1 where a logit is
 *     not a number, which counts as an error
 * @param correct whether the prediction is the label, sample by sample: what paired comparisons of
 *     models on the same samples need
 * @param errors samples predicted wrongly
 * @param interval the 95% interval of the fraction, Wilson's
 */
public record Accuracy(
    int[] predictions, boolean[] correct, int errors, Intervals.Interval interval)
    implements Quality {

  /**
   * Compares predictions with a split's labels.
   *
   * @throws IllegalArgumentException when there are none, or not one for each label
   */
  public static Accuracy of(int[] predictions, Split split) {
    int[] labels = split.labels();
    if (predictions.length != labels.length || labels.length == 0) {
      throw new IllegalArgumentException(
          predictions.length + " predictions for " + labels.length + " labels");
    }
    boolean[] correct = new boolean[labels.length];
    int errors = 0;
    for (int i = 0; i < labels.length; i++) {
      correct[i] = predictions[i] == labels[i];
      errors += correct[i] ? 0 : 1;
    }
    return new Accuracy(
        predictions, correct, errors, Intervals.wilson(labels.length - errors, labels.length));
  }

  @Override
  public int samples() {
    return predictions.length;
  }

  /** The fraction predicted correctly. */
  public double fraction() {
    return (samples() - errors) / (double) samples();
  }
}
