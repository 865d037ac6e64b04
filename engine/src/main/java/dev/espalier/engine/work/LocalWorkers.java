package dev.espalier.engine.work;

import dev.espalier.engine.EspalierException;
import dev.espalier.engine.Progress;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * Worker processes on this machine. One Java can train one model at a time, because the record of
 * operations for gradients and the native threads belong to the process; so each worker is a
 * process of its own. All share the store.
 *
 * <p>A worker that dies is replaced, and its job tried once more. When this process ends, however
 * it does, so do its workers.
 */
public final class LocalWorkers implements Workers, AutoCloseable {
  private static final int TRIES = 2;
  private static final int STILLBORN = 3;
  private static final long POLL_MILLIS = 50;
  private static final long LEAST_HEAP = 256L << 20;

  private final Path store;
  private final int count;
  private final boolean lasting;
  private final BlockingQueue<News> news = new LinkedBlockingQueue<>();
  private final List<WorkerProcess> workers = new ArrayList<>();

  /** What a worker tells; nothing at its end. */
  private record News(WorkerProcess worker, Optional<Message> message) {}

  /** Workers that end with the work they are given. */
  public LocalWorkers(Path store, int count) {
    this(store, count, false);
  }

  private LocalWorkers(Path store, int count, boolean lasting) {
    this.store = store;
    this.count = count;
    this.lasting = lasting;
  }

  /** Workers that stay for more work until they are closed, or do not get to the end of it. */
  public static LocalWorkers lasting(Path store, int count) {
    return new LocalWorkers(store, count, true);
  }

  /** Ends the workers. */
  @Override
  public void close() {
    workers.forEach(WorkerProcess::end);
    workers.clear();
    news.clear();
  }

  @Override
  public int count() {
    return count;
  }

  @Override
  public void work(List<Job> jobs, Feedback feedback) {
    boolean done = false;
    try {
      new Run(jobs, feedback).run();
      done = true;
    } finally {
      if (!done || !lasting) {
        close();
      }
    }
  }

  /** Half the machine's memory, shared by all; natives take the rest. */
  private long heap() {
    long memory = Runtime.getRuntime().maxMemory();
    if (ManagementFactory.getOperatingSystemMXBean()
        instanceof com.sun.management.OperatingSystemMXBean machine) {
      memory = machine.getTotalMemorySize();
    }
    return Math.max(LEAST_HEAP, memory / 2 / count);
  }

  private final class Run {
    private final List<Job> jobs;
    private final Feedback feedback;

    /** Jobs that nothing stands in the way of. */
    private final Set<Integer> open = new TreeSet<>();

    private final Map<Integer, Set<Integer>> waiting = new HashMap<>();
    private final Map<Integer, Integer> tries = new HashMap<>();

    /** Jobs not done yet that no other waits for: they can all be done at once in the end. */
    private final Set<Integer> ends = new HashSet<>();

    private int left;
    private int stillborn;

    Run(List<Job> jobs, Feedback feedback) {
      this.jobs = jobs;
      this.feedback = feedback;
      this.left = jobs.size();
      for (Job job : jobs) {
        if (job.after().isEmpty()) {
          open.add(job.id());
        } else {
          waiting.put(job.id(), new HashSet<>(job.after()));
        }
        ends.add(job.id());
      }
      jobs.forEach(job -> ends.removeAll(job.after()));
    }

    void run() {
      while (left > 0) {
        if (feedback.cancelled()) {
          throw new Progress.Cancelled();
        }
        hire();
        workers.stream().filter(w -> w.isReady() && w.job().isEmpty()).forEach(this::give);
        try {
          News one = news.poll(POLL_MILLIS, TimeUnit.MILLISECONDS);
          while (one != null) {
            hear(one);
            one = news.poll();
          }
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          throw new Progress.Cancelled();
        }
      }
    }

    /**
     * As many as will have something to do, and not more than are wanted. What all runs share is
     * one job; the workers of those that wait for it get ready beside it.
     */
    private void hire() {
      long busy = workers.stream().filter(w -> w.job().isPresent()).count();
      long useful = Math.max(busy + open.size(), ends.size());
      while (workers.size() < Math.min(count, useful)) {
        workers.add(
            WorkerProcess.start(
                store, heap(), (worker, message) -> news.add(new News(worker, message))));
      }
    }

    private void give(WorkerProcess worker) {
      if (open.isEmpty()) {
        return;
      }
      int next = open.iterator().next();
      open.remove(next);
      tries.merge(next, 1, Integer::sum);
      worker.give(jobs.get(next));
    }

    private void hear(News one) {
      WorkerProcess worker = one.worker();
      if (one.message().isEmpty()) {
        died(worker);
        return;
      }
      Message message = one.message().get();
      Optional<Job> doing = worker.job();
      if (message instanceof Message.Ready) {
        worker.becomeReady();
        stillborn = 0;
      } else if (doing.isEmpty()) {
        return;
      } else if (message instanceof Message.Reached r && r.job() == doing.get().id()) {
        feedback.reached(r.job(), Math.max(0, Math.min(1, r.part())));
      } else if (message instanceof Message.Done d && d.job() == doing.get().id()) {
        worker.finished();
        done(d.job());
      } else if (message instanceof Message.Failed f && f.job() == doing.get().id()) {
        worker.finished();
        failed(f.job(), f.reason());
      }
    }

    private void died(WorkerProcess worker) {
      workers.remove(worker);
      if (!worker.isReady() && ++stillborn >= STILLBORN) {
        throw EspalierException.run(
            "worker processes do not start",
            System.getProperty("java.home"),
            worker.epitaph(),
            "say `with workers 1`, or give the machine more memory");
      }
      worker
          .job()
          .ifPresent(
              job -> {
                if (tries.get(job.id()) < TRIES) {
                  open.add(job.id());
                } else {
                  failed(job.id(), worker.epitaph() + ", twice");
                }
              });
    }

    private void done(int job) {
      left--;
      ends.remove(job);
      feedback.done(job);
      waiting.forEach(
          (id, before) -> {
            if (before.remove(job) && before.isEmpty()) {
              open.add(id);
            }
          });
      waiting.values().removeIf(Set::isEmpty);
    }

    private void failed(int job, String reason) {
      left--;
      ends.remove(job);
      feedback.failed(job, reason);
      List<Integer> lost =
          waiting.entrySet().stream()
              .filter(w -> w.getValue().contains(job))
              .map(Map.Entry::getKey)
              .toList();
      lost.forEach(waiting::remove);
      lost.forEach(id -> failed(id, reason));
    }
  }
}
