package dev.espalier.dsl.explain;

import dev.espalier.dsl.Checked;
import dev.espalier.dsl.Espalier;
import dev.espalier.dsl.Messages;
import dev.espalier.dsl.Scope;
import dev.espalier.dsl.Source;
import dev.espalier.dsl.Span;
import dev.espalier.dsl.Step;
import dev.espalier.dsl.format.Formatter;
import dev.espalier.dsl.plan.StepText;
import dev.espalier.dsl.syntax.Action;
import dev.espalier.dsl.syntax.Name;
import dev.espalier.dsl.syntax.Printer;
import dev.espalier.dsl.syntax.Sentences;
import dev.espalier.dsl.syntax.Setting;
import dev.espalier.dsl.syntax.Statement;
import dev.espalier.dsl.syntax.Syntax;
import dev.espalier.dsl.syntax.Value;
import dev.espalier.engine.Environment;
import dev.espalier.engine.EspalierException;
import dev.espalier.engine.run.Operation;
import dev.espalier.engine.run.Runner;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A program with every default written out: a program that means the same. Comments stay; those
 * inside a sentence go above it. What is included stays so. Two defaults cannot be said and are
 * told in comments: the split that a data set has by itself, and the metric that the models' task
 * decides.
 */
public final class WrittenOut {
  private static final String OWN_SPLIT =
      "  # split: its own; of training a tenth (at most 5,000) is held out for validation";
  private static final String OWN_METRIC = "  # by: accuracy where there are classes, else mse";

  private final Source source;
  private final Scope before;
  private final Checked checked;
  private final CompleteStatements complete;
  private final Map<String, Value> lets = new HashMap<>();
  private final Set<String> bound = new HashSet<>();
  private final Map<String, Operation> data = new HashMap<>();
  private final StringBuilder out = new StringBuilder();
  private final List<Span> comments;
  private Environment environment;
  private boolean sawInclude;
  private int place;
  private int nextStep;

  private WrittenOut(Source source, Scope before, Checked checked) {
    this.source = source;
    this.before = before;
    this.checked = checked;
    this.environment = before.environment();
    this.comments = Sentences.of(source.text()).comments();
    this.complete =
        new CompleteStatements(
            new CompleteWords(this::let),
            name -> bound.contains(name) || sawInclude && here().find(name).isPresent(),
            this::path);
  }

  /**
   * The program written out.
   *
   * @param before the names and the environment that the program was checked with
   * @param checked what came of the check, without mistakes
   * @throws EspalierException (run) when what is written would not mean the same
   */
  public static String of(Source source, Scope before, Checked checked) {
    String text = new WrittenOut(source, before, checked).text();
    Checked again = Espalier.check(new Source(source.name(), text, source.file()), before);
    if (!again.ok() || !does(again).equals(does(checked))) {
      throw EspalierException.run(
          "the defaults of this program cannot be written out",
          source.name(),
          again.ok()
              ? "what was written does not do the same"
              : Messages.format(again.diagnostics().get(0)),
          "`espalier plan` shows every setting too",
          null);
    }
    return text;
  }

  /** What a program does, with every setting. */
  private static List<String> does(Checked program) {
    return StepText.lines(program.steps()).stream().map(StepText.Line::toString).toList();
  }

  private String text() {
    String text = source.text();
    List<Syntax.Item> items = Syntax.read(source);
    int from = 0;
    for (int i = 0; i < items.size(); i++) {
      Statement statement = ((Syntax.Item.Parsed) items.get(i)).statement();
      Span span = statement.span();
      place = span.start();
      gap(text.substring(from, span.start()));
      if (i == 0) {
        head(items, statement);
      } else if (i == 1 && version(items, 0) && !(statement instanceof Statement.Set)) {
        line(CompleteStatements.set(List.of(), environment));
      }
      comments(span);
      out.append(Printer.text(written(statement)));
      from = span.end();
      from += remark(statement, text.substring(from));
      after(statement);
    }
    out.append(text, from, text.length());
    if (items.isEmpty() || items.size() == 1 && version(items, 0)) {
      if (out.length() > 0 && out.charAt(out.length() - 1) != '\n') {
        out.append('\n');
      }
      if (items.isEmpty()) {
        out.append("language 1\n");
      }
      line(CompleteStatements.set(List.of(), environment));
    }
    return Formatter.format(out.toString());
  }

  /** The version and the environment, where the program does not begin with them. */
  private void head(List<Syntax.Item> items, Statement first) {
    if (first instanceof Statement.Version) {
      return;
    }
    boolean said = false;
    for (int i = 0; i < items.size(); i++) {
      said |= version(items, i);
    }
    if (!said) {
      out.append("language 1\n");
    }
    if (!(first instanceof Statement.Set)) {
      line(CompleteStatements.set(List.of(), environment));
    }
  }

  private static boolean version(List<Syntax.Item> items, int i) {
    return ((Syntax.Item.Parsed) items.get(i)).statement() instanceof Statement.Version;
  }

  private void line(Statement statement) {
    out.append(Printer.text(statement)).append('\n');
  }

