package dev.espalier.engine.study;

import dev.espalier.engine.EspalierException;
import dev.espalier.engine.graph.Graph;
import dev.espalier.engine.run.Metric;
import dev.espalier.engine.run.Target;
import dev.espalier.engine.search.LowerBounds;
import dev.espalier.engine.search.RecipeSpace;
import dev.espalier.engine.search.Structure;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A demand that no training can meet, since the shapes of the layers rule it out.
 *
 * @param constraint its place among the target's; -1 for what the device has
 * @param demand as written, or {@code fits the flash of cortex-m4 (2.1 MB)}
 * @param least what there is at the least, as in {@code 941.2 KB}
 * @param relaxed what nothing rules out any more, as in {@code size above 941.2 KB}; empty for what
 *     the device has
 */
public record OutOfReach(int constraint, String demand, String least, String relaxed) {

  /**
   * The demands that a model cannot meet.
   *
   * @param graph the model in floats, or its blueprint
   * @param quantized whether it is quantized to int8 in the end
   */
  public static List<OutOfReach> of(Graph graph, boolean quantized, Target target) {
    try {
      return told(
          LowerBounds.missed(LowerBounds.of(graph, quantized, target.modelled()), target), target);
    } catch (EspalierException e) {
      // What is wrong with the graph is said where it is used; nothing is proved.
      return List.of();
    }
  }

  /**
   * The demands that no recipe of a search meets.
   *
   * @param graph what is compressed, or its blueprint
   * @param using of {@link RecipeSpace#STEPS}
   */
  public static List<OutOfReach> ofSearch(Graph graph, Target target, Set<String> using) {
    RecipeSpace space = RecipeSpace.of(using, target, Optional.empty());
    return of(new Structure(graph, target), target, space);
  }

  static List<OutOfReach> of(Structure structure, Target target, RecipeSpace space) {
    return told(structure.missed(space.smallest()), target);
  }

  private static List<OutOfReach> told(List<LowerBounds.Miss> misses, Target target) {
    return misses.stream().map(miss -> told(miss, target)).toList();
  }

  private static OutOfReach told(LowerBounds.Miss miss, Target target) {
    Metric metric = miss.metric();
    String least = Wording.bound(metric, miss.least(), false);
    if (miss.constraint().isPresent()) {
      int place = miss.constraint().get();
      return new OutOfReach(
          place, target.constraints().get(place).text(), least, metric.word() + " above " + least);
    }
    return new OutOfReach(
        -1,
        "fits the "
            + (metric == Metric.SIZE ? "flash" : "RAM")
            + " of "
            + target.modelled().orElseThrow().word()
            + " ("
            + Wording.value(metric, miss.limit())
            + ")",
        least + (metric == Metric.SIZE ? " with the runtime's program" : ""),
        "");
  }
}
