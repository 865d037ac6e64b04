package dev.espalier.engine.train;

import dev.espalier.engine.catalog.Kind;
import dev.espalier.engine.catalog.Setting;
import dev.espalier.engine.catalog.Word;

/** How gradients move the weights. Weight decay is a setting of training, not of the optimizer. */
public sealed interface Optimizer {
  /** The learning rate before any schedule. */
  double lr();

  /** Stochastic gradient descent; velocity v ← momentum·v + g, w ← w − lr·v, as PyTorch's. */
  @Word(
      name = "sgd",
      kind = Kind.OPTIMIZER,
      doc = "stochastic gradient descent, with momentum",
      source = "Sutskever, Martens, Dahl, Hinton 2013")
  record Sgd(
      @Setting(doc = "learning rate", preset = "0.1", min = 0, minExcluded = true) double lr,
      @Setting(doc = "momentum", preset = "0.9", min = 0, max = 1, maxExcluded = true)
          double momentum)
      implements Optimizer {}

  /** Adam; weight decay is added to the gradient. */
  @Word(
      name = "adam",
      kind = Kind.OPTIMIZER,
      doc = "adaptive moments",
      source = "Kingma, Ba 2015, arXiv:1412.6980, algorithm 1")
  record Adam(
      @Setting(doc = "learning rate", preset = "0.001", min = 0, minExcluded = true) double lr,
      @Setting(doc = "decay of the mean", preset = "0.9", min = 0, max = 1, maxExcluded = true)
          double beta1,
      @Setting(doc = "decay of the square", preset = "0.999", min = 0, max = 1, maxExcluded = true)
          double beta2,
      @Setting(doc = "added to the root", preset = "1e-8", min = 0, minExcluded = true)
          double epsilon)
      implements Optimizer {}

  /** Adam with decoupled weight decay: w ← w − lr·decay·w beside the step. */
  @Word(
      name = "adamw",
      kind = Kind.OPTIMIZER,
      doc = "adaptive moments with decoupled weight decay",
      source = "Loshchilov, Hutter 2019, arXiv:1711.05101, algorithm 2")
  record AdamW(
      @Setting(doc = "learning rate", preset = "0.001", min = 0, minExcluded = true) double lr,
      @Setting(doc = "decay of the mean", preset = "0.9", min = 0, max = 1, maxExcluded = true)
          double beta1,
      @Setting(doc = "decay of the square", preset = "0.999", min = 0, max = 1, maxExcluded = true)
          double beta2,
      @Setting(doc = "added to the root", preset = "1e-8", min = 0, minExcluded = true)
          double epsilon)
      implements Optimizer {}
}
