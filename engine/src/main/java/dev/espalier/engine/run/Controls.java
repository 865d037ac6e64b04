package dev.espalier.engine.run;

import dev.espalier.engine.Environment;
import dev.espalier.engine.prune.Criterion;
import dev.espalier.engine.prune.PruneSpec;
import dev.espalier.engine.run.Operation.Distill;
import dev.espalier.engine.run.Operation.Finetune;
import dev.espalier.engine.run.Operation.FreshCopy;
import dev.espalier.engine.run.Operation.Prune;
import dev.espalier.engine.run.Operation.Quantize;
import dev.espalier.engine.run.Operation.Train;
import dev.espalier.engine.train.TrainSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The models that make a comparison honest, derived from how the compared ones were made.
 *
 * <p>The literature finds them missing: random pruning and equal training (Blalock et al. 2020,
 * arXiv:2003.03033), the small net from scratch (Liu et al. 2019, arXiv:1810.05270), the student
 * alone.
 */
public final class Controls {
  /**
   * One control.
   *
   * @param of the name of the model it belongs to
   * @param label what it is: {@code trained alone}
   * @param question what comparing with it answers: {@code the teacher}
   * @param operation what makes it
   */
  public record Control(String of, String label, String question, Operation operation) {}

  private Controls() {}

  /** The controls of one compared model, in a fixed order; none for a model only trained. */
  public static List<Control> of(Operation.Named model) {
    List<Control> controls = new ArrayList<>();
    Operation operation = model.model();
    alone(operation)
        .ifPresent(o -> controls.add(new Control(model.name(), "trained alone", "the teacher", o)));
    random(operation)
        .ifPresent(
            o ->
                controls.add(
                    new Control(model.name(), "random pruning", "the choice of weights", o)));
    dense(operation)
        .ifPresent(
            o -> controls.add(new Control(model.name(), "dense, same epochs", "the pruning", o)));
    scratch(operation)
        .ifPresent(
            o ->
                controls.add(
                    new Control(model.name(), "from scratch", "starting from the large net", o)));
    return controls;
  }

  /** The same steps with the student trained without a teacher. */
  private static Optional<Operation> alone(Operation operation) {
    if (operation instanceof Distill d) {
      return Optional.of(
          d.student() instanceof Operation.ModelMaking
              ? new Finetune(d.student(), d.data(), d.settings(), d.environment())
              : new Train(d.student(), d.data(), d.settings(), d.environment()));
    }
    return before(operation).flatMap(Controls::alone).map(p -> rebuilt(operation, p));
  }

  /** The same steps with every pruning choosing by chance. */
  private static Optional<Operation> random(Operation operation) {
    Optional<Operation> below = before(operation).flatMap(Controls::random);
    if (operation instanceof Prune p && !(p.spec().criterion() instanceof Criterion.Random)) {
      PruneSpec s = p.spec();
      PruneSpec chance =
          new PruneSpec(
              s.amount(),
              s.channels(),
              new Criterion.Random(),
              s.globally(),
              s.overrides(),
              s.except(),
              s.rounds(),
              s.roundEpochs(),
              s.shape());
      return Optional.of(
          new Prune(below.orElse(p.model()), p.data(), chance, p.settings(), p.environment()));
    }
    return below.map(b -> rebuilt(operation, b));
  }

  /** The model before any pruning, given the epochs that pruning and finetuning took. */
  private static Optional<Operation> dense(Operation operation) {
    Optional<Prune> first = Optional.empty();
    int epochs = 0;
    TrainSettings settings = null;
    Operation data = null;
    Environment environment = null;
    for (Operation o = operation; o != null; o = before(o).orElse(null)) {
      if (o instanceof Prune p) {
        first = Optional.of(p);
        if (p.spec().roundEpochs() > 0 && p.data().isPresent()) {
          epochs += p.spec().rounds() * p.spec().roundEpochs();
          settings = p.settings();
          data = p.data().get();
          environment = p.environment();
        }
      } else if (o instanceof Finetune f) {
        epochs += f.settings().epochs();
        settings = f.settings();
        data = f.data();
        environment = f.environment();
      }
    }
    if (first.isEmpty() || epochs == 0) {
      return Optional.empty();
    }
    return Optional.of(
        new Finetune(first.get().model(), data, settings.withEpochs(epochs), environment));
  }

  /** The architecture that channel pruning arrived at, trained from new weights as long in all. */
  private static Optional<Operation> scratch(Operation operation) {
    int epochs = 0;
    boolean channels = false;
    Train base = null;
    Operation thin = null;
    for (Operation o = operation; o != null; o = before(o).orElse(null)) {
      if (o instanceof Prune p) {
        channels |= p.spec().channels();
        epochs += p.spec().roundEpochs() * p.spec().rounds();
      } else if (o instanceof Finetune f) {
        epochs += f.settings().epochs();
      } else if (o instanceof Train t) {
        base = t;
        epochs += t.settings().epochs();
      } else if (o instanceof Distill) {
        // What the teacher gave cannot be had from scratch; `trained alone` answers that.
        return Optional.empty();
      }
      if (thin == null && !(o instanceof Quantize)) {
        thin = o;
      }
    }
    if (!channels || base == null) {
      return Optional.empty();
    }
    return Optional.of(
        new Train(
            new FreshCopy(thin),
            base.data(),
            base.settings().withEpochs(epochs),
            base.environment()));
  }

  /** The model a step changes; empty where one begins. */
  public static Optional<Operation> before(Operation operation) {
    if (operation instanceof Prune p) {
      return Optional.of(p.model());
    }
    if (operation instanceof Quantize q) {
      return Optional.of(q.model());
    }
    if (operation instanceof Finetune f) {
      return Optional.of(f.model());
    }
    return Optional.empty();
  }

  private static Operation rebuilt(Operation operation, Operation parent) {
    if (operation instanceof Prune p) {
      return new Prune(parent, p.data(), p.spec(), p.settings(), p.environment());
    }
    if (operation instanceof Quantize q) {
      return new Quantize(parent, q.data(), q.spec(), q.environment());
    }
    if (operation instanceof Finetune f) {
      return new Finetune(parent, f.data(), f.settings(), f.environment());
    }
    throw new IllegalArgumentException(operation + " changes no model");
  }
}
