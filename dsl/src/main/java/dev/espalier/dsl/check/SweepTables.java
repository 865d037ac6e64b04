package dev.espalier.dsl.check;

import dev.espalier.dsl.Code;
import dev.espalier.dsl.Edit;
import dev.espalier.dsl.Nearest;
import dev.espalier.dsl.Scope;
import dev.espalier.dsl.syntax.Name;
import dev.espalier.dsl.syntax.Statement;
import dev.espalier.engine.catalog.Entry;
import dev.espalier.engine.run.Metric;
import dev.espalier.engine.run.Operation;
import dev.espalier.engine.run.StatementSettings;
import dev.espalier.engine.run.SweepColumns;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** {@code show accuracy, size of curve} and {@code chart accuracy vs size of curve}. */
final class SweepTables {
  private final Program program;
  private final WordMaker words;

  SweepTables(Program program, WordMaker words) {
    this.program = program;
    this.words = words;
  }

  /** The sweep of that name, if it is one. */
  Optional<Operation.Sweep> sweep(Name name) {
    return program
        .scope()
        .find(name.text())
        .filter(b -> b.kind() == Scope.Kind.TABLE)
        .flatMap(Scope.Binding::operation)
        .filter(Operation.Sweep.class::isInstance)
        .map(Operation.Sweep.class::cast);
  }

  void show(Statement.Show s, Operation.Sweep sweep) {
    int before = program.failures();
    program.find(s.subjects().get(0).text());
    s.aspects().forEach(a -> column(a, sweep, false));
    if (program.failures() == before) {
      program.step(
          s.span(),
          new Operation.Show(
              s.aspects().stream().map(Name::text).toList(),
              List.of(new Operation.Named(s.subjects().get(0).text(), sweep)),
              program.environment()),
          Optional.empty());
    }
  }

  void chart(Statement.Chart s, Operation.Sweep sweep) {
    int before = program.failures();
    program.find(s.subjects().get(0).text());
    column(s.y(), sweep, true);
    if (s.x().isEmpty()) {
      program.report(
          Code.E115,
          s.y().span(),
          "a chart of a sweep has two axes",
          "",
          "chart " + s.y().text() + " vs size of " + s.subjects().get(0).text());
    }
    s.x().ifPresent(x -> column(x, sweep, true));
    s.series().ifPresent(by -> axis(by, sweep));
    s.name()
        .ifPresent(
            n -> {
              Unbuilt.refuse(program, n.span(), "chart … as", "a chart is shown where it is drawn");
              program.breakName(n.text());
            });
    Entry drawing = words.settings("chart");
    Map<Entry, Map<String, Object>> given =
        words.sort(s.settings(), "chart", List.of(drawing), Map.of());
    if (program.failures() > before) {
      return;
    }
    StatementSettings.Drawing look =
        (StatementSettings.Drawing)
            words.finish(drawing, given.get(drawing), s.span()).orElseThrow();
    if (look.title().isEmpty()) {
      look = new StatementSettings.Drawing(s.heading(), look.frontier(), look.band());
    }
    String x = s.x().orElseThrow().text();
    program.step(
        s.span(),
        new Operation.TableChart(
            s.y().text(),
            x,
            new Operation.Named(s.subjects().get(0).text(), sweep),
            s.series().map(Name::text),
            look),
        Optional.empty());
  }

  private void axis(Name by, Operation.Sweep sweep) {
    List<String> axes = sweep.axes().stream().map(Operation.Axis::name).toList();
    if (!axes.contains(by.text())) {
      program.report(
          Code.E215,
          by.span(),
          "the sweep has no axis `" + by.text() + "`",
          "its axes: " + String.join(", ", axes),
          Edit.replace(by.span(), Nearest.clear(by.text(), axes)));
    }
  }

  /** Reports a column that the table does not have, or one of words where numbers are needed. */
  private void column(Name name, Operation.Sweep sweep, boolean drawn) {
    for (Operation.Axis axis : sweep.axes()) {
      if (axis.name().equals(name.text())) {
        if (drawn && axis.values().stream().anyMatch(v -> Double.isNaN(v.number()))) {
          program.report(
              Code.E305,
              name.span(),
              "`" + name.text() + "` is an axis of words, and has no place on a scale",
              "draw a line for each: chart … by " + name.text());
        }
        return;
      }
    }
    if (SweepColumns.words().contains(name.text())) {
      speaks(name, sweep);
      return;
    }
    List<String> known = new ArrayList<>(sweep.axes().stream().map(Operation.Axis::name).toList());
    known.addAll(SweepColumns.words());
    program.report(
        Code.E215,
        name.span(),
        Metric.find(name.text()).isPresent()
            ? "a sweep does not measure `" + name.text() + "`"
            : "`" + name.text() + "` is not in the table of the sweep",
        Nearest.to(name.text(), known)
            .map(n -> "did you mean `" + n + "`?")
            .orElse("it has: " + String.join(", ", known)),
        Edit.replace(name.span(), Nearest.clear(name.text(), known)));
  }

  private void speaks(Name name, Operation.Sweep sweep) {
    Optional<Metric> metric = Metric.find(name.text());
    Optional<Boolean> quantities =
        sweep.cells().get(0).models().stream()
            .findFirst()
            .flatMap(m -> Answers.quantities(m.model()));
    if (metric.isPresent()
        && quantities.isPresent()
        && !metric.get().speaksOfQuantities(quantities.get())) {
      program.report(
          Code.E221,
          name.span(),
          "`" + name.text() + "` has no meaning for the models of this sweep",
          quantities.get()
              ? "they give quantities: mse, mae or r2"
              : "they tell classes apart: accuracy or errors");
    }
  }
}
