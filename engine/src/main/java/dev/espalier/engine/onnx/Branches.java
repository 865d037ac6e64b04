package dev.espalier.engine.onnx;

import dev.espalier.engine.EspalierException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import onnx.Onnx;

/**
 * Puts the branch that is taken in the place of an If whose condition does not depend on the data:
 * torch's exporters write such for a squeeze or a check of a shape.
 */
final class Branches {
  /** Each costs one inference of the shapes before it. */
  private static final int MOST = 1000;

  private final String where;
  private final FreshNames names;
  private final BiFunction<List<Onnx.NodeProto>, String, Optional<Boolean>> condition;
  private final Consumer<Onnx.TensorProto> weights;

  /**
   * Prepares for one graph.
   *
   * @param condition the truth of a value, made by the given nodes; empty when it depends on data
   * @param weights takes the weights that taken branches bring with them
   */
  Branches(
      String where,
      FreshNames names,
      BiFunction<List<Onnx.NodeProto>, String, Optional<Boolean>> condition,
      Consumer<Onnx.TensorProto> weights) {
    this.where = where;
    this.names = names;
    this.condition = condition;
    this.weights = weights;
  }

  /**
   * The nodes without If.
   *
   * @throws EspalierException naming the If whose condition depends on the data
   */
  List<Onnx.NodeProto> taken(List<Onnx.NodeProto> given) {
    List<Onnx.NodeProto> nodes = given;
    for (int round = 0; ; round++) {
      int at = firstIf(nodes);
      if (at < 0) {
        return nodes;
      }
      if (round == MOST || nodes.size() > Reader.MOST_NODES) {
        throw Reader.tooManyNodes(where);
      }
      nodes = without(nodes, at);
    }
  }

  /** An If that no other If comes before on the way to its condition; -1 without any If. */
  private static int firstIf(List<Onnx.NodeProto> nodes) {
    int any = -1;
    for (int i = 0; i < nodes.size(); i++) {
      if (isIf(nodes.get(i))) {
        any = any < 0 ? i : any;
        boolean alone = before(nodes, nodes.get(i).getInput(0)).stream().noneMatch(Branches::isIf);
        if (alone) {
          return i;
        }
      }
    }
    return any;
  }

  private static boolean isIf(Onnx.NodeProto node) {
    return node.getOpType().equals("If")
        && (node.getDomain().isEmpty() || node.getDomain().equals("ai.onnx"))
        && node.getInputCount() == 1;
  }

  /** The nodes that a value depends on, in the order of the file. */
  private static List<Onnx.NodeProto> before(List<Onnx.NodeProto> nodes, String value) {
    Map<String, Integer> makers = new HashMap<>();
    for (int i = 0; i < nodes.size(); i++) {
      int index = i;
      nodes.get(i).getOutputList().forEach(o -> makers.put(o, index));
    }
    boolean[] needed = new boolean[nodes.size()];
    List<String> open = new ArrayList<>(List.of(value));
    Set<String> seen = new HashSet<>();
    while (!open.isEmpty()) {
      String next = open.remove(open.size() - 1);
      Integer maker = makers.get(next);
      if (!next.isEmpty() && seen.add(next) && maker != null && !needed[maker]) {
        needed[maker] = true;
        open.addAll(nodes.get(maker).getInputList());
      }
    }
    List<Onnx.NodeProto> out = new ArrayList<>();
    for (int i = 0; i < needed.length; i++) {
      if (needed[i]) {
        out.add(nodes.get(i));
      }
    }
    return out;
  }

