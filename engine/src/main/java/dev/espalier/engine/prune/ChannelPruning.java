package dev.espalier.engine.prune;

import dev.espalier.engine.EspalierException;
import dev.espalier.engine.Randomness;
import dev.espalier.engine.graph.Graph;
import dev.espalier.engine.graph.Node;
import dev.espalier.engine.graph.Tensor;
import dev.espalier.engine.measure.Parameters;
import dev.espalier.engine.operator.Cost;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * Removes whole channels (units) with everything that is coupled to them.
 *
 * <p>Layers whose channels are coupled (through residual additions, normalisation, depthwise
 * convolutions) are one family, and a channel of a family is one group of slices. Per layer, each
 * family loses the same share of its channels; globally, all families compete. A family with an
 * excepted layer stays whole.
 *
 * <p>The importance of a channel is the L2 norm over its whole group: the filters that make it, the
 * slices of the kernels that read it, the scales of its normalisation (Fang et al. 2023, DepGraph,
 * arXiv:2301.12900, group-level pruning). Globally it is divided by its family's mean, for layers
 * differ in scale.
 */
final class ChannelPruning implements Rounds {
  private final PruneSpec spec;
  private final long seed;
  private final List<Pool> pools = new ArrayList<>();
  private final Set<String> held = new LinkedHashSet<>();

  /** Layers that lose channels together. */
  private record Family(Set<String> layers, List<Coupling.Group> groups) {}

  /** Families, by their layers, that compete with one another. */
  private record Pool(String name, Set<Set<String>> families, Course course) {}

  ChannelPruning(Graph start, PruneSpec spec, long seed) {
    this.spec = spec;
    this.seed = seed;
    Choice choice = Choice.of(start, spec);
    DenseOriginal dense = DenseOriginal.of(start);
    Coupling coupling = Coupling.of(start);
    List<Family> families = families(coupling);
    if (families.isEmpty()) {
      throw Refusal.nothingToPrune("no layer has channels that may go");
    }
    refuseWholeLayers(start, choice, families);
    Map<Set<String>, Long> together = new LinkedHashMap<>();
    long togetherNow = 0;
    for (Family family : families) {
      Set<String> excepted = new LinkedHashSet<>(family.layers());
      excepted.retainAll(choice.excepted());
      if (!excepted.isEmpty()) {
        hold(family, excepted, choice);
        continue;
      }
      long originally = dense(start, coupling, dense, family);
      Amount own = own(family, choice);
      if (own == null && spec.globally()) {
        together.put(family.layers(), originally);
        togetherNow += family.groups().size();
      } else {
        Amount amount = own == null ? spec.amount() : own;
        pools.add(
            new Pool(
                family.layers().iterator().next(),
                Set.of(family.layers()),
                new Course(amount, originally, family.groups().size(), spec.rounds())));
      }
    }
    if (!together.isEmpty()) {
      long originally = together.values().stream().mapToLong(Long::longValue).sum();
      pools.add(
          new Pool(
              "globally",
              together.keySet(),
              new Course(spec.amount(), originally, togetherNow, spec.rounds())));
    }
    if (pools.isEmpty()) {
      throw EspalierException.program(
          "`except` leaves no channel that may go",
          "prune of channels",
          "coupled to what is excepted: " + Layers.some(List.copyOf(held)),
          "except fewer layers; `show layers` lists them");
    }
    refuseLess(start);
  }

  /**
   * A family with an excepted layer stays; an amount of its own for one of its layers is refused.
   */
  private void hold(Family family, Set<String> excepted, Choice choice) {
    for (String layer : family.layers()) {
      if (choice.own().containsKey(layer)) {
        throw EspalierException.program(
            "the channels of `" + layer + "` cannot go",
            "layer `" + layer + "`",
            "they are coupled to those of `"
                + String.join("`, `", excepted)
                + "`, which `except` keeps",
            "remove its amount, or do not except `" + String.join("`, `", excepted) + "`");
      }
      if (!excepted.contains(layer)) {
        held.add(layer);
      }
    }
  }

  private static void refuseWholeLayers(Graph start, Choice choice, List<Family> families) {
    Set<String> removable = new LinkedHashSet<>();
    families.forEach(f -> removable.addAll(f.layers()));
    for (String layer : choice.own().keySet()) {
      if (!removable.contains(layer)) {
        throw EspalierException.program(
            "the channels of `" + layer + "` cannot go",
            "layer `" + layer + "` of `" + start.name() + "`",
            "they are the model's outputs, or an operator after it needs all of them",
            "remove its amount");
      }
    }
  }

