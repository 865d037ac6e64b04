package dev.espalier.engine.run;

import dev.espalier.engine.data.Task;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/**
 * What can be measured of a model, with its unit; the words of {@code compare} and {@code expect}.
 */
public enum Metric {
  ACCURACY("part of the test images classified correctly", Result.Unit.FRACTION, true),
  ERRORS("test images classified wrongly", Result.Unit.COUNT, false),
  MSE("mean squared error of the test samples", Result.Unit.NONE, false),
  MAE("mean absolute error of the test samples", Result.Unit.NONE, false),
  R2("part of the test targets' variance that is explained", Result.Unit.NONE, true),
  PARAMETERS("trained numbers", Result.Unit.COUNT, false),
  NON_ZERO("trained numbers that are not zero", Result.Unit.COUNT, false),
  SPARSITY(
      "part of the dense original's prunable weights that is gone", Result.Unit.FRACTION, true),
  SIZE("bytes of the exported file", Result.Unit.BYTES, false),
  PACKED_SIZE("bytes of the exported file, gzipped", Result.Unit.BYTES, false),
  MACS("multiply-accumulates for one input", Result.Unit.MACS, false),
  MEMORY("most bytes of activations alive at once, one input", Result.Unit.BYTES, false),
  LATENCY("seconds for one input in ONNX Runtime, median", Result.Unit.SECONDS, false),
  ENERGY("joules for one input, by the processor's own counters", Result.Unit.JOULES, false);

  private final String doc;
  private final Result.Unit unit;
  private final boolean higherIsBetter;

  Metric(String doc, Result.Unit unit, boolean higherIsBetter) {
    this.doc = doc;
    this.unit = unit;
    this.higherIsBetter = higherIsBetter;
  }

  /** As written in a program: {@code packed-size}. */
  public String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** Whether it says something of a model with that task. */
  public boolean speaksOf(Task task) {
    return speaksOfQuantities(!(task instanceof Task.Classification));
  }

  /** Whether it says something of models that give quantities, or else tell classes apart. */
  public boolean speaksOfQuantities(boolean quantities) {
    return switch (this) {
      case ACCURACY, ERRORS -> !quantities;
      case MSE, MAE, R2 -> quantities;
      default -> true;
    };
  }

  /** What models with that task are compared by, unless it is said. */
  public static Metric standard(Task task) {
    return task instanceof Task.Classification ? ACCURACY : MSE;
  }

  /** One line. */
  public String doc() {
    return doc;
  }

  public Result.Unit unit() {
    return unit;
  }

  public boolean higherIsBetter() {
    return higherIsBetter;
  }

  /** The metric of that word. */
  public static Optional<Metric> find(String word) {
    return Arrays.stream(values()).filter(m -> m.word().equals(word)).findFirst();
  }
}
