package dev.espalier.dsl.check;

import dev.espalier.dsl.Code;
import dev.espalier.dsl.Diagnostic;
import dev.espalier.dsl.Edit;
import dev.espalier.dsl.Nearest;
import dev.espalier.dsl.Scope;
import dev.espalier.dsl.Scope.Binding;
import dev.espalier.dsl.Source;
import dev.espalier.dsl.Span;
import dev.espalier.dsl.check.Pipelines.Flow;
import dev.espalier.dsl.syntax.Action;
import dev.espalier.dsl.syntax.Name;
import dev.espalier.dsl.syntax.Statement;
import dev.espalier.dsl.syntax.Value;
import dev.espalier.engine.run.Operation;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** {@code recipe} and {@code apply}: steps with a name, done to whatever model they are given. */
final class Recipes {
  /** Steps of all recipes that one {@code apply} comes to. */
  private static final int MOST_STEPS = 256;

  private static final Operation UNKNOWN = new Operation.Given("unknown", "", "unknown");

  /** A recipe as it was declared. */
  record Declared(Statement.Recipe statement, Source source) {}

  /** A recipe with the values of its parameters, and where it is applied. */
  record Call(Declared recipe, Map<String, Value> values, Value written) {}

  /** Does one step to what comes before it; empty with the mistakes reported. */
  interface Stages {
    Optional<Flow> step(Action action, Flow flow);
  }

  private final Program program;
  private final Stages stages;
  private final Deque<String> applying = new ArrayDeque<>();
  private int steps;

  Recipes(Program program, Stages stages) {
    this.program = program;
    this.stages = stages;
  }

  // ---- recipe

  void declare(Statement.Recipe s) {
    int before = program.failures();
    parameters(s);
    s.stages().forEach(this::namesNothing);
    if (program.failures() == before) {
      rehearse(s);
    }
    if (program.failures() > before) {
      program.breakName(s.name().text());
      return;
    }
    program.bind(
        s.name(),
        new Binding(
            s.name().text(),
            Scope.Kind.RECIPE,
            Optional.empty(),
            Optional.empty(),
            Optional.of(new Declared(s, program.source())),
            0,
            false,
            program.line(s.name().span())));
    program.declares(s.name());
  }

  private void parameters(Statement.Recipe s) {
    Set<String> used = Parameters.in(s.stages());
    Set<String> names =
        s.parameters().stream().map(Value.Parameter::name).collect(Collectors.toSet());
    Set<String> strange = new HashSet<>(used);
    strange.removeIf(n -> names.contains(n) || program.find(n).isPresent());
    s.stages()
        .forEach(
            stage ->
                Parameters.in(stage).stream()
                    .filter(strange::contains)
                    .forEach(n -> unknown(stage, n, names)));
    Set<String> seen = new HashSet<>();
    for (Value.Parameter p : s.parameters()) {
      if (!seen.add(p.name())) {
        program.report(
            Code.E225,
            p.span(),
            "`$" + p.name() + "` is there twice",
            "remove it",
            List.of(program.removalFromList(p.span())));
      } else if (!used.contains(p.name()) && strange.isEmpty()) {
        program.report(
            Code.E226,
            p.span(),
            "nothing in `" + s.name().text() + "` uses `$" + p.name() + "`",
            "use it in a step, or remove it");
      }
    }
  }

  private void namesNothing(Statement.Stage stage) {
    named(stage.action())
        .ifPresent(
            span ->
                program.report(
                    Code.E123,
                    span,
                    "a recipe works on the model that it is applied to",
                    "remove `" + program.words(span) + "`",
                    List.of(
                        stage.action() instanceof Action.Apply
                            ? program.removal(joined("to", span))
                            : program.removal(span))));
    stage
        .name()
        .ifPresent(
            n ->
                program.report(
                    Code.E123,
                    n.span(),
                    "a recipe names no result",
                    "say `as` where it is applied",
                    List.of(program.removal(joined("as", n.span())))));
  }

  /** With the joint before it. */
  private Span joined(String joint, Span span) {
    int at = program.source().text().lastIndexOf(joint, span.start() - 1);
    return at < 0 ? span : new Span(at, span.end());
  }

  private static Optional<Span> named(Action action) {
    if (action instanceof Action.Distill a) {
      return a.teachers().isEmpty()
          ? Optional.empty()
          : Optional.of(
              a.teachers().get(0).span().to(a.teachers().get(a.teachers().size() - 1).span()));
    }
    Optional<Value> subject =
        action instanceof Action.Train a
            ? a.subject()
            : action instanceof Action.Finetune a
                ? a.subject()
                : action instanceof Action.Prune a
                    ? a.subject()
                    : action instanceof Action.Quantize a
                        ? a.subject()
                        : action instanceof Action.Factorize a
                            ? a.subject()
                            : ((Action.Apply) action).subject();
    return subject.map(Value::span);
  }

