package dev.espalier.kernel.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.espalier.dsl.Espalier;
import dev.espalier.dsl.Scope;
import dev.espalier.dsl.Source;
import dev.espalier.engine.Environment;
import dev.espalier.engine.run.Forecast;
import dev.espalier.engine.run.Store;
import dev.espalier.kernel.cli.Launch.Ended;
import dev.espalier.kernel.session.Session;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code plan}, before and after a run. */
class PlanTest {
  private static final Environment ENVIRONMENT = new Environment(1, 1, "cpu", true);

  private static final String PROGRAM =
      "set seed SEED, threads 1\n"
          + "data digits from glyphs(train SAMPLES, test 50)\n"
          + "train mlp(30) on digits for EPOCHS epochs with batch 50 as teacher\n"
          + "prune teacher 50% then finetune for 1 epoch with batch 50 as slim\n"
          + "compare slim\n";

  @TempDir Path folder;

  private static Source program(String seed, String samples, String epochs) {
    String text =
        PROGRAM.replace("SEED", seed).replace("SAMPLES", samples).replace("EPOCHS", epochs);
    return new Source("program.esp", text, Optional.empty());
  }

  private String plan(String seed, String samples, String epochs) {
    return new PlanText(new Forecast(Store.existing(folder.resolve("store"))), 200)
        .of(Espalier.check(program(seed, samples, epochs), Scope.empty(ENVIRONMENT)).steps());
  }

  private List<Path> records() throws IOException {
    try (Stream<Path> files = Files.walk(folder.resolve("store"))) {
      return files.filter(f -> f.endsWith("record.json")).toList();
    }
  }

  @Test
  void whatIsStoredAndWhatTheRestTakes() throws Exception {
    String before = plan("1", "200", "2");
    assertTrue(before.startsWith("1  digits: load glyphs(train 200, "), before);
    assertTrue(before.contains("\n2  teacher: train mlp(30) on digits with epochs 2, "), before);
    assertTrue(before.contains("\n   unknown: nothing like it has run on this machine\n"), before);
    assertTrue(
        before.contains("   control, slim random pruning: 2 models to make, 2 unknown\n"), before);
    assertTrue(
        before.endsWith(
            "left: 6 models to make; no time can be told, as nothing like it has run here\n"),
        before);
    assertFalse(Files.exists(folder.resolve("store")), "planning makes no store");

    TerminalHost host = new TerminalHost(Terminal.system(true), folder.resolve("charts"), "");
    assertEquals(
        Session.DONE,
        new Session(folder.resolve("store"), ENVIRONMENT).execute(program("1", "200", "2"), host));

    String after = plan("1", "200", "2");
    assertTrue(after.endsWith("left: nothing to make, all is stored\n"), after);
    assertTrue(after.contains("control, slim random pruning: stored"), after);

    // Another seed makes other models in the same time.
    String other = plan("2", "200", "2");
    assertTrue(other.contains("(measured before, once)"), other);
    assertFalse(other.contains("unknown:"), other);
    assertTrue(other.contains("left: 6 models to make, about "), other);

    String longer = plan("1", "400", "6");
    assertTrue(longer.contains("(scaled from 2 × 180 to 6 × 360 epochs × samples)"), longer);

    // A store of a version that did not write it down.
    for (Path file : records()) {
      String old = Files.readString(file).replaceAll("(?s),\\s*\"effort\": \\{.*?\\}", "");
      assertFalse(old.contains("peakBytes"), old);
      Files.writeString(file, old);
    }
    assertTrue(plan("1", "200", "2").contains("all is stored"));
    assertTrue(plan("2", "200", "2").contains("no time can be told"));

    for (Path file : records()) {
      Files.writeString(file, "{ damaged");
    }
    assertTrue(plan("2", "200", "2").contains("no time can be told"));
  }

  @Test
  void theCommandLoadsNothingNativeAndRefusesWrongInputs() throws Exception {
    Path loaded = folder.resolve("loaded.txt");
    Files.writeString(folder.resolve("program.esp"), program("1", "200", "2").text());
    Ended ended =
        new Launch(folder, "plan", "program.esp").java("-Xlog:class+load:file=" + loaded).run();
    assertEquals(0, ended.exit(), ended.all());
    assertTrue(ended.out().contains("left: 6 models to make"), ended.out());
    assertEquals(List.of(), ExplainProcessTest.heavy(loaded));
    assertFalse(Files.exists(folder.resolve("store")), "planning makes no store");

    Files.writeString(folder.resolve("wrong.esp"), "trian\n");
    Ended wrong = new Launch(folder, "plan", "wrong.esp").run();
    assertEquals(2, wrong.exit(), wrong.all());
    assertTrue(wrong.err().contains("wrong.esp:1: E101"), wrong.err());
    Ended absent = new Launch(folder, "plan", "--store", "x", "absent.esp").run();
    assertEquals(2, absent.exit(), absent.all());
    Ended threads = new Launch(folder, "plan", "--threads", "0", "wrong.esp").run();
    assertEquals(2, threads.exit(), threads.all());
    assertTrue(threads.err().contains("--threads takes"), threads.err());
  }
}
