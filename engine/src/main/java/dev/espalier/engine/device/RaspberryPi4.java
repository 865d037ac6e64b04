package dev.espalier.engine.device;

import dev.espalier.engine.catalog.Kind;
import dev.espalier.engine.catalog.Setting;
import dev.espalier.engine.catalog.Word;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * A Raspberry Pi 4 Model B (BCM2711, four Cortex-A72 at 1.5 GHz), all four cores, with ncnn.
 *
 * <p>Calibrated by least squares of the relative error on times of ncnn's benchmark/README.md
 * ("Raspberry Pi 4 Model B", 4 threads): in floats VGG-16 989 ms, AlexNet 183, ResNet-18 234,
 * MobileNet 86, MobileNetV2 76, SqueezeNet 59; in 8-bit integers VGG-16 1226, MobileNet 168,
 * ResNet-18 160, SqueezeNet 79. Not used for it: GoogLeNet (176, predicted 1% too fast; integers
 * 188, 2% too slow) and ResNet-50 (487, 11% too slow; integers 422, 28% too slow). XNNPACK's README
 * (February 2020, multi-threaded) has 75 ms for MobileNet and 44 ms for MobileNetV2 on that board:
 * another runtime is up to 1.8 times as fast.
 */
@Word(
    name = "raspberry-pi-4",
    kind = Kind.DEVICE,
    doc =
        "four Cortex-A72 cores in ncnn; models not used for calibration were predicted within 11%"
            + " in floats, 28% in int8",
    source = "ncnn, benchmark/README.md, Raspberry Pi 4 Model B, 4 threads")
public record RaspberryPi4(
    @Setting(
            name = "ram",
            doc = "RAM, a billion bytes each",
            preset = "1",
            unit = "GB",
            min = 0.1,
            max = 64)
        double ramSize)
    implements Device {
  private static final double DENSE_BYTE = 0.459e-9;

  private static final Rates FLOATS =
      new Rates(0.0295e-9, 0.0889e-9, 0, 0, 3.61e-9, DENSE_BYTE, 3.61e-9, 0, 0);

  private static final Rates INTEGERS =
      new Rates(0.0561e-9, 0.0561e-9, 2.94e-9, 0, 0, DENSE_BYTE, 8.4e-9, 0, 0);

  @Override
  public Profile profile() {
    return new Profile(
        Optional.of(FLOATS),
        Optional.of(INTEGERS),
        "times of ncnn's benchmark on a Raspberry Pi 4, 4 threads",
        OptionalDouble.empty(),
        "no source known here measured its energy for a model",
        OptionalLong.empty(),
        "",
        flash(),
        memory());
  }

  @Override
  public OptionalLong flash() {
    return OptionalLong.empty();
  }

  @Override
  public OptionalLong memory() {
    return OptionalLong.of(Math.round(1e9 * ramSize));
  }
}