  /** The amount that overrides give a family, or null; layers coupled to one another must agree. */
  private static Amount own(Family family, Choice choice) {
    Amount own = null;
    String from = "";
    for (String layer : family.layers()) {
      Amount amount = choice.own().get(layer);
      if (amount != null && own != null && !amount.equals(own)) {
        throw EspalierException.program(
            "`" + from + "` and `" + layer + "` cannot have different amounts",
            "layer `" + layer + "`",
            "their channels are coupled: what one loses the other loses",
            "give both the same amount");
      }
      if (amount != null) {
        own = amount;
        from = layer;
      }
    }
    return own;
  }

  private void refuseLess(Graph start) {
    long end = 0;
    long now = 0;
    long dense = 0;
    for (Pool pool : pools) {
      Course course = pool.course();
      if (!(course.amount() instanceof Amount.Level level)) {
        continue;
      }
      if (!course.amount().equals(spec.amount()) && course.end() > course.start()) {
        throw less("layer `" + pool.name() + "` has", course.start(), course.dense(), level);
      }
      if (course.amount().equals(spec.amount())) {
        end += course.end();
        now += course.start();
        dense += course.dense();
      }
    }
    if (end > now && spec.amount() instanceof Amount.Level level) {
      throw less("`" + start.name() + "` has", now, dense, level);
    }
  }

  private static EspalierException less(String subject, long now, long dense, Amount.Level level) {
    String reached = Refusal.percent(1 - (double) now / dense);
    String asked = Refusal.percent(level.fraction());
    return EspalierException.program(
        subject + " already lost " + reached + " of its channels",
        "prune " + asked + " of channels",
        "percentages count from the dense original",
        "ask for more than " + reached + ", or a part `of remaining`");
  }

  /**
   * How many channels a family had in the dense original: as many times more than now as the layer
   * with most channels had.
   */
  private static long dense(Graph start, Coupling coupling, DenseOriginal dense, Family family) {
    long slices = 0;
    long originally = 0;
    for (Layers.Prunable layer : Layers.of(start)) {
      if (!family.layers().contains(layer.layer())) {
        continue;
      }
      Coupling.Axis out = new Coupling.Axis(layer.weight(), layer.outAxis());
      long here = 0;
      for (Coupling.Group group : family.groups()) {
        here += group.slices().getOrDefault(out, new int[0]).length;
      }
      if (here > slices) {
        slices = here;
        // Frozen slices of the layer never went and never will.
        originally = dense.channels().get(layer.layer()) - (coupling.count(out) - here);
      }
    }
    return Math.round((double) originally * family.groups().size() / slices);
  }

