package dev.espalier.engine.quantize;

import java.util.List;

/**
 * How to quantize.
 *
 * @param method where ranges come from
 * @param perChannel one scale a weight's output channel, rather than one a weight
 * @param except layers (or patterns) left in float
 */
public record QuantizeSpec(StaticInt8 method, boolean perChannel, List<String> except) {
  public QuantizeSpec {
    except = List.copyOf(except);
  }

  /** Static, per channel, every convolution and dense layer. */
  public static QuantizeSpec int8() {
    return new QuantizeSpec(new StaticInt8(512, 0.9999), true, List.of());
  }
}
