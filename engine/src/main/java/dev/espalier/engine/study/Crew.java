package dev.espalier.engine.study;

import dev.espalier.engine.Environment;
import dev.espalier.engine.EspalierException;
import dev.espalier.engine.Model;
import dev.espalier.engine.Progress;
import dev.espalier.engine.data.DataSet;
import dev.espalier.engine.run.Operation;
import dev.espalier.engine.run.OperationText;
import dev.espalier.engine.run.Runner;
import dev.espalier.engine.run.Store;
import dev.espalier.engine.work.Cluster;
import dev.espalier.engine.work.Here;
import dev.espalier.engine.work.Job;
import dev.espalier.engine.work.LocalWorkers;
import dev.espalier.engine.work.Workers;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Has models made side by side, and tells of all as one progress. */
final class Crew {
  private static final int PROCESSORS = Runtime.getRuntime().availableProcessors();

  private final Runner runner;
  private final Store store;
  private final String verb;
  private final List<String> notes = new ArrayList<>();

  /**
   * @param verb of the statement that wants the models, for progress
   */
  Crew(Runner runner, String verb) {
    this.runner = runner;
    this.store = runner.store();
    this.verb = verb;
  }

  /** What the reader has to know of how they were made. */
  List<String> notes() {
    return List.copyOf(notes);
  }

  /** How many workers that train with so many threads this machine has processors for. */
  static int most(int threads) {
    return Math.max(1, PROCESSORS / threads);
  }

  /**
   * Does the jobs.
   *
   * @param wanted processes at once; 0 takes as many as the processors allow
   * @param cluster the master URL of Apache Spark, whose workers do it; empty for this machine's
   * @return by the number of a job that could not be done: why
   */
  Map<Integer, String> work(
      List<Job> jobs, int wanted, Optional<String> cluster, Progress progress) {
    if (jobs.isEmpty()) {
      return Map.of();
    }
    Map<String, DataSet> lent = new LinkedHashMap<>();
    jobs.forEach(job -> givenData(job.model(), lent));
    try {
      return work(jobs, workers(jobs, wanted, cluster, lent.values()), progress);
    } finally {
      lent.values().forEach(store::takeBack);
    }
  }

  /** The same one after another in this process, all together as one progress. */
  Map<Integer, String> workHere(List<Job> jobs, Progress progress) {
    return work(jobs, new Here(runner), progress);
  }

  private Map<Integer, String> work(List<Job> jobs, Workers workers, Progress progress) {
    long begin = System.nanoTime();
    progress.on(new Progress.Event.Started(verb, ""));
    Overall overall = new Overall(jobs.size(), workers.count(), progress);
    workers.work(jobs, overall);
    double seconds = (System.nanoTime() - begin) / 1e9;
    String runs = jobs.size() == 1 ? "1 job" : jobs.size() + " jobs";
    progress.on(new Progress.Event.Finished(verb, "", false, seconds, runs));
    return overall.failures;
  }

  /** The most threads that one of the jobs trains with, of those that no other waits for. */
  static int threads(List<Job> jobs) {
    Set<Integer> waitedFor = new HashSet<>();
    jobs.forEach(job -> waitedFor.addAll(job.after()));
    return jobs.stream()
        .filter(job -> !waitedFor.contains(job.id()))
        .flatMap(job -> Runner.environment(job.model()).stream())
        .mapToInt(Environment::threads)
        .max()
        .orElse(1);
  }

  private Workers workers(
      List<Job> jobs, int wanted, Optional<String> cluster, Collection<DataSet> given) {
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
    int threads = threads(jobs);
    if (cluster.isPresent() && !given.isEmpty()) {
      notes.add(
          "the runs were done by this machine, not by "
              + cluster.get()
              + ": data that a Java cell gave is not sent to a cluster");
    } else if (cluster.isPresent()) {
      return Cluster.workers(cluster.get(), store, threads);
    }
    given.forEach(store::lend);
    int most = most(threads);
    if (wanted > most) {
      notes.add(
          wanted
              + " workers of "
              + (threads == 1 ? "1 thread" : threads + " threads")
              + " are more than this machine's "
              + PROCESSORS
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

  /** Data that Java cells gave, by its fingerprint. */
  private static void givenData(Operation operation, Map<String, DataSet> found) {
    if (operation instanceof Operation.Given given && given.value() instanceof DataSet data) {
      found.putIfAbsent(data.fingerprint(), data);
    }
    operation.inputs().forEach(input -> givenData(input, found));
  }

  /** All jobs as one progress. */
  private static final class Overall implements Workers.Feedback {
    private final int total;
    private final int workers;
    private final Progress progress;
    private final long begin = System.nanoTime();
    private final Map<Integer, Double> running = new HashMap<>();
    private final Map<Integer, String> failures = new HashMap<>();
    private int done;

    Overall(int total, int workers, Progress progress) {
      this.total = total;
      this.workers = workers;
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
      failures.put(job, reason);
      tell();
    }

    @Override
    public boolean cancelled() {
      return progress.cancelled();
    }

    private void tell() {
      int ended = done + failures.size();
      double part =
          (ended + running.values().stream().mapToDouble(Double::doubleValue).sum()) / total;
      double seconds = (System.nanoTime() - begin) / 1e9;
      double left = ended == 0 ? Double.NaN : seconds * (1 - part) / part;
      progress.on(new Progress.Event.Runs(done, failures.size(), total, workers, part, left));
    }
  }
}
