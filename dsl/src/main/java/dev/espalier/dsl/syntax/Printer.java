package dev.espalier.dsl.syntax;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Writes a statement from its tree: text that parses to the same tree.
 *
 * <p>A statement is one line, save that the entries of a layer block, a target and a sweep have a
 * line each, two spaces deeper. Words stand as {@code at least}, {@code at most}; models that are
 * compared are separated by commas. Comments and the author's line breaks are not part of a tree;
 * {@code dev.espalier.dsl.format} lays out a text that has them.
 */
public final class Printer {
  private static final String STEP = "  ";
  private static final Pattern DIGITS =
      Pattern.compile("-?[0-9][0-9_]*(\\.[0-9]+)?([eE][+-]?[0-9]+)?");

  private final StringBuilder out = new StringBuilder();

  private Printer() {}

  /**
   * The statement as text, without a line end behind it.
   *
   * @throws IllegalArgumentException when the tree was made by hand and holds a name that is none,
   *     or a text that cannot be written
   */
  public static String text(Statement statement) {
    Printer printer = new Printer();
    printer.statement(statement, 0);
    return printer.out.toString();
  }

  /** A program of these statements, one a line, with a line end behind each. */
  public static String text(List<Statement> statements) {
    StringBuilder all = new StringBuilder();
    statements.forEach(s -> all.append(text(s)).append('\n'));
    return all.toString();
  }

  /**
   * A value as text.
   *
   * @throws IllegalArgumentException as {@link #text(Statement)}
   */
  public static String text(Value value) {
    if (value instanceof Value.Quantity q) {
      return quantity(q);
    } else if (value instanceof Value.Parameter p) {
      return "$" + name(p.name());
    } else if (value instanceof Value.Applied a) {
      return text(a.recipe()) + brackets(a.arguments());
    } else if (value instanceof Value.Text t) {
      return quoted(t.text());
    } else if (value instanceof Value.ListOf l) {
      return "[" + join(", ", l.items().stream().map(Printer::text).toList()) + "]";
    }
    return call((Value.Call) value);
  }

  /** Settings as they follow {@code with}. */
  public static String text(Setting setting) {
    return name(setting.name()) + " " + text(setting.value());
  }

  // ---- statements

  private void statement(Statement statement, int depth) {
    if (statement instanceof Statement.Version s) {
      out.append("language ").append(quantity(s.number()));
    } else if (statement instanceof Statement.Include s) {
      out.append("include ").append(text(s.file()));
    } else if (statement instanceof Statement.Data s) {
      data(s);
    } else if (statement instanceof Statement.Model s) {
      model(s, depth);
    } else if (statement instanceof Statement.Target s) {
      out.append("target ").append(name(s.name()));
      s.device().ifPresent(d -> out.append(" is ").append(call(d)));
      out.append(" {");
      s.constraints().forEach(c -> line(depth + 1).append(constraint(c)));
      line(depth).append('}');
    } else if (statement instanceof Statement.Recipe s) {
      out.append("recipe ").append(name(s.name()));
      if (!s.parameters().isEmpty()) {
        out.append('(').append(join(", ", s.parameters().stream().map(Printer::text).toList()));
        out.append(')');
      }
      out.append(" is ").append(stages(s.stages()));
    } else if (statement instanceof Statement.Let s) {
      out.append("let ").append(name(s.name())).append(" = ").append(text(s.value()));
    } else if (statement instanceof Statement.Set s) {
      out.append("set ").append(settings(s.settings()));
    } else if (statement instanceof Statement.Pipeline s) {
      out.append(stages(s.stages()));
    } else if (statement instanceof Statement.Sweep s) {
      sweep(s, depth);
    } else if (statement instanceof Statement.Compress s) {
      compress(s);
    } else if (statement instanceof Statement.Compare s) {
      compare(s);
    } else if (statement instanceof Statement.Expect s) {
      out.append("expect ").append(name(s.metric())).append(" of ").append(name(s.subject()));
      out.append(' ').append(bound(s.bound()));
    } else if (statement instanceof Statement.Meets s) {
      out.append("expect ").append(name(s.subject())).append(" meets ").append(name(s.target()));
    } else if (statement instanceof Statement.Chart s) {
      chart(s);
    } else if (statement instanceof Statement.Show s) {
      out.append("show ").append(names(s.aspects()));
      if (!s.subjects().isEmpty()) {
        out.append(" of ").append(names(s.subjects()));
      }
    } else if (statement instanceof Statement.Report s) {
      out.append("report to ").append(text(s.file())).append(with(s.settings()));
    } else if (statement instanceof Statement.Export s) {
      out.append("export ").append(name(s.subject())).append(" to ");
      s.format().ifPresent(f -> out.append(name(f)).append(' '));
      out.append(text(s.file())).append(with(s.settings()));
    } else {
      out.append("note ").append(note(((Statement.Note) statement).text().text()));
    }
  }

