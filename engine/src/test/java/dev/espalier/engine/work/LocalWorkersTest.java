package dev.espalier.engine.work;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.espalier.engine.Environment;
import dev.espalier.engine.Progress;
import dev.espalier.engine.architecture.Mlp;
import dev.espalier.engine.data.Glyphs;
import dev.espalier.engine.data.Partition;
import dev.espalier.engine.run.Keys;
import dev.espalier.engine.run.Operation;
import dev.espalier.engine.run.Runner;
import dev.espalier.engine.run.Store;
import dev.espalier.engine.train.TrainSettings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Jobs in processes of their own, which may die. */
class LocalWorkersTest {
  private static final Environment ONE = new Environment(1, 1, "cpu", true);

  @TempDir Path folder;

  private static Operation data(Partition partition) {
    return new Operation.LoadData("d", new Glyphs(300, 60, 0.5, 1), partition, ONE);
  }

  private static Job job(int id, int width, int epochs, Operation data, Integer... after) {
    return new Job(
        id,
        new Operation.Train(
            new Operation.Blueprint("m", new Mlp(List.of(width))),
            data,
            TrainSettings.epochs(epochs),
            ONE),
        "m",
        "",
        Optional.of(data),
        Set.of(after));
  }

  /** What became of each job. */
  private static final class Heard implements Workers.Feedback {
    private final Map<Integer, String> ends = new TreeMap<>();
    private final List<Double> parts = new ArrayList<>();
    private boolean stop;
    private Runnable atPart = () -> {};

    @Override
    public void reached(int job, double part) {
      parts.add(part);
      atPart.run();
    }

    @Override
    public void done(int job) {
      ends.put(job, "done");
    }

    @Override
    public void failed(int job, String reason) {
      ends.put(job, reason);
    }

    @Override
    public boolean cancelled() {
      return stop;
    }
  }

  private static List<ProcessHandle> children() {
    return ProcessHandle.current().children().filter(ProcessHandle::isAlive).toList();
  }

  private Optional<ValidationFigures> figures(Job job) {
    Keys keys = new Keys();
    return ValidationFigures.stored(
        Store.open(folder),
        ValidationFigures.key(keys.of(job.model()), keys.of(job.data().orElseThrow())));
  }

  /** A worker makes the bits that this process makes, and a failed job is only itself. */
  @Test
  void theSameAsHereAndFailuresStayApart(@TempDir Path other) {
    Operation whole = data(Partition.WHOLE);
    Operation unsplit = data(new Partition(List.of(0.0, 100.0), 0, false, List.of()));
    List<Job> jobs =
        List.of(
            job(0, 8, 1, whole),
            job(1, 8, 1, unsplit),
            job(2, 9, 1, unsplit, 1),
            job(3, 6, 1, whole));
    Heard heard = new Heard();
    new LocalWorkers(folder, 2).work(jobs, heard);
    assertEquals("done", heard.ends.get(0));
    assertEquals("done", heard.ends.get(3));
    assertTrue(
        heard.ends.get(1).contains("training and test must hold samples"), heard.ends::toString);
    assertEquals(heard.ends.get(1), heard.ends.get(2), "it came after what failed");

    Heard here = new Heard();
    Runner runner = new Runner(Store.open(other));
    new Here(runner).work(jobs, here);
    assertEquals(heard.ends, here.ends);
    Operation first = jobs.get(0).model();
    assertEquals(
        runner.model(first, "", "", Progress.NONE).model().graph(),
        new Runner(Store.open(folder)).model(first, "", "", Progress.NONE).model().graph());
    assertTrue(children().isEmpty(), "workers end with their work");
  }

  @Test
  void aWorkerThatDiesIsReplacedAndItsJobTriedOnceMore() {
    Job patient = job(0, 8, 120, data(Partition.WHOLE));
    Heard heard = new Heard();
    int[] killed = {0};
    heard.atPart =
        () -> {
          if (killed[0]++ == 0) {
            children().forEach(ProcessHandle::destroyForcibly);
          }
        };
    new LocalWorkers(folder, 1).work(List.of(patient), heard);
    assertTrue(killed[0] > 0, "it was seen at work");
    assertEquals(Map.of(0, "done"), heard.ends);
    assertTrue(figures(patient).isPresent());
  }

  @Test
  void aJobWhoseWorkersDieTwiceFailsWithTheReason() {
    Heard heard = new Heard();
    heard.atPart = () -> children().forEach(ProcessHandle::destroyForcibly);
    new LocalWorkers(folder, 1).work(List.of(job(0, 8, 2000, data(Partition.WHOLE))), heard);
    assertTrue(heard.ends.get(0).contains("process ended with code"), heard.ends::toString);
  }

  @Test
  void stoppingEndsAllWorkersAndKeepsWhatIsDone() {
    Job quick = job(0, 8, 1, data(Partition.WHOLE));
    Job slow = job(1, 9, 4000, data(Partition.WHOLE), 0);
    Heard heard = new Heard();
    heard.atPart = () -> heard.stop = heard.ends.containsKey(0);
    assertThrows(
        Progress.Cancelled.class,
        () -> new LocalWorkers(folder, 2).work(List.of(quick, slow), heard));
    assertEquals(Map.of(0, "done"), heard.ends);
    assertTrue(figures(quick).isPresent());
    children().forEach(c -> c.onExit().join());
  }
}
