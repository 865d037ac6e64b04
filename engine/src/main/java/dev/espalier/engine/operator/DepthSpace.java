package dev.espalier.engine.operator;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import dev.espalier.engine.graph.Node;
import java.util.List;

/**
 * DepthToSpace: [N, C·b², H, W] → [N, C, H·b, W·b], channels laid out as blocks of b×b positions
 * (Shi et al. 2016, arXiv:1609.05158); and SpaceToDepth, the way back.
 */
final class DepthSpace implements Operator {
  private final boolean toSpace;

  DepthSpace(boolean toSpace) {
    this.toSpace = toSpace;
  }

  @Override
  public String type() {
    return toSpace ? "DepthToSpace" : "SpaceToDepth";
  }

  /**
   * Whether the blocks are the outer part of the channels' numbers: of all but DepthToSpace CRD.
   */
  private boolean blocksFirst(Node node) {
    String mode = node.text("mode", "DCR");
    if (toSpace && !mode.equals("DCR") && !mode.equals("CRD")) {
      throw Refusal.misfit(node, "mode " + mode + " is not in ONNX");
    }
    return !toSpace || mode.equals("DCR");
  }

  @Override
  public List<long[]> shapes(Node node, Inputs inputs) {
    Refusal.given(node, inputs, 1);
    long[] x = inputs.shape(0);
    Refusal.rank(node, x, 4, 4);
    long b = node.integer("blocksize", 0);
    blocksFirst(node);
    if (b < 1 || b > 1 << 15 || (toSpace ? x[1] % (b * b) : x[2] % b + x[3] % b) != 0) {
      throw Refusal.misfit(node, "blocks of " + b + "×" + b + " do not divide " + Refusal.shape(x));
    }
    return List.of(
        toSpace
            ? new long[] {x[0], x[1] / (b * b), x[2] * b, x[3] * b}
            : new long[] {x[0], x[1] * b * b, x[2] / b, x[3] / b});
  }

  @Override
  public NDList compute(Node node, NDList inputs, Pass pass) {
    NDArray x = inputs.get(0);
    long[] s = x.getShape().getShape();
    long b = node.integer("blocksize", 0);
    NDArray y;
    if (!toSpace) {
      y =
          x.reshape(s[0], s[1], s[2] / b, b, s[3] / b, b)
              .transpose(0, 3, 5, 1, 2, 4)
              .reshape(s[0], s[1] * b * b, s[2] / b, s[3] / b);
    } else {
      long c = s[1] / (b * b);
      y =
          blocksFirst(node)
              ? x.reshape(s[0], b, b, c, s[2], s[3]).transpose(0, 3, 4, 1, 5, 2)
              : x.reshape(s[0], c, b, b, s[2], s[3]).transpose(0, 1, 4, 2, 5, 3);
      y = y.reshape(s[0], c, s[2] * b, s[3] * b);
    }
    return Operands.made(y, pass);
  }

  /** A channel goes together with all that its blocks become. */
  @Override
  public void couple(Node node, Inputs inputs, List<long[]> outputs, Ties ties) {
    String deep = toSpace ? node.input(0) : node.output();
    String wide = toSpace ? node.output() : node.input(0);
    int all = (int) (toSpace ? inputs.shape(0) : outputs.get(0))[1];
    int channels = (int) (toSpace ? outputs.get(0) : inputs.shape(0))[1];
    for (int i = 0; i < all; i++) {
      int channel = blocksFirst(node) ? i % channels : i / (all / channels);
      ties.tie(deep, 1, i, wide, 1, channel);
    }
    ties.tie(deep, 0, wide, 0, (int) inputs.shape(0)[0]);
    Axes.freezeFrom(deep, 2, 4, ties);
    Axes.freezeFrom(wide, 2, 4, ties);
  }
}