  private StringBuilder line(int depth) {
    return out.append('\n').append(STEP.repeat(depth));
  }

  private void data(Statement.Data s) {
    out.append("data ").append(name(s.name())).append(" from ");
    if (s.origin() instanceof Statement.DataOrigin.Files f) {
      f.format().ifPresent(word -> out.append(name(word)).append(' '));
      out.append(join(", ", f.files().stream().map(Printer::text).toList()));
    } else {
      out.append(call(((Statement.DataOrigin.BuiltIn) s.origin()).call()));
    }
    for (Statement.DataClause clause : s.clauses()) {
      out.append(' ');
      if (clause instanceof Statement.DataClause.SplitInto c) {
        out.append("split ");
        out.append(join("/", c.parts().stream().map(Printer::quantity).toList()));
      } else if (clause instanceof Statement.DataClause.Take c) {
        out.append("take ").append(quantity(c.amount()));
      } else if (clause instanceof Statement.DataClause.Normalize) {
        out.append("normalize");
      } else if (clause instanceof Statement.DataClause.Augment c) {
        out.append("augment ");
        out.append(join(", ", c.augmentations().stream().map(Printer::call).toList()));
      } else {
        out.append("with ").append(settings(((Statement.DataClause.With) clause).settings()));
      }
    }
  }

  private void model(Statement.Model s, int depth) {
    out.append("model ").append(name(s.name()));
    if (s.body() instanceof Statement.ModelBody.Is b) {
      out.append(" is ").append(call(b.architecture())).append(with(b.settings()));
    } else if (s.body() instanceof Statement.ModelBody.From b) {
      out.append(" from ");
      b.format().ifPresent(f -> out.append(name(f)).append(' '));
      out.append(text(b.file())).append(with(b.settings()));
    } else {
      out.append(' ');
      block(((Statement.ModelBody.Block) s.body()).layers(), depth);
    }
  }

  private void block(List<Statement.Layer> layers, int depth) {
    out.append('{');
    for (Statement.Layer layer : layers) {
      line(depth + 1);
      if (layer instanceof Statement.Layer.Single l) {
        out.append(call(l.call()));
        out.append(as(l.name()));
      } else {
        Statement.Layer.Nested l = (Statement.Layer.Nested) layer;
        out.append(name(l.kind())).append(' ');
        block(l.layers(), depth + 1);
        out.append(as(l.name()));
      }
    }
    line(depth).append('}');
  }

  private void sweep(Statement.Sweep s, int depth) {
    List<String> axes = new ArrayList<>();
    for (Statement.Axis axis : s.axes()) {
      List<String> values = axis.values().stream().map(Printer::text).toList();
      String text = join(", ", values);
      if (axis.range()) {
        text = values.get(0) + " to " + values.get(1);
        text += values.size() > 2 ? " by " + values.get(2) : "";
      }
      axes.add(name(axis.name()) + " over " + text);
    }
    out.append("sweep ").append(join(" and ", axes)).append(" {");
    for (Statement inner : s.body()) {
      line(depth + 1);
      statement(inner, depth + 1);
    }
    line(depth).append('}').append(with(s.settings())).append(as(s.name()));
  }

