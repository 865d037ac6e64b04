package dev.espalier.engine.prune;

import dev.espalier.engine.EspalierException;
import dev.espalier.engine.Progress;
import dev.espalier.engine.Randomness;
import dev.espalier.engine.graph.Graph;
import dev.espalier.engine.measure.Parameters;
import dev.espalier.engine.operator.Cost;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
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
  /** Levels that are searched for are told apart to a thousandth. */
  private static final int LEVELS = 1000;

  private final Graph start;
  private final PruneSpec spec;
  private final long seed;
  private final Coupling coupling;
  private final List<Pool> pools = new ArrayList<>();
  private final Set<String> held = new LinkedHashSet<>();

  /** Families, by their layers, that compete with one another. */
  private record Pool(String name, Set<Set<String>> families, Course course) {}

  ChannelPruning(Graph start, PruneSpec spec, long seed) {
    this.spec = spec;
    this.seed = seed;
    this.start = start;
    Choice choice = Choice.of(start, spec);
    DenseOriginal dense = DenseOriginal.of(start);
    coupling = Coupling.of(start, spec.shape().heads());
    List<Family> families = Family.of(coupling);
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
                course(amount, originally, family.groups().size())));
      }
    }
    if (!together.isEmpty()) {
      long originally = together.values().stream().mapToLong(Long::longValue).sum();
      pools.add(
          new Pool("globally", together.keySet(), course(spec.amount(), originally, togetherNow)));
    }
  }

  /** The same, refused when nothing may go or the level is reached already. */
  ChannelPruning checked() {
    if (pools.isEmpty()) {
      Shortfall nothing = nothingMayGo();
      throw EspalierException.program(
          nothing.why(),
          "prune of channels",
          "coupled to what is excepted: " + Layers.some(List.copyOf(held)),
          nothing.fix());
    }
    refuseLess(start);
    return this;
  }

  private static Shortfall nothingMayGo() {
    return new Shortfall(
        "",
        "`except` leaves no channel that may go",
        "except fewer layers; `show layers` lists them");
  }

  /** Why the budgets cannot be met; empty when they can. */
  Optional<Shortfall> shortfall(Amount.Budgets budgets) {
    if (pools.isEmpty()) {
      return Optional.of(nothingMayGo());
    }
    Ranking ranking = new Ranking(start, 1);
    Graph least = ranking.without(ranking.going((pool, size) -> kept(pool, size, 1, 1)));
    return new BudgetSearch(start, budgets, 1, 1, Progress.NONE).shortfall(least);
  }

  /** Null for a budget, whose level is searched for. */
  private Course course(Amount amount, long originally, long now) {
    return amount instanceof Amount.Budgets
        ? null
        : new Course(amount, originally, now, spec.rounds());
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
      if (course == null || !(course.amount() instanceof Amount.Level level)) {
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

  @Override
  public Graph next(Graph now, int round, Progress progress) {
    Ranking ranking = new Ranking(now, round);
    if (spec.amount() instanceof Amount.Budgets budgets) {
      BudgetSearch search = new BudgetSearch(start, budgets, round, spec.rounds(), progress);
      return ranking.within(search, round);
    }
    return ranking.without(ranking.going((pool, size) -> pool.course().keep(round, size)));
  }

  /** What a pool keeps: by its own amount, or at a level that is searched for. */
  private static long kept(Pool pool, long size, int round, double level) {
    return pool.course() == null
        ? Math.max(1, Math.round(size * (1 - level)))
        : pool.course().keep(round, size);
  }

  /** A group, and which family of its pool it belongs to. */
  private record Scored(Coupling.Group group, double score, int family) {}

  /** A family with its groups, least important first. */
  private record Ranked(Pool pool, Family family, List<Scored> groups) {}

  @SuppressWarnings("ReferenceEquality")
  private static boolean sameGraph(Graph a, Graph b) {
    // Whether it has to be looked at again; to compare all weights would cost more.
    return a == b;
  }

  /** How many groups of a pool of that size stay. */
  private interface Keeping {
    long of(Pool pool, long size);
  }

  /** The groups of one graph, least important first. */
  private final class Ranking {
    private final Graph now;
    private final Coupling coupling;
    private final List<Ranked> ranked = new ArrayList<>();

    Ranking(Graph now, int round) {
      this.now = now;
      this.coupling =
          sameGraph(now, start)
              ? ChannelPruning.this.coupling
              : Coupling.of(now, spec.shape().heads());
      List<Family> families = Family.of(coupling);
      // By chance the weights, which may be millions, need not be read.
      Optional<Importance> importance =
          spec.criterion() instanceof Criterion.Random
              ? Optional.empty()
              : Optional.of(new Importance(now, coupling));
      for (Pool pool : pools) {
        SplittableRandom random =
            Randomness.of(seed, "prune channels " + pool.name() + " round " + round);
        for (Family family : families) {
          if (pool.families().contains(family.layers())) {
            List<Scored> own = score(family, ranked.size(), importance, random);
            own.sort(Comparator.comparingDouble(Scored::score));
            ranked.add(new Ranked(pool, family, own));
          }
        }
      }
    }

    /** The graph without so many of the least important of each family. */
    Graph without(int[] going) {
      Map<Coupling.Axis, Integer> left = new HashMap<>();
      List<Coupling.Group> gone = new ArrayList<>();
      for (int f = 0; f < going.length; f++) {
        int wanted = going[f];
        for (Scored candidate : ranked.get(f).groups()) {
          if (wanted > 0 && spare(candidate.group(), coupling, left)) {
            gone.add(candidate.group());
            wanted--;
          }
        }
      }
      return gone.isEmpty() ? now : ChannelRemoval.remove(now, coupling, gone);
    }

    /** How many groups each family loses. */
    int[] going(Keeping keeping) {
      int[] going = new int[ranked.size()];
      for (Pool pool : pools) {
        List<Scored> all = new ArrayList<>();
        for (Ranked one : ranked) {
          if (one.pool().equals(pool)) {
            all.addAll(one.groups());
          }
        }
        all.sort(Comparator.comparingDouble(Scored::score));
        Map<Coupling.Axis, Integer> left = new HashMap<>();
        long wanted = all.size() - keeping.of(pool, all.size());
        for (Scored candidate : all) {
          if (wanted > 0 && spare(candidate.group(), coupling, left)) {
            going[candidate.family()]++;
            wanted--;
          }
        }
      }
      for (int f = 0; f < going.length; f++) {
        going[f] = rounded(ranked.get(f).family().groups().size(), unit(f), going[f]);
      }
      return going;
    }

    /** By how many groups a family's width changes, so that it stays a multiple. */
    private int unit(int f) {
      int multiple = spec.shape().roundTo();
      int each = coupling.width(ranked.get(f).family().groups().get(0));
      return multiple / BigInteger.valueOf(multiple).gcd(BigInteger.valueOf(each)).intValue();
    }

    /** The graph that keeps as much as budgets allow. */
    Graph within(BudgetSearch budgets, int round) {
      List<Allocation.Part> parts = new ArrayList<>();
      for (int f = 0; f < ranked.size(); f++) {
        parts.add(
            new Allocation.Part(
                ranked.get(f).groups().stream().mapToDouble(Scored::score).toArray(),
                unit(f),
                ranked.get(f).pool().course() == null));
      }
      return new Allocation(parts, this::without, budgets)
          .atLowest(
              level -> going((pool, size) -> kept(pool, size, round, (double) level / LEVELS)),
              LEVELS);
    }
  }

  /** So many that the width left is a multiple of what was asked for, where it can be. */
  private static int rounded(int size, int unit, int going) {
    if (unit <= 1 || going == 0) {
      return going;
    }
    long kept = Math.max(unit, Math.round((double) (size - going) / unit) * unit);
    return (int) Math.max(0, size - kept);
  }

  private List<Scored> score(
      Family family, int index, Optional<Importance> known, SplittableRandom random) {
    List<Scored> scored = new ArrayList<>();
    if (spec.criterion() instanceof Criterion.Random) {
      family.groups().forEach(g -> scored.add(new Scored(g, random.nextDouble(), index)));
    } else if (spec.criterion() instanceof Criterion.Magnitude) {
      Importance importance = known.orElseThrow();
      double mean = family.groups().stream().mapToDouble(importance::of).average().orElseThrow();
      double scale = spec.globally() && mean > 0 ? mean : 1;
      family.groups().forEach(g -> scored.add(new Scored(g, importance.of(g) / scale, index)));
    } else {
      throw new IllegalStateException("no channels by " + spec.criterion());
    }
    return scored;
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
    if (spec.shape().roundTo() > 1) {
      text.append("; widths in multiples of ").append(spec.shape().roundTo());
    }
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
