package dev.espalier.kernel.render;

import dev.espalier.dsl.Espalier;
import dev.espalier.dsl.Scope;
import dev.espalier.dsl.Source;
import dev.espalier.dsl.Step;
import dev.espalier.engine.Environment;
import dev.espalier.engine.Model;
import dev.espalier.engine.Progress;
import dev.espalier.engine.data.DataSet;
import dev.espalier.engine.data.Split;
import dev.espalier.engine.graph.DataType;
import dev.espalier.engine.graph.Graph;
import dev.espalier.engine.graph.Node;
import dev.espalier.engine.graph.Tensor;
import dev.espalier.engine.graph.ValueInfo;
import dev.espalier.engine.graph.Weight;
import dev.espalier.engine.run.Result;
import dev.espalier.engine.run.Result.Cell;
import dev.espalier.engine.run.Result.ChartSpec;
import dev.espalier.engine.run.Result.ChartSpec.Axis;
import dev.espalier.engine.run.Result.ChartSpec.Series;
import dev.espalier.engine.run.Result.ChartSpec.Style;
import dev.espalier.engine.run.Result.Column;
import dev.espalier.engine.run.Result.Figure;
import dev.espalier.engine.run.Result.FigureKind;
import dev.espalier.engine.run.Result.Row;
import dev.espalier.engine.run.Result.Unit;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;

/** Results of every kind, as a run makes them. */
public final class Samples {
  /** A name that tries to be markup and to steer the terminal. */
  public static final String HOSTILE = "<script>alert('x')</script>\u001b[31m&\"\u202e";

  private Samples() {}

  public static Map<String, Result> all() {
    Map<String, Result> all = new LinkedHashMap<>();
    all.put("note", note());
    all.put("data", data());
    all.put("blueprint", new Result.BlueprintResult("small", "784-30-10, 23,860 weights"));
    all.put("model", model("teacher", false));
    all.put("model-cached", model("teacher", true));
    all.put("comparison", comparison());
    all.put("comparison-of-many", comparisonOfMany());
    all.put("check-passed", check(true));
    all.put("check-failed", check(false));
    all.put("target-missed", checks());
    all.put("search-found-nothing", nothingFound());
    all.put("written", new Result.Written(Path.of("tiny.onnx"), "tiny", 26_614));
    all.put("chart-training", training());
    all.put("chart-size", size());
    all.put("chart-weights", weights());
    all.put("chart-confusion", confusion());
    all.put("chart-sensitivity", sensitivity());
    all.put("chart-widths", widths());
    all.put("chart-sweep", sweep());
    all.put("chart-frontier", frontier());
    all.put("chart-trials", trials(40));
    return all;
  }

  /** Statements in every state in which they are shown. */
  public static Map<String, Stages> statements() {
    Map<String, Stages> all = new LinkedHashMap<>();
    all.put("statement-running", running());
    all.put("statement-first-epoch", firstEpoch());
    all.put("statement-done", done());
    all.put("statement-cached", cached());
    all.put("statement-stopped", stopped());
    all.put("statement-went-on", wentOn());
    all.put("statement-broke", broke());
    return all;
  }

  private static final String CHAIN =
      """
      data signs from glyphs
      train lenet-5 on signs for 6 epochs as teacher
      distill teacher into mlp(30) for 10 epochs as small
        then prune 50%
        then finetune for 3 epochs as slim
        then quantize to int8 as tiny
      """;

  /** The steps of the statement that distils. */
  static List<Step> chain() {
    return Espalier.check(Source.cell(3, CHAIN), Scope.empty(new Environment(1, 1, "cpu", true)))
        .steps()
        .stream()
        .filter(s -> s.pipeline().size() == 4)
        .toList();
  }

  static Progress.Event.EpochEnded ended(String verb, int epoch, int epochs) {
    return new Progress.Event.EpochEnded(
        verb, epochs, new Model.Epoch(verb, epoch, 1.2 / epoch, 1.3 / epoch, 1 - 0.4 / epoch, 1.5));
  }

  private static Stages begun() {
    Stages stages = new Stages();
    stages.begin(chain().get(0));
    stages.on(new Progress.Event.Finished("train", "", true, 0, ""));
    return stages;
  }

