package dev.espalier.engine.device;

import dev.espalier.engine.catalog.Kind;
import dev.espalier.engine.catalog.Word;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * One large core of a phone of 2017 (Snapdragon 835, Kryo 280 at 2.45 GHz, a Pixel 2 XL) with ncnn.
 *
 * <p>Calibrated by least squares of the relative error on times of ncnn's benchmark/README.md
 * ("Qualcomm MSM8998 Snapdragon 835", 1 thread, large cores): in floats VGG-16 1188 ms, AlexNet
 * 191, ResNet-18 214, MobileNet 107, MobileNetV2 73, SqueezeNet 69; in 8-bit integers VGG-16 1096,
 * MobileNet 158, ResNet-18 179, SqueezeNet 64. Not used for it: GoogLeNet (228, predicted 12% too
 * fast; integers 209, 17% too fast) and ResNet-50 (526, 12% too slow; integers 422, 13% too slow).
 * XNNPACK's README (March 2020, single-threaded, Pixel 2) has 86 ms for MobileNet and 53 ms for
 * MobileNetV2 on that chip: another runtime is up to 1.5 times as fast.
 */
@Word(
    name = "phone-core",
    kind = Kind.DEVICE,
    doc =
        "one large core of a Snapdragon 835 in ncnn; models not used for calibration were predicted"
            + " within 12% in floats, 17% in int8",
    source = "ncnn, benchmark/README.md, Snapdragon 835, 1 thread")
public record PhoneCore() implements Device {
  private static final double DENSE_BYTE = 0.426e-9;

  private static final Rates FLOATS =
      new Rates(0.0542e-9, 0.159e-9, 0, 0, 1.85e-9, DENSE_BYTE, 2.16e-9, 0, 0);

  private static final Rates INTEGERS =
      new Rates(0.0598e-9, 0.0598e-9, 3.37e-9, 0, 0, DENSE_BYTE, 6.44e-9, 0, 0);

  private static final Profile PROFILE =
      new Profile(
          Optional.of(FLOATS),
          Optional.of(INTEGERS),
          "times of ncnn's benchmark on a Snapdragon 835, 1 thread",
          OptionalDouble.empty(),
          "no source known here measured its energy for a model",
          OptionalLong.empty(),
          "",
          OptionalLong.empty(),
          OptionalLong.empty());

  @Override
  public Profile profile() {
    return PROFILE;
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
