package dev.espalier.kernel.session;

import dev.espalier.dsl.Checked;
import dev.espalier.dsl.Diagnostic;
import dev.espalier.dsl.Espalier;
import dev.espalier.dsl.Scope;
import dev.espalier.dsl.Source;
import dev.espalier.dsl.Step;
import dev.espalier.engine.Environment;
import dev.espalier.engine.EspalierException;
import dev.espalier.engine.Model;
import dev.espalier.engine.Progress;
import dev.espalier.engine.Sha256;
import dev.espalier.engine.architecture.Architecture;
import dev.espalier.engine.data.DataSet;
import dev.espalier.engine.graph.Graph;
import dev.espalier.engine.onnx.OnnxFile;
import dev.espalier.engine.run.Operation;
import dev.espalier.engine.run.Result;
import dev.espalier.engine.run.Runner;
import dev.espalier.engine.run.Store;
import dev.espalier.engine.study.Execution;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * A conversation in Espalier: programs or cells, one after another, over the same names.
 *
 * <p>Not thread-safe, but {@link Host#cancelled()} may answer from any thread. The store is opened
 * when the first step runs, so that a wrong program touches no disk.
 */
public final class Session {
  /** Everything ran. */
  public static final int DONE = 0;

  /** Everything ran, and an expectation failed. */
  public static final int EXPECTATION_FAILED = 1;

  /** The program is wrong; nothing of it ran, or the step that showed it did not finish. */
  public static final int PROGRAM_WRONG = 2;

  /** A step broke, or was stopped. */
  public static final int BROKE = 3;

  private final Path storePlace;
  private volatile Scope scope;
  private Execution execution;

  /** How many runs were left behind; those of another number are none of this session's. */
  private int left;

  /**
   * A session over the store in {@code storePlace}, with {@code environment} until a {@code set}.
   */
  public Session(Path storePlace, Environment environment) {
    this.storePlace = storePlace;
    this.scope = Scope.empty(environment);
  }

  /** The names known now. */
  public Scope scope() {
    return scope;
  }

  /**
   * Checks a program and, when it is right, runs it, telling {@code host} of everything.
   *
   * @return {@link #DONE}, {@link #EXPECTATION_FAILED}, {@link #PROGRAM_WRONG} or {@link #BROKE}
   */
  public int execute(Source source, Host host) {
    int run = run();
    Checked checked = Espalier.check(source, scope);
    for (Diagnostic diagnostic : checked.diagnostics()) {
      host.diagnostic(diagnostic);
    }
    if (!checked.ok()) {
      return PROGRAM_WRONG;
    }
    int exit = DONE;
    List<Step> steps = checked.steps();
    for (int i = 0; i < steps.size(); i++) {
      Step step = steps.get(i);
      host.begin(step);
      try {
        Result result =
            execution(run).run(step.operation(), step.name().orElse(""), step.sentence(), host);
        host.result(step, result);
        if (result instanceof Result.Check check && !check.passed()
            || result instanceof Result.Checks checks && !checks.passed()
            || result instanceof Result.NothingFound) {
          exit = EXPECTATION_FAILED;
        }
      } catch (Progress.Cancelled e) {
        keepNames(run, checked.scope(), steps.subList(0, i));
        Stopping stopping = Stopping.of(step, e, scope, checked.scope());
        know(run, at(step, stopping.names()));
        host.failed(step, stopping.told());
        return BROKE;
      } catch (EspalierException e) {
        host.failed(step, e);
        keepNames(run, checked.scope(), steps.subList(0, i));
        return e.blame() == EspalierException.Blame.PROGRAM ? PROGRAM_WRONG : BROKE;
      } catch (RuntimeException e) {
        host.failed(step, e);
        keepNames(run, checked.scope(), steps.subList(0, i));
        return BROKE;
      }
    }
    know(run, checked.scope());
    return exit;
  }

  /**
   * Goes on without the run of {@link #execute} that does not end although it was cancelled. It may
   * still compute, but no name changes by it, and the next run shares nothing with it but the
   * store.
   */
  public synchronized void leaveBehind() {
    left++;
    execution = null;
  }

  private synchronized int run() {
    return left;
  }

  private synchronized void know(int run, Scope wanted) {
    if (run == left) {
      scope = wanted;
    }
  }

  /** The names with what a stopped step left, in the environment that it ran in. */
  private Scope at(Step step, Optional<Scope.Binding> left) {
    Scope now = Runner.environment(step.operation()).map(scope::with).orElse(scope);
    if (left.isEmpty()) {
      return now;
    }
    return left.get().name().equals("it") ? now.withIt(left.get()) : now.with(left.get());
  }

  /** After a failure, the names that finished steps made stay known; later ones do not. */
  private void keepNames(int run, Scope wanted, List<Step> finished) {
    for (Step step : finished) {
      step.name()
          .flatMap(wanted::find)
          .filter(b -> b.operation().equals(Optional.of(step.operation())))
          .ifPresent(b -> know(run, scope.with(b)));
      wanted
          .it()
          .filter(b -> step.name().isEmpty())
          .filter(b -> b.operation().equals(Optional.of(step.operation())))
          .ifPresent(b -> know(run, scope.withIt(b)));
    }
  }

  /**
   * What a name stands for, made if need be: a {@link Model}, a {@link DataSet}, an {@link
   * Architecture}, or a value of {@code let}.
   */
  public Optional<Object> value(String name) {
    return scope.find(name).flatMap(this::value);
  }

  /** The data set that a name stands for, if it is in memory; loads nothing. */
  public synchronized Optional<DataSet> loaded(String name) {
    if (execution == null) {
      return Optional.empty();
    }
    try {
      return scope
          .find(name)
          .filter(b -> b.kind() == Scope.Kind.DATA)
          .flatMap(Scope.Binding::operation)
          .flatMap(execution.runner()::loaded);
    } catch (EspalierException e) {
      // A file that it is to be read from is gone.
      return Optional.empty();
    }
  }

  private Optional<Object> value(Scope.Binding binding) {
    return switch (binding.kind()) {
      case MODEL ->
          binding
              .operation()
              .map(o -> execution().runner().model(o, binding.name(), "", Progress.NONE).model());
      case DATA -> binding.operation().map(o -> execution().runner().data(o, Progress.NONE));
      case BLUEPRINT ->
          binding
              .operation()
              .map(
                  o ->
                      o instanceof Operation.Blueprint b
                          ? b.architecture()
                          : ((Operation.Given) o).value());
      case TEACHER, RECIPE -> Optional.empty();
      case TARGET -> binding.value();
      case TABLE -> binding.operation().flatMap(execution()::table).map(t -> (Object) t);
      case VALUE -> binding.value().map(LetValue::toJava);
    };
  }

  /**
   * Gives a Java value a name in the language.
   *
   * @return whether the language can use such a value: a {@link Model}, {@link Graph}, {@link
   *     DataSet}, {@link Architecture}, number, text or truth value
   */
  public boolean bind(String name, Object value) {
    Scope.Binding binding;
    if (value instanceof Model model) {
      binding =
          known(model)
              .map(
                  b ->
                      new Scope.Binding(
                          name,
                          b.kind(),
                          b.operation(),
                          b.data(),
                          b.value(),
                          b.sparsity(),
                          b.quantized(),
                          0))
              .orElseGet(() -> given(name, Scope.Kind.MODEL, model, model.key()));
    } else if (value instanceof Graph graph) {
      String key = Sha256.of(OnnxFile.encode(graph));
      Model model =
          new Model(
              key,
              graph,
              List.of(),
              new Model.Provenance("", "from Java", List.of(), Map.of(), "", 0));
      binding = given(name, Scope.Kind.MODEL, model, key);
    } else if (value instanceof DataSet data) {
      binding = given(name, Scope.Kind.DATA, data, data.fingerprint());
    } else if (value instanceof Architecture architecture) {
      // A record says in its text what it builds; any other object is itself and nothing else.
      String fingerprint =
          architecture instanceof Record ? architecture.toString() : UUID.randomUUID().toString();
      binding = given(name, Scope.Kind.BLUEPRINT, architecture, fingerprint);
    } else if (LetValue.ofJava(value).isPresent()) {
      binding =
          new Scope.Binding(
              name,
              Scope.Kind.VALUE,
              Optional.empty(),
              Optional.empty(),
              LetValue.ofJava(value).map(v -> (Object) v),
              0,
              false,
              0);
    } else {
      return false;
    }
    scope = scope.with(binding);
    return true;
  }

  /** What made a model that a sentence gave to Java; with it goes the data it was made with. */
  private Optional<Scope.Binding> known(Model model) {
    if (execution == null) {
      return Optional.empty();
    }
    return Stream.concat(scope.it().stream(), scope.bindings().values().stream())
        .filter(b -> b.kind() == Scope.Kind.MODEL)
        .filter(b -> b.operation().filter(o -> makes(o, model)).isPresent())
        .findFirst();
  }

  private boolean makes(Operation operation, Model model) {
    try {
      return execution.runner().key(operation).equals(model.key());
    } catch (EspalierException e) {
      // A file that it reads is gone.
      return false;
    }
  }

  private static Scope.Binding given(
      String name, Scope.Kind kind, Object value, String fingerprint) {
    Operation operation = new Operation.Given(name, value, fingerprint);
    return new Scope.Binding(
        name, kind, Optional.of(operation), Optional.empty(), Optional.empty(), 0, false, 0);
  }

  private synchronized Execution execution(int run) {
    if (run != left) {
      throw new Progress.Cancelled();
    }
    return execution();
  }

  private synchronized Execution execution() {
    if (execution == null) {
      execution = new Execution(new Runner(Store.open(storePlace)));
    }
    return execution;
  }
}
