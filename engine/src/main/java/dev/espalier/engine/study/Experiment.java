package dev.espalier.engine.study;

import dev.espalier.engine.Environment;
import dev.espalier.engine.EspalierException;
import dev.espalier.engine.Model;
import dev.espalier.engine.Progress;
import dev.espalier.engine.WholeFile;
import dev.espalier.engine.architecture.Architecture;
import dev.espalier.engine.data.DataSet;
import dev.espalier.engine.data.DataSource;
import dev.espalier.engine.data.Partition;
import dev.espalier.engine.distill.DistillMethod;
import dev.espalier.engine.onnx.OnnxFile;
import dev.espalier.engine.prune.PruneSpec;
import dev.espalier.engine.quantize.QuantizeSpec;
import dev.espalier.engine.run.Metric;
import dev.espalier.engine.run.Operation;
import dev.espalier.engine.run.Result;
import dev.espalier.engine.run.Runner;
import dev.espalier.engine.run.StatementSettings;
import dev.espalier.engine.run.Store;
import dev.espalier.engine.run.Target;
import dev.espalier.engine.train.TrainSettings;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The engine from plain Java: train, distill, prune, quantize, compare. Every result is kept in a
 * store, so a program that runs again goes straight to what changed.
 *
 * <pre>{@code
 * Experiment lab = Experiment.in(Path.of("store")).seed(7);
 * DataSet glyphs = lab.data("glyphs", Glyphs.standard());
 * Model teacher = lab.train(new Lenet5(), glyphs, TrainSettings.epochs(5));
 * Model small = lab.distill(teacher, Mlp.of(100), glyphs, new SoftTargets(4, 0.9),
 *     TrainSettings.epochs(5));
 * Model tiny = lab.quantize(lab.prune(small, glyphs, PruneSpec.weights(0.5)), glyphs,
 *     QuantizeSpec.int8());
 * }</pre>
 *
 * <p>Not thread-safe.
 */
public final class Experiment {
  private final Execution execution;
  private final Map<Object, Operation> made = new IdentityHashMap<>();
  private Environment environment = Environment.standard();
  private Progress progress = Progress.NONE;
  private int seeds = 1;

  private Experiment(Store store) {
    this.execution = new Execution(new Runner(store));
  }

  /** An experiment over the store in {@code folder}, which is made when it is missing. */
  public static Experiment in(Path folder) {
    return new Experiment(Store.open(folder));
  }

  /** What follows draws its randomness from {@code seed}. */
  public Experiment seed(long seed) {
    environment =
        new Environment(seed, environment.threads(), environment.device(), environment.offline());
    return this;
  }

  /**
   * What {@link #compare(Map)} compares is made so often, each time from the next seed: with at
   * least 3 it can decide between models.
   */
  public Experiment seeds(int number) {
    if (number < 1) {
      throw EspalierException.program(number + " seeds", "compare", "", "give at least 1");
    }
    seeds = number;
    return this;
  }

  /** What follows trains with so many threads; results depend on the number. */
  public Experiment threads(int threads) {
    environment =
        new Environment(environment.seed(), threads, environment.device(), environment.offline());
    return this;
  }

  /** Whether what follows may not download anything. */
  public Experiment offline(boolean forbidden) {
    environment =
        new Environment(environment.seed(), environment.threads(), environment.device(), forbidden);
    return this;
  }

  /** What follows reports to {@code listener} and stops when it says so. */
  public Experiment progress(Progress listener) {
    progress = listener;
    return this;
  }

  /** Loads a data set with the splits its source has. */
  public DataSet data(String name, DataSource source) {
    return data(name, source, Partition.WHOLE);
  }

  /** Loads a data set. */
  public DataSet data(String name, DataSource source, Partition partition) {
    Operation load = new Operation.LoadData(name, source, partition, environment);
    return remember(execution.runner().data(load, progress), load);
  }

  /** Trains a blueprint from its initialisation. */
  public Model train(Architecture architecture, DataSet data, TrainSettings settings) {
    return make(
        new Operation.Train(
            new Operation.Blueprint("", architecture), operation(data), settings, environment));
  }

  /** Trains a model further; pruned weights stay zero. */
  public Model finetune(Model model, DataSet data, TrainSettings settings) {
    return make(new Operation.Finetune(operation(model), operation(data), settings, environment));
  }

  /** Trains a student from a teacher. */
  public Model distill(
      Model teacher,
      Architecture student,
      DataSet data,
      DistillMethod method,
      TrainSettings settings) {
    return make(
        new Operation.Distill(
            List.of(operation(teacher)),
            new Operation.Blueprint("", student),
            operation(data),
            method,
            settings,
            environment));
  }

