package dev.espalier.engine.study;

import dev.espalier.engine.EspalierException;
import dev.espalier.engine.Progress;
import dev.espalier.engine.run.Keys;
import dev.espalier.engine.run.Operation;
import dev.espalier.engine.run.Runner;
import dev.espalier.engine.run.Store;
import dev.espalier.engine.work.Job;
import dev.espalier.engine.work.Jobs;
import dev.espalier.engine.work.ValidationFigures;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Makes models that are there to choose among, as far as the store lacks them, side by side, and
 * measures them on the validation split. One that fails keeps its reason.
 */
final class ValidationRuns {
  private final Store store;
  private final Keys keys = new Keys();

  /** By run and model: the key of its figures, or why there are none. */
  private final Map<Operation.Named, String> figures = new HashMap<>();

  private final Map<String, String> failures = new HashMap<>();
  private final Crew crew;

  /**
   * @param verb of the statement that wants them, for progress
   */
  ValidationRuns(Runner runner, String verb) {
    this.crew = new Crew(runner, verb);
    this.store = runner.store();
  }

  /**
   * Makes and measures the models by processes of this machine.
   *
   * @param workers processes at once; 0 takes as many as the processors allow
   */
  void make(List<Operation.Named> models, int workers, String sentence, Progress progress) {
    make(models, workers, Optional.empty(), sentence, progress);
  }

  /**
   * Makes and measures the models.
   *
   * @param workers processes at once; 0 takes as many as the processors allow
   * @param cluster the master URL of Apache Spark, whose workers do it; empty for this machine's
   */
  void make(
      List<Operation.Named> models,
      int workers,
      Optional<String> cluster,
      String sentence,
      Progress progress) {
    Map<String, Jobs.Wanted> wanted = wanted(models);
    List<Job> jobs = Jobs.of(wanted.values(), sentence, keys, store::has);
    crew.work(jobs, workers, cluster, progress)
        .forEach(
            (job, reason) ->
                jobs.get(job)
                    .data()
                    .ifPresent(
                        data ->
                            failures.put(
                                ValidationFigures.key(
                                    keys.of(jobs.get(job).model()), keys.of(data)),
                                reason)));
  }

  /** What the reader has to know of how they were made. */
  List<String> notes() {
    return crew.notes();
  }

  // ---- what is to be done

  /** The models without figures, by the key of these. */
  private Map<String, Jobs.Wanted> wanted(List<Operation.Named> models) {
    Map<String, Jobs.Wanted> wanted = new LinkedHashMap<>();
    for (Operation.Named model : models) {
      try {
        Operation data = data(model);
        String key = ValidationFigures.key(keys.of(model.model()), keys.of(data));
        figures.put(model, key);
        if (ValidationFigures.stored(store, key).isEmpty()) {
          wanted.put(key, new Jobs.Wanted(model.model(), model.name(), Optional.of(data)));
        }
      } catch (EspalierException e) {
        // Such as a file that is gone; the others can still be made.
        failures.put(model.name() + System.identityHashCode(model), reason(e));
      }
    }
    return wanted;
  }

  private static Operation data(Operation.Named model) {
    return Measurements.dataOf(model.model())
        .orElseThrow(
            () ->
                EspalierException.program(
                    "nothing says on which data to measure " + model.name(),
                    model.name(),
                    "the model was loaded from a file, which says nothing of its data",
                    "finetune or quantize it on data inside the sweep"));
  }

  // ---- the table

  /** What a model of a run came to. */
  SweepTable.Row row(Operation.Named model) {
    String key = figures.get(model);
    if (key == null) {
      return new SweepTable.Row(
          Optional.empty(), failures.get(model.name() + System.identityHashCode(model)));
    }
    return ValidationFigures.stored(store, key)
        .map(f -> new SweepTable.Row(Optional.of(f), ""))
        .orElseGet(
            () ->
                new SweepTable.Row(
                    Optional.empty(),
                    failures.getOrDefault(key, "its figures are not in the store any more")));
  }

  private static String reason(EspalierException e) {
    return e.what() + (e.why().isEmpty() ? "" : ": " + e.why());
  }
}
