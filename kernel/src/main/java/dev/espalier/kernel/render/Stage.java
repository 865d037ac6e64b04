package dev.espalier.kernel.render;

import java.util.ArrayList;
import java.util.List;

/**
 * How far one step of a statement is.
 *
 * @param verb {@code train}, {@code prune} …; empty before anything started
 * @param name what is being made; may be empty
 * @param what of a long thing that is no training, such as {@code downloading}; else empty
 * @param fraction done, 0 to 1; NaN when unknown
 * @param epoch from 1; 0 when nothing trains
 * @param loss mean training loss of the epoch so far; NaN when unknown
 * @param accuracy on the validation split, of the last finished epoch; NaN when unknown
 * @param seconds it took, or left while it runs; NaN when unknown
 * @param resumed epochs that an earlier, stopped run of it had done; 0 for most
 * @param effect what it changed, one line; may be empty
 */
public record Stage(
    State state,
    String verb,
    String name,
    String what,
    double fraction,
    int epoch,
    int epochs,
    double loss,
    double accuracy,
    double seconds,
    int resumed,
    String effect) {

  /** Where a step stands. */
  public enum State {
    WAITING("·"),
    RUNNING("▸"),
    DONE("✓"),
    /** An earlier run did it; nothing ran. */
    CACHED("✓"),
    /** By the user; {@link Stage#epoch} is its last whole one. */
    STOPPED("■"),
    BROKE("✗"),
    /** The statement ended before it. */
    NOT_RUN("·");

    private final String sign;

    State(String sign) {
      this.sign = sign;
    }

    /** One character. */
    public String sign() {
      return sign;
    }
  }

  static Stage of(State state, String verb, String name) {
    return new Stage(
        state, verb, name, "", Double.NaN, 0, 0, Double.NaN, Double.NaN, Double.NaN, 0, "");
  }

  /** The same in another state, with nothing running in it. */
  Stage in(State other) {
    return new Stage(
        other, verb, name, "", fraction, epoch, epochs, loss, accuracy, seconds, resumed, effect);
  }

  /** The same with what its training reached. */
  Stage at(int newEpoch, int newEpochs, double newLoss, double newAccuracy) {
    double part = newEpochs > 0 ? (double) newEpoch / newEpochs : Double.NaN;
    return new Stage(
        state,
        verb,
        name,
        "",
        part,
        newEpoch,
        newEpochs,
        newLoss,
        newAccuracy,
        seconds,
        resumed,
        effect);
  }

  /** The same doing something long that is no training. */
  Stage doing(String newWhat) {
    return new Stage(
        state, verb, name, newWhat, Double.NaN, 0, 0, Double.NaN, Double.NaN, Double.NaN, 0, "");
  }

  Stage done(double newFraction) {
    return new Stage(
        state,
        verb,
        name,
        what,
        newFraction,
        epoch,
        epochs,
        loss,
        accuracy,
        seconds,
        resumed,
        effect);
  }

  Stage taking(double newSeconds) {
    return new Stage(
        state,
        verb,
        name,
        what,
        fraction,
        epoch,
        epochs,
        loss,
        accuracy,
        newSeconds,
        resumed,
        effect);
  }

  Stage after(int newResumed) {
    return new Stage(
        state,
        verb,
        name,
        what,
        fraction,
        epoch,
        epochs,
        loss,
        accuracy,
        seconds,
        newResumed,
        effect);
  }

  Stage with(String newEffect) {
    return new Stage(
        state, verb, name, what, fraction, epoch, epochs, loss, accuracy, seconds, resumed,
        newEffect);
  }

  /** {@code train teacher}. */
  public String title() {
    String step = name.isEmpty() ? verb : verb.isEmpty() ? name : verb + " " + name;
    return what.isEmpty() ? step : step.isEmpty() ? what : step + ": " + what;
  }

  /** What is known of it, in the order of reading. */
  List<String> facts() {
    List<String> facts = new ArrayList<>();
    switch (state) {
      case WAITING -> facts.add("waits");
      case NOT_RUN -> facts.add("not run");
      case RUNNING -> {
        if (epochs > 0) {
          facts.add("epoch " + epoch + "/" + epochs);
        } else if (!Double.isNaN(fraction)) {
          facts.add(Math.round(Math.floor(fraction * 100)) + "%");
        }
      }
      case DONE, CACHED -> {
        if (state == State.CACHED) {
          facts.add("cached");
        }
        if (epoch > 0) {
          facts.add(epoch + (epoch == 1 ? " epoch" : " epochs"));
        }
      }
      case STOPPED ->
          facts.add(
              epoch > 0
                  ? "stopped after epoch " + epoch + " of " + epochs
                  : epochs > 0 ? "stopped before an epoch was whole" : "stopped");
      case BROKE -> facts.add(epochs > 0 ? "broke in epoch " + epoch + " of " + epochs : "broke");
    }
    if (!Double.isNaN(loss)) {
      facts.add("loss " + Figures.loss(loss));
    }
    if (!Double.isNaN(accuracy)) {
      facts.add("validation " + Figures.percentage(accuracy));
    }
    if (resumed > 0) {
      facts.add("went on after epoch " + resumed);
    }
    if (!Double.isNaN(seconds)) {
      facts.add(
          state == State.RUNNING
              ? Figures.remaining(seconds) + " left"
              : Figures.duration(seconds));
    }
    return facts;
  }
}
