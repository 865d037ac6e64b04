package dev.espalier.engine.architecture;

import dev.espalier.engine.EspalierException;
import dev.espalier.engine.architecture.GraphBuilder.Flow;
import dev.espalier.engine.catalog.Kind;
import dev.espalier.engine.catalog.Setting;
import dev.espalier.engine.catalog.Word;
import dev.espalier.engine.data.Task;
import dev.espalier.engine.graph.Graph;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Dense layers {@code encoder1} … {@code encoderN} that narrow to a code and {@code decoder1} …
 * {@code decoderN} that give back the input from it; images are flattened first. Rectifiers are
 * between them, but the code and the output are linear. It learns the network input (scaled as the
 * data says) by its squared error, whatever labels the data has.
 */
@Word(
    name = "autoencoder",
    kind = Kind.ARCHITECTURE,
    doc = "dense layers to a narrow code and back, which learn to give back their input",
    source = "Hinton, Salakhutdinov 2006, Science 313, 504-507; rectifiers instead of sigmoids")
public record Autoencoder(
    @Setting(
            doc = "units of the encoder's layers, the code last",
            preset = "128 32",
            min = 1,
            max = 1_000_000,
            unit = "units",
            rest = true)
        List<Integer> widths)
    implements Architecture {

  public Autoencoder {
    widths = List.copyOf(widths);
    if (widths.isEmpty()) {
      throw EspalierException.program(
          "`autoencoder` needs at least a code", "", "", "give its units: `autoencoder(128, 32)`");
    }
  }

  /** The blueprint; what the data has answers to does not matter, so {@code outputs} is unused. */
  @Override
  public Graph build(long[] input, int outputs) {
    GraphBuilder g = new GraphBuilder("autoencoder", GraphBuilder.Kernels.UNIFORM, input);
    Flow x = g.input();
    int values = Math.toIntExact(x.size());
    if (x.shape().size() > 1) {
      x = g.flatten("flatten", x);
    }
    int layers = widths.size();
    for (int i = 1; i <= layers; i++) {
      x = g.dense("encoder" + i, x, widths.get(i - 1));
      x = i < layers ? g.relu("encoder" + i + "-relu", x) : x;
    }
    for (int i = 1; i < layers; i++) {
      x = g.dense("decoder" + i, x, widths.get(layers - 1 - i));
      x = g.relu("decoder" + i + "-relu", x);
    }
    return g.build(g.dense("decoder" + layers, x, values), values)
        .withMetadata(Task.KEY, Task.RECONSTRUCTION);
  }

  @Override
  public boolean reconstructs() {
    return true;
  }

  @Override
  public String describe() {
    return "autoencoder, encoder of "
        + widths.stream().map(String::valueOf).collect(Collectors.joining(", "))
        + " units; it gives back its input";
  }
}
