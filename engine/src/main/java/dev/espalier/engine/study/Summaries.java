package dev.espalier.engine.study;

import dev.espalier.engine.EspalierException;
import dev.espalier.engine.data.DataSet;
import dev.espalier.engine.data.Split;
import dev.espalier.engine.graph.Graph;
import dev.espalier.engine.graph.Node;
import dev.espalier.engine.graph.Tensor;
import dev.espalier.engine.graph.Weight;
import dev.espalier.engine.operator.Operator;
import dev.espalier.engine.operator.Operators;
import dev.espalier.engine.operator.Shapes;
import dev.espalier.engine.run.Metric;
import dev.espalier.engine.run.Model;
import dev.espalier.engine.run.Operation;
import dev.espalier.engine.run.Progress;
import dev.espalier.engine.run.Result.Cell;
import dev.espalier.engine.run.Result.Column;
import dev.espalier.engine.run.Result.Figure;
import dev.espalier.engine.run.Result.Row;
import dev.espalier.engine.run.Result.TableResult;
import dev.espalier.engine.run.Result.Unit;
import dev.espalier.engine.run.Runner;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** What is known of data sets and models, as tables. */
final class Summaries {
  private final Runner runner;
  private final Measurements measurements;

  Summaries(Runner runner, Measurements measurements) {
    this.runner = runner;
    this.measurements = measurements;
  }

  /** Splits and classes of a data set. */
  TableResult data(DataSet data) {
    List<Column> columns = new ArrayList<>();
    columns.add(new Column("split", ""));
    columns.add(new Column("samples", ""));
    boolean few = data.classCount() <= 12;
    if (few) {
      data.classes().forEach(c -> columns.add(new Column(c, "samples")));
    } else {
      columns.add(new Column("smallest class", "samples"));
      columns.add(new Column("largest class", "samples"));
    }
    List<Row> rows = new ArrayList<>();
    Map<String, Split> splits = new java.util.LinkedHashMap<>();
    splits.put("training", data.train());
    splits.put("validation", data.validation());
    splits.put("test", data.test());
    splits.forEach(
        (name, split) -> {
          long[] counts = new long[data.classCount()];
          for (int label : split.labels()) {
            counts[label]++;
          }
          List<Cell> cells = new ArrayList<>();
          cells.add(new Cell.Text(name));
          cells.add(count(split.size()));
          if (few) {
            Arrays.stream(counts).forEach(c -> cells.add(count(c)));
          } else {
            cells.add(count(Arrays.stream(counts).min().orElse(0)));
            cells.add(count(Arrays.stream(counts).max().orElse(0)));
          }
          rows.add(new Row("", cells));
        });
    List<String> notes = new ArrayList<>();
    notes.add(
        "one sample: " + shape(data.shape()) + (data.train().isPixels() ? " pixels" : " numbers"));
    if (!data.augmentations().isEmpty()) {
      notes.add(
          "training samples are changed anew every epoch: "
              + data.augmentations().stream()
                  .map(Object::toString)
                  .collect(Collectors.joining(", ")));
    }
    notes.add("content " + data.fingerprint());
    return new TableResult(
        "Data " + data.name(), columns, rows, List.of(), notes, Optional.empty());
  }

  /** The chosen metrics of several models; without a choice, all that are known. */
  TableResult metrics(Operation.Show show, List<Operation.Named> models, Progress progress) {
    List<Metric> metrics =
        show.aspects().isEmpty()
            ? Arrays.asList(Metric.values())
            : show.aspects().stream().map(Summaries::metric).toList();
    List<Column> columns = new ArrayList<>();
    columns.add(new Column("model", ""));
    metrics.forEach(m -> columns.add(new Column(m.word(), "")));
    List<Row> rows = new ArrayList<>();
    List<String> notes = new ArrayList<>();
    for (Operation.Named named : models) {
      List<Cell> cells = new ArrayList<>();
      cells.add(new Cell.Text(named.name()));
      for (Metric metric : metrics) {
        boolean withoutData =
            show.aspects().isEmpty() && Measurements.dataOf(named.model()).isEmpty();
        cells.add(
            withoutData && metric != Metric.SPARSITY
                ? new Cell.Empty()
                : new Cell.Number(measurements.figure(metric, named, progress)));
      }
      rows.add(new Row("", cells));
      Model.Provenance made = measurements.model(named, progress).provenance();
      if (!made.sentence().isEmpty()) {
        notes.add(named.name() + ": " + made.sentence().strip().replaceAll("\\s+", " "));
      }
    }
    metrics.forEach(m -> notes.add(m.word() + ": " + m.doc()));
    return new TableResult(
        "Summary of "
            + models.stream().map(Operation.Named::name).collect(Collectors.joining(", ")),
        columns,
        rows,
        List.of(),
        notes,
        Optional.empty());
  }

