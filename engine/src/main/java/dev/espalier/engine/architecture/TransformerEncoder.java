package dev.espalier.engine.architecture;

import dev.espalier.engine.EspalierException;
import dev.espalier.engine.architecture.GraphBuilder.Flow;
import dev.espalier.engine.graph.Attribute;
import dev.espalier.engine.graph.Graph;
import dev.espalier.engine.graph.Initializer;
import dev.espalier.engine.graph.Tensor;
import java.util.List;
import java.util.Map;

/**
 * What the transformers of the catalog have in common: learnt positions, encoder layers ({@code
 * block1} …) of multi-head attention and a feed-forward network of four times the width, the mean
 * over the tokens and a classifier {@code fc}.
 *
 * <p>A layer is x + attention(norm(x)), then x + fc2(gelu(fc1(norm(x)))): Vaswani et al. 2017
 * (arXiv:1706.03762) with normalisation before instead of behind (Xiong et al. 2020,
 * arXiv:2002.04745) and Gelu as in BERT (Devlin et al. 2018, arXiv:1810.04805). Attention is
 * written by its parts, {@code block1-query}, {@code -key}, {@code -value} and {@code -output}, so
 * that its heads can be seen and pruned. Matrices begin truncated normal with deviation 0.02 and
 * biases at 0, as in BERT.
 */
final class TransformerEncoder {
  /** Features of the hidden layer of the feed-forward network, per feature of a token. */
  private static final int EXPANSION = 4;

  private static final Initializer MATRIX = new Initializer.TruncatedNormal(0.02);
  private static final Initializer BIAS = new Initializer.Constant(0);

  private final GraphBuilder g;
  private final int heads;

  TransformerEncoder(GraphBuilder g, int heads) {
    this.g = g;
    this.heads = heads;
  }

  /**
   * Refuses a width that cannot be divided among the heads.
   *
   * @throws EspalierException naming a width that can
   */
  static void check(String architecture, int width, int heads) {
    if (width % heads != 0) {
      throw EspalierException.program(
          "`" + architecture + "` cannot divide a width of " + width + " among " + heads + " heads",
          "",
          "every head sees as many features",
          "give `width " + (width / heads + 1) * heads + "`, or heads that divide " + width);
    }
  }

  /** Rows of a table [vocabulary, width] for numbers of tokens [tokens]: [tokens, width]. */
  Flow embedding(String layer, Flow tokens, long vocabulary, long width) {
    String table = g.weight(layer, "weight", MATRIX, vocabulary, width);
    return g.node(
        layer,
        "Gather",
        List.of(table, tokens.value()),
        Map.of("axis", new Attribute.Int(0)),
        List.of(tokens.size(), width));
  }

  /**
   * Positions, layers and classifier.
   *
   * @param x [tokens, width]
   */
  Graph classify(Flow x, int depth, int outputs) {
    long tokens = x.shape().get(0);
    long width = x.shape().get(1);
    String positions = g.weight("positions", "weight", MATRIX, 1, tokens, width);
    Flow y = g.node("positions", "Add", List.of(x.value(), positions), Map.of(), x.shape());
    y = g.dropout("dropout", y, 0);
    for (int i = 1; i <= depth; i++) {
      y = layer("block" + i, y);
    }
    y = g.layerNorm("norm", y);
    String axes = g.constant("mean.axes", Tensor.ofLongs(new long[] {1}, 1));
    y =
        g.node(
            "mean",
            "ReduceMean",
            List.of(y.value(), axes),
            Map.of("keepdims", new Attribute.Int(0)),
            List.of(width));
    return g.build(g.dense("fc", y, outputs, MATRIX, BIAS), outputs);
  }

  private Flow layer(String name, Flow x) {
    Flow y = attention(name, g.layerNorm(name + "-norm1", x));
    Flow between = g.add(name + "-add1", x, g.dropout(name + "-dropout1", y, 0));
    y = g.layerNorm(name + "-norm2", between);
    y = g.gelu(name + "-gelu", dense(name + "-fc1", y, y.shape().get(1) * EXPANSION));
    y = dense(name + "-fc2", y, x.shape().get(1));
    return g.add(name + "-add2", between, g.dropout(name + "-dropout2", y, 0));
  }

  /** softmax(q·kᵀ / sqrt(width of a head))·v of every head, side by side, and a matrix on them. */
  private Flow attention(String name, Flow x) {
    long tokens = x.shape().get(0);
    long width = x.shape().get(1);
    Flow query = split(name + "-query", x, 1, 0, 2);
    Flow key = split(name + "-key", x, 1, 2, 0);
    Flow value = split(name + "-value", x, 1, 0, 2);
    String scale =
        g.constant(
            name + "-scale.factor",
            Tensor.ofFloats(new long[0], (float) Math.sqrt((double) heads / width)));
    Flow scaled =
        g.node(name + "-scale", "Mul", List.of(query.value(), scale), Map.of(), query.shape());
    List<Long> square = List.of((long) heads, tokens, tokens);
    Flow scores =
        g.node(name + "-scores", "MatMul", List.of(scaled.value(), key.value()), Map.of(), square);
    Flow shares =
        g.activation(name + "-softmax", "Softmax", scores, Map.of("axis", new Attribute.Int(-1)));
    Flow mixed =
        g.node(
            name + "-mix",
            "MatMul",
            List.of(shares.value(), value.value()),
            Map.of(),
            value.shape());
    Flow together = g.transpose(name + "-together", mixed, 1, 0, 2);
    return dense(name + "-output", g.reshape(name + "-merge", together, tokens, width), width);
  }

  /** A matrix on tokens, its features divided among the heads, axes in a given order. */
  private Flow split(String name, Flow x, int... order) {
    long tokens = x.shape().get(0);
    long width = x.shape().get(1);
    Flow y = dense(name, x, width);
    y = g.reshape(name + "-split", y, tokens, heads, width / heads);
    return g.transpose(name + "-heads", y, order);
  }

  /** A matrix [features, units] and a bias on every token. */
  private Flow dense(String layer, Flow x, long units) {
    long features = x.shape().get(1);
    List<Long> shape = List.of(x.shape().get(0), units);
    String matrix = g.weight(layer, "weight", MATRIX, features, units);
    Flow product = g.node(layer, "MatMul", List.of(x.value(), matrix), Map.of(), shape);
    String bias = g.weight(layer, "bias", BIAS, units);
    return g.node(layer + "-bias", "Add", List.of(product.value(), bias), Map.of(), shape);
  }
}
