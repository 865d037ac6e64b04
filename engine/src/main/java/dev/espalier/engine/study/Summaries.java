package dev.espalier.engine.study;

import dev.espalier.engine.EspalierException;
import dev.espalier.engine.Model;
import dev.espalier.engine.Progress;
import dev.espalier.engine.data.Task;
import dev.espalier.engine.graph.Graph;
import dev.espalier.engine.graph.Node;
import dev.espalier.engine.graph.Tensor;
import dev.espalier.engine.measure.Parameters;
import dev.espalier.engine.operator.Operator;
import dev.espalier.engine.operator.Operators;
import dev.espalier.engine.operator.Shapes;
import dev.espalier.engine.prune.CoupledChannels;
import dev.espalier.engine.prune.Heads;
import dev.espalier.engine.prune.Layers;
import dev.espalier.engine.run.Metric;
import dev.espalier.engine.run.ModelFile;
import dev.espalier.engine.run.Operation;
import dev.espalier.engine.run.Result.Cell;
import dev.espalier.engine.run.Result.Column;
import dev.espalier.engine.run.Result.Figure;
import dev.espalier.engine.run.Result.Row;
import dev.espalier.engine.run.Result.TableResult;
import dev.espalier.engine.run.Result.Unit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;

/** What is known of models, as tables. */
final class Summaries {
  private final Measurements measurements;

  Summaries(Measurements measurements) {
    this.measurements = measurements;
  }

