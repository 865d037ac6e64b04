package dev.espalier.engine.study;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.espalier.engine.Environment;
import dev.espalier.engine.Model;
import dev.espalier.engine.Progress;
import dev.espalier.engine.architecture.Architecture;
import dev.espalier.engine.architecture.Mlp;
import dev.espalier.engine.data.Augmentation;
import dev.espalier.engine.data.DataSet;
import dev.espalier.engine.data.Glyphs;
import dev.espalier.engine.data.Partition;
import dev.espalier.engine.distill.SoftTargets;
import dev.espalier.engine.graph.Graph;
import dev.espalier.engine.prune.PruneSpec;
import dev.espalier.engine.run.Operation;
import dev.espalier.engine.run.Result;
import dev.espalier.engine.run.Result.Cell;
import dev.espalier.engine.run.Runner;
import dev.espalier.engine.run.StatementSettings;
import dev.espalier.engine.run.Store;
import dev.espalier.engine.train.TrainSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A sweep makes a tidy table, once. */
class SweepingTest {
  private static final Environment ONE = new Environment(1, 1, "cpu", true);

  @TempDir Path folder;

  private static final Operation DATA =
      new Operation.LoadData("d", new Glyphs(300, 60, 0.5, 1), Partition.WHOLE, ONE);

  private static final Operation.Axis SEEDS =
      new Operation.Axis(
          "seed",
          List.of(
              new Operation.AxisValue("1", 1, Result.Unit.NONE),
              new Operation.AxisValue("2", 2, Result.Unit.NONE)));

  private static final Operation.Axis AMOUNTS =
      new Operation.Axis(
          "amount",
          List.of(
              new Operation.AxisValue("50%", 0.5, Result.Unit.FRACTION),
              new Operation.AxisValue("80%", 0.8, Result.Unit.FRACTION)));

  private static Environment seeded(int seed) {
    return new Environment(seed, 1, "cpu", true);
  }

  private static Operation.SweepCell cell(List<Integer> at, String name, Operation model) {
    return new Operation.SweepCell(at, List.of(new Operation.Named(name, model)));
  }

  private static Operation trained(int epochs, Environment seeded) {
    return new Operation.Train(
        new Operation.Blueprint("m", new Mlp(List.of(8))),
        DATA,
        TrainSettings.epochs(epochs),
        seeded);
  }

  /** Over two amounts and two seeds; the last leaves out a layer that is not there. */
  private static Operation.Sweep sweep() {
    List<Operation.SweepCell> cells = new ArrayList<>();
    for (int amount = 0; amount < 2; amount++) {
      for (int seed = 0; seed < 2; seed++) {
        Environment seeded = seeded(seed + 1);
        PruneSpec spec = PruneSpec.weights(amount == 0 ? 0.5 : 0.8);
        if (amount == 1 && seed == 1) {
          spec =
              new PruneSpec(
                  spec.amount(),
                  false,
                  spec.criterion(),
                  false,
                  List.of(),
                  List.of("missing"),
                  1,
                  0,
                  spec.shape());
        }
        cells.add(
            cell(
                List.of(amount, seed),
                "slim",
                new Operation.Prune(
                    trained(1, seeded), Optional.empty(), spec, TrainSettings.epochs(1), seeded)));
      }
    }
    return new Operation.Sweep(List.of(AMOUNTS, SEEDS), cells, 2, ONE);
  }

  /** One model of each of two seeds. */
  private static Operation.Sweep overSeeds(String name, Function<Environment, Operation> made) {
    return new Operation.Sweep(
        List.of(SEEDS),
        List.of(
            cell(List.of(0), name, made.apply(seeded(1))),
            cell(List.of(1), name, made.apply(seeded(2)))),
        2,
        ONE);
  }

  private Result.TableResult run(List<Progress.Event> events, Operation.Sweep sweep) {
    Execution execution = new Execution(new Runner(Store.open(folder)));
    return (Result.TableResult) execution.run(sweep, "curve", "", events::add);
  }

  private static String outcome(Result.Row row) {
    return ((Cell.Text) row.cells().get(row.cells().size() - 1)).text();
  }

  @Test
  void aFailedRunIsARowAndWhatIsDoneIsNotRepeated() throws Exception {
    Operation.Sweep sweep = sweep();
    List<Progress.Event> first = new ArrayList<>();
    Result.TableResult table = run(first, sweep);
    assertEquals(4, table.rows().size());
    assertEquals("done", outcome(table.rows().get(0)));
    assertTrue(outcome(table.rows().get(3)).startsWith("failed: "), outcome(table.rows().get(3)));
    assertTrue(table.columns().contains(new Result.Column("accuracy", "validation")));
    Progress.Event.Runs last =
        (Progress.Event.Runs)
            first.stream().filter(Progress.Event.Runs.class::isInstance).reduce((a, b) -> b).get();
    assertEquals(1, last.failed());
    assertEquals(1.0, last.part(), 1e-9);

    List<Progress.Event> second = new ArrayList<>();
    Result.TableResult again = run(second, sweep);
    assertEquals(table.rows().subList(0, 3), again.rows().subList(0, 3));
    List<String> made =
        second.stream()
            .filter(Progress.Event.Runs.class::isInstance)
            .map(e -> "" + ((Progress.Event.Runs) e).total())
            .distinct()
            .toList();
    assertEquals(List.of("1"), made, "only what failed is tried again");

    Operation.Named curve = new Operation.Named("curve", sweep);
    Execution execution = new Execution(new Runner(Store.open(folder)));
    execution.run(sweep, "curve", "", Progress.NONE);
    Result.ChartSpec chart =
        (Result.ChartSpec)
            execution.run(
                new Operation.TableChart(
                    "accuracy",
                    "amount",
                    curve,
                    Optional.empty(),
                    new StatementSettings.Drawing("t", false, StatementSettings.Band.INTERVAL)),
                "",
                "",
                Progress.NONE);
    assertEquals(List.of(0.5, 0.8), chart.series().get(0).x());
    // Student's t of two values: 12.706 times their half difference.
    double a = accuracy(table, 0);
    double b = accuracy(table, 1);
    assertEquals((a + b) / 2, chart.series().get(0).y().get(0), 1e-12);
    assertEquals(12.7062 * Math.abs(a - b) / 2, chart.series().get(0).errors().get(0), 1e-3);
    assertEquals(0, chart.series().get(0).errors().get(1), "one seed has no interval");
    for (String format : List.of("csv", "npz", "html")) {
      Path file = folder.resolve("curve." + format);
      execution.run(new Operation.Export(curve, format, file), "", "", Progress.NONE);
      assertTrue(Files.size(file) > 200, format);
    }
    String csv = Files.readString(folder.resolve("curve.csv"));
    assertTrue(csv.startsWith("group,amount,seed,accuracy (validation),"), csv);
    assertFalse(csv.contains("NaN"), csv);
  }

