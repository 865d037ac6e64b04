package dev.espalier.engine.device;

import dev.espalier.engine.catalog.Kind;
import dev.espalier.engine.catalog.Word;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * The machine that the program runs on, one thread of ONNX Runtime. Its speed is measured once by
 * {@link MachineBenchmark}; what it models serves where measuring every candidate would take too
 * long, and is no substitute for measuring the model itself. On two cores shared with other work,
 * LeNet-300-100, LeNet-5, ResNet-20 and MobileNetV2 lay between 0.6 and 3.3 times what was measured
 * right after the benchmark ({@code MachineBenchmarkTest}, the long test, prints it).
 */
@Word(
    name = "this-machine",
    kind = Kind.DEVICE,
    doc = "where the program runs; its models are measured, not modelled",
    source = "a benchmark of some seconds, run once and kept in the store")
public record ThisMachine() implements Device {
  @Override
  public Profile profile() {
    MachineBenchmark.Result measured = MachineBenchmark.here();
    return new Profile(
        Optional.of(measured.floats()),
        Optional.of(measured.integers()),
        "a benchmark of this machine",
        OptionalDouble.empty(),
        "energy is measured here, by the processor's own counters, or not known",
        OptionalLong.empty(),
        "",
        OptionalLong.empty(),
        OptionalLong.empty());
  }

  @Override
  public OptionalLong flash() {
    return OptionalLong.empty();
  }

  @Override
  public OptionalLong memory() {
    return OptionalLong.empty();
  }
}
