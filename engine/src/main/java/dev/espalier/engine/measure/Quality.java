package dev.espalier.engine.measure;

/** How well a model does its task on a split: of classes its accuracy, of quantities its fit. */
public sealed interface Quality permits Accuracy, Fit {
  /** The number of samples it was measured on. */
  int samples();
}
