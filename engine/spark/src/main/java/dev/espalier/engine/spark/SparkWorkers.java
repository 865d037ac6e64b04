package dev.espalier.engine.spark;

import dev.espalier.engine.EspalierException;
import dev.espalier.engine.Model;
import dev.espalier.engine.Progress;
import dev.espalier.engine.run.Keys;
import dev.espalier.engine.run.Operation;
import dev.espalier.engine.run.OperationText;
import dev.espalier.engine.run.Store;
import dev.espalier.engine.work.Job;
import dev.espalier.engine.work.ValidationFigures;
import dev.espalier.engine.work.Workers;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import org.apache.spark.api.java.JavaFutureAction;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;

/**
 * Jobs as tasks of Spark, one each, so that a job begins as soon as those before it are done.
 * Models that a job builds on go to the executors, and what it makes comes back into this store.
 */
final class SparkWorkers implements Workers {
  private static final long POLL_MILLIS = 20;

  private final JavaSparkContext context;
  private final Store store;
  private final int count;
  private final String session = UUID.randomUUID().toString();
  private final Keys keys = new Keys();

  SparkWorkers(JavaSparkContext context, Store store, int count) {
    this.context = context;
    this.store = store;
    this.count = count;
  }

  @Override
  public int count() {
    return count;
  }

  @Override
  public void work(List<Job> jobs, Feedback feedback) {
    try {
      new Run(jobs, feedback).run();
    } finally {
      context.stop();
      // Of executors in this process; the others end with the context.
      ExecutorBench.close(session);
    }
  }

  private final class Run {
    private final List<Job> jobs;
    private final Feedback feedback;

    /** Jobs not begun, with those that they wait for. */
    private final Map<Integer, Set<Integer>> waiting = new LinkedHashMap<>();

    private final Map<Integer, JavaFutureAction<List<String>>> running = new LinkedHashMap<>();
    private final Map<String, Broadcast<String>> sent = new HashMap<>();

    Run(List<Job> jobs, Feedback feedback) {
      this.jobs = jobs;
      this.feedback = feedback;
      jobs.forEach(job -> waiting.put(job.id(), new HashSet<>(job.after())));
    }

    void run() {
      try {
        while (!waiting.isEmpty() || !running.isEmpty()) {
          if (feedback.cancelled()) {
            throw new Progress.Cancelled();
          }
          List<Integer> open =
              waiting.keySet().stream().filter(id -> waiting.get(id).isEmpty()).toList();
          open.forEach(this::begin);
          List<Integer> ended =
              running.keySet().stream().filter(id -> running.get(id).isDone()).toList();
          for (int id : ended) {
            end(id, running.remove(id));
          }
          if (ended.isEmpty()) {
            Thread.sleep(POLL_MILLIS);
          }
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new Progress.Cancelled();
      } finally {
        running.values().forEach(future -> future.cancel(true));
      }
    }

    private void begin(int id) {
      waiting.remove(id);
      Job job = jobs.get(id);
      Set<String> needed = new LinkedHashSet<>();
      collect(job.model(), needed);
      Map<String, Broadcast<String>> models = new LinkedHashMap<>();
      List<String> wanted = new ArrayList<>();
      for (String key : needed) {
        if (store.has(key)) {
          models.put(key, sent.computeIfAbsent(key, this::send));
        } else {
          wanted.add(key);
        }
      }
      List<Operation> operations = new ArrayList<>(List.of(job.model()));
      job.data().ifPresent(operations::add);
      Parcel.Order order =
          new Parcel.Order(
              session,
              job.name(),
              job.sentence(),
              OperationText.write(operations),
              wanted,
              figures(job));
      running.put(
          id,
          context
              .parallelize(List.of(order.text()), 1)
              .map(new ExecutorJob(models))
              .collectAsync());
    }

    private Broadcast<String> send(String key) {
      Store.Packed packed =
          store
              .pack(key)
              .orElseThrow(
                  () ->
                      EspalierException.run(
                          "a model is not in the store any more",
                          key,
                          "its entry was removed while it was needed",
                          "run again"));
      return context.broadcast(Parcel.pack(packed));
    }

    private void end(int id, JavaFutureAction<List<String>> future) throws InterruptedException {
      String failure;
      try {
        Parcel.Answer answer = Parcel.Answer.read(future.get().get(0));
        answer.models().forEach(text -> store.unpack(Parcel.unpack(text)));
        String figures = figures(jobs.get(id));
        if (answer.notes().containsKey(figures)) {
          store.keepNote(figures, answer.notes().get(figures));
        }
        failure = answer.failure();
      } catch (ExecutionException e) {
        Throwable cause = e.getCause() == null ? e : e.getCause();
        failure = String.valueOf(cause.getMessage()).lines().findFirst().orElse("");
      } catch (EspalierException e) {
        failure = e.what() + (e.why().isEmpty() ? "" : ": " + e.why());
      }
      if (failure.isEmpty()) {
        feedback.done(id);
        waiting.values().forEach(before -> before.remove(id));
      } else {
        failed(id, failure);
      }
    }

    private void failed(int id, String reason) {
      feedback.failed(id, reason);
      List<Integer> lost =
          waiting.keySet().stream().filter(other -> waiting.get(other).contains(id)).toList();
      lost.forEach(waiting::remove);
      lost.forEach(other -> failed(other, reason));
    }
  }

  /** The key of the note of a job's figures; empty when it is not measured. */
  private String figures(Job job) {
    return job.data()
        .map(data -> ValidationFigures.key(keys.of(job.model()), keys.of(data)))
        .orElse("");
  }

  /** The keys of a model and of all models on its way, those given by Java cells too. */
  private void collect(Operation operation, Set<String> found) {
    if (operation instanceof Operation.Given given) {
      if (given.value() instanceof Model model) {
        found.add(model.key());
      }
    } else if (operation instanceof Operation.ModelMaking && !found.add(keys.of(operation))) {
      return;
    }
    operation.inputs().forEach(input -> collect(input, found));
  }
}
