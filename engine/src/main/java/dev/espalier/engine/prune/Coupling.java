package dev.espalier.engine.prune;

import dev.espalier.engine.graph.Graph;
import dev.espalier.engine.graph.Node;
import dev.espalier.engine.graph.ValueInfo;
import dev.espalier.engine.operator.Operators;
import dev.espalier.engine.operator.Shapes;
import dev.espalier.engine.operator.Ties;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Which slices of a graph's values and weights have to go together, found by joining (union-find)
 * what the operators tie; the dependency graph of Fang et al. 2023, DepGraph, arXiv:2301.12900, at
 * the level of single channels.
 */
final class Coupling implements Ties {

  /** One axis of one value, by its name in the graph. */
  record Axis(String value, int axis) {}

  /**
   * Slices that live and die together: one channel of every layer they belong to.
   *
   * @param slices the indices along each axis, ascending
   * @param layers the prunable layers of whose outputs it holds a slice, in the graph's order
   * @param frozen whether none of them may go, because the graph's outputs or an operator need them
   */
  record Group(Map<Axis, int[]> slices, Set<String> layers, boolean frozen) {}

  private final Shapes shapes;
  private final Map<Axis, Integer> first = new LinkedHashMap<>();
  private int[] parent = new int[1024];
  private int used;
  private final BitSet frozen = new BitSet();
  private final Map<Axis, String> keepers = new HashMap<>();
  private String keeper = "";
  private final AxisClasses classes = new AxisClasses();
  private final List<Regrouping> regroupings = new ArrayList<>();
  private final List<Group> groups = new ArrayList<>();
  private final Set<Axis> outputs = new LinkedHashSet<>();

  private Coupling(Shapes shapes) {
    this.shapes = shapes;
  }

  /** As {@link #of(Graph, Heads)}, where every head of attention keeps some of its width. */
  static Coupling of(Graph graph) {
    return of(graph, Heads.NARROWER);
  }

  /**
   * The coupling of a graph with weights or of a blueprint.
   *
   * @throws dev.espalier.engine.EspalierException when a shape does not fit or an operator is
   *     unknown
   */
  static Coupling of(Graph graph, Heads heads) {
    Coupling coupling = new Coupling(Shapes.infer(graph, 1));
    for (Node node : graph.nodes()) {
      coupling.keeper = node.operator() + " `" + node.name() + "` needs all of them";
      Operators.of(node)
          .couple(node, coupling.shapes.inputsOf(node), coupling.shapes.outputsOf(node), coupling);
    }
    List<ValueInfo> ends = new ArrayList<>(graph.inputs());
    ends.addAll(graph.outputs());
    coupling.keeper = "they are inputs or outputs of the model";
    for (ValueInfo end : ends) {
      for (int axis = 0; axis < end.shape().size(); axis++) {
        coupling.freeze(end.name(), axis);
      }
    }
    coupling.keeper = "a change of shape cuts across them";
    Regrouping.settle(coupling.regroupings, coupling.classes, heads);
    coupling.regroupings.forEach(r -> r.tie(coupling));
    coupling.collect(Layers.of(graph));
    return coupling;
  }

  /** The groups that hold outputs of prunable layers, in the order of these layers. */
  List<Group> groups() {
    return groups;
  }

  /** Why a frozen group has to stay. */
  String keeper(Group group) {
    for (Map.Entry<Axis, int[]> e : group.slices().entrySet()) {
      if (keepers.containsKey(e.getKey())) {
        return keepers.get(e.getKey());
      }
    }
    throw new IllegalArgumentException("channels of " + group.layers() + " are not frozen");
  }

  /** How many outputs of one layer a group takes along at most: as many as there are heads, say. */
  int width(Group group) {
    int most = 1;
    for (Axis axis : outputs) {
      most = Math.max(most, group.slices().getOrDefault(axis, new int[0]).length);
    }
    return most;
  }

  /** The shapes that were assumed, for batch 1. */
  Shapes shapes() {
    return shapes;
  }

  /** How many slices an axis has. */
  int count(Axis axis) {
    return Math.toIntExact(shapes.of(axis.value())[axis.axis()]);
  }