  /** Trains a student, however it starts, from one teacher or the mean of several. */
  public Model distill(
      Teachers teachers,
      Student student,
      DataSet data,
      DistillMethod method,
      TrainSettings settings) {
    List<Operation> teaching = new ArrayList<>();
    for (Teachers.Teacher teacher : teachers.all()) {
      teaching.add(
          teacher instanceof Teachers.Script script
              ? new Operation.FromTorchScript(
                  String.valueOf(script.file().getFileName()), script.file())
              : operation(((Teachers.Trained) teacher).model()));
    }
    return make(
        new Operation.Distill(
            teaching, start(student), operation(data), method, settings, environment));
  }

  private Operation start(Student student) {
    if (student instanceof Student.Blueprint blueprint) {
      return new Operation.Blueprint("", blueprint.architecture());
    }
    return student instanceof Student.Copy copy
        ? operation(copy.model())
        : new Operation.FreshCopy(operation(((Student.Like) student).model()));
  }

  /** Prunes without training between rounds. */
  public Model prune(Model model, PruneSpec spec) {
    return make(
        new Operation.Prune(
            operation(model), Optional.empty(), spec, TrainSettings.epochs(1), environment));
  }

  /** Prunes; the data serves the finetuning between rounds, if there is any. */
  public Model prune(Model model, DataSet data, PruneSpec spec) {
    return prune(model, data, spec, TrainSettings.epochs(Math.max(1, spec.roundEpochs())));
  }

  /** Prunes, finetuning between rounds with these settings for the epochs of {@code spec}. */
  public Model prune(Model model, DataSet data, PruneSpec spec, TrainSettings settings) {
    if (spec.roundEpochs() == 0) {
      return prune(model, spec);
    }
    return make(
        new Operation.Prune(
            operation(model),
            Optional.of(operation(data)),
            spec,
            settings.withEpochs(spec.roundEpochs()),
            environment));
  }

  /** Quantizes, calibrating on training images. */
  public Model quantize(Model model, DataSet data, QuantizeSpec spec) {
    return make(new Operation.Quantize(operation(model), operation(data), spec, environment));
  }

  /** A model from an ONNX file. */
  public Model onnx(Path file) {
    return make(new Operation.FromOnnx(String.valueOf(file.getFileName()), file));
  }

  /** A model from an ONNX file, with another input size or a fresh last layer. */
  public Model onnx(Path file, StatementSettings.Reading how) {
    return make(reading(file, how));
  }

  /** A model from an ONNX file whose open sizes are those of the data's samples. */
  public Model onnx(Path file, StatementSettings.Reading how, DataSet samples) {
    return make(reading(file, how).on(operation(samples)));
  }

  private Operation.FromOnnx reading(Path file, StatementSettings.Reading how) {
    return new Operation.FromOnnx(
        String.valueOf(file.getFileName()),
        file,
        how.input(),
        how.classes(),
        how.classes() == 0 ? 0 : environment.seed(),
        Optional.empty());
  }

  /** A model with what tables and charts call it. */
  public record Named(String name, Model model) {}

  /** A model with what tables and charts shall call it. */
  public static Named named(String name, Model model) {
    return new Named(name, model);
  }

  private Operation.Named named(Named model) {
    return new Operation.Named(model.name(), operation(model.model()));
  }

  private List<Operation.Named> named(List<Named> models) {
    return models.stream().map(this::named).toList();
  }

  /**
   * Measures models side by side on the test split of the data they were made with.
   *
   * @param metric what decides; empty takes what the models' task is judged by
   */
  public Result.TableResult compare(
      List<Named> models, Optional<Metric> metric, StatementSettings.Comparison how) {
    return compare(models, Optional.empty(), Optional.empty(), metric, how);
  }

  /** The same; models that break a constraint of the target lose. */
  public Result.TableResult compare(
      List<Named> models,
      Target target,
      Optional<Metric> metric,
      StatementSettings.Comparison how) {
    return compare(models, Optional.empty(), Optional.of(target), metric, how);
  }

  /** The same on the test split of other data. */
  public Result.TableResult compare(
      List<Named> models,
      DataSet data,
      Target target,
      Optional<Metric> metric,
      StatementSettings.Comparison how) {
    return compare(models, Optional.of(operation(data)), Optional.of(target), metric, how);
  }

  /** The same on the test split of other data. */
  public Result.TableResult compare(
      List<Named> models, DataSet data, Optional<Metric> metric, StatementSettings.Comparison how) {
    return compare(models, Optional.of(operation(data)), Optional.empty(), metric, how);
  }

