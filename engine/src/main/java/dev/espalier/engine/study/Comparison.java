package dev.espalier.engine.study;

import dev.espalier.engine.EspalierException;
import dev.espalier.engine.Model;
import dev.espalier.engine.Progress;
import dev.espalier.engine.data.DataSet;
import dev.espalier.engine.data.Task;
import dev.espalier.engine.device.Device;
import dev.espalier.engine.graph.Graph;
import dev.espalier.engine.graph.Weight;
import dev.espalier.engine.measure.Accuracy;
import dev.espalier.engine.measure.Estimate;
import dev.espalier.engine.measure.Holm;
import dev.espalier.engine.measure.Measurement;
import dev.espalier.engine.run.Controls;
import dev.espalier.engine.run.Keys;
import dev.espalier.engine.run.Metric;
import dev.espalier.engine.run.Operation;
import dev.espalier.engine.run.Reseeded;
import dev.espalier.engine.run.Result.Cell;
import dev.espalier.engine.run.Result.Column;
import dev.espalier.engine.run.Result.Figure;
import dev.espalier.engine.run.Result.FigureKind;
import dev.espalier.engine.run.Result.Row;
import dev.espalier.engine.run.Result.TableResult;
import dev.espalier.engine.run.Result.Unit;
import dev.espalier.engine.run.Result.Verdict;
import dev.espalier.engine.run.Runner;
import dev.espalier.engine.run.Target;
import dev.espalier.engine.work.Job;
import dev.espalier.engine.work.Jobs;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/** Models side by side on the test split, with their controls and what the figures allow to say. */
final class Comparison {
  private static final Metric[] COLUMNS = {
    Metric.ACCURACY,
    Metric.ERRORS,
    Metric.MSE,
    Metric.MAE,
    Metric.R2,
    Metric.PARAMETERS,
    Metric.NON_ZERO,
    Metric.SIZE,
    Metric.PACKED_SIZE,
    Metric.MACS,
    Metric.MEMORY
  };

  private final Runner runner;
  private final Measurements measurements;

  Comparison(Runner runner, Measurements measurements) {
    this.runner = runner;
    this.measurements = measurements;
  }

  TableResult of(Operation.Compare compare, String sentence, Progress progress) {
    DataSet data = data(compare, compare.models().get(0), progress);
    for (Operation.Named other : compare.models()) {
      requireSameSamples(compare, other, data, progress);
    }
    List<Contestant> all = new Made(compare, sentence, progress).all();
    Task task = task(all, data);
    Metric metric = metric(compare, task);
    Optional<Device> device = compare.target().flatMap(Target::modelled);
    Yardstick yardstick =
        new Yardstick(device, data, model -> measurements.energy(model, data, progress));
    List<Metric> metrics = new ArrayList<>();
    Arrays.stream(COLUMNS)
        .filter(m -> m.speaksOf(task) && !yardstick.isModelled(m))
        .forEach(metrics::add);
    List<Contestant> models = all.stream().filter(c -> !c.isControl()).toList();
    Map<String, Contestant> others = others(compare, models, sentence, progress);
    Judgement judgement = new Judgement(models, others, metric, compare.target(), yardstick);
    List<String> findings = new ArrayList<>(findings(all, yardstick));
    findings.addAll(judgement.findings());
    return new TableResult(
        String.format(
            Locale.ROOT,
            "Comparison on %s, %,d test samples%s",
            data.name(),
            data.test().size(),
            compare.seeds() > 1 ? ", " + compare.seeds() + " seeds" : ""),
        columns(compare, metrics, device),
        all.stream().map(c -> row(c, metrics, yardstick, device)).toList(),
        findings,
        notes(compare, all, task, judgement),
        Optional.of(
            models.size() < 2 && compare.target().isEmpty()
                ? new Verdict(Optional.empty(), "nothing to choose from")
                : judgement.verdict()),
        compare.seeds() > 1
            ? Optional.of(each(compare, all, metrics, yardstick, device))
            : Optional.empty());
  }