  @Override
  public void tie(String a, int axisA, String b, int axisB, int count) {
    classes.join(new Axis(a, axisA), new Axis(b, axisB));
    int startA = start(new Axis(a, axisA));
    int startB = start(new Axis(b, axisB));
    if (count > count(new Axis(a, axisA)) || count > count(new Axis(b, axisB))) {
      throw new IllegalStateException(count + " slices of " + a + " and " + b);
    }
    for (int i = 0; i < count; i++) {
      join(startA + i, startB + i);
    }
  }

  @Override
  public void tie(String a, int axisA, int indexA, String b, int axisB, int indexB) {
    classes.join(new Axis(a, axisA), new Axis(b, axisB));
    join(slice(new Axis(a, axisA), indexA), slice(new Axis(b, axisB), indexB));
  }

  /** Ties two slices of one axis. */
  void tie(Axis axis, int a, int b) {
    join(slice(axis, a), slice(axis, b));
  }

  @Override
  public void reshape(String x, long[] from, String y, long[] to) {
    regroupings.addAll(Regrouping.of(x, from, y, to));
  }

  private void join(int a, int b) {
    int rootA = root(a);
    int rootB = root(b);
    if (rootA != rootB) {
      // The smaller root wins, so that the order of groups does not depend on the order of ties.
      parent[Math.max(rootA, rootB)] = Math.min(rootA, rootB);
    }
  }

  @Override
  public void freeze(String value, int axis) {
    Axis frozenAxis = new Axis(value, axis);
    classes.freeze(frozenAxis);
    keepers.putIfAbsent(frozenAxis, keeper);
    int start = start(frozenAxis);
    frozen.set(start, start + count(frozenAxis));
  }

  private int slice(Axis axis, int index) {
    int start = start(axis);
    if (index < 0 || index >= count(axis)) {
      throw new IllegalStateException(
          "slice " + index + " of " + axis + ", which has " + count(axis));
    }
    return start + index;
  }

  private int start(Axis axis) {
    Integer known = first.get(axis);
    if (known != null) {
      return known;
    }
    int start = used;
    used = Math.addExact(used, count(axis));
    if (used > parent.length) {
      parent = Arrays.copyOf(parent, Math.max(used, parent.length * 2));
    }
    for (int i = start; i < used; i++) {
      parent[i] = i;
    }
    first.put(axis, start);
    return start;
  }

  private int root(int slice) {
    int s = slice;
    while (parent[s] != s) {
      parent[s] = parent[parent[s]];
      s = parent[s];
    }
    return s;
  }

  private void collect(List<Layers.Prunable> layers) {
    Map<Integer, Set<String>> layersOfRoot = new LinkedHashMap<>();
    for (Layers.Prunable layer : layers) {
      Axis out = new Axis(layer.weight(), layer.outAxis());
      outputs.add(out);
      int start = start(out);
      for (int i = 0; i < count(out); i++) {
        layersOfRoot
            .computeIfAbsent(root(start + i), r -> new LinkedHashSet<>())
            .add(layer.layer());
      }
    }
    Map<Integer, Map<Axis, List<Integer>>> members = new HashMap<>();
    Set<Integer> frozenRoots = new LinkedHashSet<>();
    first.forEach(
        (axis, start) -> {
          for (int i = 0; i < count(axis); i++) {
            int root = root(start + i);
            if (layersOfRoot.containsKey(root)) {
              members
                  .computeIfAbsent(root, r -> new LinkedHashMap<>())
                  .computeIfAbsent(axis, a -> new ArrayList<>())
                  .add(i);
              if (frozen.get(start + i)) {
                frozenRoots.add(root);
              }
            }
          }
        });
    layersOfRoot.forEach(
        (root, names) -> {
          Map<Axis, int[]> slices = new LinkedHashMap<>();
          members
              .get(root)
              .forEach(
                  (axis, indices) ->
                      slices.put(axis, indices.stream().mapToInt(Integer::intValue).toArray()));
          groups.add(new Group(slices, names, frozenRoots.contains(root)));
        });
  }
}