  private void compress(Statement.Compress s) {
    out.append("compress ").append(text(s.subject())).append(" for ").append(demand(s.demand()));
    if (!s.using().isEmpty()) {
      out.append(" using ").append(names(s.using()));
    }
    s.objective()
        .ifPresent(o -> out.append(s.maximize() ? " maximize " : " minimize ").append(name(o)));
    s.data().ifPresent(d -> out.append(" on ").append(name(d)));
    s.effort().ifPresent(e -> out.append(" within ").append(text(e)));
    out.append(with(s.settings())).append(as(s.name()));
  }

  private void compare(Statement.Compare s) {
    out.append("compare ").append(names(s.models()));
    s.data().ifPresent(d -> out.append(" on ").append(name(d)));
    s.demand().ifPresent(d -> out.append(" for ").append(demand(d)));
    s.metric().ifPresent(m -> out.append(" by ").append(name(m)));
    out.append(with(s.settings())).append(as(s.name()));
  }

  private void chart(Statement.Chart s) {
    out.append("chart ").append(name(s.y()));
    s.x().ifPresent(x -> out.append(" vs ").append(name(x)));
    if (!s.subjects().isEmpty()) {
      out.append(" of ").append(names(s.subjects()));
    }
    s.series().ifPresent(series -> out.append(" by ").append(name(series)));
    out.append(with(s.settings())).append(as(s.name()));
  }

  private static String demand(Statement.Demand demand) {
    if (demand instanceof Statement.Demand.Named named) {
      return name(named.target());
    }
    return join(
        " and ",
        ((Statement.Demand.Constraints) demand).all().stream().map(Printer::constraint).toList());
  }

  private static String constraint(Statement.Constraint constraint) {
    return name(constraint.metric()) + " " + bound(constraint.bound());
  }

  private static String bound(Statement.Bound bound) {
    if (bound instanceof Statement.Bound.Limit limit) {
      return (limit.atLeast() ? "at least " : "at most ") + text(limit.value());
    }
    Statement.Bound.Within within = (Statement.Bound.Within) bound;
    return "within " + quantity(within.margin()) + " of " + name(within.other());
  }

  // ---- pipelines

  private static String stages(List<Statement.Stage> stages) {
    return join(" then ", stages.stream().map(s -> action(s.action()) + as(s.name())).toList());
  }

  private static String action(Action action) {
    StringBuilder text = new StringBuilder();
    if (action instanceof Action.Train a) {
      text.append("train").append(subject(a.subject()));
    } else if (action instanceof Action.Finetune a) {
      text.append("finetune").append(subject(a.subject()));
    } else if (action instanceof Action.Distill a) {
      text.append("distill");
      if (!a.teachers().isEmpty()) {
        text.append(' ').append(values(a.teachers()));
      }
      text.append(" into ").append(text(a.student()));
    } else if (action instanceof Action.Prune a) {
      text.append("prune").append(subject(a.subject())).append(' ').append(amount(a.amount()));
    } else if (action instanceof Action.Quantize a) {
      text.append("quantize").append(subject(a.subject())).append(" to ").append(text(a.goal()));
    } else if (action instanceof Action.Factorize a) {
      text.append("factorize").append(subject(a.subject())).append(" to ").append(text(a.goal()));
    } else {
      Action.Apply a = (Action.Apply) action;
      text.append("apply ").append(text(a.recipe()));
      a.subject().ifPresent(s -> text.append(" to ").append(text(s)));
    }
    action.clauses().forEach(c -> text.append(' ').append(clause(c)));
    return text.toString();
  }

  private static String subject(Optional<Value> subject) {
    return subject.map(s -> " " + text(s)).orElse("");
  }

