package dev.espalier.engine.work;

import dev.espalier.engine.Progress;
import dev.espalier.engine.run.Operation;
import dev.espalier.engine.run.Runner;
import java.util.Optional;

/** Where one job after another is done. Not thread-safe. */
final class Bench {
  private final Runner runner;

  Bench(Runner runner) {
    this.runner = runner;
  }

  /**
   * Makes the model of a job, and measures it when that is asked for and not done yet.
   *
   * @param data on whose validation split it is measured
   */
  void work(
      Operation model, String name, String sentence, Optional<Operation> data, Progress progress) {
    String key = runner.key(model);
    runner.model(model, name, sentence, progress);
    if (data.isPresent()) {
      String figures = ValidationFigures.key(key, runner.key(data.get()));
      if (ValidationFigures.stored(runner.store(), figures).isEmpty()) {
        ValidationFigures.of(runner, model, data.get(), progress).keep(runner.store(), figures);
      }
    }
  }

  /** Lets go of the models that the last job had in memory; data sets stay. */
  void clear() {
    runner.forgetModels();
  }

  /** The part of a model's work that an event says is done; empty when it says nothing of that. */
  static Optional<Double> part(Progress.Event event) {
    if (event instanceof Progress.Event.Batch b && b.epochs() > 0 && b.batches() > 0) {
      return Optional.of(
          Math.min(1, (b.epoch() - 1 + (double) b.batch() / b.batches()) / b.epochs()));
    }
    return Optional.empty();
  }
}
