package dev.espalier.dsl.check;

import dev.espalier.dsl.Code;
import dev.espalier.dsl.Span;
import dev.espalier.engine.EspalierException;
import dev.espalier.engine.data.DataSource;
import dev.espalier.engine.graph.Graph;
import dev.espalier.engine.onnx.OnnxFile;
import dev.espalier.engine.run.ModelFile;
import dev.espalier.engine.run.Operation;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** What is in the model files that a program names, as far as they are there. */
final class ModelFiles {
  private static final int LONGEST_LABEL = 160;

  private final Program program;
  private final Map<Operation.FromOnnx, Optional<Graph>> read = new HashMap<>();

  ModelFiles(Program program) {
    this.program = program;
  }

  /**
   * The model as it will be when the program runs; empty when that cannot be known yet, or with the
   * mistake reported, once.
   */
  Optional<Graph> graph(Operation.FromOnnx model, Span span) {
    if (read.containsKey(model)) {
      return read.get(model);
    }
    Optional<Graph> graph = Optional.empty();
    try {
      Optional<long[]> sample = model.data().flatMap(ModelFiles::sample);
      boolean waits =
          model.input().isEmpty() && sample.isEmpty() && OnnxFile.leavesSizeOpen(model.file());
      if (!waits) {
        graph = Optional.of(ModelFile.read(model, sample));
      }
    } catch (EspalierException e) {
      // What a program writes before it reads it is not there yet.
      if (Files.exists(model.file())) {
        report(model, span, e);
      }
    }
    read.put(model, graph);
    return graph;
  }

  private void report(Operation.FromOnnx model, Span span, EspalierException e) {
    String title = e.what() + (e.where().isEmpty() ? "" : " (" + shortened(e.where()) + ")");
    String why = e.why().isEmpty() ? "the file cannot be used" : brief(e.why());
    String fix =
        model.input().isEmpty() || !e.where().contains(", node ")
            ? e.fix()
            : "give another size, or take the file's own";
    if (fix.isEmpty()) {
      program.report(Code.E220, span, title, why);
    } else {
      program.report(Code.E220, span, title, why, fix);
    }
  }

  /** A label stands on one line. */
  private static String brief(String why) {
    int end = why.length() <= LONGEST_LABEL ? -1 : why.lastIndexOf(' ', LONGEST_LABEL);
    return end < 0 ? why : why.substring(0, end) + " …";
  }

  /** Without the folders of the file, which the program's line tells already. */
  private static String shortened(String where) {
    int comma = where.indexOf(", ");
    String file = comma < 0 ? where : where.substring(0, comma);
    return file.substring(file.lastIndexOf('/') + 1) + (comma < 0 ? "" : where.substring(comma));
  }

  /** Whether the data has to say how large the model's input is. */
  boolean isOpen(Operation.FromOnnx model) {
    try {
      return model.input().isEmpty()
          && model.data().isEmpty()
          && Files.exists(model.file())
          && OnnxFile.leavesSizeOpen(model.file());
    } catch (EspalierException e) {
      return false;
    }
  }

  /** The shape of one sample of the data, where that is known without reading it. */
  private static Optional<long[]> sample(Operation data) {
    return data instanceof Operation.LoadData load
        ? load.source().samples().map(s -> s.shape().stream().mapToLong(d -> d).toArray())
        : Optional.empty();
  }

  /** Reports a model that takes other samples than the data's, or knows too few classes. */
  void fits(Operation.FromOnnx model, String shown, Span span, DataSource.Samples samples) {
    Optional<Graph> graph = graph(model, span);
    if (graph.isEmpty()) {
      return;
    }
    long[] taken = ModelFile.sample(graph.get());
    long values = Arrays.stream(taken).reduce(1, Math::multiplyExact);
    long given = samples.shape().stream().reduce(1L, Math::multiplyExact);
    if (values == given && !sameAxes(taken, samples.shape())) {
      List<Long> axes = Arrays.stream(taken).boxed().toList();
      boolean last =
          axes.size() > 1
              && samples.shape().size() == axes.size()
              && axes.get(axes.size() - 1).equals(samples.shape().get(0));
      program.report(
          Code.E218,
          span,
          "`"
              + shown
              + "` takes "
              + text(axes, "×")
              + (last ? ", channels last" : "")
              + ", and the data gives "
              + text(samples.shape(), "×"),
          "the numbers are as many, but in another order",
          last ? "export it channels first" : "export it with an input of the data's shape");
    }
    if (values != given) {
      String title =
          "`"
              + shown
              + "` takes "
              + text(Arrays.stream(taken).boxed().toList(), "×")
              + ", and the data gives "
              + text(samples.shape(), "×");
      if (taken.length == samples.shape().size()) {
        program.report(
            Code.E218,
            span,
            title,
            "where the graph allows it, the input can change",
            "model " + shown + " from … with input " + text(samples.shape(), "x"));
      } else {
        program.report(Code.E218, span, title, "take data of that shape");
      }
    }
    List<Long> output = graph.get().prediction().shape();
    // One logit tells two classes apart.
    boolean one = samples.classes() == 2 && output.size() == 2 && output.get(1) == 1;
    if (output.size() == 2 && output.get(1) < samples.classes() && !one) {
      program.report(
          Code.E218,
          span,
          "`"
              + shown
              + "` tells "
              + output.get(1)
              + " classes apart, and the data has "
              + samples.classes(),
          "its last layer can be replaced",
          "model " + shown + " from … with classes " + samples.classes());
    }
  }

  /** Whether the values stand in the same order: the same axes, but for those of one value. */
  private static boolean sameAxes(long[] taken, List<Long> given) {
    List<Long> wanted = Arrays.stream(taken).filter(d -> d != 1).boxed().toList();
    List<Long> has = given.stream().filter(d -> d != 1).toList();
    return wanted.size() <= 1 || has.size() <= 1 || wanted.equals(has);
  }

  private static String text(List<Long> shape, String between) {
    return shape.stream().map(String::valueOf).collect(Collectors.joining(between));
  }
}
