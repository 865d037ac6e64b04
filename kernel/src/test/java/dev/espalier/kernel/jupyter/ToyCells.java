package dev.espalier.kernel.jupyter;

import dev.espalier.dsl.Diagnostic;
import dev.espalier.dsl.Scope;
import dev.espalier.dsl.Source;
import dev.espalier.dsl.Span;
import dev.espalier.dsl.Step;
import dev.espalier.engine.Environment;
import dev.espalier.engine.EspalierException;
import dev.espalier.engine.Model;
import dev.espalier.engine.Progress;
import dev.espalier.engine.run.Operation;
import dev.espalier.engine.run.Result;
import dev.espalier.kernel.session.Host;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.TimeUnit;

/**
 * A session with known timing for the tests of the kernel itself: {@code note TEXT}, {@code slow
 * MILLIS} (batches of 10 ms), {@code wrong}, {@code miss}, {@code refuse}, {@code block}, {@code
 * deaf MILLIS}, {@code memory}, {@code recurse}, {@code let NAME NUMBER}.
 */
final class ToyCells implements Cells {
  private final Map<String, Object> values = new ConcurrentSkipListMap<>();

  /** Ends calls that hear of no interrupt. */
  volatile boolean released;

  /** Whether such a call was interrupted. */
  volatile boolean interrupted;

  /** How many cells were left behind. */
  volatile int leftBehind;

  @Override
  public int execute(Source source, Host host) {
    int exit = 0;
    int at = 0;
    for (String line : source.text().split("\n", -1)) {
      String[] words = line.split(" ", 3);
      Span span = new Span(at, at + line.length());
      at += line.length() + 1;
      Step step =
          new Step(
              line,
              source,
              span,
              new Operation.FromOnnx("toy", Path.of("toy.onnx")),
              Optional.empty());
      switch (words[0]) {
        case "note" -> {
          host.begin(step);
          host.result(step, new Result.NoteResult(line.substring(5)));
        }
        case "let" -> bind(words[1], Double.valueOf(words[2]));
        case "slow" -> slow(Long.parseLong(words[1]), step, host);
        case "miss" -> {
          Result.Figure wanted = Result.Figure.exact(0.9, Result.Unit.FRACTION);
          Result.Figure got = Result.Figure.exact(0.8, Result.Unit.FRACTION);
          host.result(
              step,
              new Result.Check("accuracy at least 90%", false, wanted, got, "10 points short"));
          exit = 1;
        }
        case "refuse" -> {
          host.failed(step, EspalierException.run("the disk is full", "store", "", "make room"));
          return 3;
        }
        case "block" -> {
          try {
            Thread.sleep(60_000);
          } catch (InterruptedException e) {
            throw new IllegalStateException("a blocked call was interrupted", e);
          }
        }
        case "deaf" -> deaf(Long.parseLong(words[1]), step, host);
        case "memory" -> fill();
        case "recurse" -> recurse(1);
        case "" -> {}
        default -> {
          host.diagnostic(
              new Diagnostic(
                  "E101",
                  "unknown verb `" + words[0] + "`",
                  source,
                  span,
                  "",
                  Optional.empty(),
                  List.of()));
          return 2;
        }
      }
    }
    return exit;
  }

  /** A call that hears of no interrupt. */
  private void deaf(long millis, Step step, Host host) {
    host.begin(step);
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
    while (System.nanoTime() < end && !released) {
      try {
        TimeUnit.MILLISECONDS.sleep(20);
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    host.result(step, new Result.NoteResult("deaf to the end"));
  }

  private static void fill() {
    List<long[]> all = new ArrayList<>();
    while (!all.isEmpty() || Runtime.getRuntime().maxMemory() > 0) {
      all.add(new long[Integer.MAX_VALUE - 8]);
    }
  }

  private static long recurse(long depth) {
    return depth == Long.MAX_VALUE ? depth : 1 + recurse(depth + 1);
  }

  private static void slow(long millis, Step step, Host host) {
    host.begin(step);
    host.on(new Progress.Event.Started("train", "toy"));
    int batches = (int) Math.max(1, millis / 10);
    try {
      for (int b = 1; b <= batches; b++) {
        TimeUnit.MILLISECONDS.sleep(10);
        host.check();
        host.on(new Progress.Event.Batch("train", 1, 1, b, batches, 1.0 / b, (batches - b) * 0.01));
      }
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    host.on(
        new Progress.Event.EpochEnded(
            "train", 1, new Model.Epoch("train", 1, 0.1, 0.2, 0.9, millis / 1000.0)));
    host.result(step, new Result.NoteResult("trained"));
  }

  @Override
  public void leftBehind() {
    leftBehind++;
  }

  @Override
  public Scope scope() {
    Scope scope = Scope.empty(new Environment(1, 1, "cpu", true));
    for (Map.Entry<String, Object> e : values.entrySet()) {
      scope =
          scope.with(
              new Scope.Binding(
                  e.getKey(),
                  Scope.Kind.VALUE,
                  Optional.empty(),
                  Optional.empty(),
                  Optional.of(e.getValue()),
                  0,
                  false,
                  0));
    }
    return scope;
  }

  @Override
  public Map<String, Object> meanings() {
    return values;
  }

  @Override
  public Optional<String> describe(String name) {
    return Optional.ofNullable(values.get(name)).map(v -> name + " is " + v);
  }

  @Override
  public Optional<Class<?>> type(String name) {
    return value(name).map(Object::getClass);
  }

  @Override
  public Optional<Object> value(String name) {
    return Optional.ofNullable(values.get(name));
  }

  @Override
  public void bind(String name, Object value) {
    values.put(name, value);
  }
}
