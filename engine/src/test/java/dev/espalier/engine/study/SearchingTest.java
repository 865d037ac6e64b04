package dev.espalier.engine.study;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.espalier.engine.Environment;
import dev.espalier.engine.EspalierException;
import dev.espalier.engine.Model;
import dev.espalier.engine.Progress;
import dev.espalier.engine.architecture.Mlp;
import dev.espalier.engine.data.Glyphs;
import dev.espalier.engine.data.Partition;
import dev.espalier.engine.run.Constraint;
import dev.espalier.engine.run.Metric;
import dev.espalier.engine.run.Operation;
import dev.espalier.engine.run.Result;
import dev.espalier.engine.run.Result.Cell;
import dev.espalier.engine.run.Runner;
import dev.espalier.engine.run.StatementSettings;
import dev.espalier.engine.run.Store;
import dev.espalier.engine.run.Target;
import dev.espalier.engine.train.TrainSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SearchingTest {
  private static final Environment ONE = new Environment(1, 1, "cpu", true);

  @TempDir Path folder;

  private static Operation data() {
    return new Operation.LoadData("digits", new Glyphs(1500, 400, 0.2, 1), Partition.WHOLE, ONE);
  }

  private static Operation teacher() {
    return new Operation.Train(
        new Operation.Blueprint("", new Mlp(List.of(64))), data(), TrainSettings.epochs(4), ONE);
  }

  private static Constraint limit(Metric metric, boolean atLeast, double value, String text) {
    return new Constraint(metric, new Operation.Bound.Limit(atLeast, value), text);
  }

  private static Target target(double bytes, double accuracy) {
    return new Target(
        "small",
        Optional.empty(),
        List.of(
            limit(Metric.SIZE, false, bytes, "size at most " + bytes + " B"),
            limit(Metric.ACCURACY, true, accuracy, "accuracy at least " + accuracy)));
  }

  private static Operation.Search search(Target target, Metric objective, int workers) {
    return new Operation.Search(
        teacher(),
        data(),
        target,
        List.of("distill", "prune", "quantize"),
        objective,
        objective.higherIsBetter(),
        8,
        0,
        new StatementSettings.Searching(3, 4, 2, 4, 1, workers),
        TrainSettings.epochs(4),
        ONE);
  }

  private static Operation.Search timed(Operation.Search s, int trials, double seconds) {
    return new Operation.Search(
        s.model(),
        s.data(),
        s.target(),
        s.using(),
        s.objective(),
        s.maximize(),
        trials,
        seconds,
        s.settings(),
        s.training(),
        s.environment());
  }

  /** Stops once so many models were made. */
  private static final class After implements Progress {
    private final int models;
    private int made;

    After(int models) {
      this.models = models;
    }

    @Override
    public void on(Event event) {
      if (event instanceof Event.Runs runs && runs.part() >= 1) {
        made++;
      }
    }

    @Override
    public boolean cancelled() {
      return made >= models;
    }
  }

  @Test
  void findsTheSmallestThatIsGoodEnoughAndGoesOnWhereItWasStopped() throws Exception {
    // After the ten that a search begins with, some that come by chance or beside the best.
    Operation.Search search = timed(search(target(60_000, 0.5), Metric.SIZE, 2), 16, 0);
    Path other = folder.resolve("other");
    Execution stopped = new Execution(new Runner(Store.open(other)));
    assertThrows(Progress.Cancelled.class, () -> stopped.run(search, "best", "", new After(2)));
    long before = models(other);
    assertTrue(before > 2, "what was made stays: " + before);

    Execution whole = new Execution(new Runner(Store.open(folder.resolve("whole"))));
    Result.TableResult first = (Result.TableResult) whole.run(search, "best", "", Progress.NONE);
    Execution again = new Execution(new Runner(Store.open(other)));
    Result.TableResult resumed = (Result.TableResult) again.run(search, "best", "", Progress.NONE);
    assertEquals(first.rows(), resumed.rows(), "a search that was stopped comes to the same");
    assertEquals(models(folder.resolve("whole")), models(other), "nothing else, and nothing twice");
    assertEquals(
        whole.runner().model(search, "", "", Progress.NONE).model().graph(),
        again.runner().model(search, "", "", Progress.NONE).model().graph());

    assertEquals(16, first.rows().size());
    int at = first.columns().size();
    List<Result.Row> best =
        first.rows().stream()
            .filter(r -> r.cells().get(at - 1).equals(new Cell.Text("best")))
            .toList();
    assertEquals(1, best.size());
    double size = number(first, best.get(0), "size");
    for (Result.Row row : first.rows()) {
      boolean met = row.cells().get(at - 2).equals(new Cell.Text("met"));
      boolean done = row.cells().get(at - 1).equals(new Cell.Text("done"));
      // What did not hold with all epochs is named.
      int number = (int) number(first, row, "trial");
      boolean missed = first.findings().get(0).contains("trial " + number + " (");
      assertTrue(!met || !done || missed || number(first, row, "size") >= size, row.toString());
    }
    assertTrue(
        first.rows().stream()
            .anyMatch(r -> r.cells().get(at - 1).equals(new Cell.Text("ended early"))),
        "hopeless trials end early");
    assertTrue(first.findings().get(0).startsWith("best is trial "), first.findings().toString());
    assertTrue(first.findings().get(1).contains("binds"), first.findings().toString());

    // The result is a model like any other, and its trials a table.
    Model model = whole.runner().model(search, "best", "", Progress.NONE).model();
    Operation.Named named = new Operation.Named("best", search);
    whole.run(new Operation.Export(named, "onnx", folder.resolve("b.onnx")), "", "", Progress.NONE);
    assertTrue(Files.size(folder.resolve("b.onnx")) <= 60_000);
    whole.run(new Operation.Export(named, "csv", folder.resolve("b.csv")), "", "", Progress.NONE);
    assertEquals(17, Files.readAllLines(folder.resolve("b.csv")).size());
    Result.ChartSpec chart =
        (Result.ChartSpec)
            whole.run(
                new Operation.Chart(
                    "trials",
                    Optional.empty(),
                    List.of(named),
                    StatementSettings.Drawing.titled(""),
                    ONE),
                "",
                "",
                Progress.NONE);
    assertFalse(chart.series().isEmpty());
    assertTrue(chart.frontier().isPresent());
    assertFalse(model.history().isEmpty());

    // Asked for once more, nothing runs.
    List<Progress.Event> events = new ArrayList<>();
    new Execution(new Runner(Store.open(other))).run(search, "best", "", events::add);
    assertTrue(events.stream().noneMatch(Progress.Event.Runs.class::isInstance));

    // By the clock: one generation is always made, and how many there are depends on the machine.
    Operation.Search hasty = timed(search, 10_000, 0.001);
    Result.TableResult few = (Result.TableResult) again.run(hasty, "best", "", Progress.NONE);
    assertEquals(4, few.rows().size());
    assertTrue(
        few.notes().stream().anyMatch(n -> n.startsWith("the time ended it after 4 trials")),
        few.notes()::toString);
    List<Progress.Event> more = new ArrayList<>();
    Execution later = new Execution(new Runner(Store.open(other)));
    assertEquals(few, later.run(hasty, "best", "", more::add), "asked for again, it is the same");
    assertTrue(more.stream().noneMatch(Progress.Event.Runs.class::isInstance));
    Result.TableResult all =
        (Result.TableResult) later.run(timed(search, 16, 3600), "best", "", Progress.NONE);
    assertEquals(first.rows(), all.rows(), "enough time changes nothing");
    assertEquals(first.notes(), all.notes());

    // With a demand that nothing tried keeps to, it says what came closest.
    Operation.Search tooMuch = search(target(60_000, 0.9999), Metric.SIZE, 1);
    Result.NothingFound none = (Result.NothingFound) again.run(tooMuch, "best", "", Progress.NONE);
    assertEquals("none of 8 recipes meets small", none.closest().text());
    assertTrue(none.closest().summary().contains("came closest"), none.closest().summary());
    assertTrue(
        none.closest().summary().contains("relax to accuracy at least "), none.closest().summary());
    List<Result.Check> missed = none.closest().all().stream().filter(c -> !c.passed()).toList();
    assertEquals(
        List.of("accuracy at least 0.9999"), missed.stream().map(Result.Check::text).toList());
    assertEquals(0.9999, missed.get(0).wanted().value());
    assertTrue(missed.get(0).got().value() > 0.3 && missed.get(0).got().value() < 0.9999);

    // What was tried is there to be looked at; only a model is not.
    assertEquals(8, none.trials().rows().size());
    assertEquals(
        1,
        none.trials().rows().stream()
            .filter(r -> r.cells().get(at - 1).equals(new Cell.Text("closest")))
            .count());
    Operation.Named missing = new Operation.Named("best", tooMuch);
    assertEquals(
        none.trials(),
        again.run(
            new Operation.Show(List.of("trials"), List.of(missing), ONE), "", "", Progress.NONE));
    again.run(
        new Operation.Export(missing, "csv", folder.resolve("none.csv")), "", "", Progress.NONE);
    assertEquals(9, Files.readAllLines(folder.resolve("none.csv")).size());
    Result.ChartSpec tried =
        (Result.ChartSpec)
            new Execution(new Runner(Store.open(other)))
                .run(
                    new Operation.Chart(
                        "trials",
                        Optional.empty(),
                        List.of(missing),
                        StatementSettings.Drawing.titled(""),
                        ONE),
                    "",
                    "",
                    Progress.NONE);
    assertEquals(
        List.of("break a constraint"),
        tried.series().stream().map(Result.ChartSpec.Series::name).toList());
    Operation.Expect expect =
        new Operation.Expect(
            "expect size of best at most 1 MB",
            "size",
            missing,
            new Operation.Bound.Limit(false, 1e6),
            ONE);
    Result.Check unmet = (Result.Check) again.run(expect, "", "", Progress.NONE);
    assertFalse(unmet.passed());
    assertEquals("there is no such model: none of 8 recipes meets small", unmet.explanation());
    Operation.Meets meets = new Operation.Meets("m", missing, target(60_000, 0.5), ONE);
    assertFalse(((Result.Check) again.run(meets, "", "", Progress.NONE)).passed());
    EspalierException noModel =
        assertThrows(
            EspalierException.class,
            () ->
                again.run(
                    new Operation.Export(missing, "onnx", folder.resolve("none.onnx")),
                    "",
                    "",
                    Progress.NONE));
    assertEquals("none of 8 recipes meets small", noModel.what());
    assertTrue(noModel.fix().contains("relax to accuracy at least "), noModel.fix());
    assertFalse(Files.exists(folder.resolve("none.onnx")));
  }

  /** A ceiling of accuracy holds after one epoch and not after twelve. */
  @Test
  void whatMeetsTheTargetInItsTrialHasToMeetItWithAllEpochsToo() {
    Target ceiling =
        new Target(
            "ceiling",
            Optional.empty(),
            List.of(limit(Metric.ACCURACY, false, 0.55, "accuracy at most 55%")));
    Operation.Search search =
        new Operation.Search(
            teacher(),
            data(),
            ceiling,
            List.of("distill"),
            Metric.SIZE,
            false,
            2,
            0,
            new StatementSettings.Searching(1, 4, 2, 4, 1, 1),
            TrainSettings.epochs(12),
            ONE);
    Execution execution = new Execution(new Runner(Store.open(folder)));
    Result.NothingFound none =
        (Result.NothingFound) execution.run(search, "best", "", Progress.NONE);
    int at = none.trials().columns().size();
    for (Result.Row row : none.trials().rows()) {
      assertEquals(new Cell.Text("met"), row.cells().get(at - 2), row.toString());
      assertEquals(new Cell.Text("done"), row.cells().get(at - 1), row.toString());
    }
    assertEquals("no trial that met ceiling does so with all its epochs", none.closest().text());
    String why = none.closest().summary();
    assertTrue(why.contains("trial 1 (`accuracy at most 55%` ("), why);
    assertTrue(why.contains("trial 2 (`accuracy at most 55%` ("), why);
    assertTrue(none.closest().all().stream().noneMatch(Result.Check::passed));
  }

  @Test
  void provesBeforeTrainingThatNothingCanFit() {
    Execution execution = new Execution(new Runner(Store.open(folder)));
    EspalierException none =
        assertThrows(
            EspalierException.class,
            () ->
                execution.run(
                    search(target(100, 0.5), Metric.ACCURACY, 1), "best", "", Progress.NONE));
    assertEquals("no recipe can meet small", none.what());
    assertTrue(none.why().contains("size at most 100.0 B"), none.why());
    assertEquals(EspalierException.Blame.PROGRAM, none.blame());
  }

  private static double number(Result.TableResult table, Result.Row row, String column) {
    for (int i = 0; i < table.columns().size(); i++) {
      if (table.columns().get(i).title().equals(column)) {
        return ((Cell.Number) row.cells().get(i)).figure().value();
      }
    }
    throw new AssertionError("no column " + column);
  }

  private static long models(Path store) throws Exception {
    try (var files = Files.walk(store)) {
      return files.filter(f -> f.toString().endsWith(".onnx")).count();
    }
  }
}
