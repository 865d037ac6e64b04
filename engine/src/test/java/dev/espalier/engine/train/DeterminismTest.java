package dev.espalier.engine.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.espalier.engine.Environment;
import dev.espalier.engine.Progress;
import dev.espalier.engine.data.Augmentation;
import dev.espalier.engine.graph.Graph;
import dev.espalier.engine.graph.Weight;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The same seed and threads give the same bits in another process. */
final class DeterminismTest {

  /** Trains with everything that is random and prints a hash of the weights. */
  static final class Child {
    public static void main(String[] arguments) {
      System.out.println("weights " + hash(Integer.parseInt(arguments[0])));
    }
  }

  private static String hash(int threads) {
    Graph trained =
        Trainer.train(
                TrainerTest.small(),
                Blobs.images(200, 40, List.of(new Augmentation.Shift(1), new Augmentation.Flip())),
                TrainSettings.epochs(3).withBatch(64).withDropout(-1),
                new Environment(11, threads, "cpu", true),
                "train",
                Progress.NONE)
            .graph();
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      trained
          .weights()
          .forEach(
              (name, weight) -> {
                digest.update(name.getBytes(StandardCharsets.UTF_8));
                float[] values = ((Weight.Value) weight).tensor().floats();
                ByteBuffer bytes = ByteBuffer.allocate(4 * values.length);
                bytes.asFloatBuffer().put(values);
                digest.update(bytes);
              });
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void weightsAreBitIdenticalInAnotherProcess() throws IOException, InterruptedException {
    for (int threads : new int[] {1, 2}) {
      assertEquals("weights " + hash(threads), inAnotherProcess(threads), threads + " threads");
    }
  }

  private static String inAnotherProcess(int threads) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx1g",
                "-cp",
                System.getProperty("java.class.path"),
                Child.class.getName(),
                Integer.toString(threads))
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertTrue(process.waitFor(60, TimeUnit.SECONDS));
    return output.lines().filter(l -> l.startsWith("weights ")).findFirst().orElse(output);
  }
}
