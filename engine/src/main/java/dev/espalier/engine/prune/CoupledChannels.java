package dev.espalier.engine.prune;

import dev.espalier.engine.graph.Graph;
import dev.espalier.engine.operator.ConstantFolding;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Channels that go together or not at all, as a user is told of them.
 *
 * @param layers whose outputs they are, in the graph's order
 * @param count how many can go one by one
 * @param width how many outputs of one layer each takes along: the number of heads, say
 * @param weights names of all weights that lose slices with them
 * @param keeper why they have to stay; empty when they may go
 */
public record CoupledChannels(
    List<String> layers, int count, int width, List<String> weights, String keeper) {
  public CoupledChannels {
    layers = List.copyOf(layers);
    weights = List.copyOf(weights);
  }

  private record Kind(Set<String> layers, String keeper) {}

  /**
   * Those of a graph with weights or of a blueprint; channels of the same layers are told together.
   *
   * @throws dev.espalier.engine.EspalierException when a shape does not fit
   */
  public static List<CoupledChannels> of(Graph graph, Heads heads) {
    Graph folded = ConstantFolding.in(graph);
    Coupling coupling = Coupling.of(folded, heads);
    Map<Kind, List<Coupling.Group>> kinds = new LinkedHashMap<>();
    for (Coupling.Group group : coupling.groups()) {
      String keeper = group.frozen() ? coupling.keeper(group) : "";
      kinds.computeIfAbsent(new Kind(group.layers(), keeper), k -> new ArrayList<>()).add(group);
    }
    List<CoupledChannels> out = new ArrayList<>();
    kinds.forEach(
        (kind, groups) -> {
          Set<String> weights = new LinkedHashSet<>();
          int width = 1;
          for (Coupling.Group group : groups) {
            for (Map.Entry<Coupling.Axis, int[]> e : group.slices().entrySet()) {
              if (folded.hasWeight(e.getKey().value())) {
                weights.add(e.getKey().value());
              }
            }
            width = Math.max(width, coupling.width(group));
          }
          out.add(
              new CoupledChannels(
                  List.copyOf(kind.layers()),
                  groups.size(),
                  width,
                  List.copyOf(weights),
                  kind.keeper()));
        });
    return out;
  }
}
