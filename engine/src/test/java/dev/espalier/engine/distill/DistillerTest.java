package dev.espalier.engine.distill;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.espalier.engine.Environment;
import dev.espalier.engine.EspalierException;
import dev.espalier.engine.Progress;
import dev.espalier.engine.architecture.Mlp;
import dev.espalier.engine.data.Augmentation;
import dev.espalier.engine.data.DataSet;
import dev.espalier.engine.data.Glyphs;
import dev.espalier.engine.graph.Graph;
import dev.espalier.engine.train.Blobs;
import dev.espalier.engine.train.Optimizer;
import dev.espalier.engine.train.Predictions;
import dev.espalier.engine.train.TrainSettings;
import dev.espalier.engine.train.Trained;
import dev.espalier.engine.train.Trainer;
import java.util.List;
import org.junit.jupiter.api.Test;

final class DistillerTest {
  private static final Environment ONE = new Environment(1, 1, "cpu", true);
  private static final DataSet DATA = Blobs.images(400, 80, List.of());
  private static final TrainSettings SETTINGS =
      TrainSettings.epochs(6).withBatch(32).withOptimizer(new Optimizer.Sgd(0.05, 0.9));

  private static Graph mlp(int units, int classes) {
    return new Mlp(List.of(units)).build(new long[] {1, 8, 8}, classes);
  }

  private static Graph teacher() {
    return Trainer.train(mlp(32, 4), DATA, SETTINGS, ONE, "train", Progress.NONE).graph();
  }

  private static Trained distill(
      List<Graph> teachers, Graph student, DataSet data, double t, double alpha) {
    return Distiller.distill(
        teachers, student, data, new SoftTargets(t, alpha), SETTINGS, ONE, Progress.NONE);
  }

  @Test
  void aStudentTaughtWithoutLabelsSaysWhatTheTeacherSays() {
    Graph teacher = teacher();
    Trained student = distill(List.of(teacher), mlp(8, 4), DATA, 3, 1);
    float[][] a = Predictions.logits(teacher, DATA, DATA.test(), ONE);
    float[][] b = Predictions.logits(student.graph(), DATA, DATA.test(), ONE);
    int agree = 0;
    for (int i = 0; i < a.length; i++) {
      agree += best(a[i]) == best(b[i]) ? 1 : 0;
    }
    assertTrue(agree >= 0.95 * a.length, agree + " of " + a.length);
    assertEquals("distill", student.history().get(0).step());
    assertTrue(
        student.history().get(5).loss() < student.history().get(0).loss() / 2,
        "" + student.history());
  }

  private static int best(float[] row) {
    int best = 0;
    for (int c = 1; c < row.length; c++) {
      best = row[c] > row[best] ? c : best;
    }
    return best;
  }

  @Test
  void withoutWeightOnTheTeacherItIsPlainTraining() {
    Graph alone = Trainer.train(mlp(8, 4), DATA, SETTINGS, ONE, "train", Progress.NONE).graph();
    Graph distilled = distill(List.of(teacher()), mlp(8, 4), DATA, 4, 0).graph();
    assertEquals(alone.weights(), distilled.weights());
  }

  @Test
  void twoEqualTeachersTeachWhatOneTeaches() {
    Graph teacher = teacher();
    Graph one = distill(List.of(teacher), mlp(8, 4), DATA, 4, 0.9).graph();
    Graph two = distill(List.of(teacher, teacher), mlp(8, 4), DATA, 4, 0.9).graph();
    assertEquals(one.weights(), two.weights());
  }

  @Test
  void underAugmentationTheTeachersSeeTheChangedImages() {
    Graph teacher = teacher();
    DataSet moved = Blobs.images(400, 80, List.of(new Augmentation.Shift(1)));
    Trained student = distill(List.of(teacher, teacher), mlp(8, 4), moved, 3, 0.9);
    assertTrue(student.history().get(5).validationAccuracy() > 0.9, "" + student.history());
  }

  @Test
  void aTrainedStudentStartsFromItsWeightsAndTheTeacherStaysAsItIs() {
    Graph teacher = teacher();
    Graph before = Trainer.train(mlp(8, 4), DATA, SETTINGS, ONE, "train", Progress.NONE).graph();
    Trained after = distill(List.of(teacher), before, DATA, 4, 0.9);
    Trained fresh = distill(List.of(teacher), mlp(8, 4), DATA, 4, 0.9);
    assertNotEquals(fresh.graph().weights(), after.graph().weights());
    assertTrue(after.history().get(0).validationLoss() < fresh.history().get(0).validationLoss());
    assertEquals(teacher().weights(), teacher.weights());
  }

  @Test
  void teachersOfOtherClassesAreRefused() {
    Graph teacher = teacher();
    Graph five = mlp(8, 5);
    EspalierException e =
        assertThrows(EspalierException.class, () -> distill(List.of(teacher), five, DATA, 4, 0.9));
    assertTrue(e.getMessage().contains("4 classes apart, the student 5"), e.getMessage());
    assertThrows(EspalierException.class, () -> distill(List.of(), five, DATA, 4, 0.9));
  }

  /**
   * Whatever the collector frees meanwhile: a constant of the loss that lived in Java's direct
   * memory was once gone before the gradient was computed.
   */
  @Test
  void collectingGarbageMeanwhileChangesNoBit() throws InterruptedException {
    DataSet data = new Glyphs(1500, 100, 0.5, 1).load(true, Progress.NONE);
    Environment here = new Environment(1, 1, "cpu", true);
    Graph teacher =
        Trainer.train(
                new Mlp(List.of(30)).build(data.shape(), 10),
                data,
                TrainSettings.epochs(1),
                here,
                "train",
                Progress.NONE)
            .graph();
    java.util.function.Supplier<Graph> distilled =
        () ->
            Distiller.distill(
                    List.of(teacher),
                    new Mlp(List.of(20)).build(data.shape(), 10),
                    data,
                    new SoftTargets(3, 0.9),
                    TrainSettings.epochs(12),
                    here,
                    Progress.NONE)
                .graph();
    Graph quiet = distilled.get();
    java.util.concurrent.atomic.AtomicBoolean done =
        new java.util.concurrent.atomic.AtomicBoolean();
    Thread collector =
        new Thread(
            () -> {
              while (!done.get()) {
                System.gc();
                // Takes what was freed and fills it, so that a stale reader sees another number.
                for (int i = 0; i < 256; i++) {
                  java.nio.ByteBuffer.allocateDirect(4)
                      .order(java.nio.ByteOrder.nativeOrder())
                      .putFloat(Float.NaN);
                }
              }
            });
    collector.start();
    try {
      assertEquals(quiet.weights(), distilled.get().weights());
    } finally {
      done.set(true);
      collector.join();
    }
  }
}
