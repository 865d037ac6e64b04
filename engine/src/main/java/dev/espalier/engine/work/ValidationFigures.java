package dev.espalier.engine.work;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonParseException;
import dev.espalier.engine.EngineVersion;
import dev.espalier.engine.EspalierException;
import dev.espalier.engine.Model;
import dev.espalier.engine.Progress;
import dev.espalier.engine.Sha256;
import dev.espalier.engine.data.DataSet;
import dev.espalier.engine.graph.Graph;
import dev.espalier.engine.measure.Accuracy;
import dev.espalier.engine.measure.Fit;
import dev.espalier.engine.measure.Measurement;
import dev.espalier.engine.measure.Parameters;
import dev.espalier.engine.measure.Quality;
import dev.espalier.engine.onnx.OnnxFile;
import dev.espalier.engine.operator.Cost;
import dev.espalier.engine.prune.LayerRow;
import dev.espalier.engine.run.Controls;
import dev.espalier.engine.run.Metric;
import dev.espalier.engine.run.Operation;
import dev.espalier.engine.run.Result.Figure;
import dev.espalier.engine.run.Result.FigureKind;
import dev.espalier.engine.run.Runner;
import dev.espalier.engine.run.Store;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What a model comes to on the validation split, where choices are made: its quality there, and
 * what is counted of it. Kept in the store, so that nothing is measured twice.
 *
 * @param figures of those metrics that say something of the model
 * @param seconds that all steps of the model took, from its blueprint on; those of its teachers are
 *     not among them
 */
public record ValidationFigures(Map<Metric, Figure> figures, double seconds) {
  /** One thread, so that the same bits come out however many workers there are. */
  private static final int THREADS = 1;

  private static final int FORMAT = 1;
  private static final Gson JSON =
      new GsonBuilder().serializeSpecialFloatingPointValues().disableHtmlEscaping().create();

  /** What stands in the store; Gson fills the fields. */
  private record Entry(int format, Map<String, Figure> figures, double seconds) {}

  public ValidationFigures {
    figures = new EnumMap<>(figures);
  }

  /** Names the figures of a model on data, by the keys of both. */
  public static String key(String model, String data) {
    return Sha256.of(
        "validation " + FORMAT + " " + EngineVersion.CURRENT + "\n" + model + "\n" + data);
  }

  /** The figures that the store has under a key, when they are whole. */
  public static Optional<ValidationFigures> stored(Store store, String key) {
    return store.note(key).flatMap(ValidationFigures::read);
  }

  private static Optional<ValidationFigures> read(String text) {
    try {
      Entry entry = JSON.fromJson(text, Entry.class);
      if (entry == null || entry.format() != FORMAT || entry.figures() == null) {
        return Optional.empty();
      }
      Map<Metric, Figure> figures = new EnumMap<>(Metric.class);
      for (Map.Entry<String, Figure> one : entry.figures().entrySet()) {
        Optional<Metric> metric = Metric.find(one.getKey());
        Figure figure = one.getValue();
        if (metric.isEmpty()
            || figure == null
            || figure.kind() == null
            || figure.unit() != metric.get().unit()) {
          return Optional.empty();
        }
        figures.put(metric.get(), figure);
      }
      return Optional.of(new ValidationFigures(figures, entry.seconds()));
    } catch (JsonParseException e) {
      return Optional.empty();
    }
  }

  /** Keeps the figures under a key. */
  void keep(Store store, String key) {
    Map<String, Figure> named = new LinkedHashMap<>();
    figures.forEach((metric, figure) -> named.put(metric.word(), figure));
    store.keepNote(key, JSON.toJson(new Entry(FORMAT, named, seconds)));
  }

  /**
   * Measures a model that {@code runner} has or finds.
   *
   * @throws EspalierException when the data has no validation split, or the model does not fit it
   */
  static ValidationFigures of(Runner runner, Operation model, Operation data, Progress progress) {
    Model made = runner.model(model, "", "", progress).model();
    DataSet samples = runner.data(data, progress);
    if (samples.validation().size() == 0) {
      throw EspalierException.program(
          "there is no validation split to choose by",
          "data set " + samples.name(),
          "a sweep never looks at the test split",
          "leave a part for validation: split 90/10");
    }
    Graph graph = made.graph();
    byte[] bytes = OnnxFile.encode(graph);
    Map<Metric, Figure> all = new EnumMap<>(Metric.class);
    Quality quality =
        Measurement.quality(graph, bytes, samples, samples.validation(), THREADS, progress);
    if (quality instanceof Accuracy accuracy) {
      all.put(
          Metric.ACCURACY,
          new Figure(
              accuracy.fraction(),
              accuracy.interval().low(),
              accuracy.interval().high(),
              Metric.ACCURACY.unit(),
              FigureKind.MEASURED));
      all.put(Metric.ERRORS, Figure.measured(accuracy.errors(), Metric.ERRORS.unit()));
    } else {
      Fit fit = (Fit) quality;
      all.put(Metric.MSE, figure(Metric.MSE, fit.mse()));
      all.put(Metric.MAE, figure(Metric.MAE, fit.mae()));
      all.put(Metric.R2, figure(Metric.R2, fit.r2()));
    }
    all.put(Metric.SPARSITY, Figure.exact(LayerRow.sparsity(graph), Metric.SPARSITY.unit()));
    all.put(Metric.PARAMETERS, Figure.exact(Parameters.count(graph), Metric.PARAMETERS.unit()));
    all.put(Metric.SIZE, Figure.exact(bytes.length, Metric.SIZE.unit()));
    all.put(Metric.MACS, Figure.exact(Cost.macs(graph), Metric.MACS.unit()));
    return new ValidationFigures(all, seconds(runner, model, progress));
  }

  private static Figure figure(Metric metric, Fit.Value v) {
    return new Figure(
        v.value(), v.interval().low(), v.interval().high(), metric.unit(), FigureKind.MEASURED);
  }

  private static double seconds(Runner runner, Operation model, Progress progress) {
    double sum = 0;
    Optional<Operation> at = Optional.of(model);
    while (at.isPresent()) {
      sum += runner.model(at.get(), "", "", progress).model().provenance().seconds();
      at = Controls.before(at.get());
    }
    return sum;
  }
}