  private static Metric metric(Operation.Compare compare, Task task) {
    Metric metric =
        compare.metric().isEmpty()
            ? Metric.standard(task)
            : Metric.find(compare.metric())
                .orElseThrow(
                    () ->
                        EspalierException.program(
                            "`" + compare.metric() + "` is not a metric",
                            "compare",
                            "",
                            "compare … by " + Metric.standard(task).word()));
    if (!metric.speaksOf(task)) {
      throw EspalierException.program(
          "models cannot be compared by " + metric.word() + " here",
          "compare",
          "this is " + task.describe(),
          "compare … by " + Metric.standard(task).word());
    }
    return metric;
  }

  /** The one task that all have. */
  private static Task task(List<Contestant> all, DataSet data) {
    Task first = Task.of(all.get(0).first().model().graph(), data);
    for (Contestant c : all) {
      Task other = Task.of(c.first().model().graph(), data);
      if (!other.equals(first)) {
        throw EspalierException.program(
            all.get(0).name() + " and " + c.name() + " cannot be compared",
            "compare",
            "the first is " + first.describe() + ", the other " + other.describe(),
            "compare models that do the same");
      }
    }
    return first;
  }

  /** Makes and measures the models and their controls, each from every seed. */
  private final class Made {
    private final Operation.Compare compare;
    private final String sentence;
    private final Progress progress;
    private final List<Reseeded> seeds = new ArrayList<>();
    private int done;
    private int total;

    Made(Operation.Compare compare, String sentence, Progress progress) {
      this.compare = compare;
      this.sentence = sentence;
      this.progress = progress;
      for (int s = 0; s < compare.seeds(); s++) {
        seeds.add(new Reseeded(s));
      }
    }

    List<Contestant> all() {
      List<Contestant> all = new ArrayList<>();
      List<Controls.Control> controls =
          compare.controls()
              ? compare.models().stream().flatMap(m -> Controls.of(m).stream()).toList()
              : List.of();
      total = seeds.size() * (compare.models().size() + controls.size());
      if (seeds.size() > 1) {
        compare.models().forEach(this::refuseStopped);
        List<Operation> wanted = new ArrayList<>();
        compare.models().forEach(m -> wanted.add(m.model()));
        controls.forEach(c -> wanted.add(c.operation()));
        makeSideBySide(wanted);
      }
      for (Operation.Named named : compare.models()) {
        all.add(contestant(named, named, Optional.empty()));
      }
      for (Controls.Control control : controls) {
        Operation.Named of =
            compare.models().stream().filter(m -> m.name().equals(control.of())).findFirst().get();
        all.add(
            contestant(
                new Operation.Named(of.name() + ", " + control.label(), control.operation()),
                of,
                Optional.of(control)));
      }
      return all;
    }

    /**
     * All as one progress, several at once where the machine has processors for that. What fails
     * here fails again below.
     */
    private void makeSideBySide(List<Operation> wanted) {
      List<Jobs.Wanted> all = new ArrayList<>();
      for (Operation operation : wanted) {
        for (Reseeded seed : seeds) {
          all.add(new Jobs.Wanted(seed.of(operation), "", Optional.empty()));
        }
      }
      List<Job> jobs = Jobs.of(all, sentence, new Keys(), runner.store()::has);
      if (jobs.size() < 2) {
        return;
      }
      Crew crew = new Crew(runner, "compare");
      if (Crew.most(Crew.threads(jobs)) > 1) {
        crew.work(jobs, 0, Optional.empty(), progress);
      } else {
        crew.workHere(jobs, progress);
      }
    }

    /** One model, or a control of it, on the model's data. */
    Contestant contestant(
        Operation.Named named, Operation.Named of, Optional<Controls.Control> control) {
      DataSet data = data(compare, of, progress);
      List<Contestant.Made> made = new ArrayList<>();
      for (int s = 0; s < seeds.size(); s++) {
        if (s == 1) {
          refuseStopped(named);
        }
        Operation operation = seeds.get(s).of(named.model());
        done++;
        String label =
            seeds.size() == 1
                ? named.name()
                : String.format(
                    Locale.ROOT,
                    "%s, seed %d (%d of %d)",
                    named.name(),
                    seed(compare, s),
                    done,
                    Math.max(done, total));
        Model model = runner.model(operation, label, sentence, progress).model();
        made.add(
            new Contestant.Made(
                operation,
                model,
                measurements.of(model, data, compare.batch(), compare.threads(), progress)));
      }
      return new Contestant(named.name(), control, made);
    }

