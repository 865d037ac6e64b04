package dev.espalier.engine.operator;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.index.NDIndex;
import dev.espalier.engine.graph.DataType;
import dev.espalier.engine.graph.Node;
import dev.espalier.engine.graph.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** Ranges along axes, forwards or backwards; starts, ends, axes and steps are constant inputs. */
final class Slice implements Operator {
  /** The slices {@code first + i·step} of an axis. */
  private record Chosen(long first, long step, long count) {
    /** The lowest slice. */
    long low() {
      return step > 0 || count == 0 ? first : first + (count - 1) * step;
    }
  }

  @Override
  public String type() {
    return "Slice";
  }

  /** The whole numbers of an input. */
  @FunctionalInterface
  private interface Bounds {
    Optional<long[]> of(int input);
  }

  private static long[] bound(Node node, int i, Bounds bounds) {
    return Operands.needed(node, bounds.of(i), "bounds");
  }

  /** The axis that each of the starts is about. */
  private static int[] axes(Node node, int rank, int count, Bounds bounds) {
    if (node.input(3).isEmpty()) {
      if (count > rank) {
        throw Refusal.misfit(node, "it slices " + count + " axes of " + rank);
      }
      return IntStream.range(0, count).toArray();
    }
    return Arrays.stream(bound(node, 3, bounds))
        .mapToInt(axis -> Refusal.axis(node, axis, rank))
        .toArray();
  }

  private static Chosen[] chosen(Node node, long[] x, Bounds bounds) {
    long[] starts = bound(node, 1, bounds);
    long[] ends = bound(node, 2, bounds);
    int[] axes = axes(node, x.length, starts.length, bounds);
    long[] steps = new long[starts.length];
    Arrays.fill(steps, 1);
    if (!node.input(4).isEmpty()) {
      steps = bound(node, 4, bounds);
    }
    if (starts.length != ends.length
        || axes.length != starts.length
        || steps.length != starts.length) {
      throw Refusal.misfit(node, "starts, ends, axes and steps differ in length");
    }
    Chosen[] out = new Chosen[x.length];
    Arrays.setAll(out, i -> new Chosen(0, 1, x[i]));
    for (int i = 0; i < starts.length; i++) {
      out[axes[i]] = chosen(node, x[axes[i]], starts[i], ends[i], steps[i]);
    }
    return out;
  }

  private static Chosen chosen(Node node, long size, long start, long end, long step) {
    if (size == 0) {
      return new Chosen(0, 1, 0);
    }
    if (step == 0 || step == Long.MIN_VALUE) {
      throw Refusal.misfit(node, "a step is " + step);
    }
    long from = start < 0 ? start + size : start;
    long to = end < 0 ? end + size : end;
    if (step > 0) {
      long first = Math.max(0, Math.min(size, from));
      long past = Math.max(first, Math.min(size, to));
      return new Chosen(first, step, past == first ? 0 : (past - first - 1) / step + 1);
    }
    long first = Math.max(0, Math.min(size - 1, from));
    long past = Math.min(first, Math.max(-1, Math.min(size - 1, to)));
    return new Chosen(first, step, past == first ? 0 : (first - past - 1) / -step + 1);
  }

  @Override
  public List<long[]> shapes(Node node, Inputs inputs) {
    Refusal.given(node, inputs, 3);
    long[] out = inputs.shape(0);
    Chosen[] chosen = chosen(node, out, i -> Operands.integers(inputs, i));
    return List.of(Arrays.stream(chosen).mapToLong(Chosen::count).toArray());
  }

  @Override
  public Optional<Tensor> fold(Node node, Inputs inputs) {
    Optional<Tensor> data = inputs.constant(0);
    if (data.isEmpty() || data.get().size() > Folding.MOST) {
      return Optional.empty();
    }
    Chosen[] ranges = chosen(node, inputs.shape(0), i -> Operands.integers(inputs, i));
    Tensor out = data.get();
    for (int axis = 0; axis < ranges.length; axis++) {
      int[] kept = new int[(int) ranges[axis].count()];
      for (int i = 0; i < kept.length; i++) {
        kept[i] = (int) (ranges[axis].first() + i * ranges[axis].step());
      }
      out = out.select(axis, kept);
    }
    return Optional.of(out);
  }

  @Override
  public NDList compute(Node node, NDList inputs, Pass pass) {
    NDArray x = Operands.of(node, inputs, 0, pass);
    Chosen[] chosen = chosen(node, x.getShape().getShape(), i -> Operands.integers(node, i, pass));
    NDIndex index = new NDIndex();
    for (Chosen range : chosen) {
      long step = Math.abs(range.step());
      long past = range.count() == 0 ? 0 : (range.count() - 1) * step + 1;
      index.addSliceDim(range.low(), range.low() + past, step);
    }
    NDArray y = x.get(pass.manager(), index);
    y.attach(pass.manager());
    int[] backwards = IntStream.range(0, chosen.length).filter(i -> chosen[i].step() < 0).toArray();
    return new NDList(backwards.length == 0 ? y : y.flip(backwards));
  }

  /** A slice that is kept goes with its copy; the bounds move with what stays. */
  @Override
  public void couple(Node node, Inputs inputs, List<long[]> outputs, Ties ties) {
    long[] x = inputs.shape(0);
    Chosen[] chosen = chosen(node, x, i -> Operands.integers(inputs, i));
    for (int axis = 0; axis < x.length; axis++) {
      Chosen range = chosen[axis];
      if (Math.abs(range.step()) == 1) {
        for (int i = 0; i < range.count(); i++) {
          int from = (int) (range.first() + i * range.step());
          ties.tie(node.input(0), axis, from, node.output(), axis, i);
        }
      } else {
        // Every so many slices: what is left would not be one range.
        ties.freeze(node.input(0), axis);
        ties.freeze(node.output(), axis);
      }
    }
  }

  /** The range that the slices left of it are among those left of the input. */
  @Override
  public Node refit(Node node, Inputs remaining, List<long[]> outputs, Constants fresh) {
    Bounds bounds = i -> Operands.integers(remaining, i);
    long[] starts = bound(node, 1, bounds).clone();
    long[] ends = bound(node, 2, bounds).clone();
    long[] x = remaining.shape(0);
    int[] axes = axes(node, x.length, starts.length, bounds);
    long[] before = remaining.before(0);
    Chosen[] chosen = chosen(node, before, bounds);
    for (int i = 0; i < starts.length; i++) {
      int axis = axes[i];
      if (x[axis] == before[axis]) {
        continue;
      }
      long low = chosen[axis].low();
      long first = Arrays.stream(remaining.kept(0, axis)).filter(slice -> slice < low).count();
      long past = first + outputs.get(0)[axis];
      boolean forwards = chosen[axis].step() > 0;
      starts[i] = forwards ? first : past - 1;
      // One before the first slice is counted from the back, beyond the front.
      ends[i] = forwards ? past : first - 1 - x[axis];
    }
    Node moved = fresh.integers(fresh.integers(node, 1, starts), 2, ends);
    // All four are of one type: int64 from now on.
    for (int i = 3; i < 5; i++) {
      if (remaining.has(i) && remaining.type(i) != DataType.INT64) {
        moved = fresh.integers(moved, i, bound(node, i, bounds));
      }
    }
    return moved;
  }
}