  /** The groups that may go, by the layers that share them directly or through others. */
  private static List<Family> families(Coupling coupling) {
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

  @Override
  public Graph next(Graph now, int round) {
    Coupling coupling = Coupling.of(now);
    List<Family> families = families(coupling);
    Importance importance = new Importance(now, coupling);
    Map<Coupling.Axis, Integer> left = new HashMap<>();
    List<Coupling.Group> gone = new ArrayList<>();
    for (Pool pool : pools) {
      SplittableRandom random =
          Randomness.of(seed, "prune channels " + pool.name() + " round " + round);
      List<Scored> scored = new ArrayList<>();
      for (Family family : families) {
        if (pool.families().contains(family.layers())) {
          score(family, importance, random, scored);
        }
      }
      int size = scored.size();
      long wanted = size - pool.course().keep(round, size);
      scored.sort(Comparator.comparingDouble(Scored::score));
      for (Scored candidate : scored) {
        if (wanted > 0 && spare(candidate.group(), coupling, left)) {
          gone.add(candidate.group());
          wanted--;
        }
      }
    }
    return gone.isEmpty() ? now : ChannelRemoval.remove(now, coupling, gone);
  }

  private record Scored(Coupling.Group group, double score) {}

  private void score(
      Family family, Importance importance, SplittableRandom random, List<Scored> into) {
    if (spec.criterion() instanceof Criterion.Random) {
      family.groups().forEach(g -> into.add(new Scored(g, random.nextDouble())));
    } else if (spec.criterion() instanceof Criterion.Magnitude) {
      double mean = family.groups().stream().mapToDouble(importance::of).average().orElseThrow();
      double scale = spec.globally() && mean > 0 ? mean : 1;
      family.groups().forEach(g -> into.add(new Scored(g, importance.of(g) / scale)));
    } else {
      throw new IllegalStateException("no channels by " + spec.criterion());
    }
  }

  /**
   * Whether the group can go and each axis still keeps a slice; if so its slices are counted off.
   */
  private static boolean spare(
      Coupling.Group group, Coupling coupling, Map<Coupling.Axis, Integer> left) {
    for (Map.Entry<Coupling.Axis, int[]> e : group.slices().entrySet()) {
      int there = left.computeIfAbsent(e.getKey(), coupling::count);
      if (there <= e.getValue().length) {
        return false;
      }
    }
    group.slices().forEach((axis, indices) -> left.merge(axis, -indices.length, Integer::sum));
    return true;
  }

  /** L2 norms of groups, from the sums of squares of all slices of all kernels. */
  private static final class Importance {
    private final Map<Coupling.Axis, double[]> squares = new HashMap<>();

    Importance(Graph graph, Coupling coupling) {
      Set<String> counted = new LinkedHashSet<>();
      Layers.of(graph).forEach(p -> counted.add(p.weight()));
      for (Node node : graph.nodes()) {
        if (node.operator().equals("BatchNormalization") && graph.hasWeight(node.input(1))) {
          counted.add(node.input(1));
        }
      }
      for (Coupling.Group group : coupling.groups()) {
        for (Coupling.Axis axis : group.slices().keySet()) {
          if (counted.contains(axis.value())) {
            squares.computeIfAbsent(axis, a -> squares(graph.tensor(a.value()), a.axis()));
          }
        }
      }
    }

    private static double[] squares(Tensor tensor, int axis) {
      long[] shape = tensor.shape();
      int inner = 1;
      for (int i = axis + 1; i < shape.length; i++) {
        inner *= (int) shape[i];
      }
      double[] sums = new double[(int) shape[axis]];
      float[] values = tensor.floats();
      for (int i = 0; i < values.length; i++) {
        sums[i / inner % sums.length] += (double) values[i] * values[i];
      }
      return sums;
    }

    double of(Coupling.Group group) {
      double sum = 0;
      for (Map.Entry<Coupling.Axis, int[]> e : group.slices().entrySet()) {
        double[] of = squares.get(e.getKey());
        if (of != null) {
          for (int i : e.getValue()) {
            sum += of[i];
          }
        }
      }
      return Math.sqrt(sum);
    }
  }

  @Override
  public String effect(Graph before, Graph after) {
    Map<String, Long> dense = DenseOriginal.of(after).channels();
    Set<String> pruned = new LinkedHashSet<>();
    pools.forEach(pool -> pool.families().forEach(pruned::addAll));
    long had = channels(before, pruned);
    long has = channels(after, pruned);
    long originally = pruned.stream().mapToLong(dense::get).sum();
    StringBuilder text = new StringBuilder();
    text.append("removed ")
        .append(Refusal.count(had - has))
        .append(" of ")
        .append(Refusal.count(had))
        .append(" channels (")
        .append(String.format(Locale.ROOT, "%.1f%%", 100.0 * (had - has) / had));
    if (originally != had) {
      text.append(
          String.format(
              Locale.ROOT,
              "; %.1f%% of the dense original's are gone",
              100.0 * (originally - has) / originally));
    }
    text.append("): parameters ")
        .append(change(Parameters.count(before), Parameters.count(after)))
        .append(", MACs ")
        .append(change(Cost.macs(before), Cost.macs(after)));
    if (!held.isEmpty()) {
      text.append("; kept whole, being coupled to what is excepted: ")
          .append(Layers.some(List.copyOf(held)));
    }
    return text.toString();
  }

  private static String change(long before, long after) {
    return Refusal.count(before)
        + " → "
        + Refusal.count(after)
        + String.format(Locale.ROOT, " (−%.1f%%)", 100.0 * (before - after) / before);
  }

  private static long channels(Graph graph, Set<String> layers) {
    return Layers.of(graph).stream()
        .filter(p -> layers.contains(p.layer()))
        .mapToLong(p -> graph.weights().get(p.weight()).shape()[p.outAxis()])
        .sum();
  }
}
