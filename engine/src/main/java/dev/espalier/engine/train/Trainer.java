package dev.espalier.engine.train;

import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import dev.espalier.engine.Environment;
import dev.espalier.engine.EspalierException;
import dev.espalier.engine.Model;
import dev.espalier.engine.Progress;
import dev.espalier.engine.Randomness;
import dev.espalier.engine.data.DataSet;
import dev.espalier.engine.data.Task;
import dev.espalier.engine.graph.DataType;
import dev.espalier.engine.graph.Graph;
import dev.espalier.engine.graph.Tensor;
import dev.espalier.engine.graph.Weight;
import dev.espalier.engine.train.Network.Parameter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;

/**
 * Trains a graph by stochastic gradients.
 *
 * <p>Everything random comes from the environment's seed; the same seed and number of threads give
 * the same bits. The order of the samples depends on the seed and the epoch alone, so that a
 * student trained alone and one that is distilled see the same batches. The weights of the last
 * epoch are kept, unless training stopped early: then those of the epoch with the least validation
 * loss. When the user stops it, those of the last whole epoch are given back with the exception.
 *
 * <p>In a graph that was pruned, every zero of a kernel or matrix stays zero.
 */
public final class Trainer {
  /** Metadata of a graph whose zeros are to stay. */
  public static final String PRUNED = "espalier.pruned";

  private static final long NANOS_BETWEEN_EVENTS = 100_000_000L;

  private final Graph start;
  private final Network network;
  private final DataSet data;
  private final Samples samples;
  private final Augmenter augmenter;
  private final Task task;
  private final Objective objective;
  private final TrainSettings settings;
  private final Environment environment;
  private final String verb;
  private final Progress progress;
  private final Checkpoints checkpoints;
  private final NDManager manager;
  private final List<Parameter> parameters;
  private final Updates updates;

  /** Makes the objective once the arrays of this training can be made. */
  @FunctionalInterface
  public interface ObjectiveMaker {
    /**
     * Makes it.
     *
     * @param samples of the training split
     * @param manager owns what the objective keeps
     */
    Objective make(Samples samples, NDManager manager);
  }

  /**
   * Trains on the data's labels or targets, by the loss of its task.
   *
   * @param start a blueprint, which is initialised from the seed, or a trained graph
   * @param verb the step's verb, for history and events
   * @throws EspalierException when the data does not fit the graph, or when the loss is no longer
   *     finite
   * @throws TrainingStopped when the user stopped it after an epoch or more, with what they gave
   * @throws Progress.Cancelled when the user stopped it before
   */
  public static Trained train(
      Graph start,
      DataSet data,
      TrainSettings settings,
      Environment environment,
      String verb,
      Progress progress) {
    return train(start, data, settings, environment, verb, progress, Checkpoints.NONE);
  }

  /**
   * As {@link #train(Graph, DataSet, TrainSettings, Environment, String, Progress)}, going on from
   * the checkpoint that there is: the result has the same bits as without.
   *
   * @throws IllegalArgumentException when the checkpoint is one of another training
   */
  public static Trained train(
      Graph start,
      DataSet data,
      TrainSettings settings,
      Environment environment,
      String verb,
      Progress progress,
      Checkpoints checkpoints) {
    return train(
        start,
        data,
        settings,
        environment,
        verb,
        progress,
        checkpoints,
        (samples, manager) -> Objectives.of(Task.of(start, data), data.train()));
  }

  /** The same on another loss. */
  public static Trained train(
      Graph start,
      DataSet data,
      TrainSettings settings,
      Environment environment,
      String verb,
      Progress progress,
      Checkpoints checkpoints,
      ObjectiveMaker objective) {
    Graph graph =
        start.isBlueprint() ? Initialization.initialize(start, environment.seed()) : start;
    if (settings.dropout() >= 0) {
      graph = Dropouts.withRatio(graph, settings.dropout());
    }
    Graph ready = graph;
    check(data, settings, verb);
    return NativeEngine.work(
        environment,
        verb + " " + start.name(),
        manager -> {
          Trainer trainer =
              new Trainer(
                  ready,
                  data,
                  settings,
                  environment,
                  verb,
                  progress,
                  checkpoints,
                  manager,
                  objective);
          try (Updates closing = trainer.updates) {
            return trainer.run();
          }
        });
  }

