package dev.espalier.dsl.check;

import dev.espalier.dsl.Checked;
import dev.espalier.dsl.Code;
import dev.espalier.dsl.Diagnostic;
import dev.espalier.dsl.Scope;
import dev.espalier.dsl.Source;
import dev.espalier.dsl.Span;
import dev.espalier.dsl.syntax.Statement;
import dev.espalier.dsl.syntax.Syntax;
import dev.espalier.dsl.syntax.Value;
import dev.espalier.engine.EspalierException;
import dev.espalier.engine.catalog.Catalog;
import dev.espalier.engine.prune.Layers;
import dev.espalier.engine.run.Operation;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Checks a program sentence by sentence and compiles it to steps. */
public final class Checker {
  /** How deep programs may include each other. */
  private static final int DEEPEST_INCLUDE = 16;

  /** How many programs may be included in all. */
  private static final int MOST_INCLUDES = 200;

  private final Program program;
  private final Declarations declarations;
  private final Pipelines pipelines;
  private final Outputs outputs;
  private final Targets targets;
  private final Sweeps sweeps;
  private final Searches searches;
  private final Subjects subjects;
  private final List<Path> including = new ArrayList<>();
  private int included;

  private Checker(Source source, Scope scope, boolean onlyNames) {
    program = new Program(source, scope);
    WordMaker words = new WordMaker(program, Catalog.standard());
    Amounts amounts = new Amounts(program);
    ModelFiles files = new ModelFiles(program);
    subjects = new Subjects(program, words, files);
    declarations = new Declarations(program, words, amounts, files);
    pipelines = new Pipelines(program, words, amounts, subjects);
    Metrics metrics = new Metrics(program);
    Reach reach = new Reach(program, subjects);
    targets = new Targets(program, words, amounts, subjects, metrics, reach);
    outputs = new Outputs(program, words, amounts, subjects, metrics, targets, reach);
    searches = new Searches(program, words, subjects, metrics, targets, pipelines, reach);
    sweeps = new Sweeps(program, words, this::statement, onlyNames);
    source.file().ifPresent(f -> including.add(f.toAbsolutePath().normalize()));
  }

  /** All mistakes and, without any, what to do. */
  public static Checked check(Source source, Scope scope) {
    // Read first: the catalog, which only the checker needs, is being made meanwhile.
    List<Syntax.Item> items = Syntax.read(source);
    Checker checker = new Checker(source, scope, false);
    checker.all(items);
    checker.program.warnOfUnused();
    Program program = checker.program;
    return program.failures() > 0
        ? new Checked(program.mistakes(), List.of(), scope)
        : new Checked(program.mistakes(), program.steps(), program.scope());
  }

  /** The names known after sentences of which some may be wrong: those that the right ones give. */
  public static Scope names(Source source, List<Syntax.Item> items, Scope scope) {
    Checker checker = new Checker(source, scope, true);
    checker.all(items);
    return checker.program.scope();
  }

  /**
   * The names of the layers that a model's weights belong to, in the order of its graph; empty when
   * they cannot be known without running anything.
   */
  public static List<String> layers(Operation model, Scope scope) {
    Checker checker = new Checker(new Source("", "", Optional.empty()), scope, true);
    try {
      return checker
          .subjects
          .architecture(model, new Span(0, 0))
          .map(
              graph ->
                  Layers.stored(graph).stream().map(Layers.Prunable::layer).distinct().toList())
          .orElse(List.of());
    } catch (EspalierException e) {
      return List.of();
    }
  }

  /** The parameters of a recipe, in order, without {@code $}; none of any other name. */
  public static List<String> parameters(Scope.Binding binding) {
    return binding.value().orElse(null) instanceof Recipes.Declared recipe
        ? recipe.statement().parameters().stream().map(p -> p.name()).toList()
        : List.of();
  }

  /** The words that a value of {@code let} holds: one, or those of a list. */
  public static List<String> words(Scope.Binding binding) {
    Object value = binding.value().orElse(null);
    List<?> values = value instanceof Value.ListOf list ? list.items() : List.of();
    return Stream.concat(Stream.ofNullable(value), values.stream())
        .filter(Value.Call.class::isInstance)
        .map(v -> ((Value.Call) v).name().text())
        .toList();
  }

  private void all(List<Syntax.Item> items) {
    for (Syntax.Item item : items) {
      int first = program.mistakeCount();
      if (item instanceof Syntax.Item.Refused refused) {
        refused.mistakes().forEach(program::add);
        refused.names().forEach(program::breakName);
      } else {
        Statement statement = ((Syntax.Item.Parsed) item).statement();
        statement(statement);
        if (!(statement instanceof Statement.Include)) {
          program.sortMistakes(first);
        }
      }
    }
  }

