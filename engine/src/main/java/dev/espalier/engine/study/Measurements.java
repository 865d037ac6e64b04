package dev.espalier.engine.study;

import dev.espalier.engine.EspalierException;
import dev.espalier.engine.Model;
import dev.espalier.engine.Progress;
import dev.espalier.engine.data.DataSet;
import dev.espalier.engine.data.Task;
import dev.espalier.engine.device.EnergyCounter;
import dev.espalier.engine.device.EnergyMeasurement;
import dev.espalier.engine.graph.Graph;
import dev.espalier.engine.measure.Accuracy;
import dev.espalier.engine.measure.Fit;
import dev.espalier.engine.measure.Measurement;
import dev.espalier.engine.measure.Parameters;
import dev.espalier.engine.measure.Runtime;
import dev.espalier.engine.onnx.OnnxFile;
import dev.espalier.engine.operator.Cost;
import dev.espalier.engine.prune.LayerRow;
import dev.espalier.engine.run.Metric;
import dev.espalier.engine.run.Operation;
import dev.espalier.engine.run.Result.Figure;
import dev.espalier.engine.run.Result.FigureKind;
import dev.espalier.engine.run.Result.Unit;
import dev.espalier.engine.run.Runner;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Measures models on the test split of their data, each once. */
final class Measurements {
  private static final int BATCH = 1;
  private static final int THREADS = 1;

  /** The counters move some thousand times a second. */
  private static final Duration ENERGY_BUDGET = Duration.ofSeconds(2);

  private final Runner runner;
  private final Map<String, Measurement> known = new HashMap<>();
  private final Map<String, Double> energies = new HashMap<>();

  Measurements(Runner runner) {
    this.runner = runner;
  }

  Model model(Operation.Named subject, Progress progress) {
    return runner.model(subject.model(), subject.name(), "", progress).model();
  }

  /** A model's name in tables and charts: one whose training was stopped is told apart there. */
  static String label(String name, Model model) {
    return model.stopped().isPresent() ? name + " (stopped)" : name;
  }

  /** The model's figures on {@code data}'s test split, latency with that batch and threads. */
  Measurement of(Model model, DataSet data, int batch, int threads, Progress progress) {
    String key = model.key() + " " + data.fingerprint() + " " + batch + " " + threads;
    Measurement measurement = known.get(key);
    if (measurement == null) {
      progress.check();
      measurement = Measurement.of(model.graph(), data, batch, threads, progress);
      known.put(key, measurement);
    }
    return measurement;
  }

  /** The model's figures on that data as they are unless it is said: batch 1, one thread. */
  Measurement of(Model model, DataSet data, Progress progress) {
    return of(model, data, BATCH, THREADS, progress);
  }

  /**
   * The data a model was made with.
   *
   * @param wanted what needs it
   * @throws EspalierException when that is not known
   */
  DataSet data(Operation.Named subject, String wanted, Progress progress) {
    return dataOf(subject.model())
        .map(d -> runner.data(d, progress))
        .orElseThrow(
            () ->
                EspalierException.program(
                    wanted + " of " + subject.name() + " needs data to run on",
                    subject.name(),
                    "the model was loaded from a file, which says nothing of its data",
                    "finetune it on data first, or compare it: compare "
                        + subject.name()
                        + ", … on DATA"));
  }

  /**
   * One figure of a model, on its own data.
   *
   * @throws EspalierException when it needs test images and the model's data is not known
   */
  Figure figure(Metric metric, Operation.Named subject, Progress progress) {
    Model model = model(subject, progress);
    Optional<Operation> data = dataOf(subject.model());
    if (data.isEmpty()) {
      Optional<Figure> counted = counted(metric, model);
      if (counted.isPresent()) {
        return counted.get();
      }
      throw EspalierException.program(
          metric.word() + " of " + subject.name() + " needs data to run on",
          subject.name(),
          "the model was loaded from a file, which says nothing of its data",
          "compare it on a data set: compare " + subject.name() + ", … on DATA");
    }
    DataSet samples = runner.data(data.get(), progress);
    return metric == Metric.ENERGY
        ? energy(model, samples, progress)
        : figure(metric, model, of(model, samples, BATCH, THREADS, progress));
  }

