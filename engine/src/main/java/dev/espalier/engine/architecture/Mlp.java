package dev.espalier.engine.architecture;

import dev.espalier.engine.EspalierException;
import dev.espalier.engine.architecture.GraphBuilder.Flow;
import dev.espalier.engine.catalog.Kind;
import dev.espalier.engine.catalog.Setting;
import dev.espalier.engine.catalog.Word;
import dev.espalier.engine.graph.Graph;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Dense layers {@code fc1} … {@code fcN} with rectifiers between them and a place for dropout after
 * each; images are flattened first.
 */
@Word(
    name = "mlp",
    kind = Kind.ARCHITECTURE,
    doc = "a multi-layer perceptron: dense layers with rectifiers between them")
public record Mlp(
    @Setting(
            doc = "units of the hidden layers, in order",
            min = 1,
            max = 1_000_000,
            unit = "units",
            rest = true)
        List<Integer> hidden)
    implements Architecture {

  public Mlp {
    hidden = List.copyOf(hidden);
    if (hidden.isEmpty()) {
      throw EspalierException.program(
          "`mlp` needs at least one hidden layer", "", "", "give their units: `mlp(300, 100)`");
    }
  }

  @Override
  public Graph build(long[] input, int outputs) {
    return build("mlp", hidden, input, outputs);
  }

  static Graph build(String name, List<Integer> hidden, long[] input, int outputs) {
    GraphBuilder g = new GraphBuilder(name, GraphBuilder.Kernels.UNIFORM, input);
    Flow x = g.input();
    if (x.isImage()) {
      x = g.flatten("flatten", x);
    }
    for (int i = 0; i < hidden.size(); i++) {
      int n = i + 1;
      x = g.dense("fc" + n, x, hidden.get(i));
      x = g.relu("relu" + n, x);
      x = g.dropout("dropout" + n, x, 0);
    }
    return g.build(g.dense("fc" + (hidden.size() + 1), x, outputs), outputs);
  }

  @Override
  public String describe() {
    return "multi-layer perceptron, hidden layers of "
        + hidden.stream().map(String::valueOf).collect(Collectors.joining(", "))
        + " units";
  }
}
