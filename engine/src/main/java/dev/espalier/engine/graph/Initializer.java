package dev.espalier.engine.graph;

/** How a blueprint's weight gets its first values from the seed. */
public sealed interface Initializer {
  /**
   * Uniform in ±gain·sqrt(3 / fan), He et al. 2015 (arXiv:1502.01852) eq. 10 for gain sqrt(2);
   * PyTorch's default for dense and convolution kernels is gain sqrt(1/3).
   *
   * @param fanIn number of inputs that feed one unit
   */
  record KaimingUniform(long fanIn, double gain) implements Initializer {}

  /** Normal with standard deviation gain / sqrt(fan), He et al. 2015 eq. 10. */
  record KaimingNormal(long fan, double gain) implements Initializer {}

  /** Normal with mean 0. */
  record Normal(double deviation) implements Initializer {}

  /**
   * Normal with mean 0, drawn again where it lies beyond two deviations; 0.02 in transformers
   * (Devlin et al. 2018, arXiv:1810.04805).
   *
   * @param deviation of the normal distribution before it is cut
   */
  record TruncatedNormal(double deviation) implements Initializer {}

  /** Uniform in ±bound. */
  record Uniform(double bound) implements Initializer {}

  /** One value everywhere. */
  record Constant(double value) implements Initializer {}
}