  private static Stages distilled(int epochs) {
    Stages stages = begun();
    stages.on(new Progress.Event.Started("distill", "small"));
    stages.on(new Progress.Event.Started("data", "signs"));
    stages.on(new Progress.Event.Finished("data", "signs", false, 0.2, "5,000 training"));
    for (int e = 1; e <= epochs; e++) {
      stages.on(new Progress.Event.Batch("distill", e, 10, 20, 40, 1.3 / e, 12 - e));
      stages.on(ended("distill", e, 10));
    }
    return stages;
  }

  private static Stages running() {
    Stages stages = distilled(10);
    stages.on(new Progress.Event.Finished("distill", "small", false, 14.2, ""));
    stages.on(new Progress.Event.Started("prune", ""));
    stages.on(
        new Progress.Event.Finished(
            "prune", "", false, 0.03, "masked 11,700 of 23,400 weights (50.0%)"));
    stages.on(new Progress.Event.Started("finetune", "slim"));
    stages.on(ended("finetune", 1, 3));
    stages.on(ended("finetune", 2, 3));
    stages.on(new Progress.Event.Batch("finetune", 3, 3, 10, 40, 0.4321, 1.2));
    return stages;
  }

  private static Stages firstEpoch() {
    Stages stages = begun();
    stages.on(new Progress.Event.Started("distill", "small"));
    for (int b = 1; b <= 30; b++) {
      stages.on(new Progress.Event.Batch("distill", 1, 10, b, 40, 2.3 - b / 50.0, 75));
    }
    return stages;
  }

  private static Stages done() {
    Stages stages = running();
    stages.on(ended("finetune", 3, 3));
    stages.on(new Progress.Event.Finished("finetune", "slim", false, 4.4, ""));
    stages.on(new Progress.Event.Started("quantize", "tiny"));
    stages.on(new Progress.Event.Amount("calibrating", 500, 1000));
    stages.on(new Progress.Event.Finished("quantize", "tiny", false, 0.9, ""));
    return stages;
  }

  private static Stages cached() {
    Stages stages = begun();
    Model model = model("small", true).model();
    for (String name : List.of("small", "slim", "tiny")) {
      stages.made(new Result.ModelResult(name, model, true, ""));
    }
    return stages;
  }

  private static Stages stopped() {
    Stages stages = distilled(3);
    stages.on(new Progress.Event.Batch("distill", 4, 10, 5, 40, 0.9, 8));
    stages.on(new Progress.Event.Stopped("distill", "small", 3, 10, 4.9));
    stages.end(
        Stage.State.STOPPED,
        "distill stopped after epoch 3 of 10: `small` is the model as it was then;"
            + " running it again goes on from there. `slim` is not made, `tiny` is not made");
    return stages;
  }

  private static Stages wentOn() {
    Stages stages = begun();
    stages.on(new Progress.Event.Started("distill", "small"));
    stages.on(
        new Progress.Event.Resumed(
            "distill",
            10,
            java.util.stream.IntStream.rangeClosed(1, 3)
                .mapToObj(e -> ended("distill", e, 10).epoch())
                .toList()));
    stages.on(new Progress.Event.Batch("distill", 4, 10, 5, 40, 0.31, 8));
    return stages;
  }

  private static Stages broke() {
    Stages stages = new Stages();
    stages.on(new Progress.Event.Started("train", HOSTILE));
    stages.on(ended("train", 1, 3));
    stages.on(new Progress.Event.Batch("train", 2, 3, 5, 40, 0.9, 8));
    stages.end(Stage.State.BROKE, "");
    return stages;
  }

  public static Result.NoteResult note() {
    return new Result.NoteResult(
        """
        # Distilling on a laptop
        The teacher is *large*; see [the paper](https://arxiv.org/abs/1503.02531).

        - `T = 20` for wide students
        - ![a picture](https://example.org/p.png) <script>alert(1)</script>
        - [bad](javascript:alert(1))
        """);
  }

  public static Result.DataResult data() {
    Split some = Split.ofPixels(784, new byte[784 * 20], new int[20]);
    Split few = Split.ofPixels(784, new byte[784 * 4], new int[4]);
    return new Result.DataResult(
        "digits",
        new DataSet(
            "digits",
            new long[] {1, 28, 28},
            List.of("0", "1", "2", "3", "4", "5", "6", "7", "8", "9"),
            some,
            few,
            few,
            new float[] {1 / 255f},
            new float[] {0},
            List.of(),
            "f"));
  }

