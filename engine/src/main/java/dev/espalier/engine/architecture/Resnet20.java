package dev.espalier.engine.architecture;

import dev.espalier.engine.catalog.Kind;
import dev.espalier.engine.catalog.Word;
import dev.espalier.engine.graph.Graph;

/**
 * ResNet-20 for small images, nine blocks; see {@link ResidualNetwork}. With shortcuts of option A
 * it would have 269,722 parameters for ten classes, with those of option B it has 272,474.
 */
@Word(
    name = "resnet20",
    kind = Kind.ARCHITECTURE,
    doc = "the residual network of 20 layers for small images",
    source = "He, Zhang, Ren, Sun 2016, arXiv:1512.03385, section 4.2, shortcuts of option B")
public record Resnet20() implements Architecture {
  @Override
  public Graph build(long[] input, int outputs) {
    return ResidualNetwork.small("resnet20", 3, input, outputs);
  }

  @Override
  public String describe() {
    return "ResNet-20 for small images: nine residual blocks of 16, 32, 64 filters";
  }
}