  /** What stands between sentences, as it is; a sentence that begins a line begins it whole. */
  private void gap(String gap) {
    int end = gap.length();
    while (end > 0 && (gap.charAt(end - 1) == ' ' || gap.charAt(end - 1) == '\t')) {
      end--;
    }
    boolean newLine = end > 0 ? gap.charAt(end - 1) == '\n' : out.length() == 0;
    out.append(gap, 0, newLine ? end : gap.length());
  }

  /** Comments inside a sentence, each on a line above it. */
  private void comments(Span sentence) {
    List<Span> inside =
        comments.stream()
            .filter(c -> c.start() >= sentence.start() && c.end() <= sentence.end())
            .toList();
    if (!inside.isEmpty() && out.length() > 0 && out.charAt(out.length() - 1) != '\n') {
      out.append('\n');
    }
    inside.forEach(c -> out.append(source.text(), c.start(), c.end()).append('\n'));
  }

  /**
   * What cannot be said in words of the language, unless another comment follows on the line.
   *
   * @return how much of {@code rest} it took the place of
   */
  private int remark(Statement statement, String rest) {
    String remark = "";
    if (statement instanceof Statement.Data d
        && d.clauses().stream().noneMatch(Statement.DataClause.SplitInto.class::isInstance)) {
      remark = OWN_SPLIT;
    } else if (statement instanceof Statement.Compare c && c.metric().isEmpty()) {
      remark = OWN_METRIC;
    }
    int newline = rest.indexOf('\n');
    String line = newline < 0 ? rest : rest.substring(0, newline);
    boolean semicolon = line.stripLeading().startsWith(";");
    if (remark.isEmpty() || !line.isBlank() && !semicolon) {
      return 0;
    }
    out.append(remark);
    if (!semicolon) {
      return 0;
    }
    out.append('\n');
    return line.indexOf(';') + 1;
  }

  // ---- one statement

  private Statement written(Statement statement) {
    if (statement instanceof Statement.Set s) {
      return CompleteStatements.set(s.settings(), now());
    } else if (statement instanceof Statement.Data s) {
      return complete.data(s);
    } else if (statement instanceof Statement.Model s) {
      return complete.model(s);
    } else if (statement instanceof Statement.Pipeline s) {
      return pipeline(s);
    } else if (statement instanceof Statement.Target s) {
      return complete.target(s);
    } else if (statement instanceof Statement.Recipe s) {
      return recipe(s);
    } else if (statement instanceof Statement.Sweep s) {
      return sweep(s);
    } else if (statement instanceof Statement.Compress s) {
      return checked.steps().stream()
          .filter(step -> isOf(step, s))
          .map(Step::operation)
          .filter(Operation.Search.class::isInstance)
          .map(Operation.Search.class::cast)
          .findFirst()
          .map(o -> (Statement) complete.compress(s, o, nameOfData(o)))
          .orElse(s);
    } else if (statement instanceof Statement.Compare s) {
      return complete.compare(s);
    } else if (statement instanceof Statement.Chart s) {
      return complete.chart(s);
    } else if (statement instanceof Statement.Report s) {
      return complete.report(s);
    } else if (statement instanceof Statement.Export s) {
      return complete.export(s);
    }
    return statement;
  }

  private Statement.Pipeline pipeline(Statement.Pipeline s) {
    List<Operation> operations = operations(s);
    List<Statement.Stage> stages = new ArrayList<>();
    for (int i = 0; i < s.stages().size(); i++) {
      Statement.Stage stage = s.stages().get(i);
      Optional<String> name =
          i < operations.size() ? nameOfData(operations.get(i)) : Optional.empty();
      stages.add(
          new Statement.Stage(complete.action(stage.action(), name), stage.name(), stage.span()));
    }
    return new Statement.Pipeline(stages, s.span());
  }

  private Statement.Recipe recipe(Statement.Recipe s) {
    return new Statement.Recipe(
        s.name(),
        s.parameters(),
        s.stages().stream()
            .map(
                t ->
                    new Statement.Stage(
                        complete.action(t.action(), Optional.empty()), t.name(), t.span()))
            .toList(),
        s.span());
  }

  /** With the threads of its runs said first: at the head of the program those of the rest are. */
  private Statement.Sweep sweep(Statement.Sweep s) {
    Optional<Operation.Sweep> operation =
        checked.steps().stream()
            .filter(step -> isOf(step, s))
            .map(Step::operation)
            .filter(Operation.Sweep.class::isInstance)
            .map(Operation.Sweep.class::cast)
            .findFirst();
    Set<String> outside = Set.copyOf(bound);
    List<Statement> body = new ArrayList<>();
    boolean said =
        s.body().get(0) instanceof Statement.Set set
            && set.settings().stream().anyMatch(t -> t.name().text().equals("threads"));
    operation
        .filter(o -> !said)
        .flatMap(o -> Runner.environment(o.cells().get(0).models().get(0).model()))
        .ifPresent(e -> body.add(CompleteStatements.threads(e)));
    body.addAll(sentences(s));
    bound.retainAll(outside);
    return complete.sweep(s, body);
  }

