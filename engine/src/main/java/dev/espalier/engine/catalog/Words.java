package dev.espalier.engine.catalog;

import dev.espalier.engine.data.Augmentation;
import dev.espalier.engine.distill.SoftTargets;
import dev.espalier.engine.prune.Criterion;
import dev.espalier.engine.quantize.StaticInt8;
import dev.espalier.engine.run.StatementSettings;
import dev.espalier.engine.train.Optimizer;
import dev.espalier.engine.train.Schedule;
import dev.espalier.engine.train.TrainSettings;
import java.util.List;

/** The list of words: a new method is one new record and one line here. */
final class Words {
  static final List<Class<? extends Record>> ALL =
      List.of(
          TrainSettings.class,
          Optimizer.Sgd.class,
          Optimizer.Adam.class,
          Optimizer.AdamW.class,
          Schedule.Constant.class,
          Schedule.Step.class,
          Schedule.Cosine.class,
          Augmentation.Shift.class,
          Augmentation.Flip.class,
          Augmentation.Crop.class,
          SoftTargets.class,
          Criterion.Magnitude.class,
          Criterion.Random.class,
          StaticInt8.class,
          StatementSettings.Session.class,
          StatementSettings.Comparison.class,
          StatementSettings.Drawing.class,
          StatementSettings.Page.class,
          StatementSettings.Export.class);

  private Words() {}
}
