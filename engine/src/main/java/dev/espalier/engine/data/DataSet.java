package dev.espalier.engine.data;

import java.util.Arrays;
import java.util.List;

/**
 * Samples with their answers in three splits. Training learns from {@code train}, selection sees
 * only {@code validation}, figures come from {@code test}.
 *
 * <p>A network input is {@code raw · scale[c] + offset[c]}, c the channel (for flat features, one
 * entry for all or one a feature).
 *
 * @param name as in the program
 * @param shape of one sample: [channels, height, width], [channels, length] or [features]
 * @param task what the samples have answers to: a classification or a regression
 * @param validation may be empty (size 0)
 * @param test may be empty (size 0)
 * @param augmentations applied to training samples, in order
 * @param fingerprint identifies the content for keys
 */
public record DataSet(
    String name,
    long[] shape,
    Task task,
    Split train,
    Split validation,
    Split test,
    float[] scale,
    float[] offset,
    List<Augmentation> augmentations,
    String fingerprint) {

  public DataSet {
    if (task instanceof Task.Reconstruction) {
      throw new IllegalArgumentException(
          "what reconstructs is a model; data has classes or targets");
    }
    augmentations = List.copyOf(augmentations);
    if (shape.length < 1 || shape.length > 3) {
      throw new IllegalArgumentException("a sample has 1 to 3 dimensions, not " + shape.length);
    }
    if (scale.length != offset.length) {
      throw new IllegalArgumentException("scale and offset differ in length");
    }
  }

  /** As the canonical one, with labels of the given classes. */
  public DataSet(
      String name,
      long[] shape,
      List<String> classes,
      Split train,
      Split validation,
      Split test,
      float[] scale,
      float[] offset,
      List<Augmentation> augmentations,
      String fingerprint) {
    this(
        name,
        shape,
        new Task.Classification(classes),
        train,
        validation,
        test,
        scale,
        offset,
        augmentations,
        fingerprint);
  }

  /** Names of the classes in the order of the labels; none of a regression. */
  public List<String> classes() {
    return task instanceof Task.Classification c ? c.classes() : List.of();
  }

  /** Values of one sample. */
  public int width() {
    return (int) Arrays.stream(shape).reduce(1, (a, b) -> a * b);
  }

  /** How many classes there are; 0 of a regression. */
  public int classCount() {
    return classes().size();
  }

  /** Copies sample {@code index} of {@code split} to {@code into}, scaled: a network input. */
  public void read(Split split, int index, float[] into, int at) {
    split.read(index, into, at);
    int width = width();
    int per = width / scale.length;
    for (int i = 0; i < width; i++) {
      int c = i / per;
      into[at + i] = into[at + i] * scale[c] + offset[c];
    }
  }
}
