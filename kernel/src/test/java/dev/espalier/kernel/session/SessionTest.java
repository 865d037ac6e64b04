package dev.espalier.kernel.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.espalier.dsl.Source;
import dev.espalier.engine.Environment;
import dev.espalier.engine.Model;
import dev.espalier.engine.Progress;
import dev.espalier.engine.Randomness;
import dev.espalier.engine.architecture.Mlp;
import dev.espalier.engine.data.DataSet;
import dev.espalier.engine.operator.Cost;
import dev.espalier.engine.prune.LayerRow;
import dev.espalier.engine.run.Result;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SessionTest {
  @TempDir Path folder;

  private int cell = 0;

  private Memory run(Session session, int exit, String text) {
    Memory memory = new Memory();
    int got = session.execute(Source.cell(++cell, text), memory);
    assertEquals(exit, got, () -> memory.diagnostics + " " + memory.failures);
    return memory;
  }

  private Session session() {
    return new Session(folder.resolve("store"), new Environment(1, 1, "cpu", true));
  }

  private static final String DATA = "data shapes from glyphs(train 600, test 300)\n";

  @Test
  void theSentenceWorksInACell() {
    Session session = session();
    run(session, Session.DONE, DATA + "train mlp(40) on shapes for 2 epochs as teacher");
    run(session, Session.DONE, "model student is mlp(20)");
    Memory sentence = run(session, Session.DONE, "distill teacher into student then prune 50%");
    Model it = sentence.only(Result.ModelResult.class).model();
    assertEquals(0.5, LayerRow.sparsity(it.graph()), 1e-3);
    assertEquals(10, it.history().size());
    Memory again = run(session, Session.DONE, "distill teacher into student then prune 50%");
    assertTrue(again.only(Result.ModelResult.class).cached());
  }

  @Test
  void channelsGoUntilABudgetHoldsAndAllOfItIsShown() {
    Session session = session();
    Memory made =
        run(
            session,
            Session.DONE,
            DATA
                + """
                train lenet-5 on shapes for 1 epoch as net
                prune net to 50% of MACs with round-to 4 as half
                show coupling of net
                show layers of net, half
                chart widths of net, half
                """);
    Model half = ((Result.ModelResult) made.results.get(2)).model();
    Model net = ((Result.ModelResult) made.results.get(1)).model();
    double left = (double) Cost.macs(half.graph()) / Cost.macs(net.graph());
    assertTrue(left <= 0.5, "MACs left " + left);
    Result.TableResult coupling = (Result.TableResult) made.results.get(3);
    assertEquals(
        List.of("conv1", "conv2", "fc1", "fc2"),
        coupling.rows().stream().map(r -> text(r, 0)).toList());
    assertEquals(
        List.of("may go", "may go", "may go", "stay: they are inputs or outputs of the model"),
        coupling.rows().stream().map(r -> text(r, 3)).toList());
    Result.TableResult layers = (Result.TableResult) made.results.get(4);
    assertEquals(List.of("layer", "outputs", "outputs"), titles(layers).subList(0, 3));
    Result.ChartSpec widths = made.only(Result.ChartSpec.class);
    assertEquals(List.of(20.0, 50.0, 500.0, 10.0), widths.series().get(0).y());
    widths.series().get(1).y().subList(0, 3).forEach(w -> assertEquals(0, w % 4, "width " + w));
  }

  private static String text(Result.Row row, int cell) {
    return ((Result.Cell.Text) row.cells().get(cell)).text();
  }

  private static List<String> titles(Result.TableResult table) {
    return table.columns().stream().map(Result.Column::title).toList();
  }

  @Test
  void aModelFromAFileGetsOtherClassesAndGoesOn() {
    Session session = session();
    String file = '"' + folder.resolve("net.onnx").toString() + '"';
    run(
        session,
        Session.DONE,
        DATA + "train mlp(40) on shapes for 2 epochs as first\nexport first to onnx " + file);
    Memory memory =
        run(
            session,
            Session.DONE,
            "model net from onnx "
                + file
                + " with classes 12\n"
                + "finetune net on shapes for 2 epochs then prune 50% then quantize to int8 as tiny\n"
                + "expect accuracy of tiny at least 15%");
    Result.ModelResult loaded =
        memory.results.stream()
            .filter(Result.ModelResult.class::isInstance)
            .map(Result.ModelResult.class::cast)
            .findFirst()
            .orElseThrow();
    assertEquals("fresh last layer of 12 classes", loaded.effect());
    assertEquals(List.of(-1L, 12L), loaded.model().graph().prediction().shape());
    // The same sentence another time runs nothing anew.
    run(session, Session.DONE, "finetune net on shapes for 2 epochs as again");
    Memory wrong =
        run(session, Session.PROGRAM_WRONG, "model bad from onnx " + file + " with input 3x28x28");
    assertEquals("E220", wrong.diagnostics.get(0).code());
  }

  @Test
  void aTorchScriptProgramTeaches() throws Exception {
    StringBuilder rows = new StringBuilder("a,b,c,d,e,f,label\n");
    SplittableRandom random = Randomness.of(1, "rows");
    for (int i = 0; i < 300; i++) {
      for (int k = 0; k < 6; k++) {
        rows.append(random.nextInt(400) / 100.0 - 2).append(',');
      }
      rows.append("xyz".charAt(i % 3)).append('\n');
    }
    Path csv = Files.writeString(folder.resolve("rows.csv"), rows);
    Path teacher = folder.resolve("teacher.pt");
    try (var in = SessionTest.class.getResourceAsStream("teacher.pt")) {
      Files.copy(in, teacher);
    }
    Session session = session();
    String program =
        "data rows from csv \""
            + csv
            + "\" split 80/10/10\nmodel t from torchscript \""
            + teacher
            + "\"\ndistill t into mlp(12) on rows for 3 epochs as small\nshow accuracy of small";
    Memory memory = run(session, Session.DONE, program);
    assertEquals(3, memory.only(Result.ModelResult.class).model().history().size());
    Memory again = run(session, Session.DONE, program);
    assertTrue(again.only(Result.ModelResult.class).cached());
    Memory wrong = run(session, Session.PROGRAM_WRONG, "prune t 50%");
    assertEquals("E205", wrong.diagnostics.get(0).code());
  }

  @Test
  void aComparisonHasItsControlsAndItsVerdict() {
    Session session = session();
    Memory memory =
        run(
            session,
            Session.DONE,
            DATA
                + """
                train mlp(40) on shapes for 2 epochs as teacher
                distill teacher into mlp(20) for 2 epochs
                    then prune 50% then quantize to int8 as tiny
                compare teacher, tiny as table
                show sparsity, size of tiny
                chart accuracy vs size of teacher, tiny
                chart training of teacher
                chart weights of teacher
                show layers of teacher
                export table to "table.csv"
                """
                    .replace("\"table.csv\"", '"' + folder.resolve("table.csv").toString() + '"'));
    List<Result.TableResult> tables =
        memory.results.stream()
            .filter(Result.TableResult.class::isInstance)
            .map(Result.TableResult.class::cast)
            .toList();
    Result.TableResult table = tables.get(0);
    assertEquals(2, table.rows().stream().filter(r -> r.group().isEmpty()).count());
    assertEquals(2, table.rows().stream().filter(r -> r.group().equals("controls")).count());
    assertTrue(table.verdict().orElseThrow().winner().isEmpty());
    assertTrue(table.verdict().orElseThrow().text().contains("too close to call"));
    assertTrue(Files.isRegularFile(folder.resolve("table.csv")));
  }

  @Test
  void aFailedExpectationIsListedAndTheRestStillRuns() {
    Memory memory =
        run(
            session(),
            Session.EXPECTATION_FAILED,
            DATA
                + """
                train mlp(10) on shapes for 1 epoch as small
                expect size of small at most 1 KB
                expect size of small at most 100 MB
                note "done"
                """);
    List<Boolean> passed =
        memory.results.stream()
            .filter(Result.Check.class::isInstance)
            .map(r -> ((Result.Check) r).passed())
            .toList();
    assertEquals(List.of(false, true), passed);
    memory.only(Result.NoteResult.class);
  }

  /** Names given from Java, axes of all kinds, nested, and runs that fail among others. */
  @Test
  void aSweepOverEverythingOfWhatJavaGave() {
    Session session = session();
    run(
        session,
        Session.DONE,
        "data d from glyphs(train 120, test 40)\ntrain mlp(6) on d for 1 epoch as teacher\n"
            + "let widths = [4, 5]");
    DataSet drawn = (DataSet) session.value("d").orElseThrow();
    DataSet own =
        new DataSet(
            "own",
            drawn.shape(),
            drawn.task(),
            drawn.train(),
            drawn.validation(),
            drawn.test(),
            drawn.scale(),
            drawn.offset(),
            List.of(),
            "given from Java");
    assertTrue(session.bind("mine", own));
    Model teacher = (Model) session.value("teacher").orElseThrow();
    assertTrue(session.bind("big", teacher.graph()));
    Memory memory =
        run(
            session,
            Session.DONE,
            """
            recipe thin($width) is distill into mlp($width) on mine for 1 epoch
            recipe cut($amount) is prune $amount then finetune on mine for 1 epoch
            sweep recipe over thin(3), cut(50%), seed over 2 {
                sweep method over magnitude, random {
                    apply $recipe to big then prune 60% by $method as slim
                }
            } as outer
            sweep width over $widths and rate over 0.01, 1e30 {
                train mlp($width) on mine for 1 epoch with batch 16, optimizer sgd(lr $rate) as net
            } as failing
            """);
    List<Result.TableResult> tables =
        memory.results.stream()
            .filter(Result.TableResult.class::isInstance)
            .map(Result.TableResult.class::cast)
            .toList();
    assertEquals(List.of(4, 4), tables.stream().map(t -> t.rows().size()).toList());
    List<String> outer = outcomes(tables.get(0));
    assertEquals(Collections.nCopies(4, "done"), outer);
    List<String> failing = outcomes(tables.get(1));
    assertEquals(2, failing.stream().filter("done"::equals).count(), failing::toString);
    assertTrue(
        failing.stream()
            .filter(o -> !o.equals("done"))
            .allMatch(o -> o.contains("the loss is not a number")),
        failing::toString);
  }

  private static List<String> outcomes(Result.TableResult table) {
    return table.rows().stream()
        .map(r -> ((Result.Cell.Text) r.cells().get(r.cells().size() - 1)).text())
        .toList();
  }

  @Test
  void aSearchThatFindsNothingLeavesItsTrials() throws Exception {
    Session session = session();
    run(
        session,
        Session.DONE,
        """
        data d from glyphs(train 200, test 60)
        train mlp(8) on d for 1 epoch as teacher
        """);
    Path table = folder.resolve("trials.csv");
    Memory told =
        run(
            session,
            Session.EXPECTATION_FAILED,
            "compress teacher for accuracy at least 99.9% using prune within 2 trials with epochs 1"
                + " as best\nshow trials of best\nchart trials of best\nexport best to csv \""
                + table
                + "\"\n");
    Result.NothingFound nothing = told.only(Result.NothingFound.class);
    assertEquals(2, nothing.trials().rows().size());
    assertEquals(nothing.trials(), told.only(Result.TableResult.class));
    told.only(Result.ChartSpec.class);
    assertEquals(3, Files.readAllLines(table).size());
    Memory model = run(session, Session.BROKE, "show best");
    assertTrue(
        model.failures.get(0).getMessage().contains("none of 2 recipes meets"),
        model.failures.get(0).getMessage());
  }

  @Test
  void aTargetIsHeldAgainstAModelConstraintByConstraint() {
    Memory memory =
        run(
            session(),
            Session.EXPECTATION_FAILED,
            DATA
                + """
                train mlp(10) on shapes for 1 epoch as small
                quantize small to int8 as tiny
                target mcu is cortex-m4 {
                  latency at most 1 s, energy at most 1 J, accuracy within 100 points of small
                }
                target here { size at most 100 KB, latency at most 1 s }
                target metered { energy at most 1000 J, size at most 1 MB }
                target tight is cortex-m4 { size at most 100 B, latency at most 1 s }
                expect tiny meets mcu
                expect tiny meets here
                expect small meets tight
                expect tiny meets metered
                """);
    List<Result.Checks> all =
        memory.results.stream()
            .filter(Result.Checks.class::isInstance)
            .map(Result.Checks.class::cast)
            .toList();
    assertEquals(
        List.of(true, true, false), all.stream().limit(3).map(Result.Checks::passed).toList());
    // Whether this machine's counters can be read or not, the other constraints are checked.
    Result.Check energy = all.get(3).all().get(0);
    assertEquals(Result.FigureKind.MEASURED, energy.got().kind());
    assertEquals(!Double.isNaN(energy.got().value()), energy.passed());
    assertEquals(energy.passed(), energy.explanation().isEmpty(), energy.explanation());
    assertTrue(all.get(3).all().get(1).passed());
    List<Result.Check> mcu = all.get(0).all();
    assertEquals(
        List.of(
            "latency at most 1 s",
            "energy at most 1 J",
            "accuracy within 100 points of small",
            "fits the flash of cortex-m4",
            "fits the RAM of cortex-m4"),
        mcu.stream().map(Result.Check::text).toList());
    assertEquals(
        List.of(
            Result.FigureKind.MODELLED,
            Result.FigureKind.MODELLED,
            Result.FigureKind.MEASURED,
            Result.FigureKind.MODELLED,
            Result.FigureKind.MODELLED),
        mcu.stream().map(c -> c.got().kind()).toList());
    // 74.4 mW for as long as it runs.
    assertEquals(0.0744, mcu.get(1).got().value() / mcu.get(0).got().value(), 1e-9);
    assertTrue(all.get(0).summary().contains("measured and modelled"), all.get(0).summary());
    assertEquals(Result.FigureKind.MEASURED, all.get(1).all().get(1).got().kind());
    Result.Checks failed = all.get(2);
    assertTrue(failed.summary().startsWith("small does not meet tight: 2 of 4"), failed.summary());
    assertTrue(failed.all().get(0).explanation().contains("quantize to int8"));
    assertTrue(Double.isNaN(failed.all().get(1).got().value()));
    assertTrue(failed.all().get(1).explanation().contains("no source tells"));
  }

  @Test
  void aWrongProgramRunsNothingAndTouchesNoDisk() {
    Memory memory = run(session(), Session.PROGRAM_WRONG, DATA + "train mlp(10) on shpes as a");
    assertFalse(memory.diagnostics.isEmpty());
    assertEquals(List.of(), memory.events);
    assertFalse(Files.exists(folder.resolve("store")));
  }

  @Test
  void aBrokenStepKeepsTheNamesMadeBeforeIt() {
    Session session = session();
    Memory memory =
        run(
            session,
            Session.BROKE,
            DATA
                + """
                train mlp(10) on shapes for 1 epoch as good
                train mlp(10) on shapes for 1 epoch with optimizer sgd(lr 1e30) as bad
                """);
    assertEquals(1, memory.failures.size());
    assertTrue(memory.failures.get(0).getMessage().contains("epoch"), memory.failures.toString());
    assertTrue(session.scope().find("good").isPresent());
    assertTrue(session.scope().find("bad").isEmpty());
    run(session, Session.DONE, "show good");
  }

  @Test
  void javaValuesAndNamesCrossBothWays() {
    Session session = session();
    run(session, Session.DONE, DATA);
    assertTrue(session.bind("narrow", new Mlp(List.of(12))));
    assertFalse(session.bind("thread", Thread.currentThread()));
    run(session, Session.DONE, "train narrow on shapes for 1 epoch as little");
    Model little = (Model) session.value("little").orElseThrow();
    assertTrue(session.bind("again", little.graph()));
    run(session, Session.DONE, "prune again 50% as slim");
  }

  /** Asks to stop when so many epochs of a verb have ended. */
  private static Memory stopping(String verb, int epochs) {
    return new Memory() {
      @Override
      public boolean cancelled() {
        return events.stream()
                .filter(
                    e -> e instanceof Progress.Event.EpochEnded ended && ended.verb().equals(verb))
                .count()
            >= epochs;
      }
    };
  }

  @Test
  void aStopKeepsNamesSettingsAndTheLastUnnamedModel() {
    Session session = session();
    Memory memory = stopping("finetune", 2);
    int exit =
        session.execute(
            Source.cell(
                ++cell,
                "set seed 5, threads 1\n"
                    + DATA
                    + "train mlp(12) on shapes for 1 epoch as net\n"
                    + "train mlp(9) on shapes for 1 epoch\n"
                    + "finetune net on shapes for 4 epochs as more then prune 50% as slim\n"
                    + "show slim"),
            memory);
    assertEquals(Session.BROKE, exit);
    assertEquals(
        List.of(
            "finetune stopped after epoch 2 of 4: `more` is the model as it was then; running it"
                + " again goes on from there. `slim` is not made"),
        memory.failures.stream().map(Throwable::getMessage).toList());
    assertEquals(5, session.scope().environment().seed(), "what was set before stays set");
    assertTrue(session.scope().find("slim").isEmpty());
    Model more = (Model) session.value("more").orElseThrow();
    assertEquals("finetune stopped after epoch 2 of 4", more.stopped().orElseThrow());
    assertEquals(3, more.history().size());
    Memory shown = run(session, Session.DONE, "show parameters of it");
    assertTrue(shown.only(Result.TableResult.class).rows().get(0).toString().contains("it"));
    // The stopped model is used like any other, and in sentences that were checked before.
    Memory pruned =
        run(session, Session.DONE, "prune more 50%\nexpect sparsity of it at least 40%");
    assertEquals(
        "finetune stopped after epoch 2 of 4",
        pruned.only(Result.ModelResult.class).model().stopped().orElseThrow());
    Memory whole = run(session, Session.DONE, "finetune net on shapes for 4 epochs as more");
    assertEquals(5, whole.only(Result.ModelResult.class).model().history().size());
    assertTrue(
        whole.events.stream()
            .anyMatch(e -> e instanceof Progress.Event.Resumed r && r.done().size() == 2));
  }

  @Test
  void aStoppedPruningIsAsFarPrunedAsItsRounds() {
    Session session = session();
    run(session, Session.DONE, DATA + "train mlp(12) on shapes for 1 epoch as net");
    Memory memory = stopping("prune", 1);
    session.execute(Source.cell(++cell, "prune net 80% in 4 rounds of 1 epoch as slim"), memory);
    String told = memory.failures.get(0).getMessage();
    assertTrue(
        told.startsWith("prune stopped after epoch 1 of 4: `slim` is the model as it was then"),
        told);
    // What is reached is known: less than that is refused, more is not.
    run(session, Session.DONE, "prune slim 90% as thin");
    Memory less = run(session, Session.PROGRAM_WRONG, "prune slim 5% as thick");
    assertTrue(
        (less.diagnostics + " " + less.failures).contains("sparse"),
        less.diagnostics + " " + less.failures);
  }
}
