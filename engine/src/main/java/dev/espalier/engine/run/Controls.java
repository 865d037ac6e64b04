package dev.espalier.engine.run;

import dev.espalier.engine.prune.Criterion;
import dev.espalier.engine.prune.PruneSpec;
import dev.espalier.engine.run.Operation.Distill;
import dev.espalier.engine.run.Operation.Finetune;
import dev.espalier.engine.run.Operation.FreshCopy;
import dev.espalier.engine.run.Operation.ModelMaking;
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

  /** The same steps with every student trained without its teacher. */
  private static Optional<Operation> alone(Operation operation) {
    Optional<Operation> below = parent(operation).flatMap(Controls::alone);
    if (operation instanceof Distill d) {
      Operation student = below.orElse(d.student());
      return Optional.of(
          student instanceof ModelMaking
              ? new Finetune(student, d.data(), d.settings(), d.environment())
              : new Train(student, d.data(), d.settings(), d.environment()));
    }
    return below.map(b -> rebuilt(operation, b));
  }

  /** The same steps with every pruning choosing by chance. */
  private static Optional<Operation> random(Operation operation) {
    Optional<Operation> below = parent(operation).flatMap(Controls::random);
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

  /**
   * The model before any pruning, trained on as the pruned one was: as long, on the same data, from
   * the same teachers.
   */
  private static Optional<Operation> dense(Operation operation) {
    List<Operation> steps = steps(operation);
    for (int first = 0; first < steps.size(); first++) {
      if (steps.get(first) instanceof Prune p) {
        List<Operation> rest = steps.subList(first, steps.size());
        return rest.stream().anyMatch(Controls::trains)
            ? Optional.of(trained(p.model(), rest))
            : Optional.empty();
      }
    }
    return Optional.empty();
  }

  /** The architecture that channel pruning arrived at, trained from new weights as long in all. */
  private static Optional<Operation> scratch(Operation operation) {
    List<Operation> steps = steps(operation);
    boolean channels = steps.stream().anyMatch(o -> o instanceof Prune p && p.spec().channels());
    boolean fresh =
        steps.get(0) instanceof Train
            || steps.get(0) instanceof Distill d && !(d.student() instanceof ModelMaking);
    if (!channels || !fresh) {
      return Optional.empty();
    }
    Operation thin = operation;
    while (thin instanceof Quantize q) {
      thin = q.model();
    }
    return Optional.of(trained(new FreshCopy(thin), steps));
  }

  private static boolean trains(Operation step) {
    return step instanceof Finetune
        || step instanceof Distill
        || step instanceof Prune p && retraining(p).isPresent();
  }

  /** What a pruning in rounds trains between them. */
  private static Optional<Finetune> retraining(Prune prune) {
    int epochs = prune.spec().rounds() * prune.spec().roundEpochs();
    return prune
        .data()
        .filter(d -> epochs > 0)
        .map(
            d ->
                new Finetune(
                    prune.model(), d, prune.settings().withEpochs(epochs), prune.environment()));
  }

  /**
   * The same steps without their prunings, of another start. Trainings on the same data that follow
   * each other become one, with the settings of the first.
   *
   * @param start a model, or what has fresh weights
   */
  private static Operation trained(Operation start, List<Operation> steps) {
    Operation made = start;
    for (Operation step : steps) {
      if (step instanceof Train t) {
        made = new Train(made, t.data(), t.settings(), t.environment());
      } else if (step instanceof Finetune f) {
        made = longer(start, made, f);
      } else if (step instanceof Prune p) {
        Optional<Finetune> between = retraining(p);
        made = between.isPresent() ? longer(start, made, between.get()) : made;
      } else if (step instanceof Distill d) {
        made = new Distill(d.teachers(), made, d.data(), d.method(), d.settings(), d.environment());
      } else {
        made = rebuilt(step, made);
      }
    }
    return made;
  }

  private static Operation longer(Operation start, Operation made, Finetune more) {
    int epochs = more.settings().epochs();
    boolean ours = made != start;
    if (ours && made instanceof Train t && t.data().equals(more.data())) {
      TrainSettings all = t.settings().withEpochs(t.settings().epochs() + epochs);
      return new Train(t.blueprint(), t.data(), all, t.environment());
    }
    if (ours && made instanceof Finetune f && f.data().equals(more.data())) {
      TrainSettings all = f.settings().withEpochs(f.settings().epochs() + epochs);
      return new Finetune(f.model(), f.data(), all, f.environment());
    }
    return new Finetune(made, more.data(), more.settings(), more.environment());
  }

  /** How a model was made, from its first training or its file on. */
  private static List<Operation> steps(Operation operation) {
    List<Operation> steps = new ArrayList<>();
    for (Operation o = operation; o != null; o = parent(o).orElse(null)) {
      steps.add(0, o);
    }
    return steps;
  }

  /** The model a step goes on from: also a trained student that is distilled into. */
  private static Optional<Operation> parent(Operation operation) {
    return operation instanceof Distill d && d.student() instanceof ModelMaking
        ? Optional.of(d.student())
        : before(operation);
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
    if (operation instanceof Distill d) {
      return new Distill(d.teachers(), parent, d.data(), d.method(), d.settings(), d.environment());
    }
    throw new IllegalArgumentException(operation + " changes no model");
  }
}
