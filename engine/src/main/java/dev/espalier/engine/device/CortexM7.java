package dev.espalier.engine.device;

import dev.espalier.engine.catalog.Kind;
import dev.espalier.engine.catalog.Setting;
import dev.espalier.engine.catalog.Word;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * An STM32H7A3ZI (Arm Cortex-M7, 280 MHz, 2 MB of flash, 1.19 MB of RAM; system description in
 * MLPerf Tiny v1.1, closed/STMicroelectronics/systems/NUCLEO_H7A3ZI_Q.json) that runs models in
 * 8-bit integers with X-CUBE-AI 8.0.
 *
 * <p>Calibrated as {@link CortexM4} on three models of MLPerf Tiny v1.1
 * (tiny_results_v1.1/closed/Krai/results/README.md, "X-CUBE-AI-8.0.0", NUCLEO_H7A3ZI): 547.234,
 * 18.215 and 60.988 inferences a second. MobileNetV1 0.25 (19.867) is predicted 8% too fast, and
 * MobileNetV2 0.35 at 144×144 on another chip, an STM32H743 at 480 MHz with X-CUBE-AI 7.3 (118 ms;
 * mit-han-lab/tinyengine, README, December 2022, "mbv2-w0.35"), 19% too fast.
 *
 * <p>The power is the mean of the same submission's energy over time (235.833 µJ, 7,615 µJ, 2,362
 * µJ: 129 mW, 139 mW, 144 mW), at 3 V with the switched supply.
 */
@Word(
    name = "cortex-m7",
    kind = Kind.DEVICE,
    doc =
        "STM32H7A3 microcontroller, int8 in X-CUBE-AI; models not used for calibration were"
            + " predicted 8% and 19% too fast",
    source =
        "MLPerf Tiny v1.1 (2023), closed division, Krai, NUCLEO-H7A3ZI; Banbury et al. 2021,"
            + " arXiv:2106.07597")
public record CortexM7(
    @Setting(doc = "clock of the core", preset = "280", unit = "MHz", min = 1, max = 1000)
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
            preset = "1190",
            unit = "KB",
            min = 1,
            max = 1 << 20)
        double ramSize)
    implements Device {
  private static final double MEASURED_CLOCK = 280;

  /** Cycles: of convolutions, depthwise ones, dense layers, and a number over a 64-bit bus. */
  private static final Rates CYCLES = new Rates(1.23, 1.23, 5.83, 1.94, 0, 0, 0.125, 0, 0);

  private static final double WATTS = 0.137;

  @Override
  public Profile profile() {
    return new Profile(
        Optional.empty(),
        Optional.of(CYCLES.slower(1e-6 / clock)),
        "cycles of MLPerf Tiny v1.1 on an STM32H7A3 in X-CUBE-AI 8.0",
        clock == MEASURED_CLOCK ? OptionalDouble.of(WATTS) : OptionalDouble.empty(),
        clock == MEASURED_CLOCK
            ? "137 mW while it runs, MLPerf Tiny v1.1 on an STM32H7A3"
            : "its power was measured at 280 MHz only",
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
