package dev.espalier.engine.train;

import java.time.Duration;
import java.util.Optional;

/** Where a training looks for an earlier one to go on from, and leaves how far it came. */
public interface Checkpoints {
  /** Every training starts at its beginning and leaves nothing. */
  Checkpoints NONE =
      new Checkpoints() {
        @Override
        public Optional<TrainingState> newest() {
          return Optional.empty();
        }

        @Override
        public void keep(TrainingState state) {}
      };

  /** How far the same training came before it was stopped; empty when it has not begun. */
  Optional<TrainingState> newest();

  /** How often it is kept while nobody stops it: that much a process that is killed loses. */
  default Duration every() {
    return Duration.ofMinutes(1);
  }

  /** Keeps how far it came, in the place of what was kept before. Must not throw. */
  void keep(TrainingState state);
}
