package dev.espalier.engine.prune;

import dev.espalier.engine.graph.Tensor;
import dev.espalier.engine.prune.Coupling.Axis;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * A run of axes of one value whose elements, in the same order, are a run of axes of another: what
 * flattening, shuffling channels by Reshape and Transpose, and splitting into heads consist of.
 *
 * <p>Both runs are cut into the same factors: of [12, 64] → [768] the factors are 12 and 64. An
 * axis of one factor is that factor; of an axis of several, slices can go along one of them only,
 * or what is left would be no rectangle. Which one is settled for the whole graph at once: never
 * one that something else keeps; then, of a split, the last factor (the width of a head, the
 * channels of a group) or, when heads go whole, the one before it; and of a merge the factor that
 * the splits before it chose, else the first (the channels before a dense layer).
 */
final class Regrouping {
  /** One common factor of both runs: where it lies on each side, and its stride there. */
  private static final class Factor {
    final int size;
    final Side from;
    final Side to;
    final int strideFrom;
    final int strideTo;

    Factor(int size, Side from, Side to, int strideFrom, int strideTo) {
      this.size = size;
      this.from = from;
      this.to = to;
      this.strideFrom = strideFrom;
      this.strideTo = strideTo;
    }

    Side other(Side side) {
      return side == from ? to : from;
    }

    boolean mobile() {
      return from.chosen == this && to.chosen == this;
    }
  }

  /** An axis of a run with its factors, outermost first. */
  private static final class Side {
    final Axis axis;
    final List<Factor> factors = new ArrayList<>();
    Factor chosen;

    Side(Axis axis) {
      this.axis = axis;
    }

    boolean composite() {
      return factors.size() > 1;
    }
  }

  private final List<Side> from;
  private final List<Side> to;
  private final List<Factor> factors;

  private Regrouping(List<Side> from, List<Side> to, List<Factor> factors) {
    this.from = from;
    this.to = to;
    this.factors = factors;
  }

  /** The shortest runs of two shapes of as many elements. */
  static List<Regrouping> of(String x, long[] from, String y, long[] to) {
    List<Regrouping> runs = new ArrayList<>();
    if (Tensor.count(from) == 0) {
      return runs;
    }
    int i = 0;
    int j = 0;
    while (i < from.length || j < to.length) {
      int startI = i;
      int startJ = j;
      long a = i < from.length ? from[i++] : 1;
      long b = j < to.length ? to[j++] : 1;
      while (a != b) {
        if (a < b) {
          a *= from[i++];
        } else {
          b *= to[j++];
        }
      }
      runs.add(
          run(
              sides(x, startI, i),
              sizes(from, startI, i),
              sides(y, startJ, j),
              sizes(to, startJ, j)));
    }
    return runs;
  }

  private static List<Side> sides(String value, int start, int end) {
    List<Side> sides = new ArrayList<>();
    for (int axis = start; axis < end; axis++) {
      sides.add(new Side(new Axis(value, axis)));
    }
    return sides;
  }

  private static long[] sizes(long[] shape, int start, int end) {
    return Arrays.copyOfRange(shape, start, end);
  }

  private static Regrouping run(List<Side> from, long[] sizesFrom, List<Side> to, long[] sizesTo) {
    TreeSet<Long> strides = new TreeSet<>(List.of(1L));
    strides.addAll(strides(sizesFrom));
    strides.addAll(strides(sizesTo));
    List<Long> cuts = new ArrayList<>(strides);
    List<Factor> factors = new ArrayList<>();
    for (int c = cuts.size() - 2; c >= 0; c--) {
      long low = cuts.get(c);
      long high = cuts.get(c + 1);
      if (high % low != 0) {
        // No common factors: [6] → [4, …] cut across each other. Nothing may move.
        return new Regrouping(from, to, List.of());
      }
      Holder left = holder(from, sizesFrom, low);
      Holder right = holder(to, sizesTo, low);
      factors.add(
          new Factor(
              (int) (high / low),
              left.side,
              right.side,
              (int) (low / left.stride),
              (int) (low / right.stride)));
    }
    for (Factor factor : factors) {
      factor.from.factors.add(factor);
      factor.to.factors.add(factor);
    }
    return new Regrouping(from, to, factors);
  }

  /** The strides above each axis of a run. */
  private static Set<Long> strides(long... sizes) {
    Set<Long> strides = new HashSet<>();
    long stride = 1;
    for (int i = sizes.length - 1; i >= 0; i--) {
      stride *= sizes[i];
      strides.add(stride);
    }
    return strides;
  }

  private record Holder(Side side, long stride) {}