  // ---- what Java cells gave

  /** Distilled from a model and on data that only this process has. */
  private static Operation.Sweep given(Model teacher, DataSet data, Architecture student) {
    Operation.Given samples = new Operation.Given("mine", data, data.fingerprint());
    return overSeeds(
        "small",
        seeded ->
            new Operation.Distill(
                List.of(new Operation.Given("big", teacher, teacher.key())),
                new Operation.Blueprint("s", student),
                samples,
                new SoftTargets(4, 0.9),
                TrainSettings.epochs(1),
                seeded));
  }

  private static int workers(List<Progress.Event> events) {
    return events.stream()
        .filter(Progress.Event.Runs.class::isInstance)
        .mapToInt(e -> ((Progress.Event.Runs) e).workers())
        .max()
        .orElseThrow();
  }

  @Test
  void modelsAndDataThatJavaGaveGoToTheWorkers(@TempDir Path other) throws Exception {
    DataSet drawn = new Glyphs(300, 60, 0.5, 1).load(true, Progress.NONE);
    DataSet data =
        new DataSet(
            "mine",
            drawn.shape(),
            drawn.task(),
            drawn.train(),
            drawn.test(),
            drawn.test(),
            drawn.scale(),
            drawn.offset(),
            List.of(new Augmentation.Shift(1)),
            "drawn for this test");
    Experiment lab = Experiment.in(other).threads(1);
    Model teacher = lab.train(new Mlp(List.of(16)), data, TrainSettings.epochs(1));

    List<Progress.Event> events = new ArrayList<>();
    Result.TableResult sent = run(events, given(teacher, data, new Mlp(List.of(6))));
    assertEquals(List.of("done", "done"), sent.rows().stream().map(SweepingTest::outcome).toList());
    assertEquals(2, workers(events));
    assertTrue(
        sent.notes().stream().noneMatch(n -> n.contains("this process")), sent.notes()::toString);
    try (var left = Files.list(folder.resolve("unfinished"))) {
      assertEquals(List.of(), left.toList(), "the data was lent, not left");
    }

    // A class of this program cannot travel: the same models are made here, and it is said why.
    record Own(Mlp mlp) implements Architecture {
      @Override
      public Graph build(long[] input, int outputs) {
        return mlp.build(input, outputs);
      }

      @Override
      public String describe() {
        return "own";
      }
    }

    events.clear();
    Result.TableResult here = run(events, given(teacher, data, new Own(new Mlp(List.of(6)))));
    assertEquals(1, workers(events));
    assertTrue(
        here.notes().stream()
            .anyMatch(n -> n.contains("in this process") && n.contains("cannot be sent")),
        here.notes()::toString);
    for (int row = 0; row < 2; row++) {
      assertEquals(accuracy(sent, row), accuracy(here, row), "the same bits there and here");
    }
  }

  // ---- workers that die

  private static Operation.Sweep patient() {
    return overSeeds("m", seeded -> trained(150, seeded));
  }

  /** Kills the workers, as {@code kill -9} does, when some of the work is seen to be done. */
  private static Progress killing(int times, List<Progress.Event> events) {
    int[] left = {times};
    return event -> {
      events.add(event);
      if (event instanceof Progress.Event.Runs runs && runs.part() > 0 && runs.part() < 1) {
        if (left[0]-- > 0) {
          ProcessHandle.current().children().forEach(ProcessHandle::destroyForcibly);
        }
      }
    };
  }

  @Test
  void aWorkerThatDiesIsReplacedAndOneThatDiesAgainIsARow() {
    List<Progress.Event> events = new ArrayList<>();
    Execution execution = new Execution(new Runner(Store.open(folder)));
    Result.TableResult dead =
        (Result.TableResult)
            execution.run(patient(), "dead", "", killing(Integer.MAX_VALUE, events));
    assertEquals(2, dead.rows().size());
    for (Result.Row row : dead.rows()) {
      assertTrue(outcome(row).startsWith("failed: its process ended with code "), outcome(row));
      assertTrue(outcome(row).endsWith(", twice"), outcome(row));
      assertTrue(row.cells().contains(new Cell.Empty()), "without figures");
    }

    Result.TableResult whole =
        (Result.TableResult) execution.run(patient(), "whole", "", killing(1, events));
    assertEquals(
        List.of("done", "done"), whole.rows().stream().map(SweepingTest::outcome).toList());
  }

  private static double accuracy(Result.TableResult table, int row) {
    int at = table.columns().indexOf(new Result.Column("accuracy", "validation"));
    return ((Cell.Number) table.rows().get(row).cells().get(at)).figure().value();
  }
}
