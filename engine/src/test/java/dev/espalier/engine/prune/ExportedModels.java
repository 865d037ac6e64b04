package dev.espalier.engine.prune;

import ai.djl.ndarray.types.Shape;
import dev.espalier.engine.Environment;
import dev.espalier.engine.EspalierException;
import dev.espalier.engine.Progress;
import dev.espalier.engine.graph.Graph;
import dev.espalier.engine.graph.Tensor;
import dev.espalier.engine.measure.Parameters;
import dev.espalier.engine.measure.Runtime;
import dev.espalier.engine.onnx.OnnxFile;
import dev.espalier.engine.operator.Cost;
import dev.espalier.engine.train.NativeEngine;
import dev.espalier.engine.train.Network;
import dev.espalier.engine.train.TrainSettings;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.SplittableRandom;

/**
 * What becomes of models that other programs exported: each is loaded, computed here and in ONNX
 * Runtime, pruned of half the channels of every layer, and run again.
 *
 * <pre>
 * mvn -q -pl engine -am test-compile
 * mvn -q -pl engine dependency:build-classpath -Dmdep.outputFile=target/classpath
 * java -cp engine/target/classes:engine/target/test-classes:$(cat engine/target/classpath) \
 *   dev.espalier.engine.prune.ExportedModels FILE.onnx …
 * </pre>
 *
 * <p>A line a model: seconds to load, to derive the groups and prune; the largest difference of the
 * logits, in parts of the largest logit, before and after; parameters and MACs left; the largest
 * difference when the channels that go are zeros (removal is masking), where no normalisation
 * counts channels.
 */
public final class ExportedModels {
  private ExportedModels() {}

  /** See the class. */
  public static void main(String[] files) {
    for (String file : files) {
      try {
        System.out.println(line(Path.of(file)));
      } catch (EspalierException e) {
        System.out.println(
            file + ": " + e.what() + " | " + e.where() + " | " + e.why() + " | " + e.fix());
      } catch (RuntimeException | StackOverflowError e) {
        System.out.println(file + ": BROKE " + e);
        e.printStackTrace(System.out);
      }
    }
  }

  private static String line(Path file) {
    long began = System.nanoTime();
    Graph graph = OnnxFile.read(file);
    double load = seconds(began);
    double before = difference(graph);
    began = System.nanoTime();
    Pruned pruned =
        Pruner.prune(
            graph,
            PruneSpec.channels(0.5),
            TrainSettings.epochs(1),
            Optional.empty(),
            Environment.standard(),
            Progress.NONE);
    double prune = seconds(began);
    double after = difference(pruned.graph());
    return String.format(
        Locale.ROOT,
        "%-44s load %.2f s, prune %.2f s, equal %.1e, %.1e; parameters %.3f, MACs %.3f left",
        file.getFileName(),
        load,
        prune,
        before,
        after,
        (double) Parameters.count(pruned.graph()) / Parameters.count(graph),
        (double) Cost.macs(pruned.graph()) / Cost.macs(graph));
  }

  private static double seconds(long began) {
    return (System.nanoTime() - began) / 1e9;
  }

  /** Between the engine's logits and those of ONNX Runtime, batch 2. */
  private static double difference(Graph graph) {
    long[] shape = graph.inputs().get(0).shape(2);
    SplittableRandom random = new SplittableRandom(7);
    float[] x = new float[(int) Tensor.count(shape)];
    for (int i = 0; i < x.length; i++) {
      x[i] = (float) random.nextDouble() * 2 - 1;
    }
    float[] wanted;
    try (Runtime runtime = Runtime.of(graph, 2)) {
      wanted = runtime.run(x, 2);
    }
    float[] got =
        NativeEngine.work(
            new Environment(1, 2, "cpu", true),
            "compare",
            m -> new Network(graph, m).infer(m.create(x, new Shape(shape)), m).toFloatArray());
    double largest = 0;
    double difference = got.length == wanted.length ? 0 : Double.NaN;
    for (int i = 0; i < Math.min(got.length, wanted.length); i++) {
      largest = Math.max(largest, Math.abs(wanted[i]));
      difference = Math.max(difference, Math.abs(wanted[i] - got[i]));
    }
    return difference / largest;
  }
}
