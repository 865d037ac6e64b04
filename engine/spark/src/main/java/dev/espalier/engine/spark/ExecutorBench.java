package dev.espalier.engine.spark;

import dev.espalier.engine.WholeFile;
import dev.espalier.engine.run.Store;
import dev.espalier.engine.work.Job;
import dev.espalier.engine.work.LocalWorkers;
import dev.espalier.engine.work.Workers;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/**
 * What an executor has for one session: a store of its own, and a worker process for each task that
 * it does at once. One Java can train one model at a time, and an executor does several tasks in
 * one Java.
 */
final class ExecutorBench {
  private static final Map<String, ExecutorBench> SESSIONS = new HashMap<>();

  private final Path folder;
  private final Store store;
  private final Deque<LocalWorkers> free = new ConcurrentLinkedDeque<>();

  private ExecutorBench(Path folder) {
    this.folder = folder;
    this.store = Store.open(folder);
  }

  /** The one of a session, made when it is missing; it goes with the process at the latest. */
  static ExecutorBench of(String session) {
    synchronized (SESSIONS) {
      ExecutorBench bench = SESSIONS.get(session);
      if (bench == null) {
        try {
          bench = new ExecutorBench(Files.createTempDirectory("espalier-executor"));
        } catch (IOException e) {
          throw WholeFile.failure(Path.of(System.getProperty("java.io.tmpdir")), e);
        }
        SESSIONS.put(session, bench);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> close(session)));
      }
      return bench;
    }
  }

  /** Ends the workers of a session and removes its store; nothing when there is none here. */
  static void close(String session) {
    ExecutorBench bench;
    synchronized (SESSIONS) {
      bench = SESSIONS.remove(session);
    }
    if (bench != null) {
      bench.free.forEach(LocalWorkers::close);
      bench.remove();
    }
  }

  Store store() {
    return store;
  }

  /** Does a job; says why it failed, if it did. */
  Optional<String> work(Job job, BooleanSupplier cancelled) {
    LocalWorkers idle = free.poll();
    LocalWorkers worker = idle == null ? LocalWorkers.lasting(folder, 1) : idle;
    Outcome outcome = new Outcome(cancelled);
    try {
      worker.work(List.of(job), outcome);
    } finally {
      free.add(worker);
    }
    return outcome.failure;
  }

  private static final class Outcome implements Workers.Feedback {
    private final BooleanSupplier cancelled;
    private Optional<String> failure = Optional.empty();

    Outcome(BooleanSupplier cancelled) {
      this.cancelled = cancelled;
    }

    @Override
    public void reached(int job, double part) {
      // Spark brings no news of tasks but their end.
    }

    @Override
    public void done(int job) {
      failure = Optional.empty();
    }

    @Override
    public void failed(int job, String reason) {
      failure = Optional.of(reason);
    }

    @Override
    public boolean cancelled() {
      return cancelled.getAsBoolean();
    }
  }

  private void remove() {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException | UncheckedIOException e) {
      // A worker that just ended wrote there; it lies among the machine's temporary files.
      folder.toFile().deleteOnExit();
    }
  }
}
