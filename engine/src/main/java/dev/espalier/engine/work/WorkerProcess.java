package dev.espalier.engine.work;

import dev.espalier.engine.EspalierException;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Writer;
import java.lang.management.ManagementFactory;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemNotFoundException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;

/**
 * One worker process: this Java with the same class path, spoken to by its standard input and
 * output alone.
 */
final class WorkerProcess {
  private static final int ERRORS_KEPT = 20;

  /**
   * About eight times the usual thresholds of HotSpot's second compiler. A worker's life is often
   * seconds, most of its work is done by natives, and that compiler then takes more of the
   * processor than it gives back; what runs for minutes still comes to it.
   */
  private static final List<String> LATE_OPTIMIZATION =
      List.of(
          "-XX:Tier4InvocationThreshold=40000",
          "-XX:Tier4MinInvocationThreshold=5000",
          "-XX:Tier4CompileThreshold=120000",
          "-XX:Tier4BackEdgeThreshold=400000");

  private final Process process;
  private final Writer orders;
  private final Deque<String> errors = new ArrayDeque<>();
  private boolean ready;
  private Optional<Job> job = Optional.empty();

  private WorkerProcess(Process process) {
    this.process = process;
    this.orders = process.outputWriter(StandardCharsets.UTF_8);
  }

  /**
   * Starts one.
   *
   * @param heapBytes most that its Java objects may take
   * @param news takes its messages, and nothing at its end; from a thread of its own
   */
  static WorkerProcess start(
      Path store, long heapBytes, BiConsumer<WorkerProcess, Optional<Message>> news) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    for (String argument : ManagementFactory.getRuntimeMXBean().getInputArguments()) {
      // Where libraries and caches are; not what debuggers, agents and heaps are told.
      if (argument.startsWith("-D") || argument.startsWith("--add-")) {
        command.add(argument);
      }
    }
    command.add("-Xmx" + (heapBytes >> 20) + "m");
    // Several small processes side by side: each with one thread for its garbage.
    command.add("-XX:+UseSerialGC");
    command.addAll(LATE_OPTIMIZATION);
    command.add(WorkerMain.class.getName());
    command.add(store.toAbsolutePath().toString());
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put("CLASSPATH", classPath());
    try {
      WorkerProcess worker = new WorkerProcess(builder.start());
      listen("worker news", () -> worker.read(news));
      listen("worker errors", worker::readErrors);
      return worker;
    } catch (IOException e) {
      throw EspalierException.run(
          "a worker process cannot be started",
          command.get(0),
          String.valueOf(e.getMessage()),
          "give the machine more memory or processes, or say `with workers 1`",
          e);
    }
  }

  /** Where this engine is: the class path of this Java, or the jars of the loader it came by. */
  private static String classPath() {
    if (WorkerMain.class.getClassLoader() instanceof URLClassLoader loader) {
      return Arrays.stream(loader.getURLs())
          .map(WorkerProcess::path)
          .collect(Collectors.joining(File.pathSeparator));
    }
    return System.getProperty("java.class.path");
  }

  private static String path(URL url) {
    try {
      return Path.of(url.toURI()).toString();
    } catch (URISyntaxException | IllegalArgumentException | FileSystemNotFoundException e) {
      throw EspalierException.run(
          "a worker process cannot be started",
          url.toString(),
          "this part of the class path is no file",
          "put the jars of Espalier on the machine's disk",
          e);
    }
  }

  private static void listen(String name, Runnable listening) {
    Thread thread = new Thread(listening, name);
    thread.setDaemon(true);
    thread.start();
  }

  private void read(BiConsumer<WorkerProcess, Optional<Message>> news) {
    try (BufferedReader in = process.inputReader(StandardCharsets.UTF_8)) {
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        Message.of(line).ifPresent(m -> news.accept(this, Optional.of(m)));
      }
    } catch (IOException e) {
      keep(String.valueOf(e.getMessage()));
    }
    news.accept(this, Optional.empty());
  }

  private void readErrors() {
    try (BufferedReader in =
        new BufferedReader(
            new InputStreamReader(process.getErrorStream(), StandardCharsets.UTF_8))) {
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        keep(line);
      }
    } catch (IOException e) {
      keep(String.valueOf(e.getMessage()));
    }
  }

  private void keep(String line) {
    synchronized (errors) {
      errors.add(line);
      if (errors.size() > ERRORS_KEPT) {
        errors.remove();
      }
    }
  }

  /** Gives it a job; it must have none. */
  void give(Job next) {
    job = Optional.of(next);
    try {
      orders.write(Message.Order.of(next).line());
      orders.flush();
    } catch (IOException e) {
      // It is dead; its end is news of its own, and the job is then given to another.
      keep(String.valueOf(e.getMessage()));
    }
  }

  /** What it is doing. */
  Optional<Job> job() {
    return job;
  }

  void finished() {
    job = Optional.empty();
  }

  boolean isReady() {
    return ready;
  }

  void becomeReady() {
    ready = true;
  }

  /** Ends it at once; what it was writing is not in the store. */
  void end() {
    process.destroyForcibly();
  }

  long pid() {
    return process.pid();
  }

  /** How it ended, in one line. */
  String epitaph() {
    String code;
    try {
      code =
          process.waitFor(1, java.util.concurrent.TimeUnit.SECONDS)
              ? "code " + process.exitValue()
              : "no code";
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      code = "no code";
    }
    synchronized (errors) {
      String last = errors.stream().filter(l -> !l.isBlank()).reduce("", (a, b) -> b);
      return "its process ended with " + code + (last.isEmpty() ? "" : " (" + last + ")");
    }
  }
}