  private static Metric metric(String word) {
    return Metric.find(word)
        .orElseThrow(
            () ->
                EspalierException.program(
                    "`" + word + "` cannot be shown",
                    "show",
                    "",
                    "show one of: layers, "
                        + Arrays.stream(Metric.values())
                            .map(Metric::word)
                            .collect(Collectors.joining(", "))));
  }

  /** Every node with weights: kernel shape, parameters, zeros, output, MACs. */
  TableResult layers(Operation.Named named, Progress progress) {
    Graph graph = measurements.model(named, progress).graph();
    Shapes shapes = Shapes.infer(graph, 1);
    List<Row> rows = new ArrayList<>();
    long allParameters = 0;
    long allNonZero = 0;
    long allMacs = 0;
    for (Node node : graph.nodes()) {
      long parameters = 0;
      long nonZero = 0;
      long[] kernel = null;
      for (String input : node.inputs()) {
        if (graph.weights().get(input) instanceof Weight.Value v && trained(v.tensor())) {
          parameters += v.tensor().size();
          nonZero += v.tensor().nonZero();
          kernel = kernel == null ? v.tensor().shape() : kernel;
        }
      }
      if (kernel == null) {
        continue;
      }
      Operator operator = Operators.of(node);
      long macs =
          operator.macs(
              node, shapes.inputsOf(node), node.outputs().stream().map(shapes::of).toList());
      allParameters += parameters;
      allNonZero += nonZero;
      allMacs += macs;
      rows.add(
          new Row(
              "",
              List.of(
                  new Cell.Text(node.name()),
                  new Cell.Text(node.operator()),
                  new Cell.Text(shape(kernel)),
                  new Cell.Text(shape(withoutBatch(shapes.of(node.output())))),
                  count(parameters),
                  count(nonZero),
                  new Cell.Number(Figure.exact(1 - (double) nonZero / parameters, Unit.FRACTION)),
                  new Cell.Number(Figure.exact(macs, Unit.MACS)))));
    }
    rows.add(
        new Row(
            "all",
            List.of(
                new Cell.Text("all"),
                new Cell.Empty(),
                new Cell.Empty(),
                new Cell.Empty(),
                count(allParameters),
                count(allNonZero),
                new Cell.Number(
                    Figure.exact(
                        1 - (double) allNonZero / Math.max(1, allParameters), Unit.FRACTION)),
                new Cell.Number(Figure.exact(allMacs, Unit.MACS)))));
    return new TableResult(
        "Layers of " + named.name(),
        List.of(
            new Column("layer", ""),
            new Column("operator", ""),
            new Column("kernel", ""),
            new Column("output", ""),
            new Column("parameters", ""),
            new Column("non-zero", ""),
            new Column("zeros", ""),
            new Column("MACs", "1 input")),
        rows,
        List.of(),
        List.of("all figures: exact, counted from the graph"),
        Optional.empty());
  }

  private static boolean trained(Tensor tensor) {
    return tensor.isFloating() || tensor.rank() >= 1 && tensor.type().bytes() <= 4;
  }

  private static long[] withoutBatch(long[] shape) {
    return shape.length == 0 ? shape : Arrays.copyOfRange(shape, 1, shape.length);
  }

  static String shape(long[] shape) {
    return Arrays.stream(shape)
        .mapToObj(d -> String.format(Locale.ROOT, "%d", d))
        .collect(Collectors.joining("×"));
  }

  private static Cell count(long n) {
    return new Cell.Number(Figure.exact(n, Unit.COUNT));
  }
}
