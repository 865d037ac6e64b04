package dev.espalier.engine.run;

import dev.espalier.engine.EngineVersion;
import dev.espalier.engine.Environment;
import dev.espalier.engine.EspalierException;
import dev.espalier.engine.Hardware;
import dev.espalier.engine.Model;
import dev.espalier.engine.PeakMemory;
import dev.espalier.engine.Progress;
import dev.espalier.engine.Sha256;
import dev.espalier.engine.architecture.Architecture;
import dev.espalier.engine.data.DataSet;
import dev.espalier.engine.data.Partitioner;
import dev.espalier.engine.distill.Distiller;
import dev.espalier.engine.distill.Teacher;
import dev.espalier.engine.graph.Graph;
import dev.espalier.engine.prune.Pruned;
import dev.espalier.engine.prune.Pruner;
import dev.espalier.engine.prune.RoundCheckpoints;
import dev.espalier.engine.quantize.Quantizer;
import dev.espalier.engine.train.Checkpoints;
import dev.espalier.engine.train.Initialization;
import dev.espalier.engine.train.Trained;
import dev.espalier.engine.train.Trainer;
import dev.espalier.engine.train.TrainingStopped;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Makes what operations describe, each once: from memory, from the store, or by doing it.
 *
 * <p>Not thread-safe: one program runs at a time.
 */
public final class Runner {
  /** Data sets are large; only the last few stay in memory. */
  private static final int DATA_SETS_KEPT = 3;

