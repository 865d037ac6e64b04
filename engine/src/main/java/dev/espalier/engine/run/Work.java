package dev.espalier.engine.run;

import dev.espalier.engine.Environment;
import dev.espalier.engine.data.DataSource;
import java.util.Optional;

/**
 * What an operation does, as far as its time depends on it: the verb, the architectures, the shape
 * of the samples, the settings of training but its epochs, and the threads. Seeds, labels, weights
 * and the number of samples are no part of it.
 *
 * @param text equal for equal work
 * @param epochs of training; 0 where nothing trains
 * @param data what is trained or calibrated on; empty without data
 */
record Work(String text, int epochs, Optional<Operation> data) {

  /** Of an operation that makes a model and is stored; empty for others. */
  static Optional<Work> of(Operation operation, Keys keys) {
    if (operation instanceof Operation.Train o) {
      return Optional.of(
          new Work(
              "train "
                  + shape(o.blueprint(), keys)
                  + samples(o.data(), keys)
                  + keys.text(o.settings().withEpochs(0))
                  + machine(o.environment()),
              o.settings().epochs(),
              Optional.of(o.data())));
    } else if (operation instanceof Operation.Finetune o) {
      // What goes on from trained weights takes as long as what starts from fresh ones.
      return Optional.of(
          new Work(
              "train "
                  + shape(o.model(), keys)
                  + samples(o.data(), keys)
                  + keys.text(o.settings().withEpochs(0))
                  + machine(o.environment()),
              o.settings().epochs(),
              Optional.of(o.data())));
    } else if (operation instanceof Operation.Distill o) {
      return Optional.of(
          new Work(
              "distill "
                  + o.teachers().stream().map(t -> shape(t, keys)).toList()
                  + shape(o.student(), keys)
                  + samples(o.data(), keys)
                  + o.method().getClass().getSimpleName()
                  + keys.text(o.settings().withEpochs(0))
                  + machine(o.environment()),
              o.settings().epochs(),
              Optional.of(o.data())));
    } else if (operation instanceof Operation.Prune o) {
      int epochs = o.data().isPresent() ? o.spec().rounds() * o.spec().roundEpochs() : 0;
      return Optional.of(
          new Work(
              "prune "
                  + shape(o.model(), keys)
                  + keys.text(o.spec())
                  + o.data()
                      .map(d -> samples(d, keys) + keys.text(o.settings().withEpochs(0)))
                      .orElse("")
                  + machine(o.environment()),
              epochs,
              o.data()));
    } else if (operation instanceof Operation.Quantize o) {
      return Optional.of(
          new Work(
              "quantize "
                  + shape(o.model(), keys)
                  + samples(o.data(), keys)
                  + keys.text(o.spec())
                  + machine(o.environment()),
              0,
              Optional.of(o.data())));
    }
    return Optional.empty();
  }

  /** The architecture of a model, however it was trained. */
  private static String shape(Operation operation, Keys keys) {
    if (operation instanceof Operation.Train o) {
      return shape(o.blueprint(), keys);
    } else if (operation instanceof Operation.Finetune o) {
      return shape(o.model(), keys);
    } else if (operation instanceof Operation.Distill o) {
      return shape(o.student(), keys);
    } else if (operation instanceof Operation.FreshCopy o) {
      return shape(o.model(), keys);
    } else if (operation instanceof Operation.StoppedAfter o) {
      return shape(o.step(), keys);
    } else if (operation instanceof Operation.Prune o) {
      return shape(o.model(), keys) + (o.spec().channels() ? keys.text(o.spec()) : "masked");
    } else if (operation instanceof Operation.Quantize o) {
      return shape(o.model(), keys) + "int8";
    }
    return keys.canonical(operation);
  }

  /** What samples look like, where it is known without reading them; else which they are. */
  private static String samples(Operation data, Keys keys) {
    if (!(data instanceof Operation.LoadData load)) {
      return keys.of(data);
    }
    DataSource source = load.source();
    return source.samples().map(s -> keys.text(s)).orElseGet(source::fingerprint)
        + keys.text(load.partition().augmentations());
  }

  private static String machine(Environment environment) {
    return " threads " + environment.threads() + " device " + environment.device();
  }
}
