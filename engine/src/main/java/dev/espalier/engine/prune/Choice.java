package dev.espalier.engine.prune;

import dev.espalier.engine.EspalierException;
import dev.espalier.engine.graph.Graph;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/**
 * Which layers a specification is about, and by how much each.
 *
 * @param excepted layers left as they are
 * @param own amounts of single layers; of two overrides that name one layer, the later
 */
record Choice(Set<String> excepted, Map<String, Amount> own) {

  /**
   * Resolves the names and patterns of a specification.
   *
   * @throws EspalierException when one means no layer, or a layer is both excepted and overridden
   */
  static Choice of(Graph graph, PruneSpec spec) {
    Set<String> excepted = new LinkedHashSet<>();
    for (String pattern : spec.except()) {
      excepted.addAll(Layers.matching(graph, pattern));
    }
    Map<String, Amount> own = new LinkedHashMap<>();
    for (PruneSpec.Override override : spec.overrides()) {
      for (String layer : Layers.matching(graph, override.layer())) {
        if (excepted.contains(layer)) {
          throw EspalierException.program(
              "`" + layer + "` is excepted and has an amount of its own",
              "layer `" + layer + "`",
              "it cannot both stay and be pruned",
              "remove it from `except` or from the amounts");
        }
        own.put(layer, override.amount());
      }
    }
    return new Choice(excepted, own);
  }

  Amount amount(String layer, PruneSpec spec) {
    return own.getOrDefault(layer, spec.amount());
  }
}
