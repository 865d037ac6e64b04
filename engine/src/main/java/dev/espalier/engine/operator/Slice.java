package dev.espalier.engine.operator;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.index.NDIndex;
import dev.espalier.engine.graph.Node;
import dev.espalier.engine.graph.Tensor;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;

/** Ranges along axes, with positive steps; starts, ends, axes and steps are constant inputs. */
final class Slice implements Operator {
  @Override
  public String type() {
    return "Slice";
  }

  /** Per axis: first, end, step. */
  private static long[][] ranges(Node node, long[] x, IntFunction<Optional<Tensor>> constants) {
    long[] starts = whole(node, 1, constants);
    long[] ends = whole(node, 2, constants);
    long[] axes = node.input(3).isEmpty() ? null : whole(node, 3, constants);
    long[] steps = node.input(4).isEmpty() ? null : whole(node, 4, constants);
    if (starts.length != ends.length
        || (axes != null && axes.length != starts.length)
        || (steps != null && steps.length != starts.length)
        || starts.length > x.length) {
      throw Refusal.misfit(node, "starts, ends, axes and steps differ in length");
    }
    long[][] out = new long[x.length][];
    for (int i = 0; i < x.length; i++) {
      out[i] = new long[] {0, x[i], 1};
    }
    for (int i = 0; i < starts.length; i++) {
      int axis = axes == null ? i : Refusal.axis(node, axes[i], x.length);
      long step = steps == null ? 1 : steps[i];
      if (step < 1) {
        throw Refusal.unsupported(node, "step " + step, "use steps of 1 or more");
      }
      long first = within(starts[i], x[axis]);
      out[axis] = new long[] {first, Math.max(first, within(ends[i], x[axis])), step};
    }
    return out;
  }

  private static long within(long at, long size) {
    return Math.max(0, Math.min(size, at < 0 ? at + size : at));
  }

  private static long[] whole(Node node, int i, IntFunction<Optional<Tensor>> constants) {
    Optional<Tensor> t = node.input(i).isEmpty() ? Optional.empty() : constants.apply(i);
    if (t.isEmpty() || t.get().isFloating()) {
      throw Refusal.unsupported(
          node,
          "bounds that are computed or attributes",
          "export the model with opset 10 or later");
    }
    return t.get().longs();
  }

  private static long count(long[] range) {
    return (range[1] - range[0] + range[2] - 1) / range[2];
  }

  @Override
  public List<long[]> shapes(Node node, Inputs inputs) {
    Refusal.given(node, inputs, 3);
    long[] out = inputs.shape(0).clone();
    long[][] ranges = ranges(node, out, inputs::constant);
    for (int i = 0; i < out.length; i++) {
      out[i] = count(ranges[i]);
    }
    return List.of(out);
  }

  @Override
  public Optional<Tensor> fold(Node node, Inputs inputs) {
    Optional<Tensor> data = inputs.constant(0);
    if (data.isEmpty() || data.get().rank() != 1) {
      return Optional.empty();
    }
    long[] range = ranges(node, inputs.shape(0), inputs::constant)[0];
    int[] kept = new int[(int) count(range)];
    for (int i = 0; i < kept.length; i++) {
      kept[i] = (int) (range[0] + i * range[2]);
    }
    return kept.length == 0 ? Optional.empty() : Optional.of(data.get().select(0, kept));
  }

  @Override
  public NDList compute(Node node, NDList inputs, Pass pass) {
    NDArray x = inputs.get(0);
    long[][] ranges = ranges(node, x.getShape().getShape(), i -> pass.constant(node.input(i)));
    NDIndex index = new NDIndex();
    for (long[] range : ranges) {
      index.addSliceDim(range[0], range[1], range[2]);
    }
    NDArray y = x.get(pass.manager(), index);
    y.attach(pass.manager());
    return new NDList(y);
  }

  @Override
  public void couple(Node node, Inputs inputs, List<long[]> outputs, Ties ties) {
    long[] x = inputs.shape(0);
    long[][] ranges = ranges(node, x, inputs::constant);
    for (int axis = 0; axis < x.length; axis++) {
      if (ranges[axis][0] == 0 && ranges[axis][1] == x[axis] && ranges[axis][2] == 1) {
        ties.tie(node.input(0), axis, node.output(), axis, (int) x[axis]);
      } else {
        // The bounds are fixed numbers: nothing before them may move.
        ties.freeze(node.input(0), axis);
        ties.freeze(node.output(), axis);
      }
    }
  }
}