    /** Where a training was stopped was the user's doing, which no seed repeats. */
    private void refuseStopped(Operation.Named named) {
      for (Operation o = named.model(); o != null; o = Controls.before(o).orElse(null)) {
        if (o instanceof Operation.StoppedAfter) {
          throw EspalierException.program(
              named.name() + " cannot be made from other seeds",
              "compare",
              "its training was stopped before its end",
              "let it end, or compare with seeds 1");
        }
      }
    }
  }

  /** The seed that a program would write for the model of that index. */
  private static long seed(Operation.Compare compare, int index) {
    return (compare.environment().seed() + index) & Long.MAX_VALUE;
  }

  /** What a target's constraints compare with: one of the models, or made besides. */
  private Map<String, Contestant> others(
      Operation.Compare compare, List<Contestant> models, String sentence, Progress progress) {
    Map<String, Contestant> all = new HashMap<>();
    for (Operation.Named other : compare.target().map(Target::others).orElse(List.of())) {
      Optional<Contestant> compared =
          models.stream()
              .filter(m -> runner.key(m.first().operation()).equals(runner.key(other.model())))
              .findFirst();
      all.put(
          other.name(),
          compared.orElseGet(
              () ->
                  new Made(compare, sentence, progress)
                      .contestant(other, other, Optional.empty())));
    }
    return all;
  }

  private DataSet data(Operation.Compare compare, Operation.Named named, Progress progress) {
    Operation operation =
        compare
            .data()
            .or(() -> Measurements.dataOf(named.model()))
            .or(
                () ->
                    compare.models().stream()
                        .flatMap(m -> Measurements.dataOf(m.model()).stream())
                        .findFirst())
            .orElseThrow(
                () ->
                    EspalierException.program(
                        "it is not known on what data to compare " + named.name(),
                        "compare",
                        "no model in it was trained here",
                        "add `on DATA`"));
    return runner.data(operation, progress);
  }

  /** Differences are paired sample by sample: all have to be tested on the same ones. */
  private void requireSameSamples(
      Operation.Compare compare, Operation.Named named, DataSet first, Progress progress) {
    DataSet own = data(compare, named, progress);
    if (own == first || own.test().holdsTheSameAs(first.test())) {
      return;
    }
    String leader = compare.models().get(0).name();
    throw EspalierException.program(
        leader + " and " + named.name() + " would be tested on different samples",
        "compare",
        String.format(
            Locale.ROOT,
            "%s was made with %s (%,d test samples), %s with %s%s (%,d)",
            leader,
            first.name(),
            first.test().size(),
            named.name(),
            own.name().equals(first.name()) ? "other samples of " : "",
            own.name(),
            own.test().size()),
        "say on which data: compare "
            + compare.models().stream().map(Operation.Named::name).collect(Collectors.joining(", "))
            + " on DATA");
  }

  private static List<Column> columns(
      Operation.Compare compare, List<Metric> metrics, Optional<Device> device) {
    boolean means = compare.seeds() > 1;
    List<Column> columns = new ArrayList<>();
    columns.add(new Column("model", ""));
    for (Metric metric : metrics) {
      columns.add(
          switch (metric) {
            case ACCURACY -> new Column("accuracy", "95% interval");
            case ERRORS -> new Column("errors", means ? "mean" : "");
            case MSE, MAE, R2 -> new Column(metric.word(), "95% interval");
            case SIZE -> new Column("size", "ONNX");
            case PACKED_SIZE -> new Column("packed", "gzip");
            case MACS -> new Column("MACs", "1 input");
            case MEMORY -> new Column("activations", "peak, 1 input");
            default -> new Column(metric.word(), "");
          });
    }
    String circumstances =
        "batch "
            + compare.batch()
            + ", "
            + compare.threads()
            + (compare.threads() == 1 ? " thread" : " threads");
    columns.add(
        new Column(device.isPresent() ? "latency here" : "latency", "median, " + circumstances));
    columns.add(new Column(device.isPresent() ? "p95 here" : "p95", circumstances));
    device.ifPresent(
        d -> {
          columns.add(new Column("latency", d.word() + ", 1 input"));
          columns.add(new Column("energy", d.word() + ", 1 input"));
          columns.add(new Column("RAM", d.word()));
          columns.add(new Column("flash", d.word()));
        });
    return columns;
  }

