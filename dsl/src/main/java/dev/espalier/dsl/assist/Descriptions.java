package dev.espalier.dsl.assist;

import dev.espalier.dsl.Scope;
import dev.espalier.dsl.check.Unit;
import dev.espalier.engine.architecture.Architecture;
import dev.espalier.engine.catalog.Entry;
import dev.espalier.engine.catalog.Parameter;
import dev.espalier.engine.run.Metric;
import dev.espalier.engine.run.Operation;
import dev.espalier.engine.run.Result;

/** What words and names are, in Markdown and in a line. */
final class Descriptions {
  private static final int LONGEST_SENTENCE = 400;

  private Descriptions() {}

  static String word(Vocabulary.Word word) {
    return "**"
        + word.text()
        + "**: "
        + word.doc()
        + "\n\n```espalier\n"
        + word.example()
        + "\n```";
  }

  // ---- the catalog

  static String line(Entry entry) {
    return entry.kind().words() + ": " + entry.doc();
  }

  static String entry(Entry entry) {
    StringBuilder out = new StringBuilder();
    out.append("**").append(entry.name()).append("** (").append(entry.kind().words()).append("): ");
    out.append(entry.doc());
    if (!entry.aliases().isEmpty()) {
      out.append("\n\nalso written: ").append(String.join(", ", entry.aliases()));
    }
    if (!entry.parameters().isEmpty()) {
      out.append('\n');
      entry.parameters().forEach(p -> out.append("\n- ").append(item(p)));
    }
    if (!entry.source().isEmpty()) {
      out.append("\n\nsource: ").append(entry.source());
    }
    return out.toString();
  }

  /** Type, range and default. */
  static String line(Parameter p) {
    String range = p.type() == Parameter.Type.CHOICE ? String.join(" or ", p.choices()) : p.range();
    StringBuilder out = new StringBuilder();
    if (p.type() == Parameter.Type.CHOICE) {
      out.append(range);
    } else if (p.type() == Parameter.Type.WORD) {
      out.append(p.kinds().isEmpty() ? p.type().words() : p.kinds().get(0).words());
    } else {
      out.append(p.type().words());
      if (!range.isEmpty()) {
        out.append(", ").append(range);
      }
    }
    if (!p.unit().isEmpty() && !p.unit().equals(Parameter.BY)) {
      out.append(", in ").append(p.unit());
    }
    out.append(p.preset().map(d -> "; default " + d).orElse(p.rest() ? "" : "; must be given"));
    return out.toString();
  }

  private static String item(Parameter p) {
    return "`" + p.name() + "` " + p.doc() + " (" + line(p) + ")";
  }

  static String parameter(Parameter p, String owner) {
    return "**" + p.name() + "** (setting of " + owner + "): " + p.doc() + "\n\n" + line(p);
  }

  // ---- metrics and units

  static String metric(Metric m) {
    return "**" + m.word() + "** (metric): " + line(m);
  }

  static String line(Metric m) {
    String unit =
        m.unit() == Result.Unit.FRACTION
            ? ", in %"
            : Unit.of(m.unit()).map(u -> ", in " + u.words()).orElse("");
    return m.doc() + unit + "; " + (m.higherIsBetter() ? "more" : "less") + " is better";
  }

  // ---- names

  static String kind(Scope.Kind kind) {
    return switch (kind) {
      case DATA -> "data";
      case BLUEPRINT -> "blueprint";
      case MODEL -> "model";
      case TEACHER -> "program that can teach";
      case TABLE -> "table";
      case TARGET -> "target";
      case RECIPE -> "recipe";
      case VALUE -> "value";
    };
  }

  static String line(KnownName name) {
    StringBuilder out = new StringBuilder(kind(name.kind()));
    name.binding().ifPresent(b -> out.append(facts(b)));
    if (!name.sentence().isEmpty()) {
      out.append(": ").append(shortened(name.sentence().replaceAll("\\s+", " "), 100));
    }
    return out.toString();
  }

  static String name(KnownName name, java.util.Optional<Integer> line) {
    StringBuilder out = new StringBuilder();
    out.append("**").append(name.name()).append("** (").append(kind(name.kind()));
    name.binding().ifPresent(b -> out.append(facts(b)));
    out.append(')');
    line.ifPresent(l -> out.append(", line ").append(l));
    if (!name.sentence().isEmpty()) {
      out.append("\n\n```espalier\n")
          .append(shortened(name.sentence(), LONGEST_SENTENCE))
          .append("\n```");
    }
    name.binding()
        .flatMap(Scope.Binding::operation)
        .map(Descriptions::more)
        .filter(m -> !m.isEmpty())
        .ifPresent(m -> out.append("\n\n").append(m));
    return out.toString();
  }

  private static String facts(Scope.Binding b) {
    StringBuilder out = new StringBuilder();
    if (b.quantized()) {
      out.append(", int8");
    }
    if (b.sparsity() > 0) {
      double percent = Math.round(b.sparsity() * 1000) / 10.0;
      out.append(", ")
          .append(
              percent == Math.rint(percent)
                  ? Long.toString((long) percent)
                  : Double.toString(percent))
          .append("% sparse");
    }
    return out.toString();
  }

  private static String more(Operation operation) {
    if (operation instanceof Operation.LoadData load) {
      return load.source()
          .samples()
          .map(
              s ->
                  "samples of "
                      + s.shape().stream()
                          .map(String::valueOf)
                          .reduce((a, b) -> a + "×" + b)
                          .orElse("?")
                      + ", "
                      + s.classes()
                      + " classes")
          .orElse("");
    }
    if (operation instanceof Operation.Blueprint blueprint) {
      Architecture architecture = blueprint.architecture();
      return architecture.reconstructs() ? "gives back its input" : "";
    }
    return "";
  }

  private static String shortened(String text, int most) {
    return text.length() <= most ? text : text.substring(0, most - 1) + "…";
  }
}
