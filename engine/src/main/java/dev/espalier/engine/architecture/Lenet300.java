package dev.espalier.engine.architecture;

import dev.espalier.engine.catalog.Kind;
import dev.espalier.engine.catalog.Word;
import dev.espalier.engine.graph.Graph;
import java.util.List;

/** The dense network 300-100 with layers {@code fc1}, {@code fc2}, {@code fc3}. */
@Word(
    name = "lenet-300-100",
    kind = Kind.ARCHITECTURE,
    doc = "the dense network of 300 and 100 units that pruning papers use",
    source =
        "LeCun, Bottou, Bengio, Haffner 1998, Gradient-based learning, section III.C.4;"
            + " rectifiers as in Han et al. 2015, arXiv:1506.02626")
public record Lenet300() implements Architecture {
  @Override
  public Graph build(long[] input, int outputs) {
    return Mlp.build("lenet-300-100", List.of(300, 100), input, outputs);
  }

  @Override
  public String describe() {
    return "dense network, hidden layers of 300, 100 units (LeCun 1998)";
  }
}
