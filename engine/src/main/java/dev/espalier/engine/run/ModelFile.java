package dev.espalier.engine.run;

import dev.espalier.engine.EspalierException;
import dev.espalier.engine.graph.Graph;
import dev.espalier.engine.graph.ValueInfo;
import dev.espalier.engine.onnx.OnnxFile;
import dev.espalier.engine.train.Initialization;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Models from ONNX files, with the changes that the program asks for. Needs no native library. */
public final class ModelFile {
  private ModelFile() {}

  /**
   * Reads the model of an operation.
   *
   * @param sample the shape of one sample of the operation's data; empty without data
   * @throws EspalierException naming the file, and the node or the open dimension
   */
  public static Graph read(Operation.FromOnnx model, Optional<long[]> sample) {
    Graph graph;
    if (!model.input().isEmpty()) {
      graph =
          OnnxFile.readWithInput(
              model.file(), model.input().stream().mapToLong(Integer::longValue).toArray());
    } else if (sample.isPresent()) {
      graph = OnnxFile.readFor(model.file(), sample.get());
    } else {
      graph = OnnxFile.read(model.file());
    }
    if (model.classes() == 0) {
      return graph;
    }
    try {
      return Initialization.initialize(Head.replaced(graph, model.classes()), model.seed());
    } catch (EspalierException e) {
      throw EspalierException.program(
          e.what(), model.file() + ", " + e.where(), e.why(), e.fix(), e);
    }
  }

  /** What was changed or chosen when the model was read, in one line; empty when nothing was. */
  static String effect(Operation.FromOnnx model, Graph graph) {
    StringBuilder out = new StringBuilder();
    if (!model.input().isEmpty() || model.data().isPresent()) {
      List<Long> shape = graph.inputs().get(0).shape();
      out.append("input ")
          .append(
              shape.subList(1, shape.size()).stream()
                  .map(String::valueOf)
                  .collect(Collectors.joining("×")));
    }
    if (model.classes() > 0) {
      out.append(out.length() > 0 ? ", " : "")
          .append("fresh last layer of ")
          .append(model.classes())
          .append(" classes");
    }
    measured(graph).ifPresent(m -> out.append(out.length() > 0 ? ", " : "").append(m));
    return out.toString();
  }

  /** Which of several outputs is trained and measured; empty when there is one. */
  public static Optional<String> measured(Graph graph) {
    if (graph.outputs().size() < 2) {
      return Optional.empty();
    }
    return Optional.of(
        "output `"
            + graph.prediction().name()
            + "` is trained and measured; also there: "
            + graph.outputs().stream()
                .map(ValueInfo::name)
                .filter(n -> !n.equals(graph.prediction().name()))
                .map(n -> "`" + n + "`")
                .collect(Collectors.joining(", ")));
  }

  /** The shape of one sample that a model takes. */
  public static long[] sample(Graph graph) {
    long[] shape = graph.inputs().get(0).shape(1);
    return Arrays.copyOfRange(shape, 1, shape.length);
  }
}