  private List<Statement> sentences(Statement.Sweep s) {
    List<Statement> out = new ArrayList<>();
    for (Statement statement : s.body()) {
      if (statement instanceof Statement.Model model) {
        out.add(complete.model(model));
        bound.add(model.name().text());
      } else if (statement instanceof Statement.Data data) {
        out.add(complete.data(data));
        bound.add(data.name().text());
      } else if (statement instanceof Statement.Pipeline pipeline) {
        out.add(pipeline(pipeline));
        pipeline.stages().forEach(t -> t.name().ifPresent(n -> bound.add(n.text())));
      } else if (statement instanceof Statement.Sweep inner) {
        out.add(
            new Statement.Sweep(
                inner.axes(), sentences(inner), inner.settings(), inner.name(), inner.span()));
      } else {
        out.add(statement);
      }
    }
    return out;
  }

  /** What each stage does, from the last one back; fewer when that cannot be told. */
  private List<Operation> operations(Statement.Pipeline s) {
    Optional<Operation> operation =
        checked.steps().stream()
            .filter(step -> isOf(step, s))
            .reduce((a, b) -> b)
            .map(Step::operation);
    if (s.stages().stream().anyMatch(t -> t.action() instanceof Action.Apply)) {
      return List.of();
    }
    List<Operation> back = new ArrayList<>();
    for (int i = s.stages().size() - 1; i >= 0 && operation.isPresent(); i--) {
      back.add(0, operation.get());
      operation = before(operation.get(), s.stages().get(i).action());
    }
    return back.size() == s.stages().size() ? back : List.of();
  }

  private static Optional<Operation> before(Operation operation, Action action) {
    if (operation instanceof Operation.Distill d && action instanceof Action.Distill) {
      return Optional.of(d.teachers().get(0));
    } else if (operation instanceof Operation.Finetune f) {
      return Optional.of(f.model());
    } else if (operation instanceof Operation.Prune p) {
      return Optional.of(p.model());
    } else if (operation instanceof Operation.Quantize q) {
      return Optional.of(q.model());
    }
    return Optional.empty();
  }

  private Optional<String> nameOfData(Operation operation) {
    Operation used =
        operation instanceof Operation.Train t
            ? t.data()
            : operation instanceof Operation.Finetune f
                ? f.data()
                : operation instanceof Operation.Distill d
                    ? d.data()
                    : operation instanceof Operation.Quantize q
                        ? q.data()
                        : operation instanceof Operation.Search r
                            ? r.data()
                            : operation instanceof Operation.Prune p ? p.data().orElse(null) : null;
    return used instanceof Operation.LoadData load && load.equals(data.get(load.name()))
        ? Optional.of(load.name())
        : Optional.empty();
  }

  // ---- what is known at a place

  private void after(Statement statement) {
    // Steps of included programs stand before those of the next sentence.
    List<Step> steps = checked.steps();
    while (nextStep < steps.size()) {
      Step step = steps.get(nextStep);
      if (step.source().equals(source) && step.span().start() > statement.span().start()) {
        break;
      }
      step.name()
          .ifPresent(
              name -> {
                bound.add(name);
                data.put(name, step.operation());
              });
      nextStep++;
    }
    if (statement instanceof Statement.Set s) {
      environment = changed(s);
    } else if (statement instanceof Statement.Let s) {
      lets.put(s.name().text(), s.value());
      meansOther(s.name());
    } else if (statement instanceof Statement.Model s) {
      meansOther(s.name());
    } else if (statement instanceof Statement.Include) {
      sawInclude = true;
    }
  }

  private void meansOther(Name name) {
    bound.add(name.text());
    data.remove(name.text());
  }

  private boolean isOf(Step step, Statement statement) {
    return step.source().equals(source) && step.span().equals(statement.span());
  }

  private Environment now() {
    return sawInclude ? here().environment() : environment;
  }

  private Environment changed(Statement.Set s) {
    boolean plain =
        s.settings().stream().map(Setting::value).noneMatch(Value.Parameter.class::isInstance);
    if (!plain || sawInclude) {
      place = s.span().end();
      return here().environment();
    }
    return Espalier.check(
            new Source(source.name(), Printer.text(s), Optional.empty()), Scope.empty(environment))
        .scope()
        .environment();
  }

  private Optional<Value> let(String name) {
    Value value = lets.get(name);
    if (value == null && sawInclude) {
      value =
          here()
              .find(name)
              .flatMap(Scope.Binding::value)
              .filter(Value.class::isInstance)
              .map(Value.class::cast)
              .orElse(null);
    }
    return value instanceof Value.Parameter p ? let(p.name()) : Optional.ofNullable(value);
  }

  /** The names known at the place that is being written, included ones too. */
  private Scope here() {
    return Espalier.check(
            new Source(source.name(), source.text().substring(0, place), source.file()), before)
        .scope();
  }

  private Path path(String file) {
    Path folder =
        source.file().map(f -> f.toAbsolutePath().getParent()).orElseGet(() -> Path.of(""));
    return folder.resolve(file).normalize();
  }
}
