package dev.espalier.engine.run;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.espalier.engine.Environment;
import dev.espalier.engine.Model;
import dev.espalier.engine.Progress;
import dev.espalier.engine.architecture.Mlp;
import dev.espalier.engine.onnx.OnnxFile;
import dev.espalier.engine.prune.Amount;
import dev.espalier.engine.prune.Criterion;
import dev.espalier.engine.prune.LayerRow;
import dev.espalier.engine.prune.PruneSpec;
import dev.espalier.engine.train.Blobs;
import dev.espalier.engine.train.TrainSettings;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What is kept of a step that the user stopped, and that it is never the step's result. */
final class StoppedStepTest {
  private static final Environment ONE = new Environment(1, 1, "cpu", true);
  private static final Operation DATA =
      new Operation.Given("blobs", Blobs.images(200, 40, List.of()), "blobs");
  private static final Operation TRAIN =
      new Operation.Train(
          new Operation.Blueprint("net", new Mlp(List.of(16))),
          DATA,
          TrainSettings.epochs(6).withBatch(32),
          ONE);

  @TempDir Path folder;

  /** Asks to stop once so many epochs have ended. */
  private static Progress stopAfter(int epochs) {
    return new UpToEpoch(Progress.NONE, epochs);
  }

  private Runner runner() {
    return new Runner(Store.open(folder));
  }

  private static StoppedStep stop(Runner runner, Operation operation, int epochs) {
    return assertThrows(
        StoppedStep.class, () -> runner.model(operation, "net", "", stopAfter(epochs)));
  }

  @Test
  void theLastWholeEpochIsAModelOfItsOwn() {
    Runner runner = runner();
    StoppedStep stopped = stop(runner, TRAIN, 2);
    assertEquals(new Operation.StoppedAfter(TRAIN, 2, 6), stopped.operation());
    assertEquals(2, stopped.model().history().size());
    assertEquals(Optional.of("train stopped after epoch 2 of 6"), stopped.model().stopped());
    assertFalse(runner.has(TRAIN), "the step is not done");
    assertNotEquals(runner.key(TRAIN), stopped.model().key());
    Runner.Made found = runner().model(stopped.operation(), "net", "", Progress.NONE);
    assertTrue(found.cached());
    assertEquals(stopped.model().graph(), found.model().graph());
  }

  @Test
  void goingOnInAnotherProcessGivesWhatAnUnbrokenRunGives(@TempDir Path other) {
    Model straight = new Runner(Store.open(other)).model(TRAIN, "net", "", Progress.NONE).model();
    stop(runner(), TRAIN, 3);
    Runner again = runner();
    assertTrue(again.store().hasCheckpoint(again.key(TRAIN)));
    List<Integer> trained = new java.util.ArrayList<>();
    Runner.Made made =
        again.model(
            TRAIN,
            "net",
            "",
            event -> {
              if (event instanceof Progress.Event.EpochEnded e) {
                trained.add(e.epoch().epoch());
              }
            });
    assertEquals(List.of(4, 5, 6), trained);
    assertFalse(made.cached());
    assertEquals(straight.graph(), made.model().graph());
    assertEquals(straight.key(), made.model().key());
    assertEquals(Optional.empty(), made.model().stopped());
    assertFalse(again.store().hasCheckpoint(again.key(TRAIN)), "it is done");
  }

  @Test
  void whatIsMadeOfItSaysSoAndItsFileDoesToo() {
    Runner runner = runner();
    StoppedStep stopped = stop(runner, TRAIN, 2);
    Operation finetune =
        new Operation.Finetune(
            stopped.operation(), DATA, TrainSettings.epochs(3).withBatch(32), ONE);
    Model tuned = runner.model(finetune, "more", "", Progress.NONE).model();
    assertEquals(5, tuned.history().size());
    assertEquals(Optional.of("train stopped after epoch 2 of 6"), tuned.stopped());
    Path file = folder.resolve("net.onnx");
    OnnxFile.write(tuned.graph(), file);
    assertEquals(
        "train stopped after epoch 2 of 6", OnnxFile.read(file).metadata().get(Model.STOPPED));
    Operation twice =
        new Operation.Finetune(
            stopped.operation(), DATA, TrainSettings.epochs(4).withBatch(32), ONE);
    assertEquals(
        Optional.of("train stopped after epoch 2 of 6, finetune stopped after epoch 1 of 4"),
        stop(runner, twice, 1).model().stopped());
  }

