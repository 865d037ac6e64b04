package dev.espalier.dsl.check;

import dev.espalier.dsl.Code;
import dev.espalier.dsl.Edit;
import dev.espalier.dsl.Nearest;
import dev.espalier.dsl.syntax.Name;
import dev.espalier.engine.catalog.Kind;
import dev.espalier.engine.run.Metric;
import dev.espalier.engine.run.Operation;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** The names of metrics, and whether they say something of a model. */
final class Metrics {
  private final Program program;

  Metrics(Program program) {
    this.program = program;
  }

  /** The metric of that name; empty with the mistake reported. */
  Optional<Metric> of(Name name) {
    Optional<Metric> metric = Metric.find(name.text());
    if (metric.isEmpty()) {
      unknown(name, List.of());
    }
    return metric;
  }

  /** Reports a metric that says nothing of one of the models, as far as that is known. */
  void speaks(Name name, List<Operation.Named> models) {
    Optional<Metric> metric = Metric.find(name.text());
    for (Operation.Named model : models) {
      Optional<Boolean> quantities = Answers.quantities(model.model());
      if (metric.isPresent()
          && quantities.isPresent()
          && !metric.get().speaksOfQuantities(quantities.get())) {
        program.report(
            Code.E221,
            name.span(),
            "`" + name.text() + "` has no meaning for `" + model.name() + "`",
            quantities.get()
                ? "it gives quantities: mse, mae or r2"
                : "it tells classes apart: accuracy or errors");
        return;
      }
    }
  }

  /**
   * Reports what is no metric.
   *
   * @param others words that may stand there too
   */
  void unknown(Name name, List<String> others) {
    if (Unbuilt.isWord(Kind.METRIC, name.text())) {
      Unbuilt.refuse(program, name.span(), name.text(), "metrics: " + WordMaker.listed(all()));
      return;
    }
    List<String> known = new ArrayList<>(others);
    known.addAll(all());
    program.report(
        Code.E215,
        name.span(),
        "`" + name.text() + "` is not a metric",
        Nearest.to(name.text(), known)
            .map(n -> "did you mean `" + n + "`?")
            .orElse("metrics: " + WordMaker.listed(all())),
        Edit.replace(name.span(), Nearest.clear(name.text(), known)));
  }

  /** The word of every metric. */
  static List<String> all() {
    return Arrays.stream(Metric.values()).map(Metric::word).toList();
  }
}
