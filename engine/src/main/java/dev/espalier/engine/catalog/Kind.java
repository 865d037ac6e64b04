package dev.espalier.engine.catalog;

/** What a word of the catalog stands for, and so where the language accepts it. */
public enum Kind {
  ARCHITECTURE("architecture"),
  LAYER("layer"),
  DATA("built-in data set"),
  FORMAT("data file format"),
  AUGMENTATION("augmentation"),
  OPTIMIZER("optimizer"),
  SCHEDULE("learning-rate schedule"),
  DISTILLATION("distillation method"),
  CRITERION("pruning method"),
  QUANTIZATION("quantization method"),
  /** The settings that a statement itself takes after {@code with}. */
  SETTINGS("settings"),
  METRIC("metric"),
  DEVICE("device");

  private final String words;

  Kind(String words) {
    this.words = words;
  }

  /** As people say it. */
  public String words() {
    return words;
  }
}
