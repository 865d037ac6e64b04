package dev.espalier.engine.prune;

import dev.espalier.engine.train.Checkpoints;
import java.util.Optional;

/** Where pruning in rounds looks for rounds of an earlier run, and leaves those it finishes. */
public interface RoundCheckpoints {
  /** Pruning starts at its first round and leaves nothing. */
  RoundCheckpoints NONE =
      new RoundCheckpoints() {
        @Override
        public Optional<FinishedRound> newestRound() {
          return Optional.empty();
        }

        @Override
        public void keepRound(FinishedRound round) {}

        @Override
        public Checkpoints finetuning(int round) {
          return Checkpoints.NONE;
        }
      };

  /** The last round that the same pruning finished before it was stopped; empty without one. */
  Optional<FinishedRound> newestRound();

  /** Keeps a round in the place of the one before it. Must not throw. */
  void keepRound(FinishedRound round);

  /** Of the finetuning after a round, from 1 on. */
  Checkpoints finetuning(int round);
}
