package dev.espalier.engine.architecture;

import dev.espalier.engine.catalog.Kind;
import dev.espalier.engine.catalog.Word;
import dev.espalier.engine.graph.Graph;

/**
 * ResNet-56 for small images, 27 blocks; see {@link ResidualNetwork}. With shortcuts of option A it
 * would have 853,018 parameters for ten classes, with those of option B it has 855,770.
 */
@Word(
    name = "resnet56",
    kind = Kind.ARCHITECTURE,
    doc = "the residual network of 56 layers for small images",
    source = "He, Zhang, Ren, Sun 2016, arXiv:1512.03385, section 4.2, shortcuts of option B")
public record Resnet56() implements Architecture {
  @Override
  public Graph build(long[] input, int outputs) {
    return ResidualNetwork.small("resnet56", 9, input, outputs);
  }

  @Override
  public String describe() {
    return "ResNet-56 for small images: 27 residual blocks of 16, 32, 64 filters";
  }
}
