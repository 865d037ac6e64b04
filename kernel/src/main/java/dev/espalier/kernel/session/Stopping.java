package dev.espalier.kernel.session;

import dev.espalier.dsl.Scope;
import dev.espalier.dsl.Step;
import dev.espalier.engine.Progress;
import dev.espalier.engine.prune.LayerRow;
import dev.espalier.engine.run.Operation;
import dev.espalier.engine.run.Result;
import dev.espalier.engine.run.Runner;
import dev.espalier.engine.run.StoppedStep;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What a program that the user stopped leaves behind: the running stage's last whole epoch as a
 * model, under the name that the stage has, or as {@code it} where it has none.
 *
 * @param names what gets a meaning by it; empty when nothing does
 * @param told what the user is told
 */
record Stopping(Optional<Scope.Binding> names, Stop told) {

  /**
   * Of a step.
   *
   * @param before the names that were known when the step began
   * @param wanted the names as they would be had all of the program run
   */
  static Stopping of(Step step, Progress.Cancelled e, Scope before, Scope wanted) {
    Optional<Step.Stage> running =
        e instanceof StoppedStep stopped
            ? step.pipeline().stream()
                .filter(s -> s.operation() == stopped.operation().step())
                .findFirst()
            : Optional.empty();
    if (e instanceof StoppedStep stopped && running.isPresent()) {
      Operation.StoppedAfter reached = stopped.operation();
      String name = running.get().name().orElse("it");
      Scope.Binding binding =
          new Scope.Binding(
              name,
              Scope.Kind.MODEL,
              Optional.of(reached),
              data(reached.step()),
              Optional.empty(),
              LayerRow.sparsity(stopped.model().graph()),
              false,
              line(step));
      return new Stopping(
          Optional.of(binding),
          new Stop(
              stopped(reached),
              "`"
                  + name
                  + "` is the model as it was then; "
                  + again(reached)
                  + notMade(step, running.get(), before),
              Optional.of(new Result.ModelResult(name, stopped.model(), false, ""))));
    }
    if (e instanceof StoppedStep stopped) {
      return new Stopping(
          Optional.empty(),
          new Stop(stopped(stopped.operation()), "it is kept; " + again(stopped.operation())));
    }
    if (step.pipeline().isEmpty()) {
      return new Stopping(Optional.empty(), new Stop("stopped", ""));
    }
    return new Stopping(
        Optional.empty(),
        new Stop(
            step.pipeline().stream().anyMatch(s -> trains(s.operation()))
                ? "stopped before an epoch was whole"
                : "stopped",
            unmade(
                step.pipeline().stream()
                    .filter(s -> wanted.find(s.name().orElse("")).isPresent())
                    .filter(s -> s.name().isPresent())
                    .dropWhile(s -> s.operation() != step.operation())
                    .toList(),
                before)));
  }

  private static String stopped(Operation.StoppedAfter reached) {
    return Runner.verb(reached)
        + " stopped after epoch "
        + reached.epoch()
        + " of "
        + reached.epochs();
  }

  private static String again(Operation.StoppedAfter reached) {
    return reached.step() instanceof Operation.Prune
        ? "running it again begins with its first round"
        : "running it again goes on from there";
  }

  /** What stands behind the stage that was stopped. */
  private static String notMade(Step step, Step.Stage running, Scope before) {
    List<Step.Stage> after = step.pipeline().stream().dropWhile(s -> s != running).skip(1).toList();
    String unmade = unmade(after.stream().filter(s -> s.name().isPresent()).toList(), before);
    return unmade.isEmpty() ? "" : ". " + unmade;
  }

  private static String unmade(List<Step.Stage> named, Scope before) {
    return named.stream()
        .map(s -> s.name().orElseThrow())
        .map(
            n ->
                "`"
                    + n
                    + "` "
                    + (before.find(n).isPresent() ? "stays what it was before" : "is not made"))
        .collect(Collectors.joining(", "));
  }

  private static boolean trains(Operation operation) {
    return operation instanceof Operation.Train
        || operation instanceof Operation.Finetune
        || operation instanceof Operation.Distill
        || (operation instanceof Operation.Prune p && p.spec().roundEpochs() > 0);
  }

  private static Optional<Operation> data(Operation step) {
    if (step instanceof Operation.Train t) {
      return Optional.of(t.data());
    } else if (step instanceof Operation.Finetune f) {
      return Optional.of(f.data());
    } else if (step instanceof Operation.Distill d) {
      return Optional.of(d.data());
    }
    return step instanceof Operation.Prune p ? p.data() : Optional.empty();
  }

  private static int line(Step step) {
    String text = step.source().text().substring(0, step.span().start());
    return 1 + (int) text.chars().filter(c -> c == '\n').count();
  }
}