  /** What the graph alone tells; empty for what has to be run on samples. */
  static Optional<Figure> counted(Metric metric, Model model) {
    Graph graph = model.graph();
    return Optional.ofNullable(
        switch (metric) {
          case PARAMETERS -> Figure.exact(Parameters.count(graph), Unit.COUNT);
          case NON_ZERO -> Figure.exact(Parameters.nonZero(graph), Unit.COUNT);
          case SPARSITY -> Figure.exact(LayerRow.sparsity(graph), Unit.FRACTION);
          case SIZE -> Figure.exact(OnnxFile.encode(graph).length, Unit.BYTES);
          case PACKED_SIZE ->
              Figure.exact(Measurement.gzipBytes(OnnxFile.encode(graph)), Unit.BYTES);
          case MACS -> Figure.exact(Cost.macs(graph), Unit.MACS);
          case MEMORY -> Figure.exact(Cost.peakActivationBytes(graph, 1), Unit.BYTES);
          case ACCURACY, ERRORS, MSE, MAE, R2, LATENCY, ENERGY -> null;
        });
  }

  /** Joules for one input, by the processor's counters; each model is measured once. */
  Figure energy(Model model, DataSet data, Progress progress) {
    Double joules = energies.get(model.key());
    if (joules == null) {
      EnergyCounter counter = EnergyCounter.system();
      float[] sample = new float[data.width()];
      data.read(data.test(), 0, sample, 0);
      try (Runtime runtime = Runtime.of(model.graph(), THREADS)) {
        joules =
            EnergyMeasurement.of(counter, () -> runtime.run(sample, BATCH), ENERGY_BUDGET, progress)
                .joules();
      }
      energies.put(model.key(), joules);
    }
    return Figure.measured(joules, Unit.JOULES);
  }

  static Figure figure(Metric metric, Model model, Measurement m) {
    return switch (metric) {
      case ACCURACY ->
          new Figure(
              accuracy(metric, m).fraction(),
              accuracy(metric, m).interval().low(),
              accuracy(metric, m).interval().high(),
              Unit.FRACTION,
              FigureKind.MEASURED);
      case ERRORS -> Figure.measured(accuracy(metric, m).errors(), Unit.COUNT);
      case MSE -> figure(fit(metric, m).mse());
      case MAE -> figure(fit(metric, m).mae());
      case R2 -> figure(fit(metric, m).r2());
      case PARAMETERS -> Figure.exact(m.parameters(), Unit.COUNT);
      case NON_ZERO -> Figure.exact(m.nonZero(), Unit.COUNT);
      case SPARSITY -> Figure.exact(LayerRow.sparsity(model.graph()), Unit.FRACTION);
      case SIZE -> Figure.exact(m.bytes(), Unit.BYTES);
      case PACKED_SIZE -> Figure.exact(m.gzipBytes(), Unit.BYTES);
      case MACS -> Figure.exact(m.macs(), Unit.MACS);
      case MEMORY -> Figure.exact(m.peakActivationBytes(), Unit.BYTES);
      case LATENCY -> Figure.measured(m.latency().median(), Unit.SECONDS);
      case ENERGY -> throw new IllegalArgumentException("energy is measured by itself");
    };
  }

  private static Figure figure(Fit.Value v) {
    return new Figure(
        v.value(), v.interval().low(), v.interval().high(), Unit.NONE, FigureKind.MEASURED);
  }

  private static Accuracy accuracy(Metric metric, Measurement m) {
    if (m.quality() instanceof Accuracy accuracy) {
      return accuracy;
    }
    throw EspalierException.program(
        metric.word() + " has no meaning for this model",
        "",
        "it gives quantities, not classes",
        "use mse, mae or r2");
  }

  private static Fit fit(Metric metric, Measurement m) {
    if (m.quality() instanceof Fit fit) {
      return fit;
    }
    throw EspalierException.program(
        metric.word() + " has no meaning for this model",
        "",
        "it tells classes apart, and gives no quantities",
        "use accuracy or errors");
  }

  /** The task of a model on the data it was made with; empty when that is not known. */
  Optional<Task> task(Operation.Named subject, Progress progress) {
    return dataOf(subject.model())
        .map(d -> Task.of(model(subject, progress).graph(), runner.data(d, progress)));
  }

  /** The data a model was made with: its last step's, else that of the model it came from. */
  static Optional<Operation> dataOf(Operation operation) {
    if (operation instanceof Operation.Train t) {
      return Optional.of(t.data());
    }
    if (operation instanceof Operation.Finetune f) {
      return Optional.of(f.data());
    }
    if (operation instanceof Operation.Distill d) {
      return Optional.of(d.data());
    }
    if (operation instanceof Operation.Quantize q) {
      return Optional.of(q.data());
    }
    if (operation instanceof Operation.Prune p) {
      return p.data().or(() -> dataOf(p.model()));
    }
    if (operation instanceof Operation.Search s) {
      return Optional.of(s.data());
    }
    if (operation instanceof Operation.StoppedAfter s) {
      return dataOf(s.step());
    }
    if (operation instanceof Operation.FromOnnx f) {
      return f.data();
    }
    return Optional.empty();
  }
}