  public static Result.ModelResult model(String name, boolean cached) {
    List<Model.Epoch> history = new ArrayList<>();
    for (int e = 1; e <= 3; e++) {
      history.add(new Model.Epoch("train", e, 0.5 / e, 0.4 / e, 0.95 + e * 0.01, 4.2));
    }
    Graph graph =
        new Graph(
            name,
            17,
            List.of(new ValueInfo("x", DataType.FLOAT, List.of(-1L, 2L))),
            List.of(new ValueInfo("y", DataType.FLOAT, List.of(-1L, 1L))),
            List.of(Node.of("fc", "MatMul", List.of("x", "w"), List.of("y"), Map.of())),
            Map.of("w", new Weight.Value(Tensor.ofFloats(new long[] {2, 1}, 1f, 2f))),
            Map.of());
    return new Result.ModelResult(
        name,
        new Model(
            "5a1e00ffee",
            graph,
            history,
            new Model.Provenance(
                "train lenet-5 on digits for 3 epochs as " + name,
                "train(lenet-5, digits, epochs 3, batch 128, optimizer adam(lr 0.001))",
                List.of(),
                Map.of("seed", "1", "threads", "2", "engine", "0.1.0", "cpu", "x86-64"),
                "2026-01-05T10:00:00Z",
                12.6)),
        cached,
        cached ? "" : "61,706 weights");
  }

  public static Result.TableResult comparison() {
    return new Result.TableResult(
        "teacher, tiny",
        List.of(
            new Column("model", ""),
            new Column("accuracy", "test, 95% interval"),
            new Column("errors", "of 10,000"),
            new Column("parameters", ""),
            new Column("non-zero", ""),
            new Column("file", ""),
            new Column("gzip", ""),
            new Column("MACs", "per sample"),
            new Column("peak memory", "activations, batch 1"),
            new Column("latency", "batch 1, 1 thread, p50"),
            new Column("latency", "p95")),
        List.of(
            row("", "teacher", 0.9888, 112, 61_706, 61_706, 247_900, 229_400, 416_520, 105e-6),
            row("", "tiny", 0.9844, 156, 266_610, 133_305, 271_004, 139_211, 266_200, 43e-6),
            row(
                "controls",
                "random pruning",
                0.931,
                690,
                266_610,
                133_305,
                271_004,
                139_950,
                266_200,
                44e-6),
            row(
                "controls",
                "tiny, trained alone",
                0.9783,
                217,
                266_610,
                266_610,
                1_067_120,
                989_000,
                266_200,
                88.4e-6)),
        List.of(
            "tiny is masked: 0% faster on a dense runtime; the file is 75% smaller.",
            "distilling tiny gained 0.61 points over training it alone."),
        List.of("latency: ONNX Runtime 1.29.0, 20 calls to warm up, then 200 timed"),
        Optional.of(
            new Result.Verdict(
                Optional.of("teacher"), "teacher is better by accuracy, by 0.44 points")));
  }

  /** Too many models to stand side by side. */
  public static Result.TableResult comparisonOfMany() {
    Result.TableResult few = comparison();
    List<Row> rows = new ArrayList<>();
    for (String name : List.of("teacher", "distilled", "pruned", "both")) {
      rows.add(named("", name, few.rows().get(rows.size() % 2)));
    }
    for (String name : List.of("pruned", "both")) {
      for (String control : List.of("random pruning", "dense, same epochs", "from scratch")) {
        rows.add(named("controls", name + ", " + control, few.rows().get(2)));
      }
    }
    return new Result.TableResult(
        "teacher, distilled, pruned, both",
        few.columns(),
        rows,
        List.of(),
        List.of(),
        Optional.empty());
  }

  private static Row named(String group, String name, Row row) {
    List<Cell> cells = new ArrayList<>(row.cells());
    cells.set(0, new Cell.Text(name));
    return new Row(group, cells);
  }

