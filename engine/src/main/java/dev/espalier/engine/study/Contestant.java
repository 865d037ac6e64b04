package dev.espalier.engine.study;

import dev.espalier.engine.Model;
import dev.espalier.engine.measure.Measurement;
import dev.espalier.engine.run.Controls;
import dev.espalier.engine.run.Operation;
import java.util.List;
import java.util.Optional;

/**
 * A compared model, made and measured once for each seed.
 *
 * @param control what it is a control of; empty for the models that were asked for
 * @param made in the order of the seeds; the first is the program's own
 */
record Contestant(String name, Optional<Controls.Control> control, List<Made> made) {
  /** One seed's model. */
  record Made(Operation operation, Model model, Measurement measurement) {}

  Contestant {
    made = List.copyOf(made);
  }

  boolean isControl() {
    return control.isPresent();
  }

  Made first() {
    return made.get(0);
  }

  int seeds() {
    return made.size();
  }
}
