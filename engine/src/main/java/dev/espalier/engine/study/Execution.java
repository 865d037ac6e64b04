package dev.espalier.engine.study;

import dev.espalier.engine.EspalierException;
import dev.espalier.engine.Model;
import dev.espalier.engine.Progress;
import dev.espalier.engine.WholeFile;
import dev.espalier.engine.onnx.OnnxFile;
import dev.espalier.engine.run.Operation;
import dev.espalier.engine.run.Result;
import dev.espalier.engine.run.Runner;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Carries out operations one by one and says what came of each. Not thread-safe. */
public final class Execution {
  private final Runner runner;
  private final Measurements measurements;
  private final Map<Operation, Result.TableResult> tables = new HashMap<>();
  private final Map<String, Searching.Outcome> searched = new HashMap<>();

  public Execution(Runner runner) {
    this.runner = runner;
    this.measurements = new Measurements(runner);
    runner.searchBy((search, sentence, progress) -> found(search, sentence, progress));
  }

  public Runner runner() {
    return runner;
  }

  /** The table that an operation made earlier in this execution. */
  public Optional<Result.TableResult> table(Operation operation) {
    return Optional.ofNullable(tables.get(operation));
  }

  /**
   * Carries out one operation.
   *
   * @param name what the program calls its result; empty when it has no name
   * @param sentence the source sentence, for provenance; empty from Java
   * @throws EspalierException when it cannot be done
   * @throws Progress.Cancelled when the user stopped it
   */
  public Result run(Operation operation, String name, String sentence, Progress progress) {
    if (operation instanceof Operation.Output output) {
      return output(output, sentence, progress);
    }
    if (operation instanceof Operation.LoadData) {
      return new Result.DataResult(name, runner.data(operation, progress));
    }
    if (operation instanceof Operation.Blueprint blueprint) {
      return new Result.BlueprintResult(blueprint.name(), blueprint.architecture().describe());
    }
    if (operation instanceof Operation.Search search) {
      return search(search, name, sentence, progress);
    }
    Runner.Made made = runner.model(operation, name, sentence, progress);
    return new Result.ModelResult(name, made.model(), made.cached(), made.effect());
  }

  /** What a search came to; done again, it finds its trials in the store. */
  private Searching.Outcome outcome(Operation.Search search, String sentence, Progress progress) {
    String key = runner.key(search);
    Searching.Outcome known = searched.get(key);
    if (known == null) {
      known = new Searching(runner, search).find(sentence, progress);
      searched.put(key, known);
    }
    return known;
  }

  /**
   * The steps that make what a search found.
   *
   * @throws EspalierException when it found nothing
   */
  private Operation found(Operation.Search search, String sentence, Progress progress) {
    Searching.Outcome outcome = outcome(search, sentence, progress);
    if (outcome instanceof Searching.Nothing nothing) {
      throw nothing.why();
    }
    return ((Searching.Found) outcome).best();
  }

  /** The search without a result, of this execution, that an operation would need the model of. */
  private Optional<Searching.Nothing> nothing(Operation operation) {
    return nothing(operation, Collections.newSetFromMap(new IdentityHashMap<>()));
  }

  private Optional<Searching.Nothing> nothing(Operation operation, Set<Operation> seen) {
    if (!seen.add(operation)) {
      return Optional.empty();
    }
    if (operation instanceof Operation.Search search
        && searched.get(runner.key(search)) instanceof Searching.Nothing nothing) {
      return Optional.of(nothing);
    }
    return operation.inputs().stream().flatMap(input -> nothing(input, seen).stream()).findFirst();
  }

  /** What is expected of a model that no search found is not met; the program goes on. */
  private static Result.Check unfound(String text, Searching.Nothing nothing) {
    Result.Figure unknown = Result.Figure.measured(Double.NaN, Result.Unit.NONE);
    return new Result.Check(
        text, false, unknown, unknown, "there is no such model: " + nothing.why().what());
  }

  /** The trials of a search and, made with all its epochs and tested, what it found, if it did. */
  private Result search(Operation.Search search, String name, String sentence, Progress progress) {
    Searching.Outcome outcome = outcome(search, sentence, progress);
    if (outcome instanceof Searching.Nothing nothing) {
      tables.put(search, nothing.trials());
      return new Result.NothingFound(nothing.trials(), nothing.closest());
    }
    Searching.Found found = (Searching.Found) outcome;
    Operation.Named best = new Operation.Named(name.isEmpty() ? "it" : name, search);
    runner.model(search, best.name(), sentence, progress);
    Requirements requirements = new Requirements(measurements);
    Result.TableResult table =
        SearchTable.told(
            found,
            best.name(),
            metric -> requirements.figure(search.target(), metric, best, progress),
            requirements.check(
                new Operation.Meets("", best, search.target(), search.environment()), progress));
    tables.put(search, table);
    return table;
  }

  /** A comparison with what searches found as the steps that made it, so that it has controls. */
  private Operation.Compare resolved(Operation.Compare c, String sentence, Progress progress) {
    List<Operation.Named> models = new ArrayList<>();
    for (Operation.Named one : c.models()) {
      models.add(
          one.model() instanceof Operation.Search search
              ? new Operation.Named(one.name(), found(search, sentence, progress))
              : one);
    }
    return new Operation.Compare(
        models,
        c.data(),
        c.target(),
        c.metric(),
        c.controls(),
        c.batch(),
        c.threads(),
        c.seeds(),
        c.environment());
  }

