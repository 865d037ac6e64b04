package dev.espalier.engine.study;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.espalier.engine.Model;
import dev.espalier.engine.architecture.Mlp;
import dev.espalier.engine.data.DataSet;
import dev.espalier.engine.data.Glyphs;
import dev.espalier.engine.data.Partition;
import dev.espalier.engine.prune.PruneSpec;
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
}