  private List<Onnx.NodeProto> without(List<Onnx.NodeProto> nodes, int index) {
    Onnx.NodeProto node = nodes.get(index);
    String at = where + ", node " + node.getName() + " (If)";
    List<Onnx.NodeProto> before = before(nodes, node.getInput(0));
    Optional<Boolean> truth =
        before.stream().anyMatch(Branches::isIf)
            ? Optional.empty()
            : condition.apply(before, node.getInput(0));
    if (truth.isEmpty()) {
      throw EspalierException.program(
          "an If chooses its branch by the data",
          at,
          "control flow (If, Loop, Scan) is supported only where its condition is constant",
          "export the model without it, or with fixed shapes");
    }
    String wanted = truth.get() ? "then_branch" : "else_branch";
    Onnx.GraphProto branch =
        node.getAttributeList().stream()
            .filter(a -> a.getName().equals(wanted) && a.hasG())
            .findFirst()
            .orElseThrow(
                () ->
                    EspalierException.program(
                        "an If lacks a branch",
                        at,
                        "it has no " + wanted,
                        "the file is damaged: export it again"))
            .getG();
    if (branch.getOutputCount() < node.getOutputCount()
        || branch.getSparseInitializerCount() > 0
        || branch.getInputCount() > 0) {
      throw EspalierException.program(
          "a branch of an If is not as it should be",
          at,
          branch.getOutputCount() + " outputs of the branch, " + node.getOutputCount() + " asked",
          "the file is damaged: export it again");
    }
    return spliced(nodes, index, branch);
  }

  private List<Onnx.NodeProto> spliced(
      List<Onnx.NodeProto> nodes, int index, Onnx.GraphProto branch) {
    Onnx.NodeProto node = nodes.get(index);
    Set<String> inside = new HashSet<>();
    branch.getInitializerList().forEach(t -> inside.add(t.getName()));
    Set<String> made = new HashSet<>();
    branch.getNodeList().forEach(n -> made.addAll(n.getOutputList()));
    inside.addAll(made);
    Map<String, String> known = new HashMap<>();
    List<Onnx.NodeProto> handedOn = new ArrayList<>();
    for (int i = 0; i < node.getOutputCount(); i++) {
      String inner = branch.getOutput(i).getName();
      if (made.contains(inner) && !known.containsKey(inner)) {
        known.put(inner, node.getOutput(i));
      } else {
        handedOn.add(
            Onnx.NodeProto.newBuilder()
                .setOpType("Identity")
                .addInput(inner)
                .addOutput(node.getOutput(i))
                .build());
      }
    }
    inside.forEach(name -> names.name(name, known));
    // What a branch reads and does not make comes from outside and keeps its name.
    Set<String> read = new HashSet<>();
    Set<String> madeWithin = new HashSet<>(inside);
    namesIn(branch, read, madeWithin);
    read.stream().filter(r -> !madeWithin.contains(r)).forEach(r -> known.put(r, r));
    List<Onnx.NodeProto> out = new ArrayList<>(nodes.subList(0, index));
    for (Onnx.NodeProto inner : branch.getNodeList()) {
      out.add(names.renamed(inner, known));
    }
    for (Onnx.NodeProto copy : handedOn) {
      String source = copy.getInput(0);
      out.add(copy.toBuilder().setInput(0, known.getOrDefault(source, source)).build());
    }
    out.addAll(nodes.subList(index + 1, nodes.size()));
    for (Onnx.TensorProto tensor : branch.getInitializerList()) {
      weights.accept(tensor.toBuilder().setName(known.getOrDefault(tensor.getName(), "")).build());
    }
    return out;
  }

  /** Collects the names that a graph and the branches in it read and make. */
  private static void namesIn(Onnx.GraphProto graph, Set<String> read, Set<String> made) {
    graph.getInitializerList().forEach(t -> made.add(t.getName()));
    for (Onnx.NodeProto node : graph.getNodeList()) {
      read.addAll(node.getInputList());
      made.addAll(node.getOutputList());
      for (Onnx.AttributeProto attribute : node.getAttributeList()) {
        if (attribute.hasG()) {
          attribute.getG().getOutputList().forEach(o -> read.add(o.getName()));
          namesIn(attribute.getG(), read, made);
        }
      }
    }
  }
}
