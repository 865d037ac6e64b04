package dev.espalier.engine.device;

import dev.espalier.engine.catalog.Kind;
import dev.espalier.engine.catalog.Setting;
import dev.espalier.engine.catalog.Word;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * An STM32L4R5ZI (Arm Cortex-M4 with DSP extension, 120 MHz, 2 MB of flash, 640 KB of RAM; system
 * description in MLPerf Tiny v1.1, closed/STMicroelectronics/systems/NUCLEO_L4R5ZI.json) that runs
 * models in 8-bit integers with X-CUBE-AI 8.0.
 *
 * <p>The cycles of a multiply-accumulate are calibrated on three of the four models of MLPerf Tiny
 * (Banbury et al. 2021, arXiv:2106.07597), as submitted to v1.1 (2023,
 * tiny_results_v1.1/closed/Krai/results/README.md, "X-CUBE-AI-8.0.0"): the autoencoder for anomaly
 * detection (131.950 inferences a second: dense layers), ResNet-8 (4.505: convolutions) and the
 * depthwise-separable net for keyword spotting (13.759, less the time of its convolutions:
 * depthwise ones). The fourth, MobileNetV1 0.25 for visual wake words (4.522), is predicted 8% too
 * fast. Another runtime on the same board takes half as long again (microTVM with CMSIS-NN: 3.324).
 * Activations that are only moved are taken to cross the core's 32-bit bus once: a lower bound.
 *
 * <p>The power is the mean of the same submission's energy over time for the three models (528.881
 * µJ, 17,315 µJ, 5,482 µJ: 70 mW, 78 mW, 75 mW), at 1.8 V.
 */
@Word(
    name = "cortex-m4",
    kind = Kind.DEVICE,
    doc =
        "STM32L4R5 microcontroller, int8 in X-CUBE-AI; a model not used for calibration was"
            + " predicted 8% too fast",
    source =
        "MLPerf Tiny v1.1 (2023), closed division, Krai, NUCLEO-L4R5ZI; Banbury et al. 2021,"
            + " arXiv:2106.07597")
public record CortexM4(
    @Setting(doc = "clock of the core", preset = "120", unit = "MHz", min = 1, max = 1000)
        double clock,
    @Setting(
            name = "flash",
            doc = "flash, 1000 bytes each",
            preset = "2097",
            unit = "KB",
            min = 1,
            max = 1 << 20)
        double flashSize,
    @Setting(
            name = "ram",
            doc = "RAM, 1000 bytes each",
            preset = "640",
            unit = "KB",
            min = 1,
            max = 1 << 20)
        double ramSize)
    implements Device {
  private static final double MEASURED_CLOCK = 120;

  /** Cycles: of convolutions, depthwise ones, dense layers, and a number over a 32-bit bus. */
  private static final Rates CYCLES = new Rates(2.13, 2.13, 12.8, 3.44, 0, 0, 0.25, 0, 0);

  private static final double WATTS = 0.0744;

  @Override
  public Profile profile() {
    return new Profile(
        Optional.empty(),
        Optional.of(CYCLES.slower(1e-6 / clock)),
        "cycles of MLPerf Tiny v1.1 on an STM32L4R5 in X-CUBE-AI 8.0",
        clock == MEASURED_CLOCK ? OptionalDouble.of(WATTS) : OptionalDouble.empty(),
        clock == MEASURED_CLOCK
            ? "74 mW while it runs, MLPerf Tiny v1.1 on an STM32L4R5"
            : "its power was measured at 120 MHz only",
        OptionalLong.of(Stm32.PROGRAM),
        Stm32.PROGRAM_SOURCE,
        flash(),
        memory());
  }

  @Override
  public OptionalLong flash() {
    return OptionalLong.of(Math.round(1000 * flashSize));
  }

  @Override
  public OptionalLong memory() {
    return OptionalLong.of(Math.round(1000 * ramSize));
  }
}
