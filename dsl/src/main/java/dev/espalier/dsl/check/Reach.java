package dev.espalier.dsl.check;

import dev.espalier.dsl.Code;
import dev.espalier.dsl.Span;
import dev.espalier.dsl.syntax.Name;
import dev.espalier.dsl.syntax.Statement;
import dev.espalier.engine.EspalierException;
import dev.espalier.engine.graph.Graph;
import dev.espalier.engine.measure.Parameters;
import dev.espalier.engine.prune.Pruner;
import dev.espalier.engine.run.Operation;
import dev.espalier.engine.run.Target;
import dev.espalier.engine.search.RecipeSpace;
import dev.espalier.engine.study.OutOfReach;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** What targets demand that the shapes of a model rule out, told before anything is trained. */
final class Reach {
  private final Program program;
  private final Subjects subjects;

  Reach(Program program, Subjects subjects) {
    this.program = program;
    this.subjects = subjects;
  }

  /**
   * The shapes of a model, with any values.
   *
   * @param quantized whether it is quantized after that
   */
  private record Known(Graph graph, boolean quantized) {}

  /** Refuses a search whose smallest recipe breaks the target. */
  void search(
      Statement.Demand demand, Target target, Operation.Named model, Set<String> using, Span at) {
    Optional<Known> known = known(model.model(), at);
    if (known.isEmpty()) {
      return;
    }
    List<OutOfReach> out = OutOfReach.ofSearch(known.get().graph(), target, using);
    if (out.isEmpty()) {
      return;
    }
    List<String> missing =
        RecipeSpace.STEPS.stream().filter(step -> !using.contains(step)).toList();
    program.report(
        Code.E405,
        place(demand, out.get(0)),
        "no recipe brings `" + model.name() + "` within " + called(demand),
        listed(out, "the smallest leaves at least "),
        relaxed(out)
            + (missing.isEmpty()
                ? "start from a smaller model"
                : "let it use " + String.join(" and ", missing) + " too"));
  }

  /** Warns of a model that cannot keep to the target. */
  void meets(Name target, Target demanded, Operation.Named model) {
    List<OutOfReach> out = of(demanded, model, target.span());
    if (!out.isEmpty()) {
      program.report(
          Code.W104,
          target.span(),
          "`" + model.name() + "` cannot meet `" + target.text() + "`",
          listed(out, "it has at least "),
          relaxed(out) + "make it smaller first");
    }
  }

  /**
   * Warns of compared models of which none can keep to the target. That one cannot is what a
   * comparison is there to say: the model before compression often stands beside the others.
   */
  void compared(Statement.Demand demand, Target target, List<Operation.Named> models, Span at) {
    List<String> reasons = new ArrayList<>();
    for (Operation.Named model : models) {
      List<OutOfReach> out = of(target, model, at);
      if (out.isEmpty()) {
        return;
      }
      OutOfReach first = out.get(0);
      reasons.add(
          "`" + model.name() + "` has at least " + first.least() + " (`" + first.demand() + "`)");
    }
    program.report(
        Code.W104,
        at,
        (models.size() == 1 ? "`" + models.get(0).name() + "` cannot" : "none of them can")
            + " meet "
            + called(demand),
        String.join("; ", reasons),
        "ask for less, or make them smaller first");
  }

  /** Warns of an expectation that fails whatever the model's weights become. */
  void expectation(Target target, Operation.Named model, Span bound) {
    for (OutOfReach out : of(target, model, bound)) {
      program.report(
          Code.W104,
          bound,
          "`" + model.name() + "` cannot meet this, whatever its weights become",
          "it has at least " + out.least(),
          "ask for " + out.relaxed() + ", or make it smaller first");
    }
  }

  private List<OutOfReach> of(Target target, Operation.Named model, Span at) {
    return known(model.model(), at)
        .map(k -> OutOfReach.of(k.graph(), k.quantized(), target))
        .orElse(List.of());
  }

  // ---- words

  /** Where a constraint that is written in place stands, else the target's name. */
  private static Span place(Statement.Demand demand, OutOfReach out) {
    if (demand instanceof Statement.Demand.Named named) {
      return named.target().span();
    }
    Statement.Constraint c =
        ((Statement.Demand.Constraints) demand).all().get(Math.max(0, out.constraint()));
    return c.metric().span().to(c.bound().span());
  }

  private static String called(Statement.Demand demand) {
    return demand instanceof Statement.Demand.Named named
        ? "`" + named.target().text() + "`"
        : "what is demanded";
  }

  private static String listed(List<OutOfReach> out, String having) {
    return out.stream()
        .map(o -> "`" + o.demand() + "`: " + having + o.least())
        .collect(Collectors.joining("; "));
  }

  private static String relaxed(List<OutOfReach> out) {
    String all =
        out.stream()
            .map(OutOfReach::relaxed)
            .filter(r -> !r.isEmpty())
            .collect(Collectors.joining(" and "));
    return all.isEmpty() ? "" : "ask for " + all + ", or ";
  }

  // ---- what is known of a model without running anything

  private Optional<Known> known(Operation model, Span at) {
    Lineage lineage = Lineage.of(model);
    if (lineage.has(Operation.Search.class)) {
      return Optional.empty();
    }
    try {
      Optional<Graph> graph =
          subjects.began(lineage, at).filter(g -> Parameters.count(g) <= Subjects.MOST_PARAMETERS);
      boolean quantized = false;
      for (int i = lineage.steps().size() - 1; i >= 0 && graph.isPresent(); i--) {
        Operation step = lineage.steps().get(i);
        if (step instanceof Operation.Prune p) {
          graph = quantized ? Optional.empty() : Pruner.shapes(graph.get(), p.spec());
        }
        quantized |= step instanceof Operation.Quantize;
      }
      boolean integers = quantized;
      return graph.map(g -> new Known(g, integers));
    } catch (EspalierException e) {
      // What is wrong with a step is said by the checks of its own.
      return Optional.empty();
    }
  }
}