  private static String amount(Action.Amount amount) {
    if (amount instanceof Action.Amount.Part p) {
      return text(p.part()) + of(p.of());
    } else if (amount instanceof Action.Amount.Pattern p) {
      return quantity(p.kept()) + ":" + quantity(p.group());
    }
    return "to "
        + join(
            " and ",
            ((Action.Amount.Until) amount)
                .budgets().stream().map(b -> text(b.most()) + of(b.of())).toList());
  }

  private static String of(Optional<Name> of) {
    return of.map(o -> " of " + name(o)).orElse("");
  }

  private static String clause(Clause clause) {
    if (clause instanceof Clause.On c) {
      return "on " + name(c.data());
    } else if (clause instanceof Clause.For c) {
      return "for " + text(c.goal());
    } else if (clause instanceof Clause.With c) {
      return "with " + settings(c.settings());
    } else if (clause instanceof Clause.By c) {
      return "by " + text(c.method());
    } else if (clause instanceof Clause.Via c) {
      return "via " + values(c.assistants());
    } else if (clause instanceof Clause.Except c) {
      return "except " + join(", ", c.layers().stream().map(Printer::layer).toList());
    } else if (clause instanceof Clause.Globally) {
      return "globally";
    } else if (clause instanceof Clause.Per c) {
      List<String> own =
          c.overrides().stream().map(o -> layer(o.layer()) + " " + text(o.amount())).toList();
      return "per " + name(c.unit()) + (own.isEmpty() ? "" : " { " + join(", ", own) + " }");
    } else if (clause instanceof Clause.In c) {
      return "in " + text(c.rounds()) + c.each().map(e -> " of " + text(e)).orElse("");
    }
    return "rewind to " + call(((Clause.Rewind) clause).to());
  }

  // ---- values

  private static String call(Value.Call call) {
    return name(call.name()) + (call.parenthesised() ? brackets(call.arguments()) : "");
  }

  private static String brackets(List<Value.Argument> arguments) {
    List<String> written =
        arguments.stream()
            .map(a -> a.name().map(n -> name(n) + " ").orElse("") + text(a.value()))
            .toList();
    return "(" + join(", ", written) + ")";
  }

  private static String quantity(Value.Quantity q) {
    if (!DIGITS.matcher(q.digits()).matches()
        || q.unit().isPresent() && !Layout.isIdentifier(q.unit().get().text())) {
      throw new IllegalArgumentException("no quantity: " + q.written());
    }
    return q.written();
  }

  private static String values(List<Value> values) {
    return join(", ", values.stream().map(Printer::text).toList());
  }

  private static String names(List<Name> names) {
    return join(", ", names.stream().map(Printer::name).toList());
  }

  private static String with(List<Setting> settings) {
    return settings.isEmpty() ? "" : " with " + settings(settings);
  }

  private static String settings(List<Setting> settings) {
    return join(", ", settings.stream().map(Printer::text).toList());
  }

  private static String as(Optional<Name> name) {
    return name.map(n -> " as " + name(n)).orElse("");
  }

  private static String name(Name name) {
    return name(name.text());
  }

  private static String name(String name) {
    if (!Layout.isName(name)) {
      throw new IllegalArgumentException("no name: `" + name + "`");
    }
    return name;
  }

  /** A layer's name, or a pattern of names, which needs quotes. */
  private static String layer(Name layer) {
    return Layout.isName(layer.text()) ? layer.text() : quoted(layer.text());
  }

  private static String note(String text) {
    boolean several = text.indexOf('\n') >= 0 || text.indexOf('\r') >= 0;
    boolean plain = !text.contains("\"\"\"") && !text.endsWith("\"");
    return several && plain ? "\"\"\"" + text + "\"\"\"" : quoted(text);
  }

  private static String quoted(String text) {
    if (text.indexOf('\r') >= 0) {
      throw new IllegalArgumentException("a text in quotes cannot hold a carriage return");
    }
    return '"'
        + text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n").replace("\t", "\\t")
        + '"';
  }

  private static String join(String separator, List<String> parts) {
    return String.join(separator, parts);
  }
}
