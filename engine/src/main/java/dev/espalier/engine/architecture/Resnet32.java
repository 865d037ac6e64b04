package dev.espalier.engine.architecture;

import dev.espalier.engine.catalog.Kind;
import dev.espalier.engine.catalog.Word;
import dev.espalier.engine.graph.Graph;

/**
 * ResNet-32 for small images, fifteen blocks; see {@link ResidualNetwork}. With shortcuts of option
 * A it would have 464,154 parameters for ten classes, with those of option B it has 466,906.
 */
@Word(
    name = "resnet32",
    kind = Kind.ARCHITECTURE,
    doc = "the residual network of 32 layers for small images",
    source = "He, Zhang, Ren, Sun 2016, arXiv:1512.03385, section 4.2, shortcuts of option B")
public record Resnet32() implements Architecture {
  @Override
  public Graph build(long[] input, int outputs) {
    return ResidualNetwork.small("resnet32", 5, input, outputs);
  }

  @Override
  public String describe() {
    return "ResNet-32 for small images: fifteen residual blocks of 16, 32, 64 filters";
  }
}
