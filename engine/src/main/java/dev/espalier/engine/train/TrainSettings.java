package dev.espalier.engine.train;

import dev.espalier.engine.catalog.Kind;
import dev.espalier.engine.catalog.Setting;
import dev.espalier.engine.catalog.Word;

/**
 * How training runs, whatever its loss.
 *
 * @param epochs passes over the training split ({@code for 3 epochs})
 * @param weightDecay coefficient of the squared norm of kernels and matrices, not of biases or
 *     normalisation
 * @param dropout ratio for the dropout places of the model; negative keeps what the model has
 * @param warmup epochs over which the learning rate rises linearly from 0
 * @param patience epochs without a better validation loss before training stops; 0 never stops
 */
@Word(name = "training", kind = Kind.SETTINGS, doc = "how training runs")
public record TrainSettings(
    @Setting(doc = "passes over the training data", preset = "10", min = 1, max = 100000)
        int epochs,
    @Setting(doc = "samples per step", preset = "128", min = 1, max = 1000000) int batch,
    @Setting(doc = "how gradients move the weights", preset = "adam", of = Kind.OPTIMIZER)
        Optimizer optimizer,
    @Setting(doc = "how the learning rate changes", preset = "constant", of = Kind.SCHEDULE)
        Schedule schedule,
    @Setting(doc = "epochs of linear warm-up", preset = "0", min = 0, unit = "epochs")
        double warmup,
    @Setting(doc = "weight decay", preset = "0", min = 0, max = 1) double weightDecay,
    @Setting(
            doc = "ratio of units dropped; -1 keeps what the model has",
            preset = "-1",
            min = -1,
            max = 1,
            maxExcluded = true)
        double dropout,
    @Setting(
            doc = "stop after so many epochs without a better validation loss; 0 never",
            preset = "0",
            min = 0,
            unit = "epochs")
        int patience) {

  /** The defaults, for so many epochs. */
  public static TrainSettings epochs(int epochs) {
    return new TrainSettings(
        epochs,
        128,
        new Optimizer.Adam(0.001, 0.9, 0.999, 1e-8),
        new Schedule.Constant(),
        0,
        0,
        -1,
        0);
  }

  public TrainSettings withBatch(int newBatch) {
    return new TrainSettings(
        epochs, newBatch, optimizer, schedule, warmup, weightDecay, dropout, patience);
  }

  public TrainSettings withEpochs(int newEpochs) {
    return new TrainSettings(
        newEpochs, batch, optimizer, schedule, warmup, weightDecay, dropout, patience);
  }

  public TrainSettings withOptimizer(Optimizer newOptimizer) {
    return new TrainSettings(
        epochs, batch, newOptimizer, schedule, warmup, weightDecay, dropout, patience);
  }

  public TrainSettings withSchedule(Schedule newSchedule) {
    return new TrainSettings(
        epochs, batch, optimizer, newSchedule, warmup, weightDecay, dropout, patience);
  }

  public TrainSettings withWarmup(double newWarmup) {
    return new TrainSettings(
        epochs, batch, optimizer, schedule, newWarmup, weightDecay, dropout, patience);
  }

  public TrainSettings withWeightDecay(double newWeightDecay) {
    return new TrainSettings(
        epochs, batch, optimizer, schedule, warmup, newWeightDecay, dropout, patience);
  }

  public TrainSettings withDropout(double newDropout) {
    return new TrainSettings(
        epochs, batch, optimizer, schedule, warmup, weightDecay, newDropout, patience);
  }

  public TrainSettings withPatience(int newPatience) {
    return new TrainSettings(
        epochs, batch, optimizer, schedule, warmup, weightDecay, dropout, newPatience);
  }
}