  /** Checks all steps that do not depend on parameters, on a model of which nothing is known. */
  private void rehearse(Statement.Recipe s) {
    Set<String> parameters =
        s.parameters().stream().map(Value.Parameter::name).collect(Collectors.toSet());
    Flow flow = new Flow(UNKNOWN, Optional.of(UNKNOWN), true);
    Runnable leave = program.enclose();
    applying.push(s.name().text());
    for (Statement.Stage stage : s.stages()) {
      Set<String> used = Parameters.in(stage.action());
      if (used.stream().noneMatch(parameters::contains)) {
        flow = stages.step(stage.action(), flow).orElse(flow);
      }
    }
    applying.pop();
    leave.run();
  }

  /** Reports a {@code $} name that is neither a parameter nor a value. */
  private void unknown(Statement.Stage stage, String name, Set<String> parameters) {
    Optional<String> near = Nearest.to(name, List.copyOf(parameters));
    String text = program.source().text();
    int at = text.indexOf("$" + name, stage.span().start());
    Span span = at < 0 ? stage.span() : new Span(at, at + name.length() + 1);
    program.report(
        Code.E212,
        span,
        "unknown name `$" + name + "`",
        near.map(n -> "did you mean `$" + n + "`?")
            .orElse(
                parameters.isEmpty()
                    ? "give it a value first: let " + name + " = …"
                    : "the parameters are: " + listed(parameters)),
        Edit.replace(span, Nearest.clear(name, List.copyOf(parameters)).map(n -> "$" + n)));
  }

  private static String listed(Set<String> parameters) {
    return parameters.stream().sorted().map(p -> "$" + p).collect(Collectors.joining(", "));
  }

  // ---- apply

  /** The recipe that is meant, with a value for each of its parameters. */
  Optional<Call> call(Value written) {
    Optional<Value> resolved =
        program.resolve(written instanceof Value.Applied applied ? applied.recipe() : written);
    if (resolved.isEmpty()) {
      return Optional.empty();
    }
    if (!(resolved.get() instanceof Value.Call call)) {
      program.report(
          Code.E305,
          written.span(),
          "a recipe is needed here, not " + Amounts.shape(resolved.get()),
          "name a recipe");
      return Optional.empty();
    }
    if (!(written instanceof Value.Applied applied)) {
      return declared(call.name()).flatMap(d -> values(d, call.arguments(), written));
    }
    if (call.parenthesised()) {
      program.report(
          Code.E227,
          applied.span(),
          "`" + Written.of(call) + "` has its values already",
          "write `" + Written.of(applied.recipe()) + "` alone, or leave them out there");
      return Optional.empty();
    }
    return declared(call.name()).flatMap(d -> values(d, applied.arguments(), written));
  }

  /** An edit of the text; none where what is wrong stands behind a {@code $} name. */
  private List<Edit> replace(Span span, Optional<String> by) {
    return program.isWritten(span) ? Edit.replace(span, by) : List.of();
  }

  private Optional<Declared> declared(Name name) {
    if (applying.contains(name.text())) {
      program.report(
          Code.E227,
          name.span(),
          "`" + name.text() + "` applies itself",
          applying.size() > 1 ? "by way of `" + applying.peek() + "`" : "it would never end");
      return Optional.empty();
    }
    if (program.isBroken(name.text())) {
      program.fail();
      return Optional.empty();
    }
    Optional<Binding> binding = program.find(name.text());
    if (binding.isPresent() && binding.get().value().orElse(null) instanceof Declared d) {
      return Optional.of(d);
    }
    List<String> known = program.names(Set.of(Scope.Kind.RECIPE));
    if (binding.isPresent()) {
      program.report(
          Code.E205,
          name.span(),
          "`" + name.text() + "` is " + Program.kindWords(binding.get().kind()) + ", not a recipe",
          recipes(known));
      return Optional.empty();
    }
    program.breakName(name.text());
    program.report(
        Code.E204,
        name.span(),
        "unknown recipe `" + name.text() + "`",
        Nearest.to(name.text(), known).map(n -> "did you mean `" + n + "`?").orElse(recipes(known)),
        replace(name.span(), Nearest.clear(name.text(), known)));
    return Optional.empty();
  }