  @Test
  void aStoppedModelThatIsLostIsMadeAgain(@TempDir Path other) {
    StoppedStep stopped = stop(runner(), TRAIN, 2);
    Model again =
        new Runner(Store.open(other)).model(stopped.operation(), "net", "", Progress.NONE).model();
    assertEquals(stopped.model().graph(), again.graph());
    assertEquals(stopped.model().key(), again.key());
  }

  @Test
  void roundsOfPruningKeepTheLastWholeEpochOfARound() {
    Runner runner = runner();
    PruneSpec spec =
        new PruneSpec(
            new Amount.Level(0.8),
            false,
            new Criterion.Magnitude(),
            false,
            List.of(),
            List.of(),
            4,
            2);
    Operation prune =
        new Operation.Prune(
            TRAIN, Optional.of(DATA), spec, TrainSettings.epochs(2).withBatch(32), ONE);
    Model dense = runner.model(TRAIN, "net", "", Progress.NONE).model();
    StoppedStep stopped = stop(runner, prune, 3);
    Model model = stopped.model();
    assertEquals(dense.history().size() + 3, model.history().size());
    assertEquals(Optional.of("prune stopped after epoch 3 of 8"), model.stopped());
    double reached = LayerRow.sparsity(model.graph());
    assertTrue(reached > 0.3 && reached < 0.8, "two rounds of four: " + reached);
    Model whole = runner.model(prune, "net", "", Progress.NONE).model();
    assertEquals(0.8, LayerRow.sparsity(whole.graph()), 0.01);
  }

  @Test
  void aDamagedCheckpointIsNotUsed() throws IOException {
    stop(runner(), TRAIN, 3);
    Path file;
    try (Stream<Path> files = Files.walk(folder.resolve("checkpoints"))) {
      file = files.filter(Files::isRegularFile).findFirst().orElseThrow();
    }
    byte[] good = Files.readAllBytes(file);
    Runner runner = runner();
    String key = runner.key(TRAIN);
    for (int at : new int[] {0, 3, 7, 9, 200, good.length / 2, good.length - 1}) {
      byte[] bad = good.clone();
      bad[at] ^= 0x41;
      Files.write(file, bad);
      assertTrue(runner.store().checkpoint(key).isEmpty(), "byte " + at);
      assertFalse(Files.exists(file), "it is removed");
    }
    for (int length : new int[] {0, 5, 8, 100, good.length - 1}) {
      Files.write(file, java.util.Arrays.copyOf(good, length));
      assertTrue(runner.store().checkpoint(key).isEmpty(), length + " bytes");
    }
    Files.write(file, good);
    try (RandomAccessFile open = new RandomAccessFile(file.toFile(), "rw")) {
      open.setLength(good.length + 1L);
    }
    assertTrue(runner.store().checkpoint(key).isEmpty(), "a byte too many");
    Files.write(file, good);
    assertEquals(3, runner.store().checkpoint(key).orElseThrow().epochs());
    assertEquals(6, runner.model(TRAIN, "net", "", Progress.NONE).model().history().size());
  }

  private static Operation inRounds(boolean channels, Amount amount) {
    PruneSpec spec =
        new PruneSpec(
            amount, channels, new Criterion.Magnitude(), false, List.of(), List.of(), 4, 2);
    return new Operation.Prune(
        TRAIN, Optional.of(DATA), spec, TrainSettings.epochs(2).withBatch(32), ONE);
  }

  /** Zeros, channels, and channels to a budget. */
  static Stream<Operation> roundsOfEachKind() {
    return Stream.of(
        inRounds(false, new Amount.Level(0.8)),
        inRounds(true, new Amount.OfRemaining(0.2)),
        inRounds(
            true, new Amount.Budgets(List.of(new Amount.Budget(Amount.Measure.MACS, 0.3, true)))));
  }

  /** Collects which epochs of pruning are trained. */
  private static Progress noting(List<Integer> epochs) {
    return event -> {
      if (event instanceof Progress.Event.EpochEnded e && e.verb().equals("prune")) {
        epochs.add(e.epoch().epoch());
      }
    };
  }

