package dev.espalier.engine.study;

import dev.espalier.engine.EspalierException;
import dev.espalier.engine.Model;
import dev.espalier.engine.Progress;
import dev.espalier.engine.data.DataSet;
import dev.espalier.engine.data.Task;
import dev.espalier.engine.measure.Accuracy;
import dev.espalier.engine.measure.Fit;
import dev.espalier.engine.measure.Intervals;
import dev.espalier.engine.measure.Measurement;
import dev.espalier.engine.run.Controls;
import dev.espalier.engine.run.Metric;
import dev.espalier.engine.run.Operation;
import dev.espalier.engine.run.Result.Cell;
import dev.espalier.engine.run.Result.Column;
import dev.espalier.engine.run.Result.Figure;
import dev.espalier.engine.run.Result.FigureKind;
import dev.espalier.engine.run.Result.Row;
import dev.espalier.engine.run.Result.TableResult;
import dev.espalier.engine.run.Result.Unit;
import dev.espalier.engine.run.Result.Verdict;
import dev.espalier.engine.run.Runner;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

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

  /** One measured row; {@code control} is empty for the models that were asked for. */
  private record Entry(
      String name,
      Optional<Controls.Control> control,
      Operation operation,
      Model model,
      Measurement measurement) {}

  private final Runner runner;
  private final Measurements measurements;

  Comparison(Runner runner, Measurements measurements) {
    this.runner = runner;
    this.measurements = measurements;
  }

  TableResult of(Operation.Compare compare, String sentence, Progress progress) {
    if (compare.seeds() > 1) {
      throw EspalierException.program(
          "models over several seeds cannot be compared yet", "compare", "", "seeds 1");
    }
    List<Entry> entries = measure(compare, sentence, progress);
    DataSet data = data(compare, compare.models().get(0), progress);
    Task task = task(entries, data);
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
    List<Metric> metrics = Arrays.stream(COLUMNS).filter(m -> m.speaksOf(task)).toList();
    return new TableResult(
        String.format(
            Locale.ROOT, "Comparison on %s, %,d test samples", data.name(), data.test().size()),
        columns(compare, metrics),
        entries.stream().map(e -> row(e, metrics)).toList(),
        findings(entries, data),
        notes(compare, entries, task),
        Optional.of(verdict(entries, metric)));
  }

  /** The one task that all have. */
  private static Task task(List<Entry> entries, DataSet data) {
    Task first = Task.of(entries.get(0).model().graph(), data);
    for (Entry entry : entries) {
      Task other = Task.of(entry.model().graph(), data);
      if (!other.equals(first)) {
        throw EspalierException.program(
            entries.get(0).name() + " and " + entry.name() + " cannot be compared",
            "compare",
            "the first is " + first.describe() + ", the other " + other.describe(),
            "compare models that do the same");
      }
    }
    return first;
  }

  private List<Entry> measure(Operation.Compare compare, String sentence, Progress progress) {
    List<Entry> entries = new ArrayList<>();
    List<Entry> controls = new ArrayList<>();
    for (Operation.Named named : compare.models()) {
      Model model = runner.model(named.model(), named.name(), sentence, progress).model();
      DataSet data = data(compare, named, progress);
      entries.add(
          new Entry(
              named.name(),
              Optional.empty(),
              named.model(),
              model,
              measurements.of(model, data, compare.batch(), compare.threads(), progress)));
    }
    if (compare.controls()) {
      for (Operation.Named named : compare.models()) {
        for (Controls.Control control : Controls.of(named)) {
          String label = named.name() + ", " + control.label();
          Model model = runner.model(control.operation(), label, sentence, progress).model();
          DataSet data = data(compare, named, progress);
          controls.add(
              new Entry(
                  label,
                  Optional.of(control),
                  control.operation(),
                  model,
                  measurements.of(model, data, compare.batch(), compare.threads(), progress)));
        }
      }
    }
    entries.addAll(controls);
    return entries;
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

  private static List<Column> columns(Operation.Compare compare, List<Metric> metrics) {
    List<Column> columns = new ArrayList<>();
    columns.add(new Column("model", ""));
    for (Metric metric : metrics) {
      columns.add(
          switch (metric) {
            case ACCURACY -> new Column("accuracy", "95% interval");
            case ERRORS -> new Column("errors", "");
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
    columns.add(new Column("latency", "median, " + circumstances));
    columns.add(new Column("p95", circumstances));
    return columns;
  }

  private static Row row(Entry entry, List<Metric> metrics) {
    List<Cell> cells = new ArrayList<>();
    cells.add(new Cell.Text(Measurements.label(entry.name(), entry.model())));
    for (Metric metric : metrics) {
      cells.add(new Cell.Number(Measurements.figure(metric, entry.model(), entry.measurement())));
    }
    cells.add(
        new Cell.Number(
            new Figure(
                entry.measurement().latency().median(),
                Double.NaN,
                Double.NaN,
                Unit.SECONDS,
                FigureKind.MEASURED)));
    cells.add(new Cell.Number(Figure.measured(entry.measurement().latency().p95(), Unit.SECONDS)));
    return new Row(entry.control().isPresent() ? "controls" : "", cells);
  }

  /** Paired differences: of each model to the first, and of each model to its controls. */
  private static List<String> findings(List<Entry> entries, DataSet data) {
    List<String> findings = new ArrayList<>();
    Entry first = entries.get(0);
    for (Entry entry : entries) {
      if (entry != first && entry.control().isEmpty() && comparable(entry, first)) {
        findings.add(
            entry.name()
                + " against "
                + first.name()
                + ": "
                + difference(entry, first, data).text()
                + gains(entry, first));
      }
    }
    for (Entry control : entries) {
      if (control.control().isEmpty()) {
        continue;
      }
      Controls.Control c = control.control().get();
      Entry model =
          entries.stream()
              .filter(e -> e.control().isEmpty() && e.name().equals(c.of()))
              .findFirst()
              .orElseThrow();
      if (comparable(model, control)) {
        Difference d = difference(model, control, data);
        findings.add(
            model.name()
                + " against itself "
                + withArticle(c.label())
                + ": "
                + d.text()
                + ": "
                + d.verdict(c.question()));
      }
    }
    boolean masked =
        entries.stream()
            .anyMatch(
                e ->
                    e.control().isEmpty()
                        && e.measurement().nonZero() < 0.95 * e.measurement().parameters());
    if (masked) {
      findings.add(
          "zeros in dense weights shrink the packed file, not the arithmetic: masked weights are"
              + " 0% faster on a dense runtime");
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

  private static boolean comparable(Entry a, Entry b) {
    return a.measurement().quality().samples() == b.measurement().quality().samples();
  }

  /** What one model is better or worse than another by, as far as the samples tell. */
  private record Difference(
      String text, String gained, String lost, boolean better, boolean worse) {
    /** What the difference says of what is in question. */
    String verdict(String question) {
      if (better) {
        return question + " " + gained;
      }
      return worse ? question + " " + lost : "no gain shown from " + question;
    }
  }

  private static Difference difference(Entry a, Entry b, DataSet data) {
    if (a.measurement().quality() instanceof Accuracy x
        && b.measurement().quality() instanceof Accuracy y) {
      Intervals.Difference d = Intervals.paired(x.correct(), y.correct());
      return new Difference(
          points(d),
          "gained accuracy",
          "cost accuracy",
          d.interval().low() > 0,
          d.interval().high() < 0);
    }
    Fit.Value d =
        Fit.difference(
            (Fit) a.measurement().quality(), (Fit) b.measurement().quality(), data.fingerprint());
    String text =
        String.format(
            Locale.ROOT,
            "mean squared error %+.4g (95%% interval %+.4g to %+.4g)",
            d.value(),
            d.interval().low(),
            d.interval().high());
    return new Difference(
        text,
        "lowered the error",
        "raised the error",
        d.interval().high() < 0,
        d.interval().low() > 0);
  }

  private static String points(Intervals.Difference d) {
    return String.format(
        Locale.ROOT,
        "%+.2f points (95%% interval %+.2f to %+.2f)",
        100 * d.difference(),
        100 * d.interval().low(),
        100 * d.interval().high());
  }

  private static String gains(Entry entry, Entry first) {
    double size = (double) first.measurement().bytes() / entry.measurement().bytes();
    double speed = first.measurement().latency().median() / entry.measurement().latency().median();
    return String.format(
        Locale.ROOT,
        ", %s, %s",
        times(size, "smaller", "larger"),
        times(speed, "faster", "slower"));
  }

  private static String times(double ratio, String gain, String loss) {
    return ratio >= 1
        ? String.format(Locale.ROOT, "%.1f× %s", ratio, gain)
        : String.format(Locale.ROOT, "%.1f× %s", 1 / ratio, loss);
  }

  private static Verdict verdict(List<Entry> entries, Metric metric) {
    List<Entry> models = entries.stream().filter(e -> e.control().isEmpty()).toList();
    if (models.size() < 2) {
      return new Verdict(Optional.empty(), "nothing to choose from");
    }
    Comparator<Entry> order =
        Comparator.comparingDouble(
            e -> Measurements.figure(metric, e.model(), e.measurement()).value());
    Entry best = models.stream().max(metric.higherIsBetter() ? order : order.reversed()).get();
    Figure figure = Measurements.figure(metric, best.model(), best.measurement());
    long ties =
        models.stream()
            .filter(
                e ->
                    Measurements.figure(metric, e.model(), e.measurement()).value()
                        == figure.value())
            .count();
    if (figure.kind() == FigureKind.EXACT && ties == 1) {
      return new Verdict(
          Optional.of(best.name()), best.name() + " is best by " + metric.word() + " (exact)");
    }
    if (figure.kind() == FigureKind.EXACT) {
      return new Verdict(Optional.empty(), "too close to call: equal by " + metric.word());
    }
    return new Verdict(
        Optional.empty(),
        "too close to call by "
            + metric.word()
            + ": one seed, and a verdict needs at least 3; "
            + best.name()
            + " is ahead on this one");
  }

  private static List<String> notes(Operation.Compare compare, List<Entry> entries, Task task) {
    List<String> notes = new ArrayList<>();
    Measurement m = entries.get(0).measurement();
    boolean classes = task instanceof Task.Classification;
    notes.add(
        (classes ? "accuracy and errors" : "mse, mae and r2")
            + ": measured on the test split, in ONNX Runtime on the exported file, at"
            + " the last epoch; selection saw the validation split only");
    notes.add(
        "intervals: "
            + (classes ? "Wilson" : "bootstrap")
            + ", 95%, of the test sample; they do not speak of other seeds");
    notes.add(
        String.format(
            Locale.ROOT,
            "latency: measured here, median and 95th percentile of %d runs or more after warm-up,"
                + " batch %d, %d thread%s",
            Arrays.stream(
                    entries.stream().mapToInt(e -> e.measurement().latency().runs()).toArray())
                .min()
                .orElse(m.latency().runs()),
            compare.batch(),
            compare.threads(),
            compare.threads() == 1 ? "" : "s"));
    notes.add("parameters, sizes, MACs and activations: exact, counted from the exported file");
    for (Entry entry : entries) {
      if (entry.control().isEmpty()) {
        entry
            .model()
            .stopped()
            .ifPresent(
                s ->
                    notes.add(
                        entry.name()
                            + ": "
                            + s
                            + (entry.operation() instanceof Operation.StoppedAfter
                                ? "; this is not what the whole step gives, and it has no controls"
                                : "; that is where it comes from")));
      }
    }
    if (compare.controls() && entries.stream().anyMatch(e -> e.control().isPresent())) {
      notes.add("controls are made with the same settings; `with controls no` leaves them out");
    }
    return notes;
  }
}
