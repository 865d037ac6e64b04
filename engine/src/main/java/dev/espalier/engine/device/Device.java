package dev.espalier.engine.device;

import dev.espalier.engine.graph.Graph;
import java.util.OptionalLong;

/** Something that models run on; its implementations are words of the catalog. */
public sealed interface Device permits CortexM4, CortexM7, RaspberryPi4, PhoneCore, ThisMachine {
  /** As a program calls it. */
  String word();

  /** What one input would take there; modelled, never measured. */
  Estimate estimate(Graph graph);

  /** Seconds that a workload would take there; modelled, never measured. */
  Estimate.Value latency(Workload workload);

  /** Bytes that it can keep programs and weights in; empty where that is no limit worth a name. */
  OptionalLong flash();

  /** Bytes of working memory; empty where that is no limit worth a name. */
  OptionalLong memory();
}
