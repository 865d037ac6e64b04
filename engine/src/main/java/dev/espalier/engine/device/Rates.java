package dev.espalier.engine.device;

/**
 * How long a device takes for a unit of work, by what the work is. A layer's time is the time of
 * its arithmetic, plus that of its memory traffic, plus a fixed overhead: the additive form of a
 * roofline, where arithmetic and traffic do not overlap, as small in-order kernels have it. All in
 * seconds (or cycles, for {@link #slower}).
 *
 * @param convolution3x3 a multiply-accumulate of a 3×3 convolution of stride 1
 * @param convolution one of another convolution
 * @param depthwise one of a depthwise convolution
 * @param dense one of a dense layer
 * @param weight3x3 a byte of weights of a 3×3 convolution of stride 1, which Winograd's algorithm
 *     reads transformed, 64 numbers for 9
 * @param denseWeight a byte of weights of a dense layer
 * @param element a number of activations, read or written
 * @param overhead a layer
 * @param start an input, whatever the model
 */
public record Rates(
    double convolution3x3,
    double convolution,
    double depthwise,
    double dense,
    double weight3x3,
    double denseWeight,
    double element,
    double overhead,
    double start) {

  /** Each so many times as long. */
  public Rates slower(double times) {
    return new Rates(
        convolution3x3 * times,
        convolution * times,
        depthwise * times,
        dense * times,
        weight3x3 * times,
        denseWeight * times,
        element * times,
        overhead * times,
        start * times);
  }

  /** The time of one layer. */
  public double of(Workload.Layer layer) {
    double bytes = layer.weights() * (layer.integers() ? 1.0 : 4.0);
    double own =
        switch (layer.kind()) {
          case CONVOLUTION_3X3 -> layer.macs() * convolution3x3 + bytes * weight3x3;
          case CONVOLUTION -> layer.macs() * convolution;
          case DEPTHWISE -> layer.macs() * depthwise;
          case DENSE -> layer.macs() * dense + bytes * denseWeight;
          case ELEMENTWISE -> 0;
        };
    return own + layer.elements() * element + overhead;
  }
}
