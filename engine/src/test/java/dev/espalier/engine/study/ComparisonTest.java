package dev.espalier.engine.study;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.espalier.engine.EspalierException;
import dev.espalier.engine.Model;
import dev.espalier.engine.architecture.Mlp;
import dev.espalier.engine.data.DataSet;
import dev.espalier.engine.data.Glyphs;
import dev.espalier.engine.data.Partition;
import dev.espalier.engine.prune.PruneSpec;
import dev.espalier.engine.run.Metric;
import dev.espalier.engine.run.Result;
import dev.espalier.engine.train.TrainSettings;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a comparison says of models beside its figures. */
class ComparisonTest {
  @Test
  void masksAreNeverCalledFasterOrSlowerByWhatTheClockSays(@TempDir Path folder) {
    Experiment lab = Experiment.in(folder).seed(1).threads(1);
    DataSet glyphs =
        lab.data(
            "glyphs",
            new Glyphs(300, 100, 0.3, 1),
            new Partition(List.of(80.0, 20.0), 0, false, List.of()));
    Model dense = lab.train(new Mlp(List.of(8)), glyphs, TrainSettings.epochs(1));
    Map<String, Model> models = new LinkedHashMap<>();
    models.put("dense", dense);
    models.put("masked", lab.prune(dense, PruneSpec.weights(0.5)));
    models.put("thin", lab.train(new Mlp(List.of(2)), glyphs, TrainSettings.epochs(1)));
    List<String> findings = lab.compare(models).findings();
    assertTrue(findings.get(0).endsWith("as large, as fast: the same arithmetic"), findings.get(0));
    assertTrue(findings.get(1).startsWith("thin against dense"), findings.get(1));
    assertTrue(findings.get(1).contains("× smaller"), findings.get(1));
    assertTrue(!findings.get(1).contains("the same arithmetic"), findings.get(1));
  }

  @Test
  void modelsOfDifferentTestSamplesAreNotPaired(@TempDir Path folder) {
    Experiment lab = Experiment.in(folder).seed(1).threads(1);
    Partition split = new Partition(List.of(80.0, 20.0), 0, false, List.of());
    Partition few = new Partition(List.of(80.0, 20.0), 50, false, List.of());
    DataSet easy = lab.data("easy", new Glyphs(300, 100, 0.1, 1), split);
    DataSet hard = lab.data("hard", new Glyphs(300, 100, 0.9, 1), split);
    DataSet scarce = lab.data("scarce", new Glyphs(300, 100, 0.1, 1), few);
    TrainSettings once = TrainSettings.epochs(1);
    Map<String, Model> models = new LinkedHashMap<>();
    models.put("a", lab.train(new Mlp(List.of(4)), easy, once));
    models.put("b", lab.train(new Mlp(List.of(4)), scarce, once));
    assertTrue(
        lab.compare(models).findings().get(0).startsWith("b against a"),
        "fewer samples to train on are tested on the same ones");
    models.put("c", lab.train(new Mlp(List.of(4)), hard, once));
    EspalierException refused = assertThrows(EspalierException.class, () -> lab.compare(models));
    assertEquals("a and c would be tested on different samples", refused.what());
    assertTrue(refused.why().contains("other samples of glyphs (100)"), refused.why());
    assertEquals("say on which data: compare a, b, c on DATA", refused.fix());
  }

  @Test
  void whatAFileAloneTellsOfItsModelNeedsNoData(@TempDir Path folder) {
    Experiment lab = Experiment.in(folder).seed(1).threads(1);
    DataSet glyphs = lab.data("glyphs", new Glyphs(100, 50, 0.3, 1));
    Path file = folder.resolve("net.onnx");
    Model own = lab.train(new Mlp(List.of(4)), glyphs, TrainSettings.epochs(1));
    lab.export(own, file);
    Experiment.Named made = Experiment.named("m", own);
    Experiment.Named loaded = Experiment.named("m", lab.onnx(file));
    for (Metric metric : List.of(Metric.PARAMETERS, Metric.NON_ZERO, Metric.MACS, Metric.MEMORY)) {
      assertEquals(
          lab.atMost(metric, made, 1e9).got().value(),
          lab.atMost(metric, loaded, 1e9).got().value(),
          metric.word());
    }
    assertTrue(lab.atMost(Metric.SIZE, loaded, 20_000).passed());
    List<Result.Cell> cells = lab.show(List.of(), List.of(loaded)).rows().get(0).cells();
    assertEquals(
        3,
        cells.stream().filter(c -> c instanceof Result.Cell.Empty).count(),
        "accuracy, errors and latency");
    assertThrows(EspalierException.class, () -> lab.atMost(Metric.LATENCY, loaded, 1));
  }
}
