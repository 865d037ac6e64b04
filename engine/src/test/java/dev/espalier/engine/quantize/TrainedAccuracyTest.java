package dev.espalier.engine.quantize;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.espalier.engine.Environment;
import dev.espalier.engine.Progress;
import dev.espalier.engine.architecture.Architecture;
import dev.espalier.engine.architecture.Lenet5;
import dev.espalier.engine.architecture.Resnet20;
import dev.espalier.engine.catalog.Catalog;
import dev.espalier.engine.catalog.Kind;
import dev.espalier.engine.data.DataSet;
import dev.espalier.engine.data.Glyphs;
import dev.espalier.engine.data.Partition;
import dev.espalier.engine.data.Partitioner;
import dev.espalier.engine.graph.Graph;
import dev.espalier.engine.measure.Accuracy;
import dev.espalier.engine.measure.Measurement;
import dev.espalier.engine.train.TrainSettings;
import dev.espalier.engine.train.Trainer;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** int8 against float32 on networks that were trained. */
class TrainedAccuracyTest {
  private static final Environment ENVIRONMENT = new Environment(1, 2, "cpu", true);

  private static Architecture word(Class<? extends Architecture> type) {
    return (Architecture)
        Catalog.standard().all(Kind.ARCHITECTURE).stream()
            .filter(e -> e.type().equals(type))
            .findFirst()
            .orElseThrow()
            .make(Map.of());
  }

  private static void assertSameAccuracy(Architecture architecture, DataSet data, int epochs) {
    Graph blueprint = architecture.build(data.shape(), data.classCount());
    Graph graph =
        Trainer.train(
                blueprint,
                data,
                TrainSettings.epochs(epochs).withBatch(64),
                ENVIRONMENT,
                "train",
                Progress.NONE)
            .graph();
    Graph quantized =
        Quantizer.quantize(graph, data, QuantizeSpec.int8(), ENVIRONMENT, Progress.NONE);
    FusionReport fusion = FusionReport.of(quantized);
    assertEquals(fusion.layers(), fusion.fused(), fusion::toString);
    Accuracy inFloat = Measurement.accuracy(graph, data);
    Accuracy inIntegers = Measurement.accuracy(quantized, data);
    assertTrue(inFloat.fraction() > 0.5, "it learnt nothing: " + inFloat.fraction());
    assertEquals(inFloat.fraction(), inIntegers.fraction(), 0.003, "float and int8");
  }

  private static DataSet glyphs(int train) {
    return Partitioner.apply(
        new Glyphs(train, 4000, 0.5, 1).load(true, Progress.NONE), Partition.WHOLE, ENVIRONMENT);
  }

  @Test
  void lenet() {
    assertSameAccuracy(word(Lenet5.class), glyphs(3000), 3);
  }

  @Test
  @Tag("long")
  void resnetWithNormalisationAndResiduals() {
    assertSameAccuracy(word(Resnet20.class), glyphs(6000), 6);
  }
}
