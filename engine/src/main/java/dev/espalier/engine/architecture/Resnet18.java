package dev.espalier.engine.architecture;

import dev.espalier.engine.architecture.GraphBuilder.Flow;
import dev.espalier.engine.catalog.Kind;
import dev.espalier.engine.catalog.Word;
import dev.espalier.engine.graph.Graph;

/**
 * ResNet-18: eight blocks in stages of 64, 128, 256 and 512 filters; see {@link ResidualNetwork}.
 *
 * <p>Images at least 128 pixels wide go through the stem of the paper: {@code conv1} of 7x7 in
 * steps of 2, then {@code pool1}, the largest of 3x3 in steps of 2. On smaller images that would
 * leave nothing to look at, so {@code conv1} is 3x3 in steps of 1 and nothing is pooled, as is
 * customary on CIFAR.
 */
@Word(
    name = "resnet18",
    kind = Kind.ARCHITECTURE,
    doc = "the residual network of 18 layers; a 3x3 stem below 128 pixels of width",
    source = "He, Zhang, Ren, Sun 2016, arXiv:1512.03385, table 1")
public record Resnet18() implements Architecture {
  /** The width of images from which on the stem of ImageNet's networks divides them by four. */
  static final int LARGE = 128;

  @Override
  public Graph build(long[] input, int outputs) {
    GraphBuilder g = new GraphBuilder("resnet18", GraphBuilder.Kernels.HE_NORMAL, input);
    boolean large = isLarge(g.input());
    Flow x =
        large
            ? g.conv("conv1", g.input(), 64, 7, 2, 3, 1, false)
            : g.conv("conv1", g.input(), 64, 3, 1, 1, 1, false);
    x = g.relu("relu1", g.batchNorm("bn1", x));
    if (large) {
      x = g.maxPool("pool1", x, 3, 2, 1);
    }
    return ResidualNetwork.staged(g, x, 2, outputs, 64, 128, 256, 512);
  }

  static boolean isLarge(Flow image) {
    return image.isImage() && image.shape().get(2) >= LARGE;
  }

  @Override
  public String describe() {
    return "ResNet-18: eight residual blocks of 64, 128, 256, 512 filters; 7x7 stem with pooling"
        + " for images at least 128 pixels wide, else 3x3";
  }
}
