package dev.espalier.engine.operator;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import dev.espalier.engine.graph.Node;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Einstein's summation: the product of all operands over all indices of the equation, summed over
 * those that the result lacks. Operands are multiplied one after another, each pair as a batched
 * product of matrices.
 */
final class Einsum implements Operator {
  /** Indices that an ellipsis stands for, counted from the last, begin here: above all letters. */
  private static final int ELLIPSIS = 1 << 16;

  /**
   * The equation for operands of known shapes.
   *
   * @param operands the index of every axis of every operand
   * @param result the index of every axis of the result
   * @param sizes how far each index runs
   */
  private record Equation(List<int[]> operands, int[] result, Map<Integer, Long> sizes) {}

  /** A tensor with the index of each of its axes. */
  private record Factor(NDArray array, List<Integer> indices) {}

  @Override
  public String type() {
    return "Einsum";
  }

  private static Equation equation(Node node, List<long[]> shapes) {
    String text = node.text("equation", "").replace(" ", "");
    int arrow = text.indexOf("->");
    String[] terms = (arrow < 0 ? text : text.substring(0, arrow)).split(",", -1);
    if (terms.length != shapes.size()) {
      throw Refusal.misfit(
          node, "`" + text + "` is about " + terms.length + " tensors, not " + shapes.size());
    }
    Map<Integer, Long> sizes = new HashMap<>();
    List<int[]> operands = new ArrayList<>();
    int dots = 0;
    for (int i = 0; i < terms.length; i++) {
      long[] shape = shapes.get(i);
      int extra = shape.length - terms[i].replace("...", "").length();
      int[] indices = indices(node, terms[i], extra);
      dots = terms[i].contains("...") ? Math.max(dots, extra) : dots;
      if (indices.length != shape.length
          || Arrays.stream(indices).distinct().count() != indices.length) {
        throw Refusal.misfit(
            node,
            "`" + terms[i] + "` is not about " + Refusal.shape(shape) + " with each index once");
      }
      for (int axis = 0; axis < indices.length; axis++) {
        long known = sizes.merge(indices[axis], shape[axis], (a, b) -> a == 1 ? b : a);
        if (known != shape[axis] && shape[axis] != 1) {
          throw Refusal.misfit(
              node, "an index of `" + text + "` runs to " + known + " and to " + shape[axis]);
        }
      }
      operands.add(indices);
    }
    int[] result =
        arrow < 0 ? implied(operands, dots) : indices(node, text.substring(arrow + 2), dots);
    boolean known = Arrays.stream(result).allMatch(sizes::containsKey);
    if (!known || Arrays.stream(result).distinct().count() != result.length) {
      throw Refusal.misfit(
          node, "the result of `" + text + "` has indices that are nowhere, or twice");
    }
    return new Equation(operands, result, sizes);
  }

  /** The indices of a term whose ellipsis, if any, stands for {@code extra} axes. */
  private static int[] indices(Node node, String term, int extra) {
    List<Integer> out = new ArrayList<>();
    int dots = term.indexOf("...");
    for (int i = 0; i < term.length(); i++) {
      if (i == dots) {
        for (int k = extra - 1; k >= 0; k--) {
          out.add(ELLIPSIS + k);
        }
        i += 2;
      } else if (Character.isLetter(term.charAt(i))) {
        out.add((int) term.charAt(i));
      } else {
        throw Refusal.misfit(node, "`" + term + "` is no list of indices");
      }
    }
    return out.stream().mapToInt(Integer::intValue).toArray();
  }

  /** Without an arrow: the ellipsis, and in the alphabet's order every index that is there once. */
  private static int[] implied(List<int[]> operands, int dots) {
    Map<Integer, Integer> counts = new HashMap<>();
    operands.forEach(o -> Arrays.stream(o).forEach(i -> counts.merge(i, 1, Integer::sum)));
    List<Integer> out = new ArrayList<>();
    for (int k = dots - 1; k >= 0; k--) {
      out.add(ELLIPSIS + k);
    }
    new TreeSet<>(counts.keySet())
        .stream().filter(i -> i < ELLIPSIS && counts.get(i) == 1).forEach(out::add);
    return out.stream().mapToInt(Integer::intValue).toArray();
  }

  private static Equation equation(Node node, Inputs inputs) {
    Refusal.given(node, inputs, Math.max(1, inputs.size()));
    List<long[]> shapes = new ArrayList<>();
    for (int i = 0; i < inputs.size(); i++) {
      shapes.add(inputs.shape(i));
    }
    return equation(node, shapes);
  }

  @Override
  public List<long[]> shapes(Node node, Inputs inputs) {
    Equation e = equation(node, inputs);
    return List.of(Arrays.stream(e.result).mapToLong(e.sizes::get).toArray());
  }

  @Override
  public NDList compute(Node node, NDList inputs, Pass pass) {
    List<NDArray> arrays = new ArrayList<>();
    for (int i = 0; i < inputs.size(); i++) {
      arrays.add(Operands.of(node, inputs, i, pass));
    }
    Equation e = equation(node, arrays.stream().map(a -> a.getShape().getShape()).toList());
    List<Factor> factors = new ArrayList<>();
    for (int i = 0; i < arrays.size(); i++) {
      factors.add(stretching(arrays.get(i), e.operands.get(i), e, pass));
    }
    Factor product = factors.get(0);
    for (int i = 1; i < factors.size(); i++) {
      Set<Integer> later = new LinkedHashSet<>(boxed(e.result));
      factors.subList(i + 1, factors.size()).forEach(f -> later.addAll(f.indices));
      product = multiplied(product, factors.get(i), later, e, pass);
    }
    product = summed(product, Set.copyOf(boxed(e.result)), pass);
    NDArray y = arranged(product, boxed(e.result), pass);
    // What the equation leaves as it is belongs to whom it belonged.
    return y == arrays.get(0) ? new NDList(y) : Operands.made(y, pass);
  }

