package dev.espalier.engine.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.espalier.engine.architecture.TextClassifier;
import dev.espalier.engine.graph.Graph;
import dev.espalier.engine.graph.Weight;
import dev.espalier.engine.train.Initialization;
import dev.espalier.engine.train.Parameters;
import org.junit.jupiter.api.Test;

class FreshWeightsTest {
  @Test
  void nothingThatATransformerLearntIsLeft() {
    Graph trained =
        Initialization.initialize(new TextClassifier(50, 16, 2, 2).build(new long[] {12}, 3), 1);
    Graph fresh = FreshWeights.of(trained);
    assertTrue(fresh.isBlueprint());
    for (String weight : Parameters.of(trained)) {
      assertInstanceOf(Weight.Rule.class, fresh.weights().get(weight), weight);
    }
    assertEquals(Parameters.of(trained), Parameters.of(Initialization.initialize(fresh, 2)));
  }
}
