package dev.espalier.engine.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.espalier.engine.Environment;
import dev.espalier.engine.Progress;
import dev.espalier.engine.architecture.Mlp;
import dev.espalier.engine.data.DataSet;
import dev.espalier.engine.data.DataSource;
import dev.espalier.engine.data.Partition;
import dev.espalier.engine.distill.SoftTargets;
import dev.espalier.engine.prune.PruneSpec;
import dev.espalier.engine.train.TrainSettings;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class KeysTest {
  private static final Environment HERE = new Environment(1, 2, "cpu", false);

  private record Fixed(String fingerprint) implements DataSource {
    @Override
    public DataSet load(boolean offline, Progress progress) {
      throw new UnsupportedOperationException();
    }
  }

  private static Operation data(String content) {
    return new Operation.LoadData("d", new Fixed(content), Partition.WHOLE, HERE);
  }

  private static Operation train(Operation data, int units, Environment environment) {
    return new Operation.Train(
        new Operation.Blueprint("m", new Mlp(List.of(units))),
        data,
        TrainSettings.epochs(2),
        environment);
  }

  private static String key(Operation operation) {
    return new Keys().of(operation);
  }

  @Test
  void equalOperationsHaveEqualKeys() {
    assertEquals(key(train(data("x"), 8, HERE)), key(train(data("x"), 8, HERE)));
  }

  @Test
  void everythingThatChangesTheNumbersChangesTheKey() {
    String base = key(train(data("x"), 8, HERE));
    assertNotEquals(base, key(train(data("y"), 8, HERE)));
    assertNotEquals(base, key(train(data("x"), 9, HERE)));
    assertNotEquals(base, key(train(data("x"), 8, new Environment(2, 2, "cpu", false))));
    assertNotEquals(base, key(train(data("x"), 8, new Environment(1, 1, "cpu", false))));
  }

  @Test
  void whatDoesNotChangeTheNumbersDoesNotChangeTheKey() {
    assertEquals(
        key(train(data("x"), 8, HERE)),
        key(train(data("x"), 8, new Environment(1, 2, "cpu", true))),
        "offline");
    assertEquals(
        key(data("x")),
        key(new Operation.LoadData("other", new Fixed("x"), Partition.WHOLE, HERE)),
        "the name");
  }

  @Test
  void theCanonicalTextNamesEverySettingAndTheInputsByKey() {
    Operation teacher = train(data("x"), 8, HERE);
    Operation student =
        new Operation.Distill(
            List.of(teacher),
            new Operation.Blueprint("s", new Mlp(List.of(4))),
            data("x"),
            new SoftTargets(4, 0.9),
            TrainSettings.epochs(3),
            HERE);
    Operation pruned =
        new Operation.Prune(
            student, Optional.of(data("x")), PruneSpec.weights(0.5), TrainSettings.epochs(1), HERE);
    Keys keys = new Keys();
    String text = keys.canonical(pruned);
    assertTrue(text.contains("@" + keys.of(student)), text);
    assertTrue(text.contains("fraction=0.5"), text);
    assertTrue(keys.canonical(student).contains("temperature=4.0, alpha=0.9"));
    assertTrue(keys.canonical(student).contains("optimizer=Adam{lr=0.001"));
  }
}