  private static Row row(
      Contestant c, List<Metric> metrics, Yardstick yardstick, Optional<Device> device) {
    List<Cell> cells = new ArrayList<>();
    cells.add(new Cell.Text(Measurements.label(c.name(), c.first().model())));
    for (Metric metric : metrics) {
      Figure f = yardstick.of(metric, c);
      // The interval of the errors is that of the accuracy once more.
      cells.add(
          new Cell.Number(metric == Metric.ERRORS ? Figure.measured(f.value(), f.unit()) : f));
    }
    cells.add(new Cell.Number(latency(c, true)));
    cells.add(new Cell.Number(latency(c, false)));
    if (device.isPresent()) {
      cells.add(modelled(yardstick.of(Metric.LATENCY, c)));
      cells.add(modelled(yardstick.of(Metric.ENERGY, c)));
      cells.add(modelled(yardstick.of(Metric.MEMORY, c)));
      cells.add(
          modelled(
              Yardstick.mean(
                  c.made().stream().mapToDouble(m -> flash(yardstick, m)).toArray(),
                  Unit.BYTES,
                  FigureKind.MODELLED)));
    }
    return new Row(c.isControl() ? "controls" : "", cells);
  }

  private static double flash(Yardstick yardstick, Contestant.Made made) {
    return yardstick.modelled(made).flash().number().orElse(Double.NaN);
  }

  /** What the device's profile does not tell stays empty. */
  private static Cell modelled(Figure figure) {
    return Double.isNaN(figure.value()) ? new Cell.Empty() : new Cell.Number(figure);
  }

  private static Figure latency(Contestant c, boolean median) {
    return Yardstick.mean(
        c.made().stream()
            .map(m -> m.measurement().latency())
            .mapToDouble(l -> median ? l.median() : l.p95())
            .toArray(),
        Unit.SECONDS,
        FigureKind.MEASURED);
  }

  /** One row a model and seed. */
  private static TableResult each(
      Operation.Compare compare,
      List<Contestant> all,
      List<Metric> metrics,
      Yardstick yardstick,
      Optional<Device> device) {
    List<Column> columns = new ArrayList<>(columns(compare, metrics, device));
    columns.add(1, new Column("seed", ""));
    List<Row> rows = new ArrayList<>();
    for (Contestant c : all) {
      for (int s = 0; s < c.seeds(); s++) {
        Row one =
            row(
                new Contestant(c.name(), c.control(), List.of(c.made().get(s))),
                metrics,
                yardstick,
                device);
        List<Cell> cells = new ArrayList<>(one.cells());
        cells.add(1, new Cell.Number(Figure.exact(seed(compare, s), Unit.COUNT)));
        rows.add(new Row(one.group(), cells));
      }
    }
    return new TableResult("Each seed", columns, rows, List.of(), List.of(), Optional.empty());
  }

  /** Paired differences: of each model to the first, and of each model to its controls. */
  private static List<String> findings(List<Contestant> all, Yardstick yardstick) {
    List<String> findings = new ArrayList<>();
    Contestant first = all.get(0);
    for (Contestant c : all) {
      if (c != first && !c.isControl() && Yardstick.comparable(c, first)) {
        findings.add(
            c.name()
                + " against "
                + first.name()
                + ": "
                + new Difference(c, first, yardstick).text()
                + gains(c, first));
      }
    }
    findings.addAll(ofControls(all, yardstick));
    boolean masked =
        all.stream()
            .filter(c -> !c.isControl())
            .map(c -> c.first().measurement())
            .anyMatch(m -> m.nonZero() < 0.95 * m.parameters());
    if (masked) {
      findings.add(
          "zeros in dense weights shrink the packed file, not the arithmetic: masked weights are"
              + " 0% faster on a dense runtime");
    }
    return findings;
  }

