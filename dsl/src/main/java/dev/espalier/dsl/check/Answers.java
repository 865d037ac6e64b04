package dev.espalier.dsl.check;

import dev.espalier.engine.architecture.Architecture;
import dev.espalier.engine.data.DataSet;
import dev.espalier.engine.data.Task;
import dev.espalier.engine.run.Operation;
import java.util.Optional;

/** Whether models tell classes apart or give quantities, as far as that is known beforehand. */
final class Answers {
  private Answers() {}

  /** Whether the model that an operation makes gives quantities; empty when it is not known. */
  static Optional<Boolean> quantities(Operation model) {
    return quantities(model, Optional.empty());
  }

  /**
   * As {@link #quantities(Operation)}.
   *
   * @param data what it was last trained on, if it was
   */
  private static Optional<Boolean> quantities(Operation model, Optional<Operation> data) {
    if (model instanceof Operation.Train t) {
      return quantities(t.blueprint(), data.or(() -> Optional.of(t.data())));
    }
    if (model instanceof Operation.Finetune f) {
      return quantities(f.model(), data.or(() -> Optional.of(f.data())));
    }
    if (model instanceof Operation.Distill d) {
      return quantities(d.student(), data.or(() -> Optional.of(d.data())));
    }
    if (model instanceof Operation.Prune p) {
      return quantities(p.model(), data.or(p::data));
    }
    if (model instanceof Operation.Quantize q) {
      return quantities(q.model(), data);
    }
    if (model instanceof Operation.Search s) {
      return quantities(s.model(), data.or(() -> Optional.of(s.data())));
    }
    if (model instanceof Operation.StoppedAfter s) {
      return quantities(s.step(), data);
    }
    if (model instanceof Operation.FreshCopy f) {
      return quantities(f.model(), data);
    }
    if (model instanceof Operation.Blueprint b) {
      return reconstructs(b.architecture(), data);
    }
    return model instanceof Operation.Given g && g.value() instanceof Architecture a
        ? reconstructs(a, data)
        : Optional.empty();
  }

  private static Optional<Boolean> reconstructs(
      Architecture architecture, Optional<Operation> data) {
    return architecture.reconstructs() ? Optional.of(true) : data.flatMap(Answers::ofData);
  }

  /** Whether data has quantities as answers. */
  static Optional<Boolean> ofData(Operation data) {
    if (data instanceof Operation.LoadData load) {
      return Optional.of(load.source().isRegression());
    }
    return data instanceof Operation.Given g && g.value() instanceof DataSet set
        ? Optional.of(set.task() instanceof Task.Regression)
        : Optional.empty();
  }
}
