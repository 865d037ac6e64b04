package dev.espalier.engine.search;

import dev.espalier.engine.Environment;
import dev.espalier.engine.distill.SoftTargets;
import dev.espalier.engine.prune.Amount;
import dev.espalier.engine.prune.PruneSpec;
import dev.espalier.engine.quantize.QuantizeSpec;
import dev.espalier.engine.run.Operation;
import dev.espalier.engine.train.TrainSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A sequence of compressing steps: distill into a thinner net of the same architecture, remove
 * channels, set weights to zero, train what is left, quantize. Each of them may be missing.
 *
 * <p>The thinner net has the architecture that removing channels evenly leaves, with fresh weights;
 * so every architecture whose channels can be removed has one.
 *
 * @param width part of the channels that the student has; 1 keeps the model and distills nothing
 * @param channels part of the channels that go; to a budget, part of the parameters
 * @param budget whether channels go to a budget of parameters, which is used up where that is worth
 *     most, rather than evenly; only from the model itself, whose weights tell beforehand what goes
 * @param weights part of the weights left by then that become zero
 * @param globally whether the least important weights go wherever they are; channels go evenly
 * @param taught whether the original teaches what is trained after pruning
 * @param quantized whether int8 comes last
 */
public record Recipe(
    double width,
    double channels,
    boolean budget,
    double weights,
    boolean globally,
    boolean taught,
    boolean quantized) {
  /** Of the soft targets; Hinton et al. 2015 used temperatures up to 20 and mostly the teacher. */
  private static final SoftTargets METHOD = new SoftTargets(4, 0.9);

  /** Whether it distills into a thinner net. */
  public boolean distills() {
    return width < 1;
  }

  /** Whether anything goes. */
  public boolean prunes() {
    return channels > 0 || weights > 0;
  }

  /** Whether it leaves the model as it is. */
  public boolean isEmpty() {
    return !distills() && !prunes() && !quantized;
  }

  /** The same with what means nothing at one value, so that equal recipes are equal records. */
  Recipe plain() {
    boolean toBudget = budget && channels > 0 && !distills();
    return prunes()
        ? new Recipe(width, channels, toBudget, weights, globally && weights > 0, taught, quantized)
        : new Recipe(width, 0, false, 0, false, false, quantized);
  }

  /** Whether it has the same steps as the other, if by other amounts. */
  boolean isOfKind(Recipe other) {
    return trainsAlike(other) && quantized == other.quantized;
  }

  private boolean trainsAlike(Recipe other) {
    return distills() == other.distills()
        && prunes() == other.prunes()
        && taught == other.taught
        && budget == other.budget
        && globally == other.globally;
  }

  /**
   * Whether it leaves no more than the other, by the same kind of steps: fewer or as many units in
   * each of them, and no more numbers or more precise ones.
   */
  boolean leavesNoMoreThan(Recipe other) {
    return trainsAlike(other)
        && width <= other.width
        && channels >= other.channels
        && weights >= other.weights
        && (quantized || !other.quantized);
  }

  /**
   * The steps as operations.
   *
   * @param model what is compressed; already trained
   * @param training of each step that trains
   */
  public Operation of(
      Operation model, Operation data, TrainSettings training, Environment environment) {
    Operation at = model;
    if (distills()) {
      Operation thin =
          new Operation.Prune(
              model, Optional.empty(), PruneSpec.channels(1 - width), training, environment);
      at =
          new Operation.Distill(
              List.of(model), new Operation.FreshCopy(thin), data, METHOD, training, environment);
    }
    if (channels > 0) {
      at = new Operation.Prune(at, Optional.empty(), removing(), training, environment);
    }
    if (weights > 0) {
      at = new Operation.Prune(at, Optional.empty(), zeroing(), training, environment);
    }
    if (prunes()) {
      at =
          taught
              ? new Operation.Distill(List.of(model), at, data, METHOD, training, environment)
              : new Operation.Finetune(at, data, training, environment);
    }
    return quantized ? new Operation.Quantize(at, data, QuantizeSpec.int8(), environment) : at;
  }

  /** How channels go. */
  PruneSpec removing() {
    return budget
        ? PruneSpec.to(new Amount.Budget(Amount.Measure.PARAMETERS, 1 - channels, true))
        : PruneSpec.channels(channels);
  }

  /**
   * How weights become zero: counted against what the channels left, since against the dense
   * original most amounts would be less than what has gone with the channels.
   */
  PruneSpec zeroing() {
    PruneSpec level = PruneSpec.weights(weights);
    return new PruneSpec(
        new Amount.OfRemaining(weights),
        false,
        level.criterion(),
        globally,
        List.of(),
        List.of(),
        1,
        0,
        level.shape());
  }

  /**
   * {@code distill into 50% of the channels, prune 80% of remaining weights globally, finetune,
   * quantize to int8}.
   */
  public String text() {
    List<String> steps = new ArrayList<>();
    if (distills()) {
      steps.add("distill into " + percent(width) + " of the channels");
    }
    if (channels > 0) {
      steps.add(
          budget
              ? "prune to " + percent(1 - channels) + " of parameters"
              : "prune " + percent(channels) + " of channels");
    }
    if (weights > 0) {
      steps.add(
          "prune " + percent(weights) + " of remaining weights" + (globally ? " globally" : ""));
    }
    if (prunes()) {
      steps.add(taught ? "distill the original into it" : "finetune");
    }
    if (quantized) {
      steps.add("quantize to int8");
    }
    return steps.isEmpty() ? "nothing" : String.join(", ", steps);
  }

  private static String percent(double part) {
    return String.format(Locale.ROOT, "%.0f%%", 100 * part);
  }
}
