package dev.espalier.engine.study;

import dev.espalier.engine.Environment;
import dev.espalier.engine.Progress;
import dev.espalier.engine.architecture.Architecture;
import dev.espalier.engine.architecture.Lenet5;
import dev.espalier.engine.architecture.Mlp;
import dev.espalier.engine.data.Glyphs;
import dev.espalier.engine.data.Partition;
import dev.espalier.engine.prune.PruneSpec;
import dev.espalier.engine.run.Operation;
import dev.espalier.engine.run.Result;
import dev.espalier.engine.run.Runner;
import dev.espalier.engine.run.Store;
import dev.espalier.engine.run.SweepColumns;
import dev.espalier.engine.train.TrainSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A sweep of 60 short runs with one worker and with two, each time with an empty store, by turns;
 * the medians, and whether the tables are the same but for the seconds.
 *
 * <p>{@code mvn -q -Dquick -pl engine test-compile dependency:build-classpath
 * -Dmdep.outputFile=target/cp}, then {@code java -cp
 * engine/target/test-classes:engine/target/classes:$(cat engine/target/cp) -Dai.djl.offline=true
 * dev.espalier.engine.study.SweepBenchmark [times] [training samples] [epochs] [lenet-5]}; the net
 * is one of 64 hidden units where none is named.
 */
final class SweepBenchmark {
  private static final int SEEDS = 10;
  private static final double[] AMOUNTS = {0.3, 0.5, 0.7, 0.8, 0.9, 0.95};
  private static final double HUNDREDTHS = 100;

  private SweepBenchmark() {}

  /** What one sweep took. */
  private record Took(double seconds, double processorSeconds) {}

  public static void main(String[] arguments) throws IOException {
    int times = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 3;
    int samples = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 10_000;
    int epochs = arguments.length > 2 ? Integer.parseInt(arguments[2]) : 3;
    Architecture net =
        arguments.length > 3 && arguments[3].equals("lenet-5")
            ? new Lenet5()
            : new Mlp(List.of(64));
    List<List<Took>> took = List.of(new ArrayList<>(), new ArrayList<>());
    List<String> expected = List.of();
    for (int time = 0; time < times; time++) {
      for (int workers = 1; workers <= 2; workers++) {
        Path folder = Files.createTempDirectory("espalier-sweep");
        double processor = processorSeconds();
        long begin = System.nanoTime();
        Result.TableResult table =
            (Result.TableResult)
                new Execution(new Runner(Store.open(folder)))
                    .run(sweep(workers, net, samples, epochs), "curve", "", Progress.NONE);
        Took one = new Took((System.nanoTime() - begin) / 1e9, processorSeconds() - processor);
        took.get(workers - 1).add(one);
        System.out.printf(
            "%d worker(s): %.1f s, %.1f s of processor%n",
            workers, one.seconds(), one.processorSeconds());
        List<String> rows = withoutSeconds(table);
        if (expected.isEmpty()) {
          expected = rows;
        } else if (!rows.equals(expected)) {
          throw new IllegalStateException("the tables differ: " + rows + " and " + expected);
        }
        delete(folder);
      }
    }
    double one = median(took.get(0), Took::seconds);
    double two = median(took.get(1), Took::seconds);
    System.out.printf(
        "medians of %d: 1 worker %.1f s (%.1f s of processor), 2 workers %.1f s (%.1f s): %.2f"
            + " times as fast; %d rows the same%n",
        times,
        one,
        median(took.get(0), Took::processorSeconds),
        two,
        median(took.get(1), Took::processorSeconds),
        one / two,
        expected.size());
  }

  /** A trained net per seed, pruned by six amounts and trained on. */
  static Operation.Sweep sweep(int workers, Architecture net, int samples, int epochs) {
    Environment first = new Environment(1, 1, "cpu", true);
    Operation data =
        new Operation.LoadData(
            "d", new Glyphs(samples, samples / 5, 0.5, 1), Partition.WHOLE, first);
    List<Operation.SweepCell> cells = new ArrayList<>();
    for (int seed = 0; seed < SEEDS; seed++) {
      Environment seeded = new Environment(seed + 1, 1, "cpu", true);
      Operation dense =
          new Operation.Train(
              new Operation.Blueprint("m", net), data, TrainSettings.epochs(epochs), seeded);
      for (int amount = 0; amount < AMOUNTS.length; amount++) {
        Operation pruned =
            new Operation.Prune(
                dense,
                Optional.empty(),
                PruneSpec.weights(AMOUNTS[amount]),
                TrainSettings.epochs(1),
                seeded);
        cells.add(
            new Operation.SweepCell(
                List.of(seed, amount),
                List.of(
                    new Operation.Named(
                        "slim",
                        new Operation.Finetune(
                            pruned, data, TrainSettings.epochs(epochs), seeded)))));
      }
    }
    List<Operation.AxisValue> seeds = new ArrayList<>();
    for (int seed = 1; seed <= SEEDS; seed++) {
      seeds.add(new Operation.AxisValue("" + seed, seed, Result.Unit.NONE));
    }
    List<Operation.AxisValue> amounts = new ArrayList<>();
    for (double amount : AMOUNTS) {
      amounts.add(new Operation.AxisValue(amount + "", amount, Result.Unit.FRACTION));
    }
    return new Operation.Sweep(
        List.of(new Operation.Axis("seed", seeds), new Operation.Axis("amount", amounts)),
        cells,
        workers,
        first);
  }

  /** The rows as text; how long a run took is no part of its result. */
  static List<String> withoutSeconds(Result.TableResult table) {
    List<String> rows = new ArrayList<>();
    for (Result.Row row : table.rows()) {
      StringBuilder text = new StringBuilder(row.group());
      for (int i = 0; i < row.cells().size(); i++) {
        if (!table.columns().get(i).title().equals(SweepColumns.SECONDS)) {
          text.append("; ").append(row.cells().get(i));
        }
      }
      rows.add(text.toString());
    }
    return rows;
  }

  /** Of this process and of the children that ended, where Linux tells; else NaN. */
  private static double processorSeconds() throws IOException {
    ProcessHandle.current().children().forEach(child -> child.onExit().join());
    Path stat = Path.of("/proc/self/stat");
    if (!Files.isReadable(stat)) {
      return Double.NaN;
    }
    String text = Files.readString(stat);
    String[] fields = text.substring(text.lastIndexOf(')') + 2).split(" ");
    // proc(5): utime, stime, cutime and cstime are fields 14 to 17, in hundredths.
    return Arrays.stream(fields, 11, 15).mapToLong(Long::parseLong).sum() / HUNDREDTHS;
  }

  private static double median(List<Took> took, java.util.function.ToDoubleFunction<Took> of) {
    double[] sorted = took.stream().mapToDouble(of).sorted().toArray();
    int half = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }
}
