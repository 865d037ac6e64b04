package dev.espalier.engine.study;

import dev.espalier.engine.Progress;
import dev.espalier.engine.run.Operation;
import dev.espalier.engine.run.Result.TableResult;
import dev.espalier.engine.run.Runner;
import java.util.List;

/**
 * Makes all that a sweep asks for, as far as the store lacks it, and lists it. A run that fails is
 * a row that says so.
 */
final class Sweeping {
  private final ValidationRuns runs;

  Sweeping(Runner runner) {
    this.runs = new ValidationRuns(runner, "sweep");
  }

  TableResult of(Operation.Sweep sweep, String sentence, Progress progress) {
    List<Operation.Named> models =
        sweep.cells().stream().flatMap(c -> c.models().stream()).toList();
    runs.make(models, sweep.workers(), sweep.cluster(), sentence, progress);
    return new SweepTable(sweep, runs::row).of(runs.notes());
  }
}
