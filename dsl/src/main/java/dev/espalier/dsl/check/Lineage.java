package dev.espalier.dsl.check;

import dev.espalier.engine.run.Operation;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * How a model came about: the step that made it, the one that this went on from, and so on, down to
 * a blueprint, a file or what Java gave.
 *
 * @param steps at least one, the newest first
 */
record Lineage(List<Operation> steps) {
  Lineage {
    steps = List.copyOf(steps);
  }

  static Lineage of(Operation model) {
    List<Operation> steps = new ArrayList<>();
    for (Operation o = model; o != null; o = before(o).orElse(null)) {
      steps.add(o);
    }
    return new Lineage(steps);
  }

  /** What a step went on from; of a distillation that is the student, not the teacher. */
  private static Optional<Operation> before(Operation step) {
    if (step instanceof Operation.Train t) {
      return Optional.of(t.blueprint());
    } else if (step instanceof Operation.Finetune f) {
      return Optional.of(f.model());
    } else if (step instanceof Operation.Distill d) {
      return Optional.of(d.student());
    } else if (step instanceof Operation.Prune p) {
      return Optional.of(p.model());
    } else if (step instanceof Operation.Quantize q) {
      return Optional.of(q.model());
    } else if (step instanceof Operation.Search s) {
      return Optional.of(s.model());
    } else if (step instanceof Operation.StoppedAfter s) {
      return Optional.of(s.step());
    } else if (step instanceof Operation.FreshCopy f) {
      return Optional.of(f.model());
    }
    return Optional.empty();
  }

  /** Where it began. */
  Operation origin() {
    return steps.get(steps.size() - 1);
  }

  boolean has(Class<? extends Operation> kind) {
    return steps.stream().anyMatch(kind::isInstance);
  }

  /** The data of each step that trained, the newest first. */
  List<Operation> data() {
    return steps.stream().flatMap(s -> data(s).stream()).toList();
  }

  private static Optional<Operation> data(Operation step) {
    if (step instanceof Operation.Train t) {
      return Optional.of(t.data());
    } else if (step instanceof Operation.Finetune f) {
      return Optional.of(f.data());
    } else if (step instanceof Operation.Distill d) {
      return Optional.of(d.data());
    } else if (step instanceof Operation.Prune p) {
      return p.data();
    } else if (step instanceof Operation.Search s) {
      return Optional.of(s.data());
    }
    return Optional.empty();
  }
}
