package dev.espalier.engine.study;

import dev.espalier.engine.Environment;
import dev.espalier.engine.Model;
import dev.espalier.engine.Progress;
import dev.espalier.engine.architecture.Architecture;
import dev.espalier.engine.data.DataSet;
import dev.espalier.engine.data.DataSource;
import dev.espalier.engine.data.Partition;
import dev.espalier.engine.distill.DistillMethod;
import dev.espalier.engine.onnx.OnnxFile;
import dev.espalier.engine.prune.PruneSpec;
import dev.espalier.engine.quantize.QuantizeSpec;
import dev.espalier.engine.run.Operation;
import dev.espalier.engine.run.Result;
import dev.espalier.engine.run.Runner;
import dev.espalier.engine.run.Store;
import dev.espalier.engine.train.TrainSettings;
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

  /** What follows trains with so many threads; results depend on the number. */
  public Experiment threads(int threads) {
    environment =
        new Environment(environment.seed(), threads, environment.device(), environment.offline());
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

  /** Prunes; the data serves the finetuning between rounds, if there is any. */
  public Model prune(Model model, DataSet data, PruneSpec spec) {
    return make(
        new Operation.Prune(
            operation(model),
            Optional.of(operation(data)),
            spec,
            TrainSettings.epochs(Math.max(1, spec.roundEpochs())),
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

  /** Measures models side by side with their controls; names in the map's order. */
  public Result.TableResult compare(Map<String, Model> models) {
    List<Operation.Named> named = new ArrayList<>();
    new LinkedHashMap<>(models)
        .forEach((name, model) -> named.add(new Operation.Named(name, operation(model))));
    return (Result.TableResult)
        execution.run(
            new Operation.Compare(named, Optional.empty(), "", true, 1, 1, environment),
            "",
            "",
            progress);
  }

  /** Writes a model as an ONNX file, whole or not at all. */
  public void export(Model model, Path file) {
    OnnxFile.write(model.graph(), file);
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
