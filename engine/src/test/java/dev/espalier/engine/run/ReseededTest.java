package dev.espalier.engine.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.espalier.engine.Environment;
import dev.espalier.engine.architecture.Mlp;
import dev.espalier.engine.data.Glyphs;
import dev.espalier.engine.data.Partition;
import dev.espalier.engine.distill.SoftTargets;
import dev.espalier.engine.prune.PruneSpec;
import dev.espalier.engine.quantize.QuantizeSpec;
import dev.espalier.engine.run.Operation.Blueprint;
import dev.espalier.engine.run.Operation.Distill;
import dev.espalier.engine.run.Operation.Finetune;
import dev.espalier.engine.run.Operation.FreshCopy;
import dev.espalier.engine.run.Operation.FromOnnx;
import dev.espalier.engine.run.Operation.LoadData;
import dev.espalier.engine.run.Operation.Prune;
import dev.espalier.engine.run.Operation.Quantize;
import dev.espalier.engine.run.Operation.Train;
import dev.espalier.engine.train.TrainSettings;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ReseededTest {
  private static final TrainSettings TWO_EPOCHS = TrainSettings.epochs(2);

  /** A chain of every step that draws randomness, made with a seed. */
  private static Operation chain(long seed) {
    Environment e = new Environment(seed, 1, "cpu", false);
    Operation data =
        new LoadData(
            "glyphs",
            new Glyphs(500, 100, 0.5, 1),
            Partition.WHOLE,
            new Environment(7, 1, "cpu", false));
    Operation blueprint = new Blueprint("", new Mlp(List.of(20)));
    Operation teacher = new Train(blueprint, data, TWO_EPOCHS, e);
    Operation small =
        new Distill(List.of(teacher), blueprint, data, new SoftTargets(4, 0.9), TWO_EPOCHS, e);
    Operation thin = new Prune(small, Optional.of(data), PruneSpec.channels(0.5), TWO_EPOCHS, e);
    Operation again = new Finetune(thin, data, TWO_EPOCHS, e);
    Operation fresh = new Train(new FreshCopy(again), data, TWO_EPOCHS, e);
    return new Quantize(fresh, data, QuantizeSpec.int8(), e);
  }

  @Test
  void everyStepTakesTheSeedAndTheDataKeepsIts() {
    assertEquals(new Keys().of(chain(5)), new Keys().of(new Reseeded(3).of(chain(2))));
    assertNotEquals(new Keys().of(chain(5)), new Keys().of(chain(2)));
  }

  @Test
  void noShiftIsTheSameOperation() {
    Operation chain = chain(2);
    assertSame(chain, new Reseeded(0).of(chain));
  }

  @Test
  void whatIsSharedStaysShared() {
    Operation chain = chain(2);
    Reseeded next = new Reseeded(1);
    assertSame(next.of(chain), next.of(chain));
    assertSame(next.of(chain).inputs().get(0), next.of(chain.inputs().get(0)));
  }

  @Test
  void aFreshHeadTakesTheSeedAndAFileDoesNot() {
    FromOnnx headed = new FromOnnx("net", Path.of("net.onnx"), List.of(), 10, 4, Optional.empty());
    assertEquals(9, ((FromOnnx) new Reseeded(5).of(headed)).seed());
    assertTrue(Reseeded.matters(headed));
    assertFalse(Reseeded.matters(new FromOnnx("net", Path.of("net.onnx"))));
    assertTrue(Reseeded.matters(chain(1)));
  }

  @Test
  void theControlsOfAnotherSeedAreThoseOfThatSeed() {
    Operation chain = chain(2).inputs().get(0);
    Operation thin = ((Train) chain).blueprint().inputs().get(0);
    List<Controls.Control> shifted =
        Controls.of(new Operation.Named("thin", new Reseeded(3).of(thin)));
    List<Controls.Control> made =
        Controls.of(
            new Operation.Named(
                "thin", ((Train) chain(5).inputs().get(0)).blueprint().inputs().get(0)));
    assertTrue(made.size() > 1);
    for (int i = 0; i < made.size(); i++) {
      assertEquals(
          new Keys().of(made.get(i).operation()), new Keys().of(shifted.get(i).operation()));
    }
  }

  @Test
  void seedsAreNeverNegative() {
    FromOnnx last =
        new FromOnnx("net", Path.of("net.onnx"), List.of(), 10, Long.MAX_VALUE, Optional.empty());
    assertEquals(0, ((FromOnnx) new Reseeded(1).of(last)).seed());
  }
}
