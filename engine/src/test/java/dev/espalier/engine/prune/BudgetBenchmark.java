package dev.espalier.engine.prune;

import dev.espalier.engine.Environment;
import dev.espalier.engine.Progress;
import dev.espalier.engine.architecture.Architecture;
import dev.espalier.engine.architecture.Layer;
import dev.espalier.engine.architecture.LayerBlock;
import dev.espalier.engine.architecture.Lenet300;
import dev.espalier.engine.architecture.Lenet5;
import dev.espalier.engine.architecture.Resnet20;
import dev.espalier.engine.data.BuiltIn;
import dev.espalier.engine.data.DataSet;
import dev.espalier.engine.data.Partition;
import dev.espalier.engine.data.Partitioner;
import dev.espalier.engine.graph.Graph;
import dev.espalier.engine.operator.Cost;
import dev.espalier.engine.train.TrainSettings;
import dev.espalier.engine.train.Trained;
import dev.espalier.engine.train.Trainer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What three ways of pruning to a budget of MACs leave of it, and their accuracy on the validation
 * split after the same finetuning: one level for all layers, the same with what still fits given
 * back, and globally.
 *
 * <p>{@code mvn -q -Dquick -pl engine test-compile dependency:build-classpath
 * -Dmdep.outputFile=target/cp}, then {@code java -cp
 * engine/target/test-classes:engine/target/classes:$(cat engine/target/cp) -Dai.djl.offline=true
 * dev.espalier.engine.prune.BudgetBenchmark NET [samples] [epochs] [finetuning epochs] [seeds]},
 * where the net is lenet-5 or lenet-300-100 (on MNIST), conv or resnet-20 (on CIFAR-10).
 */
final class BudgetBenchmark {
  private static final double[] BUDGETS = {0.5, 0.3, 0.2, 0.1};

  private BudgetBenchmark() {}

  private record Seen(List<Double> macs, List<Double> accuracy) {}

  public static void main(String[] arguments) {
    String net = arguments[0];
    int samples = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 10_000;
    int epochs = arguments.length > 2 ? Integer.parseInt(arguments[2]) : 4;
    int finetuning = arguments.length > 3 ? Integer.parseInt(arguments[3]) : 3;
    int seeds = arguments.length > 4 ? Integer.parseInt(arguments[4]) : 3;
    Map<String, Seen> seen = new LinkedHashMap<>();
    for (int seed = 1; seed <= seeds; seed++) {
      Environment environment = new Environment(seed, 1, "cpu", true);
      BuiltIn source = net.startsWith("lenet") ? new BuiltIn.Mnist() : new BuiltIn.Cifar10();
      DataSet data =
          Partitioner.apply(
              source.load(true, Progress.NONE),
              new Partition(List.of(), samples, true, List.of()),
              environment);
      Trained dense =
          train(net(net).build(data.shape(), 10), data, epochs, environment, Progress.NONE);
      note(seen, "dense", dense.graph(), dense.graph(), dense);
      for (double budget : BUDGETS) {
        for (String way : List.of("one level", "evenly", "globally")) {
          Graph smaller = pruned(dense.graph(), way, budget, environment);
          Trained tuned = train(smaller, data, finetuning, environment, Progress.NONE);
          note(seen, Math.round(100 * budget) + "% " + way, dense.graph(), smaller, tuned);
        }
      }
    }
    seen.forEach(
        (what, s) ->
            System.out.printf(
                Locale.ROOT,
                "%s %-14s %6.2f%% of MACs, validation %.2f%% (%s)%n",
                net,
                what,
                mean(s.macs()),
                mean(s.accuracy()),
                s.accuracy().stream()
                    .map(a -> String.format(Locale.ROOT, "%.2f", a))
                    .collect(Collectors.joining(", "))));
  }

  private static Architecture net(String name) {
    return switch (name) {
      case "lenet-5" -> new Lenet5();
      case "lenet-300-100" -> new Lenet300();
      case "resnet-20" -> new Resnet20();
      case "conv" ->
          LayerBlock.of(
              conv(16),
              new Layer.BatchNorm(),
              new Layer.Relu(),
              new Layer.MaxPool(2, 2),
              conv(32),
              new Layer.BatchNorm(),
              new Layer.Relu(),
              new Layer.MaxPool(2, 2),
              conv(64),
              new Layer.BatchNorm(),
              new Layer.Relu(),
              new Layer.GlobalPool(),
              new Layer.Dense(10));
      default -> throw new IllegalArgumentException("no net " + name);
    };
  }

  private static Layer conv(int filters) {
    return new Layer.Conv(filters, 3, 1, Layer.Padding.SAME, -1, 1, true);
  }

  private static Graph pruned(Graph dense, String way, double budget, Environment environment) {
    if (way.equals("one level")) {
      Graph best = dense;
      for (int low = 0, high = 1000; high - low > 1; ) {
        int middle = (low + high) / 2;
        Graph graph = pruned(dense, PruneSpec.channels(middle / 1000.0), environment);
        if (Cost.macs(graph) <= budget * Cost.macs(dense)) {
          high = middle;
          best = graph;
        } else {
          low = middle;
        }
      }
      return best;
    }
    Amount macs = new Amount.Budgets(List.of(new Amount.Budget(Amount.Measure.MACS, budget, true)));
    return pruned(
        dense,
        new PruneSpec(
            macs,
            true,
            new Criterion.Magnitude(),
            way.equals("globally"),
            List.of(),
            List.of(),
            1,
            0),
        environment);
  }

  private static Graph pruned(Graph dense, PruneSpec spec, Environment environment) {
    return Pruner.prune(
            dense, spec, TrainSettings.epochs(1), Optional.empty(), environment, Progress.NONE)
        .graph();
  }

  private static Trained train(
      Graph graph, DataSet data, int epochs, Environment environment, Progress progress) {
    return Trainer.train(graph, data, TrainSettings.epochs(epochs), environment, "train", progress);
  }

  private static void note(
      Map<String, Seen> seen, String what, Graph dense, Graph graph, Trained tuned) {
    double accuracy = tuned.history().get(tuned.history().size() - 1).validationAccuracy();
    double macs = 100.0 * Cost.macs(graph) / Cost.macs(dense);
    Seen all = seen.computeIfAbsent(what, w -> new Seen(new ArrayList<>(), new ArrayList<>()));
    all.macs().add(macs);
    all.accuracy().add(100 * accuracy);
    System.out.printf(Locale.ROOT, "  %s %.2f%% of MACs, %.2f%%%n", what, macs, 100 * accuracy);
  }

  private static double mean(List<Double> values) {
    return values.stream().mapToDouble(v -> v).average().orElse(Double.NaN);
  }
}
