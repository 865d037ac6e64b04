package dev.espalier.engine.prune;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Layers that lose channels together.
 *
 * @param groups what goes together, one at a time
 */
record Family(Set<String> layers, List<Coupling.Group> groups) {
  /** The groups that may go, by the layers that share them directly or through others. */
  static List<Family> of(Coupling coupling) {
    Map<String, Set<String>> joined = new HashMap<>();
    for (Coupling.Group group : coupling.groups()) {
      if (group.frozen()) {
        continue;
      }
      Set<String> all = new LinkedHashSet<>();
      for (String layer : group.layers()) {
        all.addAll(joined.getOrDefault(layer, Set.of(layer)));
      }
      all.forEach(layer -> joined.put(layer, all));
    }
    Map<Set<String>, Family> families = new LinkedHashMap<>();
    for (Coupling.Group group : coupling.groups()) {
      if (!group.frozen()) {
        Set<String> layers = joined.get(group.layers().iterator().next());
        families.computeIfAbsent(layers, l -> new Family(l, new ArrayList<>())).groups().add(group);
      }
    }
    return new ArrayList<>(families.values());
  }
}