  private void statement(Statement statement) {
    program.at(statement.span().start());
    if (statement instanceof Statement.Version s) {
      declarations.version(s);
    } else if (statement instanceof Statement.Include s) {
      include(s);
    } else if (statement instanceof Statement.Data s) {
      declarations.data(s);
    } else if (statement instanceof Statement.Model s) {
      declarations.model(s);
    } else if (statement instanceof Statement.Let s) {
      declarations.let(s);
    } else if (statement instanceof Statement.Set s) {
      declarations.set(s);
    } else if (statement instanceof Statement.Pipeline s) {
      pipelines.pipeline(s);
    } else if (statement instanceof Statement.Recipe s) {
      pipelines.recipe(s);
    } else if (statement instanceof Statement.Sweep s) {
      sweeps.sweep(s);
    } else if (statement instanceof Statement.Compare s) {
      outputs.compare(s);
    } else if (statement instanceof Statement.Expect s) {
      outputs.expect(s);
    } else if (statement instanceof Statement.Target s) {
      targets.target(s);
    } else if (statement instanceof Statement.Meets s) {
      targets.meets(s);
    } else if (statement instanceof Statement.Chart s) {
      outputs.chart(s);
    } else if (statement instanceof Statement.Show s) {
      outputs.show(s);
    } else if (statement instanceof Statement.Report s) {
      outputs.report(s);
    } else if (statement instanceof Statement.Export s) {
      outputs.export(s);
    } else if (statement instanceof Statement.Note s) {
      outputs.note(s);
    } else if (statement instanceof Statement.Compress s) {
      searches.compress(s);
    }
  }

  // ---- include

  private void include(Statement.Include s) {
    Span span = s.file().span();
    String name = s.file().text();
    Path path;
    try {
      path = program.path(name).toAbsolutePath().normalize();
    } catch (InvalidPathException e) {
      program.report(Code.E213, span, "this is no file name", e.getReason());
      return;
    }
    if (including.contains(path)) {
      program.report(
          Code.E213,
          span,
          "`" + name + "` includes itself",
          including.size() > 1
              ? "by way of " + including.get(including.size() - 1).getFileName()
              : "");
      return;
    }
    if (including.size() > DEEPEST_INCLUDE || ++included > MOST_INCLUDES) {
      program.report(
          Code.E213,
          span,
          "too many programs include each other",
          "at most " + DEEPEST_INCLUDE + " deep and " + MOST_INCLUDES + " in all");
      return;
    }
    Optional<String> text = read(path, name, span);
    if (text.isEmpty()) {
      return;
    }
    Source outer = program.source();
    Source included = new Source(name, text.get(), Optional.of(path));
    int first = program.mistakeCount();
    program.enter(included);
    including.add(path);
    all(Syntax.read(included));
    including.remove(including.size() - 1);
    program.enter(outer);
    nameSource(first, included);
  }

  /** Says in what file a mistake is, since the text shown is not the one that was run. */
  private void nameSource(int first, Source included) {
    List<Diagnostic> mistakes = program.mistakes();
    for (int i = first; i < mistakes.size(); i++) {
      Diagnostic d = mistakes.get(i);
      if (d.source() == included) {
        mistakes.set(
            i,
            new Diagnostic(
                d.code(),
                d.title() + " (in " + included.name() + ")",
                d.source(),
                d.span(),
                d.label(),
                d.fix(),
                d.edits()));
      }
    }
  }

  private Optional<String> read(Path path, String name, Span span) {
    try {
      if (!Files.isRegularFile(path)) {
        program.report(
            Code.E213,
            span,
            Files.isDirectory(path)
                ? "`" + name + "` is a folder"
                : "there is no file `" + name + "`",
            "looked beside " + program.source().name());
        return Optional.empty();
      }
      if (Files.size(path) > 4L * Syntax.LONGEST) {
        program.report(
            Code.E213, span, "`" + name + "` is too large for a program", "at most 1 MB");
        return Optional.empty();
      }
      return Optional.of(Files.readString(path, StandardCharsets.UTF_8));
    } catch (CharacterCodingException e) {
      program.report(Code.E213, span, "`" + name + "` is not UTF-8 text", "save it as UTF-8");
    } catch (IOException e) {
      program.report(
          Code.E213, span, "`" + name + "` cannot be read", String.valueOf(e.getMessage()));
    }
    return Optional.empty();
  }
}
