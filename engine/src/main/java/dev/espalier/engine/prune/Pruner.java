package dev.espalier.engine.prune;

import dev.espalier.engine.Environment;
import dev.espalier.engine.EspalierException;
import dev.espalier.engine.Model;
import dev.espalier.engine.Progress;
import dev.espalier.engine.Randomness;
import dev.espalier.engine.data.DataSet;
import dev.espalier.engine.graph.Graph;
import dev.espalier.engine.operator.ConstantFolding;
import dev.espalier.engine.train.Initialization;
import dev.espalier.engine.train.TrainSettings;
import dev.espalier.engine.train.Trained;
import dev.espalier.engine.train.Trainer;
import dev.espalier.engine.train.TrainingStopped;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Prunes weights (they become zero and stay so) or channels (they are removed and the shapes
 * change).
 *
 * <p>A {@link Amount.Level} counts against the dense original: per layer it holds for each layer
 * (for channels, each family of coupled layers), globally for all of them together. A layer that is
 * beyond the level already stays as it is; when all together are beyond it, the level is refused.
 * Counts are exact, rounded half up, and at least one weight or channel stays.
 */
public final class Pruner {
  private static final String VERB = "prune";

  private Pruner() {}

  /**
   * The pruned model.
   *
   * @param settings of the finetuning after each round; its epochs are {@link
   *     PruneSpec#roundEpochs()}
   * @param data for that finetuning; may be empty when there is none
   * @throws EspalierException when the model is a blueprint, a layer is unknown, the level is
   *     reached already, or layers that must change are coupled to layers that must not
   * @throws TrainingStopped when the user stopped it after an epoch or more of its finetuning
   * @throws Progress.Cancelled when the user stopped it before
   */
  public static Pruned prune(
      Graph start,
      PruneSpec spec,
      TrainSettings settings,
      Optional<DataSet> data,
      Environment environment,
      Progress progress) {
    return prune(start, spec, settings, data, environment, progress, RoundCheckpoints.NONE);
  }

  /**
   * As {@link #prune(Graph, PruneSpec, TrainSettings, Optional, Environment, Progress)}, going on
   * from the rounds that are done: the result has the same bits as without.
   *
   * @throws IllegalArgumentException when what is done is of another pruning
   */
  public static Pruned prune(
      Graph start,
      PruneSpec spec,
      TrainSettings settings,
      Optional<DataSet> data,
      Environment environment,
      Progress progress,
      RoundCheckpoints checkpoints) {
    check(start, spec, data);
    Graph before = spec.channels() ? ConstantFolding.in(marked(start)) : marked(start);
    Rounds rounds =
        spec.channels()
            ? new ChannelPruning(before, spec, environment.seed()).checked()
            : new WeightPruning(before, spec, environment.seed());
    // Without finetuning a round is done in no time.
    Optional<FinishedRound> newest =
        spec.roundEpochs() > 0 ? checkpoints.newestRound() : Optional.empty();
    int done = newest.map(FinishedRound::round).orElse(0);
    if (newest.isPresent() && (done < 1 || done >= spec.rounds())) {
      throw new IllegalArgumentException("round " + done + " of " + spec.rounds() + " is done");
    }
    Graph graph = newest.map(FinishedRound::graph).orElse(before);
    Graph whole = graph;
    List<Model.Epoch> history =
        new ArrayList<>(newest.map(FinishedRound::history).orElse(List.of()));
    int epochs = spec.rounds() * spec.roundEpochs();
    for (int round = done + 1; round <= spec.rounds(); round++) {
      try {
        progress.check();
        graph = rounds.next(graph, round, progress);
        if (spec.roundEpochs() > 0) {
          // Each round draws its own order of the samples.
          Environment own =
              new Environment(
                  Randomness.seed(environment.seed(), "prune round " + round),
                  environment.threads(),
                  environment.device(),
                  environment.offline());
          Trained tuned =
              Trainer.train(
                  graph,
                  data.orElseThrow(),
                  settings.withEpochs(spec.roundEpochs()),
                  own,
                  VERB,
                  new RoundProgress(progress, history.size(), epochs),
                  checkpoints.finetuning(round));
          graph = tuned.graph();
          add(history, tuned);
          whole = graph;
          if (round < spec.rounds()) {
            checkpoints.keepRound(new FinishedRound(round, graph, history));
          }
        }
      } catch (TrainingStopped e) {
        add(history, e.trained());
        whole = e.trained().graph();
        throw stopped(whole, history, epochs, rounds.effect(before, whole));
      } catch (Progress.Cancelled e) {
        if (history.isEmpty()) {
          throw e;
        }
        throw stopped(whole, history, epochs, rounds.effect(before, whole));
      }
    }
    return new Pruned(graph, history, rounds.effect(before, graph));
  }

