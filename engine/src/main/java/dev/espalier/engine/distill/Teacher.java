package dev.espalier.engine.distill;

import ai.djl.ndarray.NDManager;
import dev.espalier.engine.data.DataSet;
import dev.espalier.engine.graph.Graph;
import dev.espalier.engine.train.Logits;
import dev.espalier.engine.train.Network;
import dev.espalier.engine.train.TorchScript;
import java.nio.file.Path;

/** What a student can learn from. */
public sealed interface Teacher {
  /** Ready to answer samples of the data; the manager owns it. */
  Logits logits(DataSet data, NDManager manager);

  /** A trained graph. */
  record Trained(Graph graph) implements Teacher {
    @Override
    public Logits logits(DataSet data, NDManager manager) {
      return new Network(graph, manager);
    }
  }

  /** A TorchScript program; see {@link TorchScript} for whom to trust. */
  record Script(Path file) implements Teacher {
    @Override
    public Logits logits(DataSet data, NDManager manager) {
      return new TorchScript(file, data, manager);
    }
  }
}