  private static Row row(
      String group,
      String name,
      double accuracy,
      int errors,
      int parameters,
      int nonZero,
      int bytes,
      int gzip,
      int macs,
      double latency) {
    return new Row(
        group,
        List.of(
            new Cell.Text(name),
            new Cell.Number(
                new Figure(
                    accuracy,
                    accuracy - 0.0026,
                    accuracy + 0.0024,
                    Unit.FRACTION,
                    FigureKind.MEASURED)),
            new Cell.Number(Figure.measured(errors, Unit.COUNT)),
            new Cell.Number(Figure.exact(parameters, Unit.COUNT)),
            new Cell.Number(Figure.exact(nonZero, Unit.COUNT)),
            new Cell.Number(Figure.exact(bytes, Unit.BYTES)),
            new Cell.Number(Figure.exact(gzip, Unit.BYTES)),
            new Cell.Number(Figure.exact(macs, Unit.MACS)),
            group.isEmpty() ? new Cell.Number(Figure.exact(18_816, Unit.BYTES)) : new Cell.Empty(),
            new Cell.Number(Figure.measured(latency, Unit.SECONDS)),
            new Cell.Number(Figure.measured(latency * 1.31, Unit.SECONDS))));
  }

  public static Result.Checks checks() {
    return new Result.Checks(
        "expect tiny meets mcu",
        List.of(
            check(true),
            new Result.Check(
                "energy at most 2 mJ",
                false,
                Figure.exact(0.002, Unit.JOULES),
                Figure.modelled(0.00345, Unit.JOULES),
                "it misses by 1.450 mJ; to close it: prune channels to about 57% of the MACs"),
            new Result.Check(
                "latency at most 20 ms",
                false,
                Figure.exact(0.02, Unit.SECONDS),
                Figure.modelled(Double.NaN, Unit.SECONDS),
                "fc1 computes in 32-bit floats: quantize to int8")),
        "tiny does not meet mcu: 2 of 3 demands fail, and `latency at most 20 ms` binds");
  }

