package dev.espalier.engine.run;

import dev.espalier.engine.Environment;
import dev.espalier.engine.run.Operation.Distill;
import dev.espalier.engine.run.Operation.Finetune;
import dev.espalier.engine.run.Operation.FreshCopy;
import dev.espalier.engine.run.Operation.FromOnnx;
import dev.espalier.engine.run.Operation.Prune;
import dev.espalier.engine.run.Operation.Quantize;
import dev.espalier.engine.run.Operation.Train;
import java.util.IdentityHashMap;

/**
 * The same model made with other randomness: every step that draws any (first weights, the order of
 * batches, augmentation, dropout, pruning by chance, what calibrates) takes a seed so much further
 * on, teachers included. Data sets keep their seed, so that all are trained and tested on the same
 * samples; blueprints have none, and models given from outside stay as they are.
 *
 * <p>Parts that operations share stay shared. Not thread-safe.
 */
public final class Reseeded {
  private final long shift;
  private final IdentityHashMap<Operation, Operation> known = new IdentityHashMap<>();

  /**
   * @param shift added to each seed; 0 changes nothing
   */
  public Reseeded(long shift) {
    this.shift = shift;
  }

  /** The operation with its seeds, and those of all that it needs, shifted. */
  public Operation of(Operation operation) {
    if (shift == 0) {
      return operation;
    }
    Operation done = known.get(operation);
    if (done == null) {
      done = shifted(operation);
      known.put(operation, done);
    }
    return done;
  }

  /** Whether another seed makes another model: not so for one that is given or read from a file. */
  public static boolean matters(Operation operation) {
    return new Reseeded(1).of(operation) != operation;
  }

  private Operation shifted(Operation operation) {
    if (operation instanceof Train o) {
      return new Train(of(o.blueprint()), o.data(), o.settings(), shifted(o.environment()));
    } else if (operation instanceof Finetune o) {
      return new Finetune(of(o.model()), o.data(), o.settings(), shifted(o.environment()));
    } else if (operation instanceof Distill o) {
      return new Distill(
          o.teachers().stream().map(this::of).toList(),
          of(o.student()),
          o.data(),
          o.method(),
          o.settings(),
          shifted(o.environment()));
    } else if (operation instanceof Prune o) {
      return new Prune(of(o.model()), o.data(), o.spec(), o.settings(), shifted(o.environment()));
    } else if (operation instanceof Quantize o) {
      return new Quantize(of(o.model()), o.data(), o.spec(), shifted(o.environment()));
    } else if (operation instanceof Operation.StoppedAfter o) {
      return new Operation.StoppedAfter(of(o.step()), o.epoch(), o.epochs());
    } else if (operation instanceof FreshCopy o) {
      return new FreshCopy(of(o.model()));
    } else if (operation instanceof FromOnnx o && o.classes() > 0) {
      return new FromOnnx(o.name(), o.file(), o.input(), o.classes(), shifted(o.seed()), o.data());
    }
    return operation;
  }

  private Environment shifted(Environment e) {
    return new Environment(shifted(e.seed()), e.threads(), e.device(), e.offline());
  }

  /** Past the largest number it goes on from 0: seeds are not negative. */
  private long shifted(long seed) {
    return (seed + shift) & Long.MAX_VALUE;
  }
}