  /** What the controls say, all tested together. */
  private static List<String> ofControls(List<Contestant> all, Yardstick yardstick) {
    List<Contestant> controls = new ArrayList<>();
    List<Difference> differences = new ArrayList<>();
    for (Contestant c : all) {
      if (c.isControl()) {
        Contestant model =
            all.stream()
                .filter(m -> !m.isControl() && m.name().equals(c.control().get().of()))
                .findFirst()
                .orElseThrow();
        if (Yardstick.comparable(model, c)) {
          controls.add(c);
          differences.add(new Difference(model, c, yardstick));
        }
      }
    }
    double[] corrected =
        Holm.adjusted(differences.stream().mapToDouble(Difference::pValue).toArray());
    List<String> findings = new ArrayList<>();
    for (int i = 0; i < controls.size(); i++) {
      Controls.Control c = controls.get(i).control().get();
      Difference d = differences.get(i);
      findings.add(
          c.of()
              + " against itself "
              + withArticle(c.label())
              + ": "
              + d.text()
              + ": "
              + d.conclusion(c, corrected[i]));
    }
    return findings;
  }

  private static String withArticle(String label) {
    return switch (label) {
      case "random pruning" -> "pruned at random";
      case "dense, same epochs" -> "left dense for the same epochs";
      case "from scratch" -> "trained from scratch for the same epochs";
      default -> label;
    };
  }

  /** What the control itself did, where the model was not shown better. */
  private static String didAsWell(String label, String how) {
    return switch (label) {
      case "trained alone" -> "trained alone it did " + how;
      case "random pruning" -> "pruning by chance did " + how;
      case "dense, same epochs" -> "the dense model with the same epochs did " + how;
      case "from scratch" -> "training from scratch did " + how;
      default -> label + " did " + how;
    };
  }

  /** What one model's quality is above another's by, over the seeds and samples there are. */
  private static final class Difference {
    private final Figure figure;
    private final Metric metric;
    private final int seeds;
    private final double pValue;

    Difference(Contestant a, Contestant b, Yardstick yardstick) {
      metric = a.first().measurement().quality() instanceof Accuracy ? Metric.ACCURACY : Metric.MSE;
      seeds = a.seeds();
      if (seeds == 1) {
        figure = yardstick.ofSamples(a, b);
        pValue = figure.low() > 0 || figure.high() < 0 ? 0 : 1;
      } else {
        Estimate e = yardstick.difference(metric, a, b);
        figure =
            new Figure(
                e.mean(),
                e.interval().low(),
                e.interval().high(),
                metric.unit(),
                FigureKind.MEASURED);
        pValue = e.pValue(0);
      }
    }

    double pValue() {
      return pValue;
    }

    String text() {
      String number = Wording.difference(metric, figure.value(), figure.low(), figure.high());
      return metric == Metric.ACCURACY ? number : "mean squared error " + number;
    }

    /** What the difference says of what is in question. */
    String conclusion(Controls.Control control, double corrected) {
      boolean higher = metric.higherIsBetter() ? figure.value() > 0 : figure.value() < 0;
      String question = control.question();
      if (corrected < 0.05 && (seeds == 1 || seeds >= Judgement.FEWEST_SEEDS)) {
        String quality =
            metric == Metric.ACCURACY
                ? higher ? " gained accuracy" : " cost accuracy"
                : higher ? " lowered the error" : " raised the error";
        return question
            + quality
            + (higher || seeds == 1 ? "" : ": " + didAsWell(control.label(), "better"));
      }
      return "no gain shown from " + question + (seeds == 1 ? "" : ": " + doubt(control.label()));
    }

    private String doubt(String label) {
      if (seeds < Judgement.FEWEST_SEEDS) {
        return seeds + " seeds are too few to tell";
      }
      return pValue < 0.05
          ? "it may be chance, as many controls as are tested"
          : didAsWell(label, "as well, as far as " + seeds + " seeds tell");
    }
  }

  private static String gains(Contestant c, Contestant first) {
    double size = mean(first, m -> (double) m.bytes()) / mean(c, m -> (double) m.bytes());
    double speed = mean(first, m -> m.latency().median()) / mean(c, m -> m.latency().median());
    return String.format(
        Locale.ROOT,
        ", %s, %s",
        times(size, "smaller", "larger", "as large"),
        sameArithmetic(c, first)
            ? "as fast: the same arithmetic"
            : times(speed, "faster", "slower", "as fast"));
  }

