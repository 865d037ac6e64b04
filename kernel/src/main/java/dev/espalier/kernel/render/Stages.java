package dev.espalier.kernel.render;

import dev.espalier.dsl.Step;
import dev.espalier.engine.Model;
import dev.espalier.engine.Progress;
import dev.espalier.engine.run.Result;
import dev.espalier.engine.run.Runner;
import java.util.ArrayList;
import java.util.List;

/**
 * The steps of one statement and how far each is, gathered from events. Safe to read from any
 * thread.
 */
public final class Stages {
  /** A curve of so many points looks no better than one of half as many. */
  private static final int MOST_POINTS = 240;

  /** A point of a curve: epochs done, and the value there. */
  public record Point(double epochs, double value) {}

  private final List<Stage> all = new ArrayList<>();
  private final List<Point> losses = new ArrayList<>();
  private final List<Point> accuracies = new ArrayList<>();
  private boolean pipeline;
  private int running = -1;

  /** Things that began inside the running stage and are not done. */
  private int inner;

  private String note = "";

  /** A step of the statement begins; the stages that follow it are known from then on. */
  public synchronized void begin(Step step) {
    if (!all.isEmpty() || step.pipeline().isEmpty()) {
      return;
    }
    pipeline = true;
    for (Step.Stage stage : step.pipeline()) {
      all.add(
          Stage.of(Stage.State.WAITING, Runner.verb(stage.operation()), stage.name().orElse("")));
    }
  }

  /** Takes note of an event. */
  public synchronized void on(Progress.Event event) {
    if (event instanceof Progress.Event.Started e) {
      started(e);
    } else if (event instanceof Progress.Event.Resumed e) {
      losses.clear();
      accuracies.clear();
      e.done().forEach(this::point);
      Model.Epoch last = e.done().get(e.done().size() - 1);
      put(
          current(e.verb())
              .at(last.epoch(), e.epochs(), last.loss(), last.validationAccuracy())
              .after(e.done().size()));
    } else if (event instanceof Progress.Event.Batch e) {
      Stage s = current(e.verb());
      double done = e.batches() > 0 ? Math.min(1, (double) e.batch() / e.batches()) : 0;
      add(losses, new Point(e.epoch() - 1 + done, e.loss()));
      put(
          s.at(e.epoch(), e.epochs(), e.loss(), s.accuracy())
              .done(e.epochs() > 0 ? (e.epoch() - 1 + done) / e.epochs() : Double.NaN)
              .taking(e.secondsLeft()));
    } else if (event instanceof Progress.Event.EpochEnded e) {
      Model.Epoch epoch = e.epoch();
      point(epoch);
      put(
          current(e.verb())
              .at(epoch.epoch(), e.epochs(), epoch.loss(), epoch.validationAccuracy())
              .taking(epoch.seconds() * Math.max(0, e.epochs() - epoch.epoch())));
    } else if (event instanceof Progress.Event.Amount e) {
      double part = e.total() > 0 ? Math.min(1, (double) e.done() / e.total()) : Double.NaN;
      put(current("").doing(e.what()).done(part));
    } else if (event instanceof Progress.Event.Runs e) {
      put(current("sweep").doing(runs(e)).done(e.part()).taking(e.secondsLeft()));
    } else if (event instanceof Progress.Event.Stopped e) {
      double accuracy =
          accuracies.isEmpty() ? Double.NaN : accuracies.get(accuracies.size() - 1).value();
      end(
          current(e.verb())
              .in(Stage.State.STOPPED)
              .at(e.epoch(), e.epochs(), Double.NaN, accuracy)
              .taking(e.seconds()));
    } else if (event instanceof Progress.Event.Finished e) {
      finished(e);
    }
  }

  private static String runs(Progress.Event.Runs e) {
    return (e.done() + e.failed())
        + " of "
        + e.total()
        + (e.failed() > 0 ? " (" + e.failed() + " failed)" : "")
        + (e.workers() > 1 ? ", " + e.workers() + " workers" : "");
  }