  private final Store store;
  private final Clock clock;
  private final Keys keys = new Keys();
  private Searcher searcher =
      (search, sentence, progress) -> {
        throw EspalierException.run(
            "a search cannot be done here",
            "compress",
            "it hands out work to workers, and this is one",
            "run the sentence with `compress` first");
      };
  private final Map<String, Model> models = new HashMap<>();
  private final Map<String, DataSet> dataSets =
      new LinkedHashMap<>(8, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, DataSet> eldest) {
          return size() > DATA_SETS_KEPT;
        }
      };

  public Runner(Store store) {
    this(store, Clock.systemUTC());
  }

  Runner(Store store, Clock clock) {
    this.store = store;
    this.clock = clock;
  }

  public Store store() {
    return store;
  }

  /** Finds what a search is for. */
  public interface Searcher {
    /**
     * The steps that make the best model.
     *
     * @throws EspalierException when nothing keeps to the target
     */
    Operation best(Operation.Search search, String sentence, Progress progress);
  }

  /** Has searches done by {@code other}. */
  public void searchBy(Searcher other) {
    searcher = other;
  }

  /** The key of an operation. */
  public String key(Operation operation) {
    return keys.of(operation);
  }

  /** Lets go of all models in memory; what is stored stays. */
  public void forgetModels() {
    models.clear();
    keys.forget();
  }

  /** Whether the result is in memory or in the store, so that nothing would run. */
  public boolean has(Operation operation) {
    String key = keys.of(operation);
    return models.containsKey(key) || store.has(key);
  }

  /**
   * The data set of a {@link Operation.LoadData} (or one given from Java).
   *
   * @throws EspalierException naming the file and line of what is wrong with it
   */
  public DataSet data(Operation operation, Progress progress) {
    if (operation instanceof Operation.Given given && given.value() instanceof DataSet data) {
      return data;
    }
    if (!(operation instanceof Operation.LoadData load)) {
      throw new IllegalArgumentException(operation + " makes no data set");
    }
    String key = keys.of(operation);
    DataSet data = dataSets.get(key);
    if (data == null) {
      long begin = System.nanoTime();
      progress.on(new Progress.Event.Started("data", load.name()));
      DataSet raw = load.source().load(load.environment().offline(), progress);
      data = Partitioner.apply(raw, load.partition(), load.environment());
      dataSets.put(key, data);
      progress.on(
          new Progress.Event.Finished("data", load.name(), false, seconds(begin), sizes(data)));
    }
    return data;
  }

  /** The data set of an operation as {@link #data} gives it, if it need not be loaded for that. */
  public Optional<DataSet> loaded(Operation operation) {
    if (operation instanceof Operation.Given given && given.value() instanceof DataSet data) {
      return Optional.of(data);
    }
    return Optional.ofNullable(dataSets.get(keys.of(operation)));
  }

  /** What is in a data set, in one line. */
  public static String sizes(DataSet data) {
    return String.format(
        java.util.Locale.ROOT,
        "%,d training, %,d validation, %,d test",
        data.train().size(),
        data.validation().size(),
        data.test().size());
  }

  /**
   * The model an operation makes.
   *
   * @param name what the program calls it; for progress and provenance
   * @param sentence the source sentence; empty from Java
   * @throws EspalierException when it cannot be made; what was made before it stays stored
   * @throws StoppedStep when the user stopped it, or a step before it, after an epoch or more; the
   *     model so far is stored under a key of its own
   * @throws Progress.Cancelled when the user stopped it before
   */
  public Made model(Operation operation, String name, String sentence, Progress progress) {
    if (operation instanceof Operation.Given given && given.value() instanceof Model model) {
      return new Made(model, true, "");
    }
    String key = keys.of(operation);
    String verb = verb(operation);
    Model known = models.get(key);
    if (known == null) {
      known = operation instanceof Operation.FromOnnx ? null : store.find(key).orElse(null);
      if (known != null) {
        models.put(key, known);
      }
    }
    if (known != null) {
      progress.on(new Progress.Event.Finished(verb, name, true, 0, effect(known)));
      return new Made(known, true, effect(known));
    }
    progress.check();
    for (Operation input : operation.inputs()) {
      boolean blueprint =
          architecture(input) != null
              || input instanceof Operation.LoadData
              || input instanceof Operation.FromTorchScript;
      boolean data = input instanceof Operation.Given g && g.value() instanceof DataSet;
      if (input instanceof Operation.FreshCopy fresh) {
        model(fresh.model(), "", sentence, progress);
      } else if (!blueprint && !data) {
        model(input, "", sentence, progress);
      }
    }
    long begin = System.nanoTime();
    progress.on(new Progress.Event.Started(verb, name));
    PeakMemory memory = PeakMemory.watch();
    Output output;
    try {
      output =
          operation instanceof Operation.Search search
              ? searched(search, sentence, progress)
              : made(operation, progress);
    } catch (TrainingStopped e) {
      throw stopped(operation, name, sentence, e, seconds(begin), progress);
    }
    double seconds = seconds(begin) + output.before();
    List<Model.Epoch> history = new ArrayList<>(output.inherited());
    history.addAll(output.added());
    Model model =
        new Model(
            key,
            output.graph().withMetadata(EFFECT, output.effect()),
            history,
            provenance(operation, sentence, seconds));
    if (!(operation instanceof Operation.FromOnnx)) {
      model = store.keep(model, effort(operation, seconds, output.added(), memory, progress));
    }
    new StepCheckpoints(store, key).forget(operation);
    models.put(key, model);
    progress.on(new Progress.Event.Finished(verb, name, false, seconds, output.effect()));
    return new Made(model, false, output.effect());
  }

  private Model.Provenance provenance(Operation operation, String sentence, double seconds) {
    return new Model.Provenance(
        sentence,
        keys.canonical(operation),
        operation.inputs().stream().map(keys::of).toList(),
        surroundings(operation),
        clock.instant().toString(),
        seconds);
  }

  /** Keeps what a stopped step has reached, as a model of its own. */
  private StoppedStep stopped(
      Operation operation,
      String name,
      String sentence,
      TrainingStopped e,
      double seconds,
      Progress progress) {
    Operation.StoppedAfter reached =
        new Operation.StoppedAfter(operation, e.trained().history().size(), e.epochs());
    List<Model.Epoch> history = new ArrayList<>(inherited(operation));
    history.addAll(e.trained().history());
    Model model =
        new Model(
            keys.of(reached),
            marked(e.trained().graph(), reached).withMetadata(EFFECT, e.effect()),
            history,
            provenance(reached, sentence, seconds));
    try {
      model = store.keep(model);
    } catch (EspalierException unwritten) {
      // A full disk must not take from the user what is in memory; only the store lacks it.
    }
    models.put(model.key(), model);
    progress.on(
        new Progress.Event.Stopped(
            verb(operation), name, reached.epoch(), reached.epochs(), seconds));
    return new StoppedStep(reached, model);
  }

  /** Trainings that were stopped on the way here stay named. */
  private static Graph marked(Graph graph, Operation.StoppedAfter reached) {
    String now =
        verb(reached.step())
            + " stopped after epoch "
            + reached.epoch()
            + " of "
            + reached.epochs();
    String before = graph.metadata().getOrDefault(Model.STOPPED, "");
    return graph.withMetadata(Model.STOPPED, before.isEmpty() ? now : before + ", " + now);
  }

  private List<Model.Epoch> inherited(Operation operation) {
    return Controls.before(operation).map(o -> parent(o).history()).orElse(List.of());
  }

  private Optional<Effort> effort(
      Operation operation,
      double seconds,
      List<Model.Epoch> epochs,
      PeakMemory memory,
      Progress progress) {
    double training = epochs.stream().mapToDouble(Model.Epoch::seconds).sum();
    return Work.of(operation, keys)
        .map(
            work ->
                new Effort(
                    Sha256.of(work.text()),
                    work.epochs(),
                    work.data().map(d -> (long) data(d, progress).train().size()).orElse(0L),
                    work.data().map(keys::of).orElse(""),
                    seconds,
                    Math.min(seconds, training),
                    memory.bytes().orElse(0),
                    Effort.here()));
  }

  /**
   * A model with how it came.
   *
   * @param cached whether nothing had to run
   * @param effect what the step changed, one line; may be empty
   */
  public record Made(Model model, boolean cached, String effect) {}

  private static final String EFFECT = "espalier.effect";

  private static String effect(Model model) {
    return model.graph().metadata().getOrDefault(EFFECT, "");
  }

  /**
   * What a step gave.
   *
   * @param before seconds that earlier runs of it took, which were stopped
   */
  private record Output(
      Graph graph,
      List<Model.Epoch> inherited,
      List<Model.Epoch> added,
      String effect,
      double before) {
    Output(Graph graph, List<Model.Epoch> inherited, List<Model.Epoch> added, String effect) {
      this(graph, inherited, added, effect, 0);
    }

    Output after(double seconds) {
      return new Output(graph, inherited, added, effect, seconds);
    }
  }

  /** The best model that a search finds, which is stored under what made it too. */
  private Output searched(Operation.Search search, String sentence, Progress progress) {
    Operation best = searcher.best(search, sentence, progress);
    Made made = model(best, "", sentence, progress);
    return new Output(made.model().graph(), made.model().history(), List.of(), made.effect());
  }

  /** Makes it, going on from where it was stopped when that was kept. */
  private Output made(Operation operation, Progress progress) {
    String key = keys.of(operation);
    StepCheckpoints checkpoints = new StepCheckpoints(store, key);
    if (checkpoints.exist()) {
      try {
        return make(operation, progress, checkpoints, checkpoints).after(checkpoints.seconds());
      } catch (IllegalArgumentException e) {
        // The checkpoint is none of this step, which therefore begins anew.
        checkpoints.forget(operation);
      }
    }
    return make(operation, progress, checkpoints, checkpoints);
  }

  private Output make(
      Operation operation, Progress progress, Checkpoints checkpoints, RoundCheckpoints rounds) {
    if (operation instanceof Operation.StoppedAfter s) {
      try {
        Output whole =
            make(
                s.step(),
                new UpToEpoch(progress, s.epoch()),
                Checkpoints.NONE,
                RoundCheckpoints.NONE);
        // With another seed a training may stop early, before the epoch at which the user did.
        return new Output(
            marked(whole.graph(), s), whole.inherited(), whole.added(), whole.effect());
      } catch (TrainingStopped e) {
        // The user may stop it too, before it is where it was.
        progress.check();
        return new Output(
            marked(e.trained().graph(), s), inherited(s.step()), e.trained().history(), e.effect());
      }
    }
    if (operation instanceof Operation.FromOnnx onnx) {
      Graph graph = ModelFile.read(onnx, onnx.data().map(d -> data(d, progress).shape()));
      return new Output(graph, List.of(), List.of(), ModelFile.effect(onnx, graph));
    }
    if (operation instanceof Operation.Train train) {
      DataSet data = data(train.data(), progress);
      Graph start = start(train.blueprint(), data, train.environment());
      Trained trained =
          Trainer.train(
              start, data, train.settings(), train.environment(), "train", progress, checkpoints);
      return new Output(trained.graph(), List.of(), trained.history(), "");
    }
    if (operation instanceof Operation.Finetune finetune) {
      Model model = parent(finetune.model());
      DataSet data = data(finetune.data(), progress);
      Trained trained =
          Trainer.train(
              model.graph(),
              data,
              finetune.settings(),
              finetune.environment(),
              "finetune",
              progress,
              checkpoints);
      return new Output(trained.graph(), model.history(), trained.history(), "");
    }
    if (operation instanceof Operation.Distill distill) {
      DataSet data = data(distill.data(), progress);
      List<Teacher> teachers = distill.teachers().stream().map(this::teacher).toList();
      Trained trained =
          Distiller.taught(
              teachers,
              start(distill.student(), data, distill.environment()),
              data,
              distill.method(),
              distill.settings(),
              distill.environment(),
              progress,
              checkpoints);
      return new Output(trained.graph(), List.of(), trained.history(), "");
    }
    if (operation instanceof Operation.Prune prune) {
      Model model = parent(prune.model());
      Pruned pruned =
          Pruner.prune(
              model.graph(),
              prune.spec(),
              prune.settings(),
              prune.data().map(d -> data(d, progress)),
              prune.environment(),
              progress,
              rounds);
      return new Output(pruned.graph(), model.history(), pruned.history(), pruned.effect());
    }
    if (operation instanceof Operation.Quantize quantize) {
      Model model = parent(quantize.model());
      Graph graph =
          Quantizer.quantize(
              model.graph(),
              data(quantize.data(), progress),
              quantize.spec(),
              quantize.environment(),
              progress);
      return new Output(graph, model.history(), List.of(), "");
    }
    throw new IllegalArgumentException(operation + " makes no model");
  }

  private Teacher teacher(Operation operation) {
    return operation instanceof Operation.FromTorchScript script
        ? new Teacher.Script(script.file())
        : new Teacher.Trained(parent(operation).graph());
  }

  /** The model of an input that {@link #model} has made already. */
  private Model parent(Operation operation) {
    if (operation instanceof Operation.Given given && given.value() instanceof Model model) {
      return model;
    }
    Model model = models.get(keys.of(operation));
    if (model == null) {
      throw new IllegalStateException("an input was not made before its use: " + operation);
    }
    return model;
  }

  /** Where training starts: a blueprint initialised from the seed, or a trained model's graph. */
  private Graph start(Operation operation, DataSet data, Environment environment) {
    if (operation instanceof Operation.FreshCopy fresh) {
      return Initialization.initialize(
          FreshWeights.of(parent(fresh.model()).graph()), environment.seed());
    }
    Architecture architecture = architecture(operation);
    if (architecture == null) {
      return parent(operation).graph();
    }
    return Initialization.initialize(
        architecture.build(data.shape(), data.task().outputs()), environment.seed());
  }

  private static Architecture architecture(Operation operation) {
    if (operation instanceof Operation.Blueprint blueprint) {
      return blueprint.architecture();
    }
    return operation instanceof Operation.Given given && given.value() instanceof Architecture a
        ? a
        : null;
  }

  /** The verb of the language that an operation stands for. */
  public static String verb(Operation operation) {
    if (operation instanceof Operation.Train) {
      return "train";
    }
    if (operation instanceof Operation.Finetune) {
      return "finetune";
    }
    if (operation instanceof Operation.Distill) {
      return "distill";
    }
    if (operation instanceof Operation.Prune) {
      return "prune";
    }
    if (operation instanceof Operation.Quantize) {
      return "quantize";
    }
    if (operation instanceof Operation.StoppedAfter stopped) {
      return verb(stopped.step());
    }
    if (operation instanceof Operation.LoadData) {
      return "data";
    }
    if (operation instanceof Operation.Search) {
      return "compress";
    }
    return operation instanceof Operation.FromOnnx ? "load" : "model";
  }

  private static Map<String, String> surroundings(Operation operation) {
    Map<String, String> all = new TreeMap<>();
    all.put("espalier", EngineVersion.CURRENT);
    all.put("java", System.getProperty("java.version"));
    all.put("os", System.getProperty("os.name") + " " + System.getProperty("os.arch"));
    all.put("processors", Integer.toString(Runtime.getRuntime().availableProcessors()));
    Hardware.processor().ifPresent(name -> all.put("processor", name));
    environment(operation)
        .ifPresent(
            e -> {
              all.put("seed", Long.toString(e.seed()));
              all.put("threads", Integer.toString(e.threads()));
              all.put("device", e.device());
            });
    return all;
  }

  /** The environment in which an operation is carried out; empty where none matters. */
  public static Optional<Environment> environment(Operation operation) {
    if (operation instanceof Operation.StoppedAfter stopped) {
      return environment(stopped.step());
    }
    for (var component : operation.getClass().getRecordComponents()) {
      if (component.getType() == Environment.class) {
        try {
          return Optional.of((Environment) component.getAccessor().invoke(operation));
        } catch (ReflectiveOperationException e) {
          throw new IllegalStateException(e);
        }
      }
    }
    return Optional.empty();
  }

  private static double seconds(long begin) {
    return (System.nanoTime() - begin) / 1e9;
  }
}
