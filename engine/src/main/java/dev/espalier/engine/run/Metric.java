package dev.espalier.engine.run;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** What a model can be measured by, as the language names it. */
public enum Metric {
  ACCURACY("accuracy", Result.Unit.FRACTION, true, "part of the test set classified rightly"),
  ERRORS("errors", Result.Unit.COUNT, false, "test samples classified wrongly"),
  SIZE("size", Result.Unit.BYTES, false, "bytes of the exported file"),
  PACKED_SIZE("packed-size", Result.Unit.BYTES, false, "bytes of the exported file after gzip"),
  PARAMETERS("parameters", Result.Unit.COUNT, false, "weights and biases"),
  NON_ZERO("non-zero", Result.Unit.COUNT, false, "weights and biases that are not 0"),
  SPARSITY(
      "sparsity", Result.Unit.FRACTION, true, "part of the dense original's prunable weights gone"),
  MACS("macs", Result.Unit.MACS, false, "multiply-accumulates for one sample"),
  MEMORY("memory", Result.Unit.BYTES, false, "peak bytes of activations for one sample"),
  LATENCY("latency", Result.Unit.SECONDS, false, "median time of one batch in ONNX Runtime");

  private final String word;
  private final Result.Unit unit;
  private final boolean higherIsBetter;
  private final String doc;

  Metric(String word, Result.Unit unit, boolean higherIsBetter, String doc) {
    this.word = word;
    this.unit = unit;
    this.higherIsBetter = higherIsBetter;
    this.doc = doc;
  }

  /** The metric of that name. */
  public static Optional<Metric> of(String word) {
    return Arrays.stream(values()).filter(m -> m.word.equals(word)).findFirst();
  }

  /** All names, in order. */
  public static List<String> words() {
    return Arrays.stream(values()).map(Metric::word).toList();
  }

  /** As written in a program. */
  public String word() {
    return word;
  }

  /** What its values are in: fractions from 0 to 1, bytes, seconds, counts. */
  public Result.Unit unit() {
    return unit;
  }

  public boolean higherIsBetter() {
    return higherIsBetter;
  }

  /** One line. */
  public String doc() {
    return doc;
  }
}
