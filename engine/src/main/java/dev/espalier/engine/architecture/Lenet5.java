package dev.espalier.engine.architecture;

import dev.espalier.engine.architecture.GraphBuilder.Flow;
import dev.espalier.engine.catalog.Kind;
import dev.espalier.engine.catalog.Word;
import dev.espalier.engine.graph.Graph;

/**
 * LeNet-5 as Caffe has it, which Han et al. 2015 and the pruning papers after them use: {@code
 * conv1} 20 filters 5x5, pooling, {@code conv2} 50 filters 5x5, pooling, {@code fc1} 500 units with
 * a rectifier and a place for dropout, {@code fc2}. There is no rectifier after the convolutions.
 */
@Word(
    name = "lenet-5",
    kind = Kind.ARCHITECTURE,
    doc = "the small convolutional network that pruning papers use (Caffe's LeNet-5)",
    source =
        "LeCun, Bottou, Bengio, Haffner 1998; this variant: Caffe's examples/mnist/lenet.prototxt,"
            + " as in Han et al. 2015, arXiv:1506.02626",
    aliases = "lenet")
public record Lenet5() implements Architecture {
  @Override
  public Graph build(long[] input, int outputs) {
    GraphBuilder g = new GraphBuilder("lenet-5", GraphBuilder.Kernels.UNIFORM, input);
    Flow x = g.conv("conv1", g.input(), 20, 5, 1, 0, 1, true);
    x = g.maxPool("pool1", x, 2, 2);
    x = g.conv("conv2", x, 50, 5, 1, 0, 1, true);
    x = g.maxPool("pool2", x, 2, 2);
    x = g.flatten("flatten", x);
    x = g.dense("fc1", x, 500);
    x = g.relu("relu1", x);
    x = g.dropout("dropout1", x, 0);
    return g.build(g.dense("fc2", x, outputs), outputs);
  }

  @Override
  public String describe() {
    return "LeNet-5 as in Caffe: convolutions of 20 and 50 filters, a dense layer of 500 units";
  }
}