  /** The chosen metrics of several models; without a choice, all that are known. */
  TableResult metrics(Operation.Show show, List<Operation.Named> models, Progress progress) {
    List<Metric> metrics =
        show.aspects().isEmpty()
            ? meaningful(models, progress)
            : show.aspects().stream().map(Summaries::metric).toList();
    List<Column> columns = new ArrayList<>();
    columns.add(new Column("model", ""));
    metrics.forEach(m -> columns.add(new Column(m.word(), "")));
    List<Row> rows = new ArrayList<>();
    List<String> notes = new ArrayList<>();
    for (Operation.Named named : models) {
      List<Cell> cells = new ArrayList<>();
      cells.add(
          new Cell.Text(Measurements.label(named.name(), measurements.model(named, progress))));
      for (Metric metric : metrics) {
        boolean withoutData =
            show.aspects().isEmpty() && Measurements.dataOf(named.model()).isEmpty();
        boolean mute =
            show.aspects().isEmpty()
                && measurements.task(named, progress).filter(t -> !metric.speaksOf(t)).isPresent();
        cells.add(
            mute
                ? new Cell.Empty()
                : withoutData
                    ? Measurements.counted(metric, measurements.model(named, progress))
                        .<Cell>map(Cell.Number::new)
                        .orElseGet(Cell.Empty::new)
                    : new Cell.Number(measurements.figure(metric, named, progress)));
      }
      if (show.aspects().isEmpty() && Measurements.dataOf(named.model()).isEmpty()) {
        notes.add(
            named.name()
                + ": loaded from a file, which says nothing of its data; `compare "
                + named.name()
                + " on DATA` measures the rest");
      }
      rows.add(new Row("", cells));
      Model model = measurements.model(named, progress);
      ModelFile.measured(model.graph()).ifPresent(m -> notes.add(named.name() + ": " + m));
      model.stopped().ifPresent(m -> notes.add(named.name() + ": " + m));
      Model.Provenance made = model.provenance();
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

  /** The metrics that say something of one of the models at least. */
  private List<Metric> meaningful(List<Operation.Named> models, Progress progress) {
    List<Task> tasks =
        models.stream().flatMap(m -> measurements.task(m, progress).stream()).toList();
    List<Task> known = tasks.isEmpty() ? List.of(new Task.Classification(List.of())) : tasks;
    return Arrays.stream(Metric.values())
        // Few machines let it be read; it is shown where it is asked for.
        .filter(m -> m != Metric.ENERGY)
        .filter(m -> known.stream().anyMatch(m::speaksOf))
        .toList();
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
    Map<String, String> weights = Layers.weightsByValue(graph);
    Set<String> trained = Set.copyOf(Parameters.names(graph));
    List<Row> rows = new ArrayList<>();
    long allParameters = 0;
    long allNonZero = 0;
    long allMacs = 0;
    for (Node node : graph.nodes()) {
      if (node.operator().equals("DequantizeLinear")) {
        continue; // what it makes is counted where it is used
      }
      long parameters = 0;
      long nonZero = 0;
      long[] kernel = null;
      for (String input : node.inputs()) {
        String weight = weights.get(input);
        if (weight != null && trained.contains(weight)) {
          Tensor tensor = graph.tensor(weight);
          parameters += tensor.size();
          nonZero += tensor.nonZero();
          kernel = kernel == null ? tensor.shape() : kernel;
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
        "Layers of " + Measurements.label(named.name(), measurements.model(named, progress)),
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

  /** Which channels go together, and which have to stay. */
  TableResult coupling(Operation.Named named, Progress progress) {
    Graph graph = measurements.model(named, progress).graph();
    List<Row> rows = new ArrayList<>();
    for (CoupledChannels one : CoupledChannels.of(graph, Heads.NARROWER)) {
      rows.add(
          new Row(
              "",
              List.of(
                  new Cell.Text(some(one.layers())),
                  count(one.count()),
                  count(one.width()),
                  new Cell.Text(one.keeper().isEmpty() ? "may go" : "stay: " + one.keeper()),
                  new Cell.Text(some(one.weights())))));
    }
    return new TableResult(
        "Coupling of " + named.name(),
        List.of(
            new Column("layers", ""),
            new Column("channels", "one by one"),
            new Column("each", "outputs of a layer"),
            new Column("they", ""),
            new Column("slices of", "")),
        rows,
        List.of(),
        List.of(
            "a channel goes with every slice that is coupled to it, or not at all",
            "all figures: exact, derived from the graph"),
        Optional.empty());
  }

  private static String some(List<String> names) {
    String first = names.stream().limit(3).collect(Collectors.joining(", "));
    return names.size() > 3 ? first + " and " + (names.size() - 3) + " more" : first;
  }

  /** The layers of several models side by side: widths, numbers and arithmetic. */
  TableResult layers(List<Operation.Named> models, Progress progress) {
    List<Column> columns = new ArrayList<>(List.of(new Column("layer", "")));
    List<Map<String, LayerCost>> costs = new ArrayList<>();
    for (Operation.Named named : models) {
      costs.add(LayerCost.of(measurements.model(named, progress).graph()));
    }
    List<String> names = LayerOrder.of(costs.stream().map(Map::keySet).toList());
    for (String figure : List.of("outputs", "parameters", "MACs")) {
      models.forEach(m -> columns.add(new Column(figure, m.name())));
    }
    List<Row> rows = new ArrayList<>();
    for (String name : names) {
      List<Cell> cells = new ArrayList<>(List.of(new Cell.Text(name)));
      costs.forEach(c -> cells.add(cell(c.get(name), LayerCost::outputs, Unit.COUNT)));
      costs.forEach(c -> cells.add(cell(c.get(name), LayerCost::parameters, Unit.COUNT)));
      costs.forEach(c -> cells.add(cell(c.get(name), LayerCost::macs, Unit.MACS)));
      rows.add(new Row("", cells));
    }
    List<Cell> sums = new ArrayList<>(List.of(new Cell.Text("all")));
    costs.forEach(c -> sums.add(new Cell.Empty()));
    costs.forEach(c -> sums.add(sum(c, LayerCost::parameters, Unit.COUNT)));
    costs.forEach(c -> sums.add(sum(c, LayerCost::macs, Unit.MACS)));
    rows.add(new Row("all", sums));
    return new TableResult(
        "Layers of " + models.stream().map(Operation.Named::name).collect(Collectors.joining(", ")),
        columns,
        rows,
        List.of(),
        List.of("all figures: exact, counted from the graphs; MACs of one input"),
        Optional.empty());
  }

  private static Cell cell(LayerCost cost, ToLongFunction<LayerCost> figure, Unit unit) {
    return cost == null
        ? new Cell.Empty()
        : new Cell.Number(Figure.exact(figure.applyAsLong(cost), unit));
  }

  private static Cell sum(
      Map<String, LayerCost> costs, ToLongFunction<LayerCost> figure, Unit unit) {
    return new Cell.Number(Figure.exact(costs.values().stream().mapToLong(figure).sum(), unit));
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
