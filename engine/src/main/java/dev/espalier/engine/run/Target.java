package dev.espalier.engine.run;

import dev.espalier.engine.device.Device;
import dev.espalier.engine.device.ThisMachine;
import java.util.List;
import java.util.Optional;

/**
 * What a model has to keep to, and where it shall run.
 *
 * @param name as the program calls it
 * @param device where models shall run; empty for this machine
 */
public record Target(String name, Optional<Device> device, List<Constraint> constraints) {
  /**
   * Bytes below which no ONNX file of a model lies: one node between an input and an output, each
   * with its shortest names and its type.
   */
  public static final int SMALLEST_FILE = 64;

  public Target {
    constraints = List.copyOf(constraints);
  }

  /** The device whose figures are modelled; empty where models are measured on this machine. */
  public Optional<Device> modelled() {
    return device.filter(d -> !(d instanceof ThisMachine));
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
