package dev.espalier.engine.prune;

import dev.espalier.engine.Progress;
import dev.espalier.engine.Randomness;
import dev.espalier.engine.graph.Graph;
import dev.espalier.engine.graph.Tensor;
import dev.espalier.engine.train.Trainer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Masks single weights: the least important become zero. */
final class WeightPruning implements Rounds {
  private final PruneSpec spec;
  private final long seed;
  private final List<Pool> pools = new ArrayList<>();

  /** Weights that compete with one another. */
  private record Pool(String name, List<Layers.Prunable> layers, Course course) {}

  WeightPruning(Graph start, PruneSpec spec, long seed) {
    this.spec = spec;
    this.seed = seed;
    Choice choice = Choice.of(start, spec);
    DenseOriginal dense = DenseOriginal.of(start);
    List<Layers.Prunable> together = new ArrayList<>();
    for (Layers.Prunable layer : Layers.of(start)) {
      if (choice.excepted().contains(layer.layer())) {
        continue;
      }
      if (spec.globally() && !choice.own().containsKey(layer.layer())) {
        together.add(layer);
      } else {
        add(start, dense, layer.layer(), List.of(layer), choice.amount(layer.layer(), spec));
      }
    }
    if (!together.isEmpty()) {
      add(start, dense, "globally", together, spec.amount());
    }
    if (pools.isEmpty()) {
      throw Refusal.nothingToPrune("there is no kernel or matrix in float that is not excepted");
    }
    refuseLess(start);
  }

  private void add(
      Graph start, DenseOriginal dense, String name, List<Layers.Prunable> layers, Amount amount) {
    long size = layers.stream().mapToLong(l -> dense.weights().get(l.layer())).sum();
    long now = layers.stream().mapToLong(l -> start.tensor(l.weight()).nonZero()).sum();
    pools.add(new Pool(name, layers, new Course(amount, size, now, spec.rounds())));
  }

  /** A level below what is already gone is a mistake, whether of one layer or of all together. */
  private void refuseLess(Graph start) {
    long end = 0;
    long now = 0;
    long dense = 0;
    for (Pool pool : pools) {
      Course course = pool.course();
      if (!(course.amount() instanceof Amount.Level level)) {
        continue;
      }
      if (!course.amount().equals(spec.amount())) {
        if (course.end() > course.start()) {
          throw Refusal.alreadyReached(
              "layer `" + pool.name() + "` is",
              reached(course.start(), course.dense()),
              level.fraction());
        }
        continue;
      }
      end += course.end();
      now += course.start();
      dense += course.dense();
    }
    if (end > now && spec.amount() instanceof Amount.Level level) {
      throw Refusal.alreadyReached(
          "`" + start.name() + "` is", reached(now, dense), level.fraction());
    }
  }

  private static double reached(long now, long dense) {
    return 1 - (double) now / dense;
  }

  @Override
  public Graph next(Graph now, int round, Progress progress) {
    Map<String, Tensor> changed = new LinkedHashMap<>();
    for (Pool pool : pools) {
      progress.check();
      List<float[]> copies = new ArrayList<>();
      for (Layers.Prunable layer : pool.layers()) {
        float[] copy = now.tensor(layer.weight()).floats().clone();
        copies.add(copy);
        changed.put(layer.weight(), Tensor.ofFloats(now.tensor(layer.weight()).shape(), copy));
      }
      long left = Smallest.nonZero(copies);
      long gone = left - pool.course().keep(round, left);
      if (spec.criterion() instanceof Criterion.Magnitude) {
        Smallest.zero(copies, gone);
      } else if (spec.criterion() instanceof Criterion.Random) {
        Smallest.zeroRandom(
            copies, gone, Randomness.of(seed, "prune " + pool.name() + " round " + round));
      } else {
        throw new IllegalStateException("no weights by " + spec.criterion());
      }
    }
    return now.withWeights(changed).withMetadata(Trainer.PRUNED, "zeros stay zero");
  }

  @Override
  public String effect(Graph before, Graph after) {
    long masked = 0;
    long all = 0;
    List<String> empty = new ArrayList<>();
    for (LayerRow row : LayerRow.of(after)) {
      masked += row.size() - row.nonZero();
      all += row.size();
      if (row.nonZero() == 0) {
        empty.add("`" + row.layer() + "`");
      }
    }
    String text =
        "masked "
            + Refusal.count(masked)
            + " of "
            + Refusal.count(all)
            + " weights ("
            + String.format(java.util.Locale.ROOT, "%.1f%%", 100.0 * masked / all)
            + "); 0% faster on a dense runtime; the file gets smaller when packed";
    if (!empty.isEmpty()) {
      text += "; no weight is left in " + String.join(", ", empty);
    }
    return text;
  }
}
