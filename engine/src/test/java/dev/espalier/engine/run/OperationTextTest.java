package dev.espalier.engine.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.espalier.engine.Environment;
import dev.espalier.engine.EspalierException;
import dev.espalier.engine.architecture.Architecture;
import dev.espalier.engine.architecture.Layer;
import dev.espalier.engine.architecture.LayerBlock;
import dev.espalier.engine.architecture.Mlp;
import dev.espalier.engine.data.Glyphs;
import dev.espalier.engine.data.Partition;
import dev.espalier.engine.graph.Graph;
import dev.espalier.engine.prune.PruneSpec;
import dev.espalier.engine.train.TrainSettings;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** Operations go to another process as text, and hostile text does nothing there. */
class OperationTextTest {
  private static final Environment HERE = new Environment(3, 1, "cpu", true);

  private static Operation pruned() {
    Operation data =
        new Operation.LoadData("d", new Glyphs(100, 50, 0.5, 1), Partition.WHOLE, HERE);
    Operation block =
        new Operation.Blueprint(
            "b", LayerBlock.of(new Layer.Flatten(), new Layer.Relu(), new Layer.Flatten()));
    Operation trained = new Operation.Train(block, data, TrainSettings.epochs(2), HERE);
    return new Operation.Prune(
        trained, Optional.of(data), PruneSpec.weights(0.5), TrainSettings.epochs(1), HERE);
  }

  private static List<Operation> read(String text) {
    return OperationText.read(text, key -> Optional.empty(), name -> Optional.empty());
  }

  @Test
  void theSameComesBackWithTheSameKey() {
    Operation sent = pruned();
    Operation got = read(OperationText.write(List.of(sent))).get(0);
    assertEquals(sent, got);
    assertEquals(new Keys().of(sent), new Keys().of(got));
  }

  @Test
  void anArchitectureOfTheEngineGivenByJavaIsSent() {
    Operation given = new Operation.Given("mine", new Mlp(List.of(30)), "x");
    Operation.Given got = (Operation.Given) read(OperationText.write(List.of(given))).get(0);
    assertEquals(new Mlp(List.of(30)), got.value());
  }

  @Test
  void aClassOfAJavaProgramIsNot() {
    record Mine() implements Architecture {
      @Override
      public Graph build(long[] input, int outputs) {
        return new Mlp(List.of(3)).build(input, outputs);
      }

      @Override
      public String describe() {
        return "mine";
      }
    }

    for (Operation one :
        List.of(
            new Operation.Given("mine", new Mine(), "x"),
            new Operation.Blueprint("mine", new Mine()))) {
      EspalierException e =
          assertThrows(EspalierException.class, () -> OperationText.write(List.of(one)));
      assertTrue(e.getMessage().contains("cannot be sent"), e::getMessage);
    }
  }

  @Test
  void aGivenModelThatTheStoreLacksIsMissed() {
    String text =
        "{\"operations\":[{\"is\":\"run.Operation.Given\",\"name\":\"m\",\"fingerprint\":\"f\","
            + "\"model\":\"abc\"}],\"asked\":[0]}";
    EspalierException e = assertThrows(EspalierException.class, () -> read(text));
    assertTrue(e.getMessage().contains("not in the store"), e::getMessage);
  }

  @Test
  void otherClassesAreRefused() {
    for (String name : List.of("java.io.File", "run.Runner", "WholeFile", "graph.Graph", "")) {
      String text = "{\"operations\":[{\"is\":\"" + name + "\"}],\"asked\":[0]}";
      EspalierException e = assertThrows(EspalierException.class, () -> read(text), name);
      assertTrue(e.getMessage().contains("describes no operations"), e::getMessage);
    }
  }

  @Test
  void depthAndReferencesAreBounded() {
    String nested =
        "{\"operations\":[{\"is\":\"run.Operation.Blueprint\",\"name\":\"b\",\"architecture\":"
            + "[".repeat(100_000)
            + "]".repeat(100_000)
            + "}],\"asked\":[0]}";
    assertThrows(EspalierException.class, () -> read(nested));
    assertThrows(
        EspalierException.class,
        () ->
            read(
                "{\"operations\":[{\"is\":\"run.Operation.FreshCopy\",\"model\":0}],"
                    + "\"asked\":[0]}"));
    assertThrows(
        EspalierException.class, () -> read("{\"operations\":[],\"asked\":[99999999999]}"));
  }

  /** A text with anything put anywhere is read as operations, or refused as the user is told. */
  @Property(tries = 400)
  void damagedTextIsReadOrRefused(
      @ForAll @IntRange(max = 100_000) int place,
      @ForAll @IntRange(max = 40) int cut,
      @ForAll("pieces") String piece) {
    String text = OperationText.write(List.of(pruned()));
    int at = place % text.length();
    String damaged =
        text.substring(0, at) + piece + text.substring(Math.min(text.length(), at + cut));
    try {
      read(damaged).forEach(o -> assertTrue(o.inputs().size() < 10));
    } catch (EspalierException refused) {
      assertTrue(!refused.what().isEmpty());
    }
  }

  @net.jqwik.api.Provide
  net.jqwik.api.Arbitrary<String> pieces() {
    return net.jqwik.api.Arbitraries.of(
        "",
        "0",
        "-1",
        "1e999999999",
        "null",
        "[",
        "}",
        "\"",
        "\"is\":",
        "{\"is\":\"x\"}",
        "[[]]",
        "true",
        "9999999999999999999999",
        "\u0000",
        ",");
  }
}
