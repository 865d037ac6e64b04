package dev.espalier.engine.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.espalier.engine.Environment;
import dev.espalier.engine.EspalierException;
import dev.espalier.engine.Progress;
import dev.espalier.engine.architecture.Mlp;
import dev.espalier.engine.data.Glyphs;
import dev.espalier.engine.data.Partition;
import dev.espalier.engine.prune.PruneSpec;
import dev.espalier.engine.run.Operation;
import dev.espalier.engine.run.Result;
import dev.espalier.engine.run.Result.Cell;
import dev.espalier.engine.run.Runner;
import dev.espalier.engine.run.Store;
import dev.espalier.engine.run.SweepColumns;
import dev.espalier.engine.study.Execution;
import dev.espalier.engine.train.TrainSettings;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A sweep by Spark is the sweep that processes of this machine make. */
class SparkWorkersTest {
  private static final Environment ONE = new Environment(1, 1, "cpu", true);

  /** One net of each seed, pruned by two amounts; the last leaves out a layer that is not there. */
  private static Operation.Sweep sweep(Optional<String> cluster) {
    Operation data = new Operation.LoadData("d", new Glyphs(300, 60, 0.5, 1), Partition.WHOLE, ONE);
    List<Operation.SweepCell> cells = new ArrayList<>();
    for (int seed = 0; seed < 2; seed++) {
      Environment seeded = new Environment(seed + 1, 1, "cpu", true);
      Operation net =
          new Operation.Train(
              new Operation.Blueprint("m", new Mlp(List.of(8))),
              data,
              TrainSettings.epochs(1),
              seeded);
      for (int amount = 0; amount < 2; amount++) {
        PruneSpec spec = PruneSpec.weights(amount == 0 ? 0.5 : 0.8);
        if (seed == 1 && amount == 1) {
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
        Operation pruned =
            new Operation.Prune(net, Optional.empty(), spec, TrainSettings.epochs(1), seeded);
        cells.add(
            new Operation.SweepCell(
                List.of(seed, amount),
                List.of(
                    new Operation.Named(
                        "slim",
                        new Operation.Finetune(pruned, data, TrainSettings.epochs(1), seeded)))));
      }
    }
    return new Operation.Sweep(
        List.of(
            new Operation.Axis(
                "seed",
                List.of(
                    new Operation.AxisValue("1", 1, Result.Unit.NONE),
                    new Operation.AxisValue("2", 2, Result.Unit.NONE))),
            new Operation.Axis(
                "amount",
                List.of(
                    new Operation.AxisValue("50%", 0.5, Result.Unit.FRACTION),
                    new Operation.AxisValue("80%", 0.8, Result.Unit.FRACTION)))),
        cells,
        2,
        cluster,
        ONE);
  }

  private static Result.TableResult run(Path store, Operation.Sweep sweep) {
    return (Result.TableResult)
        new Execution(new Runner(Store.open(store))).run(sweep, "curve", "", Progress.NONE);
  }

  /** The rows but for the seconds that they took. */
  private static List<List<Cell>> results(Result.TableResult table) {
    List<List<Cell>> rows = new ArrayList<>();
    for (Result.Row row : table.rows()) {
      List<Cell> cells = new ArrayList<>();
      for (int i = 0; i < row.cells().size(); i++) {
        if (!table.columns().get(i).title().equals(SweepColumns.SECONDS)) {
          cells.add(row.cells().get(i));
        }
      }
      rows.add(cells);
    }
    return rows;
  }

  @Test
  void theTableAndTheModelsAreThoseOfWorkerProcesses(@TempDir Path here, @TempDir Path there) {
    Operation.Sweep local = sweep(Optional.empty());
    Result.TableResult expected = run(here, local);
    Result.TableResult table = run(there, sweep(Optional.of("local[2]")));
    assertEquals(4, table.rows().size());
    assertEquals(results(expected), results(table));
    Cell last = table.rows().get(3).cells().get(table.columns().size() - 1);
    assertTrue(((Cell.Text) last).text().startsWith("failed: "), last::toString);

    Store one = Store.open(here);
    Store other = Store.open(there);
    assertEquals(one.entries().keySet(), other.entries().keySet());
    for (String key : one.entries().keySet()) {
      assertEquals(one.find(key).orElseThrow().graph(), other.find(key).orElseThrow().graph());
    }
    // They were told to end; nothing is left that does not.
    ProcessHandle.current().children().forEach(child -> child.onExit().join());
  }

  @Test
  void aMasterThatDoesNotAnswerIsNamed(@TempDir Path folder) throws IOException {
    int free;
    try (ServerSocket socket = new ServerSocket(0)) {
      free = socket.getLocalPort();
    }
    String address = "spark://127.0.0.1:" + free;
    EspalierException e =
        assertThrows(EspalierException.class, () -> run(folder, sweep(Optional.of(address))));
    assertTrue(e.getMessage().contains(address), e.getMessage());
  }
}
