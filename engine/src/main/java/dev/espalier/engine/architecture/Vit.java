package dev.espalier.engine.architecture;

import dev.espalier.engine.architecture.GraphBuilder.Flow;
import dev.espalier.engine.catalog.Kind;
import dev.espalier.engine.catalog.Setting;
import dev.espalier.engine.catalog.Word;
import dev.espalier.engine.graph.Graph;

/**
 * A vision transformer: {@code patches}, a convolution that makes a token of every square of the
 * image, then a {@link TransformerEncoder}. The tokens' mean is classified, without a class token,
 * as Beyer, Zhai, Kolesnikov 2022 (arXiv:2205.01580) found better for small ones.
 */
@Word(
    name = "vit",
    kind = Kind.ARCHITECTURE,
    doc = "a vision transformer, pre-norm, with learnt positions and the mean of its tokens",
    source = "Dosovitskiy et al. 2021, arXiv:2010.11929; Beyer et al. 2022, arXiv:2205.01580")
public record Vit(
    @Setting(
            doc = "height and width of the square that makes a token",
            preset = "4",
            min = 1,
            max = 1024,
            unit = "pixels")
        int patch,
    @Setting(doc = "features of a token", preset = "64", min = 1, max = 65_536) int width,
    @Setting(doc = "encoder layers", preset = "6", min = 1, max = 1000, unit = "layers") int depth,
    @Setting(doc = "heads of attention", preset = "4", min = 1, max = 1024) int heads)
    implements Architecture {

  public Vit {
    TransformerEncoder.check("vit", width, heads);
  }

  @Override
  public Graph build(long[] input, int outputs) {
    GraphBuilder g = new GraphBuilder("vit", GraphBuilder.Kernels.UNIFORM, input);
    Flow image = g.input();
    if (!image.isImage()) {
      throw g.misfit(
          "patches", "it reads [channels, height, width] and gets " + image.shape(), "use images");
    }
    if (image.shape().get(1) % patch != 0 || image.shape().get(2) % patch != 0) {
      throw g.misfit(
          "patches",
          "squares of " + patch + " pixels do not cover " + image.shape() + " evenly",
          "give a `patch` that divides height and width");
    }
    Flow x = g.conv("patches", image, width, patch, patch, 0, 1, true);
    long tokens = x.shape().get(1) * x.shape().get(2);
    x = g.transpose("tokens", g.reshape("row", x, width, tokens), 1, 0);
    return new TransformerEncoder(g, heads).classify(x, depth, outputs);
  }

  @Override
  public String describe() {
    return String.format(
        "vision transformer: patches of %d pixels, %d layers of width %d with %d heads",
        patch, depth, width, heads);
  }
}
