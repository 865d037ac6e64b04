package dev.espalier.engine.device;

import dev.espalier.engine.catalog.Word;
import dev.espalier.engine.graph.Graph;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/** Something that models run on; its implementations are words of the catalog. */
public sealed interface Device permits CortexM4, CortexM7, RaspberryPi4, PhoneCore, ThisMachine {
  /** What is published of it, or was measured of this machine. */
  Profile profile();

  /** As a program calls it. */
  default String word() {
    return getClass().getAnnotation(Word.class).name();
  }

  /** What one input would take there; modelled, never measured. */
  default Estimate estimate(Graph graph) {
    return profile().estimate(graph);
  }

  /** Seconds that a workload would take there; modelled, never measured. */
  default Estimate.Value latency(Workload workload) {
    return profile().latency(workload);
  }

  /**
   * Seconds that a workload takes there at least, whichever of its layers compute in 8-bit
   * integers; modelled, never measured. Empty where no source tells.
   */
  default OptionalDouble atLeast(Workload workload) {
    return profile().atLeast(workload);
  }

  /** Bytes that it can keep programs and weights in; empty where that is no limit worth a name. */
  OptionalLong flash();

  /** Bytes of working memory; empty where that is no limit worth a name. */
  OptionalLong memory();
}
