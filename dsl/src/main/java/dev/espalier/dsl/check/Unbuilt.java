package dev.espalier.dsl.check;

import dev.espalier.dsl.Code;
import dev.espalier.dsl.Span;
import dev.espalier.engine.catalog.Kind;
import java.util.Map;
import java.util.Set;

/**
 * What the language knows and this version cannot run. A word leaves this list when the catalog
 * gets it.
 */
final class Unbuilt {
  private static final Map<Kind, Set<String>> WORDS =
      Map.of(
          Kind.CRITERION,
          Set.of(
              "taylor",
              "l1-norm",
              "l2-norm",
              "gradient",
              "snip",
              "movement",
              "lamp",
              "fpgm",
              "wanda",
              "sparsegpt",
              "obs",
              "slimming",
              "sensitivity"),
          Kind.DISTILLATION,
          Set.of(
              "hints",
              "attention",
              "logits",
              "similarity",
              "relations",
              "rkd",
              "crd",
              "dkd",
              "dist"),
          Kind.QUANTIZATION,
          Set.of("qat", "dynamic", "weight-only", "mixed"),
          Kind.SCHEDULE,
          Set.of("cubic", "one-cycle", "linear"),
          Kind.METRIC,
          Set.of("flops"));

  private Unbuilt() {}

  static boolean isWord(Kind kind, String word) {
    return WORDS.getOrDefault(kind, Set.of()).contains(word);
  }

  /** Refuses it, whatever it is, and says what works instead. */
  static void refuse(Program program, Span span, String what, String instead) {
    program.report(Code.E601, span, "`" + what + "` is not available in this version", instead);
  }
}
