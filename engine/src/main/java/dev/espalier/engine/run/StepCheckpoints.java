package dev.espalier.engine.run;

import dev.espalier.engine.EspalierException;
import dev.espalier.engine.Model;
import dev.espalier.engine.Sha256;
import dev.espalier.engine.prune.FinishedRound;
import dev.espalier.engine.prune.RoundCheckpoints;
import dev.espalier.engine.train.Checkpoints;
import dev.espalier.engine.train.TrainingState;
import java.util.List;
import java.util.Optional;

/** How far one step came, in the store. */
final class StepCheckpoints implements Checkpoints, RoundCheckpoints {
  private final Store store;
  private final String key;
  private double seconds;

  /**
   * @param key of the whole step
   */
  StepCheckpoints(Store store, String key) {
    this.store = store;
    this.key = key;
  }

  /** Seconds of the epochs that the step went on from. */
  double seconds() {
    return seconds;
  }

  /** Whether the step was stopped and can go on. */
  boolean exist() {
    return store.hasCheckpoint(key) || store.hasRound(key) || store.hasCheckpoint(ofRound(1));
  }

  /** Forgets how far the step came: it is done, or begins anew. */
  void forget(Operation step) {
    store.forgetCheckpoint(key);
    store.forgetRound(key);
    if (step instanceof Operation.Prune prune && prune.spec().roundEpochs() > 0) {
      for (int round = 1; round <= prune.spec().rounds(); round++) {
        store.forgetCheckpoint(ofRound(round));
      }
    }
  }

  @Override
  public Optional<TrainingState> newest() {
    return newest(key);
  }

  @Override
  public void keep(TrainingState state) {
    keep(key, state);
  }

  @Override
  public Optional<FinishedRound> newestRound() {
    Optional<FinishedRound> round = store.round(key);
    round.ifPresent(r -> count(r.history()));
    return round;
  }

  @Override
  public void keepRound(FinishedRound round) {
    try {
      store.keepRound(key, round);
      store.forgetCheckpoint(ofRound(round.round()));
    } catch (EspalierException e) {
      // Without it the rounds begin anew next time, with the same result.
    }
  }

  @Override
  public Checkpoints finetuning(int round) {
    String own = ofRound(round);
    return new Checkpoints() {
      @Override
      public Optional<TrainingState> newest() {
        return StepCheckpoints.this.newest(own);
      }

      @Override
      public void keep(TrainingState state) {
        StepCheckpoints.this.keep(own, state);
      }
    };
  }

  private String ofRound(int round) {
    return Sha256.of(key + " finetuning of round " + round);
  }

  private Optional<TrainingState> newest(String of) {
    Optional<TrainingState> state = store.checkpoint(of);
    state.ifPresent(s -> count(s.history()));
    return state;
  }

  private void count(List<Model.Epoch> history) {
    seconds += history.stream().mapToDouble(Model.Epoch::seconds).sum();
  }

  private void keep(String of, TrainingState state) {
    try {
      store.keepCheckpoint(of, state);
    } catch (EspalierException e) {
      // Without it the step begins anew next time, with the same result.
    }
  }
}
