package dev.espalier.engine.search;

import dev.espalier.engine.Environment;
import dev.espalier.engine.distill.SoftTargets;
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
 * @param channels part of the channels that go
 * @param weights part of the weights that become zero
 * @param globally whether the least important weights go wherever they are; channels go evenly
 * @param recovery part of a trial's epochs that is trained after pruning
 * @param taught whether the original teaches during that
 * @param quantized whether int8 comes last
 */
public record Recipe(
    double width,
    double channels,
    double weights,
    boolean globally,
    double recovery,
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
    return prunes()
        ? new Recipe(width, channels, weights, globally && weights > 0, recovery, taught, quantized)
        : new Recipe(width, 0, 0, false, 1, false, quantized);
  }

  /**
   * The steps as operations.
   *
   * @param model what is compressed; already trained
   * @param training of each step; its epochs are taken whole by the student, in part after pruning
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
      at = pruned(at, PruneSpec.channels(channels), training, environment);
    }
    if (weights > 0) {
      at = pruned(at, PruneSpec.weights(weights), training, environment);
    }
    if (prunes()) {
      TrainSettings some =
          training.withEpochs((int) Math.max(1, Math.round(recovery * training.epochs())));
      at =
          taught
              ? new Operation.Distill(List.of(model), at, data, METHOD, some, environment)
              : new Operation.Finetune(at, data, some, environment);
    }
    return quantized ? new Operation.Quantize(at, data, QuantizeSpec.int8(), environment) : at;
  }

  private Operation pruned(
      Operation at, PruneSpec evenly, TrainSettings training, Environment environment) {
    PruneSpec spec =
        new PruneSpec(
            evenly.amount(),
            evenly.channels(),
            evenly.criterion(),
            globally && !evenly.channels(),
            List.of(),
            List.of(),
            1,
            0,
            evenly.shape());
    return new Operation.Prune(at, Optional.empty(), spec, training, environment);
  }

  /** {@code distill into 50% of the channels, prune 80% of weights globally, quantize to int8}. */
  public String text() {
    List<String> steps = new ArrayList<>();
    if (distills()) {
      steps.add("distill into " + percent(width) + " of the channels");
    }
    if (channels > 0) {
      steps.add("prune " + percent(channels) + " of channels");
    }
    if (weights > 0) {
      steps.add("prune " + percent(weights) + " of weights" + (globally ? " globally" : ""));
    }
    if (prunes()) {
      steps.add(
          (taught ? "distill the original into it for " : "finetune for ")
              + percent(recovery)
              + " of the epochs");
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