  private Result.TableResult compare(
      List<Named> models,
      Optional<Operation> data,
      Optional<Target> target,
      Optional<Metric> metric,
      StatementSettings.Comparison how) {
    Operation compare =
        new Operation.Compare(
            named(models),
            data,
            target,
            metric.map(Metric::word).orElse(""),
            how.controls(),
            how.batch(),
            how.threads(),
            how.seeds(),
            environment);
    return (Result.TableResult) execution.run(compare, "", "", progress);
  }

  /** What data holds: classes, ranges, sizes. */
  public Result.TableResult show(String name, DataSet data) {
    return shown(
        new Operation.Show(
            List.of(), List.of(new Operation.Named(name, operation(data))), environment));
  }

  /**
   * What is known of models.
   *
   * @param aspects words of {@link Metric}, {@code layers} or {@code coupling}; empty for a summary
   */
  public Result.TableResult show(List<String> aspects, List<Named> models) {
    return shown(new Operation.Show(aspects, named(models), environment));
  }

  private Result.TableResult shown(Operation.Show show) {
    return (Result.TableResult) execution.run(show, "", "", progress);
  }

  /**
   * A chart, as data.
   *
   * @param y the word of a {@link dev.espalier.engine.run.Chartable} or of a metric
   * @param x the word of a metric; empty for charts that have their own axis
   */
  public Result.ChartSpec chart(
      String y, Optional<String> x, StatementSettings.Drawing look, List<Named> models) {
    return (Result.ChartSpec)
        execution.run(
            new Operation.Chart(y, x, named(models), look, environment), "", "", progress);
  }

  /** Checks that a figure is at least so much, in the metric's own unit (a fraction, bytes, s). */
  public Result.Check atLeast(Metric metric, Named model, double limit) {
    return expect(metric, model, new Operation.Bound.Limit(true, limit), "at least " + limit);
  }

  /** Checks that a figure is at most so much, in the metric's own unit (a fraction, bytes, s). */
  public Result.Check atMost(Metric metric, Named model, double limit) {
    return expect(metric, model, new Operation.Bound.Limit(false, limit), "at most " + limit);
  }

  /** Checks that a figure is no worse than another model's by more than so much of its unit. */
  public Result.Check within(Metric metric, Named model, double margin, Named other) {
    return expect(
        metric,
        model,
        new Operation.Bound.Within(margin, false, named(other)),
        "within " + margin + " of " + other.name());
  }

  /** Checks that a figure is no worse than another model's by more than this part of it. */
  public Result.Check withinPart(Metric metric, Named model, double part, Named other) {
    return expect(
        metric,
        model,
        new Operation.Bound.Within(part, true, named(other)),
        "within " + part + " times that of " + other.name());
  }

  /**
   * A bound no further from another model's figure than so much: in the metric's own unit (0.01 is
   * one point of accuracy), or as a part of it.
   */
  public Operation.Bound bound(double margin, boolean relative, Named other) {
    return new Operation.Bound.Within(margin, relative, named(other));
  }

  /** Checks everything that a target demands of a model. */
  public Result.Checks meets(Named model, Target target) {
    return (Result.Checks)
        execution.run(
            new Operation.Meets(
                model.name() + " meets " + target.name(), named(model), target, environment),
            "",
            "",
            progress);
  }

  private Result.Check expect(Metric metric, Named model, Operation.Bound bound, String words) {
    return (Result.Check)
        execution.run(
            new Operation.Expect(
                metric.word() + " of " + model.name() + " " + words,
                metric.word(),
                named(model),
                bound,
                environment),
            "",
            "",
            progress);
  }

  /** Measures models side by side with their controls; names in the map's order. */
  public Result.TableResult compare(Map<String, Model> models) {
    List<Named> named = new ArrayList<>();
    new LinkedHashMap<>(models).forEach((name, model) -> named.add(new Named(name, model)));
    return compare(named, Optional.empty(), new StatementSettings.Comparison(true, 1, 1, seeds));
  }

  /** Writes a model as an ONNX file, whole or not at all. */
  public void export(Model model, Path file) {
    OnnxFile.write(model.graph(), file);
  }

  /** Writes a table as CSV, whole or not at all. */
  public void export(Result.TableResult table, Path file) {
    WholeFile.write(file, CsvTable.of(table).getBytes(StandardCharsets.UTF_8));
  }

  private Model make(Operation operation) {
    return remember(execution.runner().model(operation, "", "", progress).model(), operation);
  }

  private <T> T remember(T value, Operation operation) {
    made.put(value, operation);
    return value;
  }

  private Operation operation(Model model) {
    Operation known = made.get(model);
    return known != null ? known : new Operation.Given("", model, model.key());
  }

  private Operation operation(DataSet data) {
    Operation known = made.get(data);
    return known != null ? known : new Operation.Given(data.name(), data, data.fingerprint());
  }
}
