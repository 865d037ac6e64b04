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
    Lineage lineage = Lineage.of(model);
    return architecture(lineage.origin())
        .flatMap(
            a ->
                a.reconstructs()
                    ? Optional.of(true)
                    : lineage.data().stream().findFirst().flatMap(Answers::ofData));
  }

  private static Optional<Architecture> architecture(Operation origin) {
    if (origin instanceof Operation.Blueprint b) {
      return Optional.of(b.architecture());
    }
    return origin instanceof Operation.Given g && g.value() instanceof Architecture a
        ? Optional.of(a)
        : Optional.empty();
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