  @ParameterizedTest
  @MethodSource("roundsOfEachKind")
  void roundsGoOnFromTheEpochWhereTheyWereStopped(Operation prune, @TempDir Path other) {
    Model straight = new Runner(Store.open(other)).model(prune, "net", "", Progress.NONE).model();
    runner().model(TRAIN, "net", "", Progress.NONE);
    assertEquals(5, stop(runner(), prune, 5).operation().epoch());
    // The user may stop it again, in the middle of a round and at its end.
    assertEquals(6, stop(runner(), prune, 1).operation().epoch());
    Runner again = runner();
    String key = again.key(prune);
    assertTrue(again.store().hasRound(key));
    List<Integer> epochs = new java.util.ArrayList<>();
    Model made = again.model(prune, "net", "", noting(epochs)).model();
    assertEquals(List.of(7, 8), epochs);
    assertEquals(straight.graph(), made.graph());
    assertEquals(straight.key(), made.key());
    assertArrayEquals(OnnxFile.encode(straight.graph()), OnnxFile.encode(made.graph()));
    assertEquals(
        straight.history().stream().map(e -> e.epoch() + " " + e.loss()).toList(),
        made.history().stream().map(e -> e.epoch() + " " + e.loss()).toList());
    assertFalse(again.store().hasRound(key), "it is done");
    assertEquals(List.of(), checkpointFiles());
  }

  private List<Path> checkpointFiles() {
    try (Stream<Path> files = Files.walk(folder.resolve("checkpoints"))) {
      return files.filter(Files::isRegularFile).toList();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Test
  void aDamagedRoundIsNotUsed() throws IOException {
    Operation prune = inRounds(true, new Amount.Level(0.5));
    runner().model(TRAIN, "net", "", Progress.NONE);
    stop(runner(), prune, 4);
    Path file = checkpointFiles().get(0);
    byte[] good = Files.readAllBytes(file);
    Runner runner = runner();
    String key = runner.key(prune);
    for (int at : new int[] {0, 31, 33, 36, 60, good.length / 2, good.length - 1}) {
      byte[] bad = good.clone();
      bad[at] ^= 0x41;
      Files.write(file, bad);
      assertTrue(runner.store().round(key).isEmpty(), "byte " + at);
      assertFalse(Files.exists(file), "it is removed");
    }
    for (int length : new int[] {0, 5, 32, 36, 100, good.length - 1, good.length + 1}) {
      Files.write(file, java.util.Arrays.copyOf(good, length));
      assertTrue(runner.store().round(key).isEmpty(), length + " bytes");
    }
    Files.write(file, good);
    assertTrue(runner.store().round("0".repeat(64)).isEmpty());
    assertEquals(2, runner.store().round(key).orElseThrow().round());
    Files.write(file, java.util.Arrays.copyOf(good, 40));
    List<Integer> epochs = new java.util.ArrayList<>();
    runner().model(prune, "net", "", noting(epochs));
    assertEquals(List.of(1, 2, 3, 4, 5, 6, 7, 8), epochs);
  }

  /** Prunes in rounds, and waits in the third of four until it is killed. */
  static final class Killed {
    public static void main(String[] args) {
      new Runner(Store.open(Path.of(args[0])))
          .model(
              inRounds(true, new Amount.Level(0.6)),
              "net",
              "",
              event -> {
                if (event instanceof Progress.Event.EpochEnded e && e.verb().equals("prune")) {
                  System.out.println(e.epoch().epoch());
                  if (e.epoch().epoch() == 5) {
                    LockSupport.parkNanos(TimeUnit.MINUTES.toNanos(5));
                  }
                }
              });
    }
  }

  @Test
  void aProcessKilledBetweenRoundsRepeatsNoneThatIsDone(@TempDir Path other) throws Exception {
    Operation prune = inRounds(true, new Amount.Level(0.6));
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Dai.djl.offline=true",
                "-cp",
                System.getProperty("java.class.path"),
                Killed.class.getName(),
                folder.toString())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    try (var lines = process.inputReader()) {
      String line = lines.readLine();
      while (line != null && !line.equals("5")) {
        line = lines.readLine();
      }
      assertEquals("5", line);
    } finally {
      process.destroyForcibly();
      assertTrue(process.waitFor(20, TimeUnit.SECONDS));
    }
    List<Integer> epochs = new java.util.ArrayList<>();
    Model made = runner().model(prune, "net", "", noting(epochs)).model();
    assertEquals(List.of(5, 6, 7, 8), epochs);
    Model straight = new Runner(Store.open(other)).model(prune, "net", "", Progress.NONE).model();
    assertArrayEquals(OnnxFile.encode(straight.graph()), OnnxFile.encode(made.graph()));
  }
}
