package dev.espalier.engine.device;

import dev.espalier.engine.run.Operation;
import java.util.List;
import java.util.Optional;

/**
 * What a model has to keep to, and where it shall run.
 *
 * @param name as the program calls it
 * @param device whose latency, energy and memory are modelled; empty for this machine, measured
 */
public record Target(String name, Optional<Device> device, List<Constraint> constraints) {
  public Target {
    constraints = List.copyOf(constraints);
  }

  /** The models that the constraints compare with, in order. */
  public List<Operation.Named> others() {
    return constraints.stream()
        .map(Constraint::bound)
        .filter(Operation.Bound.Within.class::isInstance)
        .map(b -> ((Operation.Bound.Within) b).other())
        .toList();
  }
}
