package dev.espalier.engine.data;

import java.util.List;

/**
 * What the clauses of a {@code data} statement ask of the loaded data.
 *
 * @param split parts for training, validation and (three numbers) test: percentages when they add
 *     up to 100, fractions when they add up to 1, otherwise counts, which must add up to the
 *     samples there are to divide; empty takes the source's own, with a tenth of the training part
 *     (at most 5,000) held out for validation. {@link Partitioner} has the whole rule
 * @param take at most so many of the training samples that the split leaves, drawn in proportion of
 *     the classes with the seed; 0 is all; a value below 1 is a fraction
 * @param normalize whether each channel (feature) gets mean 0 and deviation 1, by the training part
 */
public record Partition(
    List<Double> split, double take, boolean normalize, List<Augmentation> augmentations) {
  /** Everything as the source has it. */
  public static final Partition WHOLE = new Partition(List.of(), 0, false, List.of());

  public Partition {
    split = List.copyOf(split);
    augmentations = List.copyOf(augmentations);
  }
}
