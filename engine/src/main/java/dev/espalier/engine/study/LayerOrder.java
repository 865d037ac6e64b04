package dev.espalier.engine.study;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** One order for the layers of several models, in which each model's layers keep their own. */
final class LayerOrder {
  private LayerOrder() {}

  /**
   * The names of all models, each once: a layer that only some models have stands right before the
   * layer that follows it there. Where two models contradict each other, the first one's order
   * stands.
   */
  static List<String> of(List<? extends Collection<String>> models) {
    List<String> order = new ArrayList<>();
    for (Collection<String> model : models) {
      Map<String, Integer> known = new HashMap<>();
      for (int i = 0; i < order.size(); i++) {
        known.put(order.get(i), i);
      }
      List<String> merged = new ArrayList<>();
      List<String> waiting = new ArrayList<>();
      int taken = 0;
      for (String name : model) {
        Integer at = known.get(name);
        if (at == null) {
          waiting.add(name);
        } else if (at >= taken) {
          merged.addAll(order.subList(taken, at));
          merged.addAll(waiting);
          waiting.clear();
          merged.add(name);
          taken = at + 1;
        }
      }
      // What follows the last layer in common stands behind it, or last when there is none.
      if (taken > 0) {
        merged.addAll(waiting);
        waiting.clear();
      }
      merged.addAll(order.subList(taken, order.size()));
      merged.addAll(waiting);
      order = merged;
    }
    return order;
  }
}