  /** The axis that holds the factor beginning at a stride. */
  private static Holder holder(List<Side> sides, long[] sizes, long low) {
    long stride = 1;
    for (int i = sizes.length - 1; i >= 0; i--) {
      long next = stride * sizes[i];
      if (low >= stride && low < next) {
        return new Holder(sides.get(i), stride);
      }
      stride = next;
    }
    throw new IllegalStateException("no axis holds stride " + low);
  }

  /** Chooses, for every axis of several factors, the one along which slices may go. */
  static void settle(List<Regrouping> all, AxisClasses classes, Heads heads) {
    for (Regrouping r : all) {
      r.joinPlain(classes);
    }
    freezeWithComposites(all, classes);
    Set<Axis> grouping = new HashSet<>();
    for (Regrouping r : all) {
      for (Side side : r.from) {
        if (side.composite()) {
          for (int i = 0; i + 1 < side.factors.size(); i++) {
            Factor outer = side.factors.get(i);
            if (!outer.to.composite()) {
              grouping.add(classes.of(outer.to.axis));
            }
          }
        }
      }
    }
    for (Regrouping r : all) {
      for (Side side : r.from) {
        side.chosen = r.choose(side, true, grouping, classes, heads);
      }
      for (Side side : r.to) {
        side.chosen = r.choose(side, false, grouping, classes, heads);
      }
    }
  }

  /** Axes that are one factor on both sides stand for the same thing. */
  private void joinPlain(AxisClasses classes) {
    for (Factor factor : factors) {
      if (!factor.from.composite() && !factor.to.composite()) {
        classes.join(factor.from.axis, factor.to.axis);
      }
    }
  }

  /** When an axis may not change, none of its factors may; when none of these may, nor may it. */
  private static void freezeWithComposites(List<Regrouping> all, AxisClasses classes) {
    boolean changed = true;
    while (changed) {
      changed = false;
      for (Regrouping r : all) {
        for (List<Side> sides : List.of(r.from, r.to)) {
          for (Side side : sides) {
            if (side.composite()) {
              changed |= spread(side, classes);
            }
          }
        }
      }
    }
  }

  private static boolean spread(Side composite, AxisClasses classes) {
    boolean changed = false;
    boolean held = true;
    for (Factor factor : composite.factors) {
      Side other = factor.other(composite);
      if (!other.composite() && classes.isFrozen(composite.axis)) {
        changed |= classes.freeze(other.axis);
      }
      held &= !other.composite() && classes.isFrozen(other.axis);
    }
    return held && !classes.isFrozen(composite.axis) ? classes.freeze(composite.axis) : changed;
  }

  private Factor choose(
      Side side, boolean split, Set<Axis> grouping, AxisClasses classes, Heads heads) {
    if (!side.composite()) {
      return side.factors.isEmpty() ? null : side.factors.get(0);
    }
    List<Factor> free = new ArrayList<>();
    for (Factor factor : side.factors) {
      Side other = factor.other(side);
      if (other.composite() || !classes.isFrozen(other.axis)) {
        free.add(factor);
      }
    }
    if (free.isEmpty()) {
      return null;
    }
    List<Factor> wanted = new ArrayList<>();
    for (Factor factor : free) {
      boolean groups = grouping.contains(classes.of(factor.other(side).axis));
      if (groups == (heads == Heads.WHOLE)) {
        wanted.add(factor);
      }
    }
    List<Factor> from = wanted.isEmpty() ? free : wanted;
    return split ? from.get(from.size() - 1) : from.get(0);
  }

  /** Ties what moves along the chosen factors and freezes the rest. */
  void tie(Coupling coupling) {
    Set<Side> moving = new HashSet<>();
    for (Factor factor : factors) {
      if (factor.mobile()) {
        moving.add(factor.from);
        moving.add(factor.to);
        tie(factor, coupling);
      }
    }
    for (List<Side> sides : List.of(from, to)) {
      for (Side side : sides) {
        if (!moving.contains(side)) {
          coupling.freeze(side.axis.value(), side.axis.axis());
        }
      }
    }
  }

  private static void tie(Factor factor, Coupling coupling) {
    int countFrom = coupling.count(factor.from.axis);
    int countTo = coupling.count(factor.to.axis);
    int[] firstFrom = new int[factor.size];
    Arrays.fill(firstFrom, -1);
    for (int i = 0; i < countFrom; i++) {
      int digit = i / factor.strideFrom % factor.size;
      if (firstFrom[digit] < 0) {
        firstFrom[digit] = i;
      } else {
        coupling.tie(factor.from.axis, firstFrom[digit], i);
      }
    }
    for (int j = 0; j < countTo; j++) {
      int digit = j / factor.strideTo % factor.size;
      coupling.tie(
          factor.from.axis.value(),
          factor.from.axis.axis(),
          firstFrom[digit],
          factor.to.axis.value(),
          factor.to.axis.axis(),
          j);
    }
  }
}