  private static void check(DataSet data, TrainSettings settings, String verb) {
    if (data.train().size() == 0) {
      throw EspalierException.program(
          "there is nothing to train on",
          verb + " on " + data.name(),
          "its training split is empty",
          "give the training split some samples");
    }
    if (settings.patience() > 0 && data.validation().size() == 0) {
      throw EspalierException.program(
          "`patience` needs a validation split",
          verb + " on " + data.name(),
          "stopping early looks at the validation loss, and that split is empty",
          "split the data, or leave `patience` out");
    }
  }

  private Trainer(
      Graph graph,
      DataSet data,
      TrainSettings settings,
      Environment environment,
      String verb,
      Progress progress,
      Checkpoints checkpoints,
      NDManager manager,
      ObjectiveMaker objective) {
    this.checkpoints = checkpoints;
    this.data = data;
    this.settings = settings;
    this.environment = environment;
    this.verb = verb;
    this.progress = progress;
    this.manager = manager;
    start = graph;
    network = new Network(graph, manager);
    network.stopsFor(progress);
    task = Task.of(graph, data);
    Objectives.check(task, graph, network.outputs());
    network.reads(data, data.train());
    parameters = network.parameters();
    if (parameters.isEmpty()) {
      throw EspalierException.program(
          "the model has nothing to train", graph.name(), "it has no kernels or matrices", "");
    }
    samples = new Samples(data, data.train(), manager);
    augmenter = data.augmentations().isEmpty() ? null : new Augmenter(data);
    updates =
        new Updates(
            settings.optimizer(),
            settings.weightDecay(),
            parameters,
            masks(graph),
            environment.threads(),
            manager);
    this.objective = objective.make(samples, manager);
  }

  /** 0 where a pruned kernel is zero, 1 elsewhere; null where nothing was pruned. */
  private float[][] masks(Graph graph) {
    float[][] out = new float[parameters.size()][];
    if (!graph.metadata().containsKey(PRUNED)) {
      return out;
    }
    for (int i = 0; i < out.length; i++) {
      Parameter p = parameters.get(i);
      float[] values = graph.tensor(p.name()).floats();
      if (!p.kernel() || graph.tensor(p.name()).nonZero() == values.length) {
        continue;
      }
      float[] mask = new float[values.length];
      for (int k = 0; k < mask.length; k++) {
        mask[k] = values[k] == 0 ? 0 : 1;
      }
      out[i] = mask;
    }
    return out;
  }

  /** The least validation loss so far, where training may stop early. */
  private static final class Best {
    double loss = Double.POSITIVE_INFINITY;
    int since;
    Map<String, NDArray> weights;

    /** Takes note of an epoch; whether it is time to stop. */
    boolean enough(double validationLoss, int patience, Network network) {
      if (validationLoss < loss) {
        loss = validationLoss;
        since = 0;
        if (weights != null) {
          weights.values().forEach(NDArray::close);
        }
        weights = network.snapshot();
        return false;
      }
      return ++since >= patience;
    }
  }

  private Trained run() {
    int n = samples.size();
    int batches = batches(n);
    Samples validation = new Samples(data, data.validation(), manager);
    List<Model.Epoch> history = new ArrayList<>();
    Best best = new Best();
    Snapshot whole = new Snapshot(manager);
    checkpoints.newest().ifPresent(state -> resume(state, history, best, whole));
    Clock clock = new Clock(settings.epochs() * (long) batches, history.size() * (long) batches);
    long kept = System.nanoTime();
    try {
      for (int epoch = history.size(); epoch < settings.epochs(); epoch++) {
        long began = System.nanoTime();
        double loss = epoch(epoch, n, batches, clock);
        progress.check();
        Predictions.Score score =
            Predictions.score(
                Predictions.logits(network, validation, manager, progress),
                network.outputs(),
                task,
                data,
                data.validation());
        Model.Epoch ended =
            new Model.Epoch(
                verb,
                epoch + 1,
                loss,
                score.loss(),
                score.accuracy(),
                (System.nanoTime() - began) / 1e9);
        history.add(ended);
        boolean enough =
            settings.patience() > 0 && best.enough(score.loss(), settings.patience(), network);
        boolean last = enough || epoch + 1 == settings.epochs();
        if (!last) {
          whole.take(network, updates, history);
          if (System.nanoTime() - kept >= checkpoints.every().toNanos()) {
            checkpoints.keep(state(whole, best));
            kept = System.nanoTime();
          }
        }
        progress.on(new Progress.Event.EpochEnded(verb, settings.epochs(), ended));
        if (enough) {
          network.restore(best.weights);
          break;
        }
      }
    } catch (Progress.Cancelled e) {
      throw stopped(e, whole, best);
    }
    return new Trained(network.graph(), history);
  }