  /** A search whose trials crowd where the models are small, as they do. */
  public static ChartSpec trials(int count) {
    SplittableRandom random = new SplittableRandom(3);
    List<List<Double>> sizes = List.of(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
    List<List<Double>> accuracies =
        List.of(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
    List<List<String>> numbers = List.of(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
    for (int i = 0; i < count; i++) {
      double size = 9_000 + 240_000 * Math.pow(random.nextDouble(), 3);
      double accuracy = 0.975 - 900 / size - 0.02 * random.nextDouble();
      int which = i % 5 == 4 ? 2 : accuracy < 0.945 ? 1 : 0;
      sizes.get(which).add(size);
      accuracies.get(which).add(which == 2 ? accuracy - 0.04 : accuracy);
      numbers.get(which).add(Integer.toString(i + 1));
    }
    List<Integer> bySize = new ArrayList<>();
    for (int i = 0; i < sizes.get(0).size(); i++) {
      bySize.add(i);
    }
    bySize.sort(Comparator.comparingDouble(sizes.get(0)::get));
    List<Integer> front = new ArrayList<>();
    double best = 0;
    for (int i : bySize) {
      if (accuracies.get(0).get(i) > best) {
        best = accuracies.get(0).get(i);
        front.add(i);
      }
    }
    List<String> names = List.of("keep to all constraints", "break a constraint", "ended early");
    List<Series> series = new ArrayList<>();
    for (int s = 0; s < names.size(); s++) {
      series.add(
          new Series(names.get(s), sizes.get(s), accuracies.get(s), List.of(), numbers.get(s)));
    }
    return new ChartSpec(
        "Trials: accuracy vs size",
        new Axis("size", Unit.BYTES, true),
        new Axis("accuracy (validation)", Unit.FRACTION, false),
        Style.POINTS,
        series,
        Optional.of(
            new Series(
                "frontier",
                front.stream().map(sizes.get(0)::get).toList(),
                front.stream().map(accuracies.get(0)::get).toList(),
                List.of(),
                front.stream().map(numbers.get(0)::get).toList())),
        List.of("numbers are those of the trials"));
  }

  /** A search of two trials that both are too large. */
  public static Result.NothingFound nothingFound() {
    return new Result.NothingFound(
        new Result.TableResult(
            "Search, 2 trials",
            List.of(
                new Column("trial", ""),
                new Column("recipe", ""),
                new Column("size", ""),
                new Column("constraints", ""),
                new Column("outcome", "")),
            List.of(
                trial(1, "prune 50% of channels", 61_200, "ended early"),
                trial(2, "prune 75% of channels, quantize to int8", 12_300, "closest")),
            List.of(),
            List.of("measured on the validation split"),
            Optional.empty()),
        new Result.Checks(
            "none of 2 recipes meets mcu",
            List.of(
                new Result.Check(
                    "size at most 10 KB",
                    false,
                    Figure.exact(10_000, Unit.BYTES),
                    Figure.exact(12_300, Unit.BYTES),
                    "trial 2, on the validation split")),
            "trial 2 came closest (prune 75% of channels, quantize to int8) and misses `size at most"
                + " 10 KB` (12.3 KB) on the validation split; relax to size at most 12.3 KB"));
  }

  private static Row trial(int number, String recipe, double bytes, String outcome) {
    return new Row(
        "",
        List.of(
            new Cell.Number(Figure.exact(number, Unit.COUNT)),
            new Cell.Text(recipe),
            new Cell.Number(Figure.exact(bytes, Unit.BYTES)),
            new Cell.Text("missed: size at most 10 KB"),
            new Cell.Text(outcome)));
  }

  public static Result.Check check(boolean passed) {
    return new Result.Check(
        "accuracy of tiny at least 95%",
        passed,
        Figure.exact(0.95, Unit.FRACTION),
        new Figure(
            passed ? 0.9844 : 0.9412,
            passed ? 0.9818 : 0.9364,
            passed ? 0.9867 : 0.9456,
            Unit.FRACTION,
            FigureKind.MEASURED),
        passed ? "" : "0.88 points short; `prune 98%` (line 4) lost 3.10 of them");
  }

  public static ChartSpec training() {
    List<Series> series = new ArrayList<>();
    for (String name : List.of("teacher", "student, alone", "student, distilled")) {
      List<Double> x = new ArrayList<>();
      List<Double> y = new ArrayList<>();
      SplittableRandom random = new SplittableRandom(name.hashCode());
      for (int e = 1; e <= 12; e++) {
        x.add((double) e);
        y.add(0.99 - 0.06 / e - 0.008 * series.size() + random.nextDouble() * 0.001);
      }
      series.add(new Series(name, x, y, List.of(), List.of()));
    }
    return new ChartSpec(
        "Training curves",
        new Axis("epoch", Unit.COUNT, false),
        new Axis("validation accuracy", Unit.FRACTION, false),
        Style.LINES,
        series,
        List.of("accuracy on the validation split"));
  }

  public static ChartSpec size() {
    return new ChartSpec(
        "Accuracy and size",
        new Axis("file size", Unit.BYTES, true),
        new Axis("accuracy", Unit.FRACTION, false),
        Style.POINTS,
        List.of(
            new Series(
                "models",
                List.of(1_067_000.0, 27_000.0, 271_000.0, 268_000.0),
                List.of(0.9888, 0.9615, 0.9844, 0.9838),
                List.of(0.0021, 0.0037, 0.0025, 0.0025),
                List.of("teacher", "tiny", "student then int8", "student, 50%")),
            new Series(
                "controls",
                List.of(27_100.0, 271_500.0),
                List.of(0.9312, 0.9783),
                List.of(0.005, 0.0029),
                List.of("random pruning", "trained alone"))),
        List.of("bars: 95% intervals"));
  }

  public static ChartSpec weights() {
    List<Series> series = new ArrayList<>();
    for (String name : List.of("dense", "pruned")) {
      List<Double> x = new ArrayList<>();
      List<Double> y = new ArrayList<>();
      for (int b = -30; b <= 30; b++) {
        x.add(b / 100.0);
        double bell = 9000 * Math.exp(-b * b / 180.0);
        boolean cut = name.equals("pruned") && Math.abs(b) < 8 && b != 0;
        y.add(cut ? 0 : name.equals("pruned") && b == 0 ? 133_305 : Math.rint(bell));
      }
      series.add(new Series(name, x, y, List.of(), List.of()));
    }
    return new ChartSpec(
        "Weights of dense, pruned",
        new Axis("weight", Unit.NONE, false),
        new Axis("weights", Unit.COUNT, true),
        Style.HISTOGRAM,
        series,
        List.of());
  }

  public static ChartSpec confusion() {
    List<Series> rows = new ArrayList<>();
    List<String> names = new ArrayList<>();
    List<Double> at = new ArrayList<>();
    SplittableRandom random = new SplittableRandom(5);
    for (int c = 0; c < 10; c++) {
      names.add("digit " + c);
      at.add(c + 1.0);
    }
    for (int c = 0; c < 10; c++) {
      List<Double> y = new ArrayList<>();
      for (int d = 0; d < 10; d++) {
        y.add(c == d ? 950.0 + random.nextInt(60) : random.nextInt(12));
      }
      rows.add(new Series(names.get(c), at, y, List.of(), List.of()));
    }
    return new ChartSpec(
        "Confusion of tiny",
        Axis.of("taken for", names),
        new Axis("is", Unit.COUNT, false),
        Style.MATRIX,
        rows,
        List.of("10,000 test samples"));
  }

  public static ChartSpec sensitivity() {
    List<Series> rows = new ArrayList<>();
    List<String> columns = List.of("0%", "20%", "40%", "60%", "80%", "90%", "95%");
    for (int r = 0; r < 19; r++) {
      List<Double> y = new ArrayList<>();
      for (int c = 0; c < columns.size(); c++) {
        y.add(0.91 - 0.7 * Math.pow(c / 7.0, 2 + r % 5));
      }
      rows.add(
          new Series(
              "layer" + r / 3 + ".conv" + r % 3,
              List.of(0., .2, .4, .6, .8, .9, .95),
              y,
              List.of(),
              List.of()));
    }
    return new ChartSpec(
        "Sensitivity of big",
        Axis.of("weights of the layer pruned", columns),
        new Axis("layer", Unit.FRACTION, false),
        Style.MATRIX,
        rows,
        List.of());
  }

  public static ChartSpec widths() {
    List<String> names = new ArrayList<>();
    List<Double> at = new ArrayList<>();
    List<Double> dense = new ArrayList<>();
    List<Double> slim = new ArrayList<>();
    for (int i = 0; i < 21; i++) {
      names.add("stage" + i / 7 + ".block" + i % 7);
      at.add(i + 1.0);
      dense.add((double) (16 << (i / 7)));
      slim.add(Math.rint((16 << (i / 7)) * (0.4 + 0.03 * (i % 7))));
    }
    return new ChartSpec(
        "Widths of dense, slim",
        Axis.of("layer", names),
        new Axis("channels or units", Unit.COUNT, false),
        Style.LINES,
        List.of(
            new Series("dense", at, dense, List.of(), List.of()),
            new Series("slim", at, slim, List.of(), List.of())),
        List.of());
  }

  public static ChartSpec sweep() {
    List<Series> series = new ArrayList<>();
    for (String name : List.of("magnitude", "random")) {
      List<Double> x = new ArrayList<>();
      List<Double> y = new ArrayList<>();
      List<Double> errors = new ArrayList<>();
      for (int i = 0; i < 6; i++) {
        x.add(0.5 + 0.09 * i);
        y.add(0.985 - 0.004 * i * i * (name.equals("random") ? 2.5 : 1));
        errors.add(0.002 + 0.003 * i);
      }
      series.add(new Series(name, x, y, errors, List.of()));
    }
    return new ChartSpec(
        "Accuracy against amount",
        new Axis("amount", Unit.FRACTION, false),
        new Axis("validation accuracy", Unit.FRACTION, false),
        Style.LINES,
        series,
        List.of("bands: 95% intervals of the mean over 5 seeds"));
  }

  public static ChartSpec frontier() {
    ChartSpec size = size();
    return new ChartSpec(
        size.title(),
        size.x(),
        size.y(),
        size.style(),
        size.series(),
        Optional.of(
            new Series(
                "not beaten in both",
                List.of(27_000.0, 268_000.0, 271_000.0, 1_067_000.0),
                List.of(0.9615, 0.9838, 0.9844, 0.9888),
                List.of(),
                List.of())),
        size.notes());
  }
}
