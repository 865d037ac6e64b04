package dev.espalier.engine.device;

/** What the microcontrollers have in common. */
final class Stm32 {
  /**
   * Flash beside the weights. MobileNetV2 0.35 at 144×144 has 736,864 8-bit weights and 7,208
   * 32-bit biases, and takes 857 kB with X-CUBE-AI 7.3.0 (mit-han-lab/tinyengine, README, December
   * 2022, "Flash memory usage", mbv2-w0.35).
   */
  static final long PROGRAM = 857_000 - 736_864 - 4 * 7_208;

  static final String PROGRAM_SOURCE = "91 KB of program and tables as with X-CUBE-AI 7.3";

  private Stm32() {}
}