  private static TrainingState state(Snapshot whole, Best best) {
    return whole.state(best.loss, best.since, best.weights == null ? Map.of() : best.weights);
  }

  /** What the user is given who stops; the epoch that was running leaves no trace. */
  private Progress.Cancelled stopped(Progress.Cancelled e, Snapshot whole, Best best) {
    if (!whole.taken()) {
      return e;
    }
    TrainingState state = state(whole, best);
    checkpoints.keep(state);
    network.take(state.weights());
    return new TrainingStopped(
        new Trained(network.graph(), state.history()), settings.epochs(), "");
  }

  private void resume(TrainingState state, List<Model.Epoch> history, Best best, Snapshot whole) {
    if (state.epochs() >= settings.epochs()) {
      throw new IllegalArgumentException("the checkpoint is beyond the last epoch");
    }
    if (settings.patience() > 0 && !state.bestWeights().isEmpty()) {
      network.take(state.bestWeights());
      best.weights = network.snapshot();
      best.loss = state.best();
      best.since = state.since();
    }
    network.take(state.weights());
    updates.resume(state.moments(), state.steps(), state.rate());
    history.addAll(state.history());
    whole.take(network, updates, history);
    progress.on(new Progress.Event.Resumed(verb, settings.epochs(), history));
  }

  /** Steps an epoch; a last batch of a single sample is left out where a batch is normalised. */
  private int batches(int n) {
    int whole = n / settings.batch();
    int rest = n % settings.batch();
    if (rest == 0 || (rest == 1 && network.normalisesBatches() && whole > 0)) {
      return whole;
    }
    if (rest == 1 && network.normalisesBatches()) {
      throw EspalierException.program(
          "one sample cannot train batch normalisation",
          verb + " on " + data.name(),
          "its training split has one sample",
          "take more samples");
    }
    return whole + 1;
  }

  private double epoch(int epoch, int n, int batches, Clock clock) {
    SplittableRandom random = Randomness.of(environment.seed(), "order of epoch " + epoch);
    int[] order = Randomness.permutation(n, random);
    SplittableRandom changes = Randomness.of(environment.seed(), "augmentation of epoch " + epoch);
    if (epoch > 0) {
      NativeEngine.reseed(environment, epoch);
    }
    double sum = 0;
    int seen = 0;
    for (int b = 0; b < batches; b++) {
      progress.check();
      int from = b * settings.batch();
      int count = Math.min(settings.batch(), n - from);
      double rate = rate(clock.done, clock.total, epoch, batches);
      double loss;
      try (NDManager step = manager.newSubManager()) {
        int[] rows = Arrays.copyOfRange(order, from, from + count);
        Batch batch =
            augmenter == null
                ? samples.gather(rows, step)
                : samples.with(augmenter.batch(order, from, count, changes, step), rows, step);
        loss = step(batch, rate);
      } catch (EngineException e) {
        throw where(e, epoch, b, batches);
      }
      if (!Double.isFinite(loss)) {
        throw notFinite(
            loss,
            String.format(
                Locale.ROOT,
                "%s, epoch %d of %d, batch %d of %d, learning rate %.3g",
                verb,
                epoch + 1,
                settings.epochs(),
                b + 1,
                batches,
                rate));
      }
      sum += loss * count;
      seen += count;
      clock.done++;
      if (clock.due()) {
        progress.on(
            new Progress.Event.Batch(
                verb, epoch + 1, settings.epochs(), b + 1, batches, sum / seen, clock.left()));
      }
    }
    return sum / seen;
  }

