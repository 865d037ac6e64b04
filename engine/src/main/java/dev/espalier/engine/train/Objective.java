package dev.espalier.engine.train;

/** What training makes small. */
@FunctionalInterface
public interface Objective {
  /**
   * The mean loss of a batch, and its gradient.
   *
   * @param outputs what the network gave, [batch, columns], row after row
   * @param gradient takes the gradient with respect to {@code outputs}, of the same shape; zeros
   *     when it comes
   */
  double loss(float[] outputs, int columns, Batch batch, float[] gradient);
}