  /** Without the axes of length 1 whose index runs further elsewhere. */
  private static Factor stretching(NDArray x, int[] indices, Equation e, Pass pass) {
    List<Integer> kept = new ArrayList<>();
    for (int axis = 0; axis < indices.length; axis++) {
      if (x.size(axis) == e.sizes.get(indices[axis])) {
        kept.add(indices[axis]);
      }
    }
    return kept.size() == indices.length
        ? new Factor(x, kept)
        : new Factor(own(x.reshape(sizes(kept, e)), pass), kept);
  }

  private static Factor multiplied(
      Factor first, Factor second, Set<Integer> later, Equation e, Pass pass) {
    Set<Integer> forFirst = new LinkedHashSet<>(later);
    forFirst.addAll(second.indices);
    Set<Integer> forSecond = new LinkedHashSet<>(later);
    forSecond.addAll(first.indices);
    Factor a = summed(first, forFirst, pass);
    Factor b = summed(second, forSecond, pass);
    List<Integer> batch = new ArrayList<>(a.indices);
    batch.retainAll(b.indices);
    List<Integer> inner = new ArrayList<>(batch);
    batch.retainAll(later);
    inner.removeAll(later);
    List<Integer> rows = without(a.indices, b.indices);
    List<Integer> columns = without(b.indices, a.indices);
    long[] left = {count(batch, e), count(rows, e), count(inner, e)};
    long[] right = {left[0], left[2], count(columns, e)};
    NDArray x = own(arranged(a, joined(batch, rows, inner), pass).reshape(left), pass);
    NDArray y = own(arranged(b, joined(batch, inner, columns), pass).reshape(right), pass);
    List<Integer> made = joined(batch, rows, columns);
    return new Factor(own(x.matMul(y), pass).reshape(sizes(made, e)), made);
  }

  /** Summed over all indices but these. */
  private static Factor summed(Factor x, Set<Integer> needed, Pass pass) {
    List<Integer> kept = new ArrayList<>();
    List<Integer> axes = new ArrayList<>();
    for (int axis = 0; axis < x.indices.size(); axis++) {
      if (needed.contains(x.indices.get(axis))) {
        kept.add(x.indices.get(axis));
      } else {
        axes.add(axis);
      }
    }
    return axes.isEmpty()
        ? x
        : new Factor(
            own(x.array.sum(axes.stream().mapToInt(Integer::intValue).toArray()), pass), kept);
  }

  private static NDArray arranged(Factor x, List<Integer> order, Pass pass) {
    if (x.indices.equals(order)) {
      return x.array;
    }
    return own(x.array.transpose(order.stream().mapToInt(x.indices::indexOf).toArray()), pass);
  }

  private static List<Integer> boxed(int... indices) {
    return Arrays.stream(indices).boxed().toList();
  }

  private static List<Integer> without(List<Integer> all, List<Integer> others) {
    List<Integer> rest = new ArrayList<>(all);
    rest.removeAll(others);
    return rest;
  }

  @SafeVarargs
  private static List<Integer> joined(List<Integer>... parts) {
    List<Integer> all = new ArrayList<>();
    for (List<Integer> part : parts) {
      all.addAll(part);
    }
    return all;
  }

  private static long[] sizes(List<Integer> indices, Equation e) {
    return indices.stream().mapToLong(e.sizes::get).toArray();
  }

  private static long count(List<Integer> indices, Equation e) {
    return Arrays.stream(sizes(indices, e)).reduce(1, Math::multiplyExact);
  }

  private static NDArray own(NDArray made, Pass pass) {
    made.attach(pass.manager());
    return made;
  }

  /** The products of every pair, in the order in which they are taken. */
  @Override
  public long macs(Node node, Inputs inputs, List<long[]> outputs) {
    Equation e = equation(node, inputs);
    long macs = 0;
    Set<Integer> product = new LinkedHashSet<>(boxed(e.operands.get(0)));
    for (int i = 1; i < e.operands.size(); i++) {
      product.addAll(boxed(e.operands.get(i)));
      macs = Math.addExact(macs, count(List.copyOf(product), e));
      Set<Integer> later = new LinkedHashSet<>(boxed(e.result));
      e.operands.subList(i + 1, e.operands.size()).forEach(o -> later.addAll(boxed(o)));
      product.retainAll(later);
    }
    return macs;
  }

  /** Equal indices go together; what one operand is summed over alone has to stay. */
  @Override
  public void couple(Node node, Inputs inputs, List<long[]> outputs, Ties ties) {
    Equation e = equation(node, inputs);
    for (Map.Entry<Integer, Long> index : e.sizes.entrySet()) {
      int count = Math.toIntExact(index.getValue());
      String value = null;
      int axis = -1;
      int seen = 0;
      for (int i = 0; i <= e.operands.size(); i++) {
        boolean last = i == e.operands.size();
        int at = boxed(last ? e.result : e.operands.get(i)).indexOf(index.getKey());
        long[] shape = last ? outputs.get(0) : inputs.shape(i);
        if (at < 0 || shape[at] != count) {
          continue;
        }
        String here = last ? node.output() : node.input(i);
        if (value == null) {
          value = here;
          axis = at;
        } else {
          ties.tie(value, axis, here, at, count);
        }
        seen++;
      }
      if (seen == 1) {
        ties.freeze(value, axis);
      }
    }
  }

  @Override
  public boolean learns(int i) {
    return true;
  }
}
