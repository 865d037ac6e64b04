package dev.espalier.engine.distill;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.espalier.engine.Environment;
import dev.espalier.engine.EspalierException;
import dev.espalier.engine.Progress;
import dev.espalier.engine.Randomness;
import dev.espalier.engine.architecture.Mlp;
import dev.espalier.engine.data.DataSet;
import dev.espalier.engine.data.Split;
import dev.espalier.engine.train.Checkpoints;
import dev.espalier.engine.train.Initialization;
import dev.espalier.engine.train.NativeEngine;
import dev.espalier.engine.train.Predictions;
import dev.espalier.engine.train.Samples;
import dev.espalier.engine.train.TorchScript;
import dev.espalier.engine.train.TrainSettings;
import dev.espalier.engine.train.Trained;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files made by src/test/python/export_torchscript.py. */
class TorchScriptTest {
  private static final Environment ENVIRONMENT = new Environment(1, 1, "cpu", true);

  private static Path file(String name) throws URISyntaxException {
    return Path.of(TorchScriptTest.class.getResource("/torchscript/" + name).toURI());
  }

  private static float[] floats(String name) throws IOException, URISyntaxException {
    FloatBuffer values =
        ByteBuffer.wrap(Files.readAllBytes(file(name)))
            .order(ByteOrder.LITTLE_ENDIAN)
            .asFloatBuffer();
    float[] out = new float[values.remaining()];
    values.get(out);
    return out;
  }

  private static DataSet data(int width, float... values) {
    Split split = Split.ofValues(width, values, new int[values.length / width]);
    return new DataSet(
        "samples",
        new long[] {width},
        List.of("a", "b", "c"),
        split,
        split,
        split,
        new float[] {1},
        new float[] {0},
        List.of(),
        "samples");
  }

  private static float[] logits(Path file, DataSet data) {
    return NativeEngine.work(
        ENVIRONMENT,
        "test",
        manager ->
            Predictions.logits(
                new TorchScript(file, data, manager),
                new Samples(data, data.train(), manager),
                manager,
                Progress.NONE));
  }

  private static String refused(Path file, DataSet data) {
    EspalierException e = assertThrows(EspalierException.class, () -> logits(file, data));
    assertEquals(EspalierException.Blame.PROGRAM, e.blame());
    assertTrue(e.getMessage().contains(file.getFileName().toString()), e.getMessage());
    return e.getMessage();
  }

  @Test
  void itAnswersAsTorchDoesWithoutDropout() throws Exception {
    float[] got = logits(file("teacher.pt"), data(6, floats("teacher.in")));
    assertArrayEquals(floats("teacher.out"), got, 1e-5f);
  }

  @Test
  void aStudentLearnsFromIt() throws Exception {
    SplittableRandom random = Randomness.of(1, "samples");
    float[] values = new float[6 * 600];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (4 * random.nextDouble() - 2);
    }
    DataSet data = data(6, values);
    float[] teacher = logits(file("teacher.pt"), data);
    Trained trained =
        Distiller.taught(
            List.of(new Teacher.Script(file("teacher.pt"))),
            Initialization.initialize(new Mlp(List.of(16)).build(new long[] {6}, 3), 1),
            data,
            new SoftTargets(1, 1),
            TrainSettings.epochs(40).withBatch(20),
            ENVIRONMENT,
            Progress.NONE,
            Checkpoints.NONE);
    float[][] student = Predictions.logits(trained.graph(), data, data.train(), ENVIRONMENT);
    int same = 0;
    for (int i = 0; i < student.length; i++) {
      same += largest(student[i]) == largest(Arrays.copyOfRange(teacher, 3 * i, 3 * i + 3)) ? 1 : 0;
    }
    // All labels say class 0: what the student knows, it has from the teacher.
    assertTrue(same > 0.9 * student.length, same + " of " + student.length);
  }

  private static int largest(float... logits) {
    int best = 0;
    for (int i = 1; i < logits.length; i++) {
      best = logits[i] > logits[best] ? i : best;
    }
    return best;
  }

  @Test
  void whatIsNoSuchProgramIsRefusedBeforeNativeCodeSeesIt(@TempDir Path folder) throws Exception {
    assertTrue(refused(file("weights.pt"), data(6, new float[6])).contains("state_dict"));
    byte[] whole = Files.readAllBytes(file("teacher.pt"));
    Path cut = Files.write(folder.resolve("cut.pt"), Arrays.copyOf(whole, whole.length / 2));
    assertTrue(refused(cut, data(6, new float[6])).contains("no zip file"));
    Path text = Files.writeString(folder.resolve("text.pt"), "import os");
    assertTrue(refused(text, data(6, new float[6])).contains("no zip file"));
    assertTrue(refused(folder.resolve("none.pt"), data(6, new float[6])).contains("no such file"));
  }

  @Test
  void programsOfOtherShapesAreRefused() throws Exception {
    assertTrue(refused(file("two.pt"), data(6, new float[6])).contains("instead of one tensor"));
    String said = refused(file("teacher.pt"), data(5, new float[5]));
    assertTrue(said.contains("refuses the samples") && said.contains("[2, 5]"), said);
  }
}