  private static double mean(Contestant c, ToDoubleFunction<Measurement> figure) {
    return c.made().stream()
        .map(Contestant.Made::measurement)
        .mapToDouble(figure)
        .average()
        .orElseThrow();
  }

  /**
   * Whether the two are run alike and differ in what their weights are, as by pruning that only
   * sets weights to zero: what their clocks say is then the machine's unrest.
   */
  private static boolean sameArithmetic(Contestant c, Contestant first) {
    Graph one = c.first().model().graph();
    Graph other = first.first().model().graph();
    return one.nodes().equals(other.nodes())
        && one.inputs().equals(other.inputs())
        && one.weights().keySet().equals(other.weights().keySet())
        && one.weights().entrySet().stream()
            .allMatch(w -> alike(w.getValue(), other.weights().get(w.getKey())));
  }

  private static boolean alike(Weight a, Weight b) {
    return Arrays.equals(a.shape(), b.shape())
        && a instanceof Weight.Value one
        && b instanceof Weight.Value other
        && one.tensor().type() == other.tensor().type();
  }

  private static String times(double ratio, String gain, String loss, String neither) {
    if (Math.max(ratio, 1 / ratio) < 1.05) {
      return neither;
    }
    return ratio >= 1
        ? String.format(Locale.ROOT, "%.1f× %s", ratio, gain)
        : String.format(Locale.ROOT, "%.1f× %s", 1 / ratio, loss);
  }

  private static List<String> notes(
      Operation.Compare compare, List<Contestant> all, Task task, Judgement judgement) {
    List<String> notes = new ArrayList<>();
    boolean classes = task instanceof Task.Classification;
    notes.add(
        (classes ? "accuracy and errors" : "mse, mae and r2")
            + ": measured on the test split, in ONNX Runtime on the exported file, at"
            + " the last epoch; selection saw the validation split only");
    notes.addAll(uncertainty(compare, classes, judgement));
    notes.add(
        String.format(
            Locale.ROOT,
            "latency: measured here, median and 95th percentile of %d runs or more after warm-up,"
                + " batch %d, %d thread%s",
            all.stream()
                .flatMap(c -> c.made().stream())
                .mapToInt(m -> m.measurement().latency().runs())
                .min()
                .orElseThrow(),
            compare.batch(),
            compare.threads(),
            compare.threads() == 1 ? "" : "s"));
    notes.add("parameters, sizes, MACs and activations: exact, counted from the exported file");
    for (Contestant c : all) {
      if (!c.isControl()) {
        c.first()
            .model()
            .stopped()
            .ifPresent(
                s ->
                    notes.add(
                        c.name()
                            + ": "
                            + s
                            + (c.first().operation() instanceof Operation.StoppedAfter
                                ? "; this is not what the whole step gives, and it has no controls"
                                : "; that is where it comes from")));
      }
    }
    if (compare.controls() && all.stream().anyMatch(Contestant::isControl)) {
      notes.add("controls are made with the same settings; `with controls no` leaves them out");
    }
    return notes;
  }

  private static List<String> uncertainty(
      Operation.Compare compare, boolean classes, Judgement judgement) {
    if (compare.seeds() == 1) {
      return List.of(
          "intervals: "
              + (classes ? "Wilson" : "bootstrap")
              + ", 95%, of the test sample; they do not speak of other seeds");
    }
    List<String> notes = new ArrayList<>();
    notes.add(
        String.format(
            Locale.ROOT,
            "seeds: %d to %d; each model, its teachers and its controls are made anew from each, on"
                + " the same data",
            seed(compare, 0),
            seed(compare, compare.seeds() - 1)));
    notes.add(
        "intervals: 95%; "
            + (classes ? "accuracy" : "mse")
            + (classes ? "" : ", and differences of r2")
            + ": over seeds and test samples, crossed; all else: over seeds, Student's t");
    notes.add(
        "differences are paired by seed and sample; "
            + (judgement.pairs() > 0
                ? "the verdict tests "
                    + judgement.pairs()
                    + (judgement.pairs() == 1 ? " pair" : " pairs")
                    + " of models and corrects for that (Holm), "
                : "")
            + "what the controls say is corrected for how many they are (Holm); intervals are not");
    return notes;
  }
}
