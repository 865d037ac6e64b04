package dev.espalier.dsl.plan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.espalier.dsl.Checked;
import dev.espalier.dsl.Espalier;
import dev.espalier.dsl.Messages;
import dev.espalier.dsl.Scope;
import dev.espalier.dsl.Source;
import dev.espalier.engine.Environment;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StepTextTest {
  private static String plan(String program) {
    Checked checked =
        Espalier.check(Source.cell(1, program), Scope.empty(new Environment(1, 2, "cpu", false)));
    assertTrue(checked.ok(), () -> Messages.format(checked.diagnostics()));
    return StepText.lines(checked.steps()).stream()
        .map(l -> l + "\n")
        .collect(Collectors.joining());
  }

  @Test
  void everyOperationIsALineWithItsSettings() {
    assertEquals(
        """
        #1 d: load glyphs(train 6000, test 5000, difficulty 0.5, seed 1), split as it is, take all; seed 1
        """,
        plan("data d from glyphs"));
    System.out.println(
        plan(
"""
data d from glyphs split 80/20 take 50% normalize augment shift(2), crop
train mlp(30) on d for 2 epochs as t
distill t into lenet-5 then prune 50% then finetune for 1 epoch as s then quantize to int8 except fc1
compare t, s, it
prune t to 40 KB and 50% of MACs globally with round-to 8 as x
prune t 50% per layer { fc1 60% } in 3 rounds of 2 epochs
model m { conv(3), residual { conv(3), relu } as r, dense(10) }
train m on d as t
expect accuracy of t within 1 point of s
expect size of s at most 100 KB
chart accuracy vs size of t, s with title "A"
show layers of s
export s to onnx "a.onnx"
report to "b.html"
note "c"
"""));
  }

  @ParameterizedTest
  @CsvSource({
    "0.001, 0.001",
    "1e-8, 1e-8",
    "3, 3",
    "40000, 40000",
    "-1, -1",
    "0.5, 0.5",
    "1e300, 1e+300"
  })
  void numbersAreShort(double value, String written) {
    assertEquals(written, WordText.number(value));
  }
}
