package dev.espalier.engine.study;

import dev.espalier.engine.Environment;
import dev.espalier.engine.EspalierException;
import dev.espalier.engine.Model;
import dev.espalier.engine.Progress;
import dev.espalier.engine.run.Keys;
import dev.espalier.engine.run.Operation;
import dev.espalier.engine.run.OperationText;
import dev.espalier.engine.run.Runner;
import dev.espalier.engine.run.Store;
import dev.espalier.engine.work.Cluster;
import dev.espalier.engine.work.Here;
import dev.espalier.engine.work.Job;
import dev.espalier.engine.work.Jobs;
import dev.espalier.engine.work.LocalWorkers;
import dev.espalier.engine.work.ValidationFigures;
import dev.espalier.engine.work.Workers;
import java.util.ArrayList;
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
  private final Runner runner;
  private final Store store;
  private final Keys keys = new Keys();

  /** By run and model: the key of its figures, or why there are none. */
  private final Map<Operation.Named, String> figures = new HashMap<>();

  private final Map<String, String> failures = new HashMap<>();
  private final List<String> notes = new ArrayList<>();
  private final String verb;

  /**
   * @param verb of the statement that wants them, for progress
   */
  ValidationRuns(Runner runner, String verb) {
    this.runner = runner;
    this.verb = verb;
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
    long begin = System.nanoTime();
    Map<String, Jobs.Wanted> wanted = wanted(models);
    List<Job> jobs = Jobs.of(wanted.values(), sentence, keys, store::has);
    if (!jobs.isEmpty()) {
      Workers crew = workers(workers, cluster, jobs);
      progress.on(new Progress.Event.Started(verb, ""));
      work(crew, jobs, progress);
      double seconds = (System.nanoTime() - begin) / 1e9;
      String runs = jobs.size() == 1 ? "1 job" : jobs.size() + " jobs";
      progress.on(new Progress.Event.Finished(verb, "", false, seconds, runs));
    }
  }

  /** What the reader has to know of how they were made. */
  List<String> notes() {
    return List.copyOf(notes);
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
          wanted.put(key, new Jobs.Wanted(model.model(), model.name(), data));
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

  private Workers workers(int wanted, Optional<String> cluster, List<Job> jobs) {
    if (jobs.size() == 1 && cluster.isEmpty()) {
      return new Here(runner);
    }
    try {
      for (Job job : jobs) {
        OperationText.write(List.of(job.model()));
        keepGiven(job.model());
      }
    } catch (EspalierException e) {
      notes.add(
          "the runs were done one after another in this process: "
              + e.what()
              + (e.why().isEmpty() ? "" : ", for " + e.why()));
      return new Here(runner);
    }
    int threads = 1;
    for (Job job : jobs) {
      if (job.data().isPresent()) {
        threads =
            Math.max(threads, Runner.environment(job.model()).map(Environment::threads).orElse(1));
      }
    }
    if (cluster.isPresent()) {
      return Cluster.workers(cluster.get(), store, threads);
    }
    int processors = Runtime.getRuntime().availableProcessors();
    int most = Math.max(1, processors / threads);
    if (wanted > most) {
      notes.add(
          wanted
              + " workers of "
              + (threads == 1 ? "1 thread" : threads + " threads")
              + " are more than this machine's "
              + processors
              + " processors; there were "
              + most);
    }
    int count = wanted == 0 ? most : Math.min(wanted, most);
    return new LocalWorkers(store.root(), Math.min(count, jobs.size()));
  }

  /** Models that Java cells gave go to workers by way of the store. */
  private void keepGiven(Operation operation) {
    if (operation instanceof Operation.Given given && given.value() instanceof Model model) {
      if (!store.has(model.key())) {
        store.keep(model);
      }
    }
    operation.inputs().forEach(this::keepGiven);
  }

  // ---- doing it

  private void work(Workers workers, List<Job> jobs, Progress progress) {
    Map<Integer, String> keyOfJob = new HashMap<>();
    for (Job job : jobs) {
      job.data()
          .ifPresent(
              data ->
                  keyOfJob.put(
                      job.id(), ValidationFigures.key(keys.of(job.model()), keys.of(data))));
    }
    workers.work(jobs, new Overall(jobs.size(), workers.count(), keyOfJob, progress));
  }

  /** All jobs as one progress. */
  private final class Overall implements Workers.Feedback {
    private final int total;
    private final int workers;
    private final Map<Integer, String> keyOfJob;
    private final Progress progress;
    private final long begin = System.nanoTime();
    private final Map<Integer, Double> running = new HashMap<>();
    private int done;
    private int failed;

    Overall(int total, int workers, Map<Integer, String> keyOfJob, Progress progress) {
      this.total = total;
      this.workers = workers;
      this.keyOfJob = keyOfJob;
      this.progress = progress;
      tell();
    }

    @Override
    public void reached(int job, double part) {
      running.put(job, part);
      tell();
    }

    @Override
    public void done(int job) {
      running.remove(job);
      done++;
      tell();
    }

    @Override
    public void failed(int job, String reason) {
      running.remove(job);
      failed++;
      if (keyOfJob.containsKey(job)) {
        failures.put(keyOfJob.get(job), reason);
      }
      tell();
    }

    @Override
    public boolean cancelled() {
      return progress.cancelled();
    }

    private void tell() {
      double part =
          (done + failed + running.values().stream().mapToDouble(Double::doubleValue).sum())
              / total;
      double seconds = (System.nanoTime() - begin) / 1e9;
      double left = done + failed == 0 ? Double.NaN : seconds * (1 - part) / part;
      progress.on(new Progress.Event.Runs(done, failed, total, workers, part, left));
    }
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