  private Result output(Operation.Output output, String sentence, Progress progress) {
    if (output instanceof Operation.Compare compare) {
      Result.TableResult table =
          new Comparison(runner, measurements)
              .of(resolved(compare, sentence, progress), sentence, progress);
      tables.put(compare, table);
      return table;
    }
    if (output instanceof Operation.Sweep sweep) {
      Result.TableResult table = new Sweeping(runner).of(sweep, sentence, progress);
      tables.put(sweep, table);
      return table;
    }
    if (output instanceof Operation.TableChart chart) {
      return new SweepCharts(chart, table(chart.table())).draw();
    }
    if (output instanceof Operation.Show show) {
      return show(show, sentence, progress);
    }
    if (output instanceof Operation.Chart chart
        && chart.y().equals("trials")
        && chart.subjects().get(0).model() instanceof Operation.Search search) {
      return SearchTable.chart(
          trials(chart.subjects().get(0), search, sentence, progress),
          search,
          chart.look().title());
    }
    if (output instanceof Operation.Chart chart) {
      return new Charts(measurements).draw(chart, progress);
    }
    if (output instanceof Operation.Expect expect) {
      Optional<Searching.Nothing> nothing = nothing(expect);
      return nothing.isPresent()
          ? unfound(expect.text(), nothing.get())
          : new Expectations(measurements).check(expect, progress);
    }
    if (output instanceof Operation.Meets meets) {
      Optional<Searching.Nothing> nothing = nothing(meets);
      return nothing.isPresent()
          ? unfound(meets.text(), nothing.get())
          : new Requirements(measurements).check(meets, progress);
    }
    if (output instanceof Operation.Export export) {
      return export(export, sentence, progress);
    }
    if (output instanceof Operation.Report report) {
      return new Result.ReportRequest(report.file(), report.title());
    }
    if (output instanceof Operation.Note note) {
      return new Result.NoteResult(note.text());
    }
    throw new IllegalArgumentException("no such output: " + output);
  }

  /** The trials of a search, done again from the store where this execution has not done it. */
  private Result.TableResult trials(
      Operation.Named named, Operation.Search search, String sentence, Progress progress) {
    if (table(search).isEmpty()) {
      search(search, named.name(), sentence, progress);
    }
    return table(search).orElseThrow();
  }

  /** The table that a comparison or a sweep of this execution made. */
  private Result.TableResult table(Operation.Named made) {
    return table(made.model())
        .orElseThrow(
            () ->
                EspalierException.program(
                    made.model() instanceof Operation.Sweep
                        ? "the sweep has not run"
                        : "the comparison has not run",
                    made.name(),
                    "",
                    ""));
  }

  private Result show(Operation.Show show, String sentence, Progress progress) {
    Summaries summaries = new Summaries(measurements);
    Operation first = show.subjects().get(0).model();
    if (first instanceof Operation.Compare) {
      return table(show.subjects().get(0));
    }
    if (first instanceof Operation.Sweep sweep) {
      Result.TableResult table = table(show.subjects().get(0));
      return show.aspects().isEmpty() ? table : SweepTable.only(table, sweep, show.aspects());
    }
    if (first instanceof Operation.LoadData
        || (first instanceof Operation.Given g
            && g.value() instanceof dev.espalier.engine.data.DataSet)) {
      return Inspection.of(show.subjects().get(0).name(), runner.data(first, progress));
    }
    if (first instanceof Operation.Blueprint blueprint) {
      return new Result.BlueprintResult(
          show.subjects().get(0).name(), blueprint.architecture().describe());
    }
    if (show.aspects().contains("trials") && first instanceof Operation.Search search) {
      return trials(show.subjects().get(0), search, sentence, progress);
    }
    if (show.aspects().contains("coupling")) {
      return summaries.coupling(show.subjects().get(0), progress);
    }
    if (show.aspects().contains("layers")) {
      return show.subjects().size() > 1
          ? summaries.layers(show.subjects(), progress)
          : summaries.layers(show.subjects().get(0), progress);
    }
    return summaries.metrics(show, show.subjects(), progress);
  }

  private Result export(Operation.Export export, String sentence, Progress progress) {
    Path file = export.file();
    boolean trials =
        export.subject().model() instanceof Operation.Search && !export.format().equals("onnx");
    if (trials
        || export.subject().model() instanceof Operation.Compare
        || export.subject().model() instanceof Operation.Sweep) {
      Result.TableResult table =
          trials
              ? trials(
                  export.subject(), (Operation.Search) export.subject().model(), sentence, progress)
              : table(export.subject());
      byte[] bytes =
          switch (export.format()) {
            case "npz" -> NpzTable.of(table);
            case "html" -> HtmlTable.of(table).getBytes(StandardCharsets.UTF_8);
            default -> CsvTable.of(table).getBytes(StandardCharsets.UTF_8);
          };
      WholeFile.write(file, bytes);
      return new Result.Written(
          file, "table, " + export.format().toUpperCase(java.util.Locale.ROOT), bytes.length);
    }
    Model model =
        runner.model(export.subject().model(), export.subject().name(), sentence, progress).model();
    OnnxFile.write(model.graph(), file);
    try {
      return new Result.Written(
          file,
          "model, ONNX, key "
              + model.key().substring(0, 12)
              + model.stopped().map(s -> ", " + s).orElse(""),
          Files.size(file));
    } catch (IOException e) {
      throw EspalierException.run(
          "the file cannot be read back", file.toString(), String.valueOf(e.getMessage()), "", e);
    }
  }
}
