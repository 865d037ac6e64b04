package dev.espalier.engine.architecture;

import dev.espalier.engine.architecture.GraphBuilder.Flow;
import dev.espalier.engine.catalog.Kind;
import dev.espalier.engine.catalog.Setting;
import dev.espalier.engine.catalog.Word;
import dev.espalier.engine.graph.DataType;
import dev.espalier.engine.graph.Graph;

/**
 * A classifier of texts of one length, given as numbers of tokens from 0: a table of embeddings
 * {@code embedding}, then a {@link TransformerEncoder}. Every position counts in the mean, those
 * filled up with a padding token too.
 */
@Word(
    name = "text-classifier",
    kind = Kind.ARCHITECTURE,
    doc = "a transformer encoder on numbers of tokens, and the mean of its tokens",
    source =
        "Vaswani et al. 2017, arXiv:1706.03762; pre-norm as in Xiong et al. 2020, arXiv:2002.04745")
public record TextClassifier(
    @Setting(
            doc = "how many different tokens there are",
            min = 1,
            max = 10_000_000,
            unit = "tokens")
        int vocabulary,
    @Setting(doc = "features of a token", preset = "64", min = 1, max = 65_536) int width,
    @Setting(doc = "encoder layers", preset = "2", min = 1, max = 1000, unit = "layers") int depth,
    @Setting(doc = "heads of attention", preset = "4", min = 1, max = 1024) int heads)
    implements Architecture {

  public TextClassifier {
    TransformerEncoder.check("text-classifier", width, heads);
  }

  @Override
  public Graph build(long[] input, int outputs) {
    GraphBuilder g =
        new GraphBuilder("text-classifier", GraphBuilder.Kernels.UNIFORM, DataType.INT64, input);
    Flow tokens = g.input();
    if (tokens.shape().size() != 1) {
      throw g.misfit(
          "embedding",
          "it reads [tokens] and gets " + tokens.shape(),
          "give a table whose columns are numbers of tokens");
    }
    TransformerEncoder encoder = new TransformerEncoder(g, heads);
    Flow x = encoder.embedding("embedding", tokens, vocabulary, width);
    return encoder.classify(x, depth, outputs);
  }

  @Override
  public String describe() {
    return String.format(
        "text classifier: %,d tokens, %d transformer layers of width %d with %d heads",
        vocabulary, depth, width, heads);
  }
}
