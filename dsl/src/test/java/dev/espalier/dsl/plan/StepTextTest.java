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
  void operationsAreSpokenOfByNameOrNumber() {
    String training =
        "batch 128, optimizer adam(lr 0.001, beta1 0.9, beta2 0.999, epsilon 1e-8), schedule"
            + " constant, warmup 0, weight-decay 0, dropout -1, patience 0; seed 1, threads 2,"
            + " device cpu";
    assertEquals(
        """
        #1 d: load glyphs(train 6000, test 5000, difficulty 0.5, seed 1), split 80/20, take 50%, \
        normalize, augment shift(pixels 2), crop(padding 4); seed 1
        #2 t: train mlp(30) on d with epochs 2, TRAINING
        #3: distill #2 into lenet-5 on d by soft-targets(temperature 4, alpha 0.9) with epochs 10, \
        TRAINING
        #4: prune #3 50% of weights by magnitude, per layer, rounds 1, epochs each round 0; seed 1, \
        threads 2, device cpu
        #5 s: finetune #4 on d with epochs 1, TRAINING
        #6: quantize s to int8 by static(images 512, coverage 99.99%), per channel, except fc1, \
        calibrated on d; seed 1, threads 2, device cpu
        #7: compare t (#2), s, it (#6) on the data of each by what the task is judged by, controls \
        yes, latency of batch 1 on threads 1, seeds 1; seed 1, threads 2, device cpu
        #8 x: prune #2 channels to 40000 bytes and 50% of MACs by magnitude, globally, rounds 1, \
        epochs each round 0, round-to 8, heads narrower; seed 1, threads 2, device cpu
        #9: prune #2 50% of weights by magnitude, per layer, fc1 60%, rounds 3, epochs each round \
        2; training on d with epochs 2, TRAINING
        #10 t: train { conv(filters 3, kernel 3, stride 1, padding same, pad -1, groups 1, bias \
        yes), residual { conv(filters 3, kernel 3, stride 1, padding same, pad -1, groups 1, bias \
        yes), relu } as r, dense(units 10) } on d with epochs 10, TRAINING
        #11: expect accuracy of t (#10) within 0.01 of s; seed 1, threads 2, device cpu
        #12: expect size of s at most 100000; seed 1, threads 2, device cpu
        #13: chart accuracy vs size of t (#10), s, title "A", frontier no, band interval; seed 1, threads 2, device cpu
        #14: show layers of s; seed 1, threads 2, device cpu
        #15: export s to onnx "a.onnx"
        #16: report to "b.html"
        #17: note "c"
        """
            .replace("TRAINING", training),
        plan(
            """
            data d from glyphs split 80/20 take 50% normalize augment shift(2), crop
            train mlp(30) on d for 2 epochs as t
            distill t into lenet-5 then prune 50% then finetune for 1 epoch as s
              then quantize to int8 except fc1
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

  @ParameterizedTest
  @CsvSource({"0.5, 50%", "0.9998999999999999, 99.99%", "0.295, 29.5%", "1, 100%", "0, 0%"})
  void partsArePercentages(double value, String written) {
    assertEquals(written, WordText.percent(value));
  }
}
