package dev.espalier.engine.distill;

import ai.djl.ndarray.NDManager;
import dev.espalier.engine.Environment;
import dev.espalier.engine.EspalierException;
import dev.espalier.engine.Progress;
import dev.espalier.engine.data.DataSet;
import dev.espalier.engine.data.Task;
import dev.espalier.engine.graph.Graph;
import dev.espalier.engine.train.Checkpoints;
import dev.espalier.engine.train.Logits;
import dev.espalier.engine.train.Objective;
import dev.espalier.engine.train.Predictions;
import dev.espalier.engine.train.Samples;
import dev.espalier.engine.train.TrainSettings;
import dev.espalier.engine.train.Trained;
import dev.espalier.engine.train.Trainer;
import java.util.ArrayList;
import java.util.List;

/**
 * Trains a student from teachers.
 *
 * <p>Without augmentation the teachers see each training sample once, before the first epoch, and
 * an epoch then costs what a plain one costs. With augmentation they see every batch.
 */
public final class Distiller {
  private Distiller() {}

  /**
   * Distils. The teachers do not change.
   *
   * @param teachers at least one trained graph; the mean of their softened probabilities teaches
   * @param student a blueprint, which starts from the seed, or a trained graph, which starts from a
   *     copy of its weights
   * @return the student; the validation loss in its history is the plain cross-entropy
   * @throws EspalierException when a teacher and the student or the data do not fit together
   */
  public static Trained distill(
      List<Graph> teachers,
      Graph student,
      DataSet data,
      DistillMethod method,
      TrainSettings settings,
      Environment environment,
      Progress progress) {
    return taught(
        teachers.stream().map(t -> (Teacher) new Teacher.Trained(t)).toList(),
        student,
        data,
        method,
        settings,
        environment,
        progress,
        Checkpoints.NONE);
  }

  /** As {@link #distill}, from teachers of any kind, going on from the checkpoint that there is. */
  public static Trained taught(
      List<Teacher> teachers,
      Graph student,
      DataSet data,
      DistillMethod method,
      TrainSettings settings,
      Environment environment,
      Progress progress,
      Checkpoints checkpoints) {
    if (teachers.isEmpty()) {
      throw EspalierException.program("there is no teacher", "distill", "", "name at least one");
    }
    if (!(method instanceof SoftTargets soft)) {
      throw new IllegalArgumentException("unknown method " + method);
    }
    Task.of(student, data).needsClasses("a distillation by soft targets", "distill");
    for (Teacher teacher : teachers) {
      if (teacher instanceof Teacher.Trained t) {
        Task.of(t.graph(), data).needsClasses("a teacher of soft targets", t.graph().name());
      }
    }
    return Trainer.train(
        student,
        data,
        settings,
        environment,
        "distill",
        progress,
        checkpoints,
        (samples, manager) -> objective(teachers, data, soft, samples, manager, progress));
  }

  private static Objective objective(
      List<Teacher> teachers,
      DataSet data,
      SoftTargets soft,
      Samples samples,
      NDManager manager,
      Progress progress) {
    List<Logits> networks = new ArrayList<>();
    for (Teacher teacher : teachers) {
      networks.add(teacher.logits(data, manager));
    }
    int classes = networks.get(0).outputs();
    if (classes < 2) {
      throw EspalierException.program(
          "the teacher gives one logit",
          "distill",
          "soft targets are probabilities, one for each class",
          "take a teacher with two logits");
    }
    for (Logits network : networks) {
      if (network.outputs() != classes) {
        throw EspalierException.program(
            "the teachers do not fit together",
            "distill",
            "one tells " + classes + " classes apart, another " + network.outputs(),
            "take teachers of the same classes");
      }
    }
    SoftLoss loss = new SoftLoss(soft, data.train().labels());
    double part = 1.0 / networks.size();
    if (!data.augmentations().isEmpty()) {
      return (logits, columns, batch, gradient) -> {
        fitting(columns, classes);
        float[] targets = new float[logits.length];
        for (Logits network : networks) {
          float[] taught = Predictions.logits(network, batch);
          loss.addTargets(taught, classes, part, targets);
        }
        SoftLoss.Targets given = SoftLoss.targets(targets, classes, false);
        return loss.of(logits, classes, batch.rows(), given, gradient);
      };
    }
    float[] targets = new float[Math.multiplyExact(samples.size(), classes)];
    for (Logits network : networks) {
      float[] taught = Predictions.logits(network, samples, manager, progress);
      loss.addTargets(taught, classes, part, targets);
    }
    SoftLoss.Targets given = SoftLoss.targets(targets, classes, true);
    return (logits, columns, batch, gradient) -> {
      fitting(columns, classes);
      return loss.of(logits, classes, batch.rows(), given, gradient);
    };
  }

  private static void fitting(int outputs, int classes) {
    if (outputs != classes) {
      throw EspalierException.program(
          "the teacher and the student do not fit together",
          "distill",
          "the teacher tells " + classes + " classes apart, the student " + outputs,
          "take a student with as many outputs as the teacher");
    }
  }
}