  private void started(Progress.Event.Started e) {
    if (running >= 0) {
      // Data is loaded inside the step that needs it, which then goes on.
      inner++;
      return;
    }
    losses.clear();
    accuracies.clear();
    int next = next(e.verb());
    if (next < 0) {
      all.add(Stage.of(Stage.State.RUNNING, e.verb(), e.name()));
      running = all.size() - 1;
    } else {
      running = next;
      put(all.get(next).in(Stage.State.RUNNING));
    }
  }

  /** The first stage that waits, when it is of that verb; else -1. */
  private int next(String verb) {
    for (int i = 0; i < all.size(); i++) {
      if (all.get(i).state() == Stage.State.WAITING) {
        return all.get(i).verb().equals(verb) ? i : -1;
      }
    }
    return -1;
  }

  private void finished(Progress.Event.Finished e) {
    if (e.cached()) {
      int next = next(e.verb());
      // What the statement only reads is no step of it.
      if (pipeline && running < 0 && next >= 0) {
        all.set(next, all.get(next).in(Stage.State.CACHED).with(e.effect()));
      }
    } else if (inner > 0) {
      inner--;
    } else {
      end(current(e.verb()).in(Stage.State.DONE).taking(e.seconds()).with(e.effect()));
    }
  }

  /** A step of the statement is made; what stands before it and did not have to run was cached. */
  public synchronized void made(Result.ModelResult result) {
    for (int i = 0; i < all.size(); i++) {
      if (all.get(i).state() == Stage.State.WAITING) {
        all.set(i, all.get(i).in(Stage.State.CACHED));
      }
      boolean last = i == all.size() - 1;
      if (last || (!result.name().isEmpty() && all.get(i).name().equals(result.name()))) {
        all.set(i, told(all.get(i), result));
        return;
      }
    }
  }

  private static Stage told(Stage stage, Result.ModelResult result) {
    Stage s = result.cached() ? stage.in(Stage.State.CACHED) : stage;
    List<Model.Epoch> history = result.model().history();
    Model.Epoch last = history.isEmpty() ? null : history.get(history.size() - 1);
    return last == null || !last.step().equals(s.verb())
        ? s.with(result.effect())
        : s.at(last.epoch(), last.epoch(), last.loss(), last.validationAccuracy())
            .with(result.effect());
  }

  /** The statement ends here because the user stopped it, or because it broke. */
  public synchronized void end(Stage.State state, String told) {
    if (running >= 0) {
      Stage s = all.get(running);
      int epoch = state == Stage.State.STOPPED ? 0 : s.epoch();
      end(s.in(state).at(epoch, s.epochs(), Double.NaN, Double.NaN).taking(Double.NaN));
    }
    all.replaceAll(s -> s.state() == Stage.State.WAITING ? s.in(Stage.State.NOT_RUN) : s);
    note = told;
  }

  private void end(Stage stage) {
    all.set(running, stage);
    running = -1;
    inner = 0;
  }

  /** The running stage; where nothing said that it began, it begins now. */
  private Stage current(String verb) {
    if (running < 0) {
      all.add(Stage.of(Stage.State.RUNNING, verb, ""));
      running = all.size() - 1;
    }
    return all.get(running);
  }

  private void put(Stage s) {
    all.set(running, s);
  }

  private void point(Model.Epoch epoch) {
    add(losses, new Point(epoch.epoch(), epoch.loss()));
    add(accuracies, new Point(epoch.epoch(), epoch.validationAccuracy()));
  }

  private static void add(List<Point> points, Point point) {
    if (!Double.isFinite(point.value())) {
      return;
    }
    points.add(point);
    if (points.size() > MOST_POINTS) {
      for (int i = points.size() - 2; i > 0; i -= 2) {
        points.remove(i);
      }
    }
  }

  /** All stages, in their order. */
  public synchronized List<Stage> all() {
    return List.copyOf(all);
  }

  /** The running stage; one without a verb when none runs. */
  public synchronized Stage running() {
    return running < 0 ? Stage.of(Stage.State.RUNNING, "", "") : all.get(running);
  }

  /** Training losses of the running stage, or of the last one. */
  public synchronized List<Point> losses() {
    return List.copyOf(losses);
  }

  /** Validation accuracies of the running stage, or of the last one. */
  public synchronized List<Point> accuracies() {
    return List.copyOf(accuracies);
  }

  /** What the user is told at the end; empty while all is well. */
  public synchronized String note() {
    return note;
  }
}
