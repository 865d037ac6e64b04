package dev.espalier.engine.work;

import dev.espalier.engine.Environment;
import dev.espalier.engine.EspalierException;
import dev.espalier.engine.Progress;
import dev.espalier.engine.architecture.Mlp;
import dev.espalier.engine.data.DataSet;
import dev.espalier.engine.data.Glyphs;
import dev.espalier.engine.graph.Graph;
import dev.espalier.engine.measure.Measurement;
import dev.espalier.engine.onnx.OnnxFile;
import dev.espalier.engine.train.Checkpoints;
import dev.espalier.engine.train.Initialization;
import dev.espalier.engine.train.TrainSettings;
import dev.espalier.engine.train.Trainer;
import java.util.List;

/**
 * Trains and measures a net of a few weights, so that the natives are loaded and the code is
 * compiled before there is work. Nothing of it stays: every job seeds what it draws.
 */
final class WarmUp {
  private static final Environment ONE = new Environment(1, 1, "cpu", true);
  private static final int SAMPLES = 40;
  private static final int WIDTH = 4;

  private WarmUp() {}

  static void run() {
    try {
      DataSet data = new Glyphs(SAMPLES, SAMPLES, 0.5, 1).load(true, Progress.NONE);
      Graph start =
          Initialization.initialize(
              new Mlp(List.of(WIDTH)).build(data.shape(), data.task().outputs()), ONE.seed());
      Graph trained =
          Trainer.train(
                  start,
                  data,
                  TrainSettings.epochs(1),
                  ONE,
                  "train",
                  Progress.NONE,
                  Checkpoints.NONE)
              .graph();
      Measurement.quality(
          trained, OnnxFile.encode(trained), data, data.test(), ONE.threads(), Progress.NONE);
    } catch (EspalierException e) {
      // Whatever is wrong, the first job will meet it and say so.
      System.err.println(e.getMessage());
    }
  }
}