  private EngineException where(EngineException e, int epoch, int batch, int batches) {
    return new EngineException(
        NativeEngine.firstLine(e)
            + " (epoch "
            + (epoch + 1)
            + ", batch "
            + (batch + 1)
            + " of "
            + batches
            + ")",
        e);
  }

  private EspalierException notFinite(double loss, String where) {
    String what = "the loss is " + (Double.isNaN(loss) ? "not a number" : "infinite");
    Optional<String> broken =
        start.weights().entrySet().stream()
            .filter(w -> w.getValue() instanceof Weight.Value value && holdsNaN(value.tensor()))
            .map(Map.Entry::getKey)
            .findFirst();
    return broken.isPresent()
        ? EspalierException.run(
            what,
            where,
            "the model that this began with holds values that are no numbers, in its weight "
                + broken.get(),
            "start from another model: this one was saved after its training had broken")
        : EspalierException.run(
            what,
            where,
            "the steps were too large, or the data holds values that are no numbers",
            "try a learning rate ten times smaller, or normalize the data");
  }

  private static boolean holdsNaN(Tensor tensor) {
    if (tensor.type() != DataType.FLOAT) {
      return false;
    }
    for (float value : tensor.floats()) {
      if (Float.isNaN(value)) {
        return true;
      }
    }
    return false;
  }

  /** Forward, backward, update; the loss. */
  private double step(Batch batch, double rate) {
    NDManager manager = batch.manager();
    // Fresh leaves over the weights' memory: a leaf without a gradient takes the one that backward
    // made as it is, where a kept leaf would have to be zeroed and added to.
    Map<Integer, NDArray> leaves = new HashMap<>();
    NDArray[] leaf = new NDArray[parameters.size()];
    for (int i = 0; i < leaf.length; i++) {
      leaf[i] = parameters.get(i).array().stopGradient();
      leaf[i].attach(manager);
      leaf[i].setRequiresGradient(true);
      leaves.put(parameters.get(i).slot(), leaf[i]);
    }
    NDArray outputs;
    JniUtils.setGradMode(true);
    try {
      outputs = network.forward(batch.input(), manager, true, leaves);
    } finally {
      JniUtils.setGradMode(false);
    }
    float[] gradient = new float[Math.toIntExact(outputs.size())];
    int columns = gradient.length / batch.rows().length;
    double value = objective.loss(Upload.read(outputs), columns, batch, gradient);
    if (!Double.isFinite(value)) {
      return value;
    }
    progress.check();
    NDArray above = Upload.floats(manager, gradient, outputs.getShape().getShape());
    JniUtils.backward((PtNDArray) outputs, (PtNDArray) above, false, false);
    NDArray[] gradients = new NDArray[leaf.length];
    for (int i = 0; i < leaf.length; i++) {
      gradients[i] = JniUtils.getGradient((PtNDArray) leaf[i]);
    }
    updates.step(rate, gradients);
    return value;
  }

  private double rate(long done, long total, int epoch, int batches) {
    double rate =
        settings.optimizer().lr() * settings.schedule().factor((double) done / total, epoch);
    double warmup = settings.warmup() * batches;
    return done + 1 < warmup ? rate * (done + 1) / warmup : rate;
  }

  /** How far training is, and when to say so. */
  private static final class Clock {
    final long total;
    private final long before;
    private final long began = System.nanoTime();
    long done;
    private long said = began;

    /**
     * @param total batches of the whole training
     * @param before how many of them were done before this one began
     */
    Clock(long total, long before) {
      this.total = total;
      this.before = before;
      this.done = before;
    }

    boolean due() {
      long now = System.nanoTime();
      if (now - said < NANOS_BETWEEN_EVENTS) {
        return false;
      }
      said = now;
      return true;
    }

    double left() {
      return (System.nanoTime() - began) / 1e9 / (done - before) * (total - done);
    }
  }
}