  private static String recipes(List<String> known) {
    return known.isEmpty()
        ? "declare one first: recipe small is prune 50% then quantize to int8"
        : "recipes: " + WordMaker.listed(known);
  }

  private Optional<Call> values(Declared recipe, List<Value.Argument> arguments, Value written) {
    int before = program.failures();
    List<String> names =
        recipe.statement().parameters().stream().map(Value.Parameter::name).toList();
    String title = recipe.statement().name().text();
    Map<String, Value> values = new LinkedHashMap<>();
    Map<String, Value> given = new LinkedHashMap<>();
    List<String> open = new ArrayList<>(names);
    for (Value.Argument argument : arguments) {
      if (argument.name().isEmpty() && open.isEmpty()) {
        program.report(
            Code.E227,
            argument.span(),
            "`" + title + "` takes " + count(names),
            !names.isEmpty()
                ? takes(names)
                : written instanceof Value.Applied applied
                    ? "each recipe behind `" + Written.of(applied.recipe()) + "` gets these values"
                    : "remove it");
        continue;
      }
      String name = argument.name().map(Name::text).orElseGet(() -> open.get(0));
      if (!names.contains(name)) {
        program.report(
            Code.E227,
            argument.span(),
            "`" + title + "` has no parameter `" + name + "`",
            Nearest.to(name, names).map(n -> "did you mean `" + n + "`?").orElse(takes(names)),
            replace(argument.name().orElseThrow().span(), Nearest.clear(name, names)));
      } else if (!open.remove(name)) {
        program.report(
            Code.E227, argument.span(), "`" + name + "` is given twice", "remove one of them");
      } else {
        given.put(name, argument.value());
        program.resolve(argument.value()).ifPresent(v -> values.put(name, v));
      }
    }
    if (program.failures() == before && !open.isEmpty()) {
      program.report(
          Code.E227,
          written.span(),
          "`" + title + "` needs " + String.join(", ", open),
          "give " + (open.size() == 1 ? "a value for it" : "values for them"),
          head(recipe, written)
              + names.stream()
                  .map(n -> given.containsKey(n) ? Written.of(given.get(n)) : "…")
                  .collect(Collectors.joining(", ", "(", ")")));
    }
    return program.failures() > before
        ? Optional.empty()
        : Optional.of(new Call(recipe, values, written));
  }

  /** How the recipe is named where values for it would be written. */
  private static String head(Declared recipe, Value written) {
    return written instanceof Value.Applied applied
        ? Written.of(applied.recipe())
        : recipe.statement().name().text();
  }

  private static String takes(List<String> names) {
    return names.isEmpty() ? "it takes none" : "it takes: " + String.join(", ", names);
  }

  private static String count(List<String> names) {
    return names.isEmpty()
        ? "nothing in brackets"
        : names.size() == 1 ? "one value" : names.size() + " values";
  }

  /** Does the steps; mistakes stand in the recipe and say where it was applied. */
  Optional<Flow> apply(Call call, Flow start) {
    Statement.Recipe recipe = call.recipe().statement();
    boolean outermost = applying.isEmpty();
    if (outermost) {
      steps = 0;
    }
    int first = program.mistakeCount();
    int before = program.failures();
    Source here = program.source();
    int line = program.line(call.written().span());
    String place = "`" + recipe.name().text() + "` applied in line " + line;
    Runnable leave = program.enclose();
    program.enter(call.recipe().source());
    applying.push(recipe.name().text());
    call.values().forEach((name, value) -> program.assign(name, value, line));
    Flow flow = start;
    for (Statement.Stage stage : recipe.stages()) {
      if (++steps > MOST_STEPS) {
        program.report(
            Code.E108,
            stage.span(),
            "recipes of more than " + MOST_STEPS + " steps in all",
            "apply fewer, one after another");
        break;
      }
      Optional<Flow> next = stages.step(stage.action(), flow);
      flow =
          next.isPresent() && program.failures() == before
              ? next.get()
              : new Flow(next.orElse(flow).model(), next.orElse(flow).data(), true);
    }
    applying.pop();
    program.enter(here);
    leave.run();
    List<Diagnostic> found = program.takeMistakes(first);
    for (Diagnostic d : found) {
      program.relist(
          new Diagnostic(
              d.code(),
              d.title().contains("applied in line") ? d.title() : d.title() + " (" + place + ")",
              d.source(),
              d.span(),
              d.label(),
              d.fix(),
              List.of()));
    }
    return program.failures() > before ? Optional.empty() : Optional.of(flow);
  }
}