  /** The graph with its dense sizes among its metadata, where they take bytes too. */
  private static Graph marked(Graph graph) {
    return DenseOriginal.of(graph).in(graph);
  }

  /**
   * Why a model cannot be pruned to its budgets, found from its structure alone: no search, and the
   * values of the weights do not matter. Empty when it can, or when there are no budgets.
   *
   * @param graph a model or a blueprint
   * @throws EspalierException when a layer is unknown, or nothing can be pruned
   */
  public static Optional<Shortfall> shortfall(Graph graph, PruneSpec spec) {
    if (!(spec.amount() instanceof Amount.Budgets budgets) || !spec.channels()) {
      return Optional.empty();
    }
    Graph start = ConstantFolding.in(marked(Initialization.zeros(graph)));
    return new ChannelPruning(start, spec.unordered(), 0).shortfall(budgets);
  }

  /**
   * The shapes that pruning leaves, where they do not depend on the values of the weights: those of
   * single weights stay, and those of channels that go evenly are known. Empty when channels go
   * globally or until a budget holds.
   *
   * @param graph a model or a blueprint
   * @return with any values
   * @throws EspalierException as {@link #prune}
   */
  public static Optional<Graph> shapes(Graph graph, PruneSpec spec) {
    if (!spec.channels()) {
      return Optional.of(graph);
    }
    if (spec.globally() || spec.amount() instanceof Amount.Budgets) {
      return Optional.empty();
    }
    return Optional.of(
        prune(
                Initialization.zeros(graph),
                spec.untrained(),
                TrainSettings.epochs(1),
                Optional.empty(),
                new Environment(0, 1, "cpu", true),
                Progress.NONE)
            .graph());
  }

  private static void add(List<Model.Epoch> history, Trained tuned) {
    int before = history.size();
    tuned.history().forEach(e -> history.add(RoundProgress.later(e, before + e.epoch())));
  }

  private static TrainingStopped stopped(
      Graph whole, List<Model.Epoch> history, int epochs, String effect) {
    return new TrainingStopped(new Trained(whole, history), epochs, effect);
  }

  private static void check(Graph start, PruneSpec spec, Optional<DataSet> data) {
    if (start.isBlueprint()) {
      throw EspalierException.program(
          "`" + start.name() + "` is a blueprint; nothing has trained it",
          "prune",
          "without trained weights there is nothing to tell important from unimportant",
          "train it first");
    }
    amount(spec.amount(), "");
    if (spec.amount() instanceof Amount.Budgets && !spec.channels()) {
      throw EspalierException.program(
          "a budget is met by removing channels",
          "prune",
          "zeros among the weights take neither arithmetic nor bytes from a dense file",
          "prune channels");
    }
    for (PruneSpec.Override override : spec.overrides()) {
      amount(override.amount(), "layer `" + override.layer() + "`");
    }
    if (spec.rounds() < 1) {
      throw EspalierException.program(
          "there cannot be " + spec.rounds() + " rounds", "prune", "", "give at least 1");
    }
    if (spec.roundEpochs() < 0) {
      throw EspalierException.program(
          "a round cannot have " + spec.roundEpochs() + " epochs", "prune", "", "give 0 or more");
    }
    if (spec.roundEpochs() > 0 && data.isEmpty()) {
      throw EspalierException.program(
          "finetuning between rounds needs data",
          "prune in " + spec.rounds() + " rounds of " + spec.roundEpochs() + " epochs",
          "the model does not say what it was trained on",
          "add `on` and a data set");
    }
  }

  private static void amount(Amount amount, String where) {
    if (amount instanceof Amount.Budgets budgets) {
      for (Amount.Budget budget : budgets.all()) {
        if (!(budget.most() > 0) || (budget.relative() && budget.most() >= 1)) {
          throw EspalierException.program(
              "a budget of " + budget.most() + " is not possible",
              where,
              "",
              "give a part above 0% and below 100%, or an amount above 0");
        }
      }
      return;
    }
    double fraction =
        amount instanceof Amount.Level level
            ? level.fraction()
            : ((Amount.OfRemaining) amount).fraction();
    if (!(fraction >= 0 && fraction < 1)) {
      throw EspalierException.program(
          "cannot prune " + Refusal.percent(fraction),
          where,
          "something has to be left",
          "give at least 0% and less than 100%");
    }
  }
}
