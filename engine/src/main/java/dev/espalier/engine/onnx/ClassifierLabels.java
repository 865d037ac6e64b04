package dev.espalier.engine.onnx;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import onnx.Onnx;

/**
 * What scikit-learn's exporters put behind a classifier's probabilities, in the tensors that there
 * are here. ZipMap, which makes a list of maps, goes: its input becomes the output, as without
 * skl2onnx's option {@code zipmap}. Labels that are words go, with all that is made of them; labels
 * that are numbers stay.
 */
final class ClassifierLabels {
  private ClassifierLabels() {}

  static Onnx.ModelProto plain(Onnx.ModelProto model) {
    Onnx.GraphProto graph = model.getGraph();
    Map<String, String> maps = new HashMap<>();
    for (Onnx.NodeProto node : graph.getNodeList()) {
      if (isZipMap(node)) {
        maps.put(node.getOutput(0), node.getInput(0));
      }
    }
    Set<String> words = words(graph);
    if (maps.isEmpty() && words.isEmpty()) {
      return model;
    }
    Onnx.GraphProto.Builder plain = graph.toBuilder().clearNode().clearOutput().clearInitializer();
    Set<String> read = new HashSet<>();
    graph.getNodeList().forEach(node -> read.addAll(node.getInputList()));
    for (Onnx.NodeProto node : graph.getNodeList()) {
      boolean map = isZipMap(node) && !read.contains(node.getOutput(0));
      if (!map && node.getOutputList().stream().noneMatch(words::contains)) {
        plain.addNode(node);
      }
    }
    graph.getInitializerList().stream()
        .filter(tensor -> !words.contains(tensor.getName()))
        .forEach(plain::addInitializer);
    Set<String> names = new HashSet<>();
    graph.getOutputList().forEach(output -> names.add(output.getName()));
    for (Onnx.ValueInfoProto output : graph.getOutputList()) {
      String inside = maps.get(output.getName());
      if (words.contains(output.getName())) {
        continue;
      }
      if (inside == null) {
        plain.addOutput(output);
      } else if (names.add(inside)) {
        plain.addOutput(floats(inside));
      }
    }
    // Words alone are for the reader to refuse.
    return plain.getOutputCount() == 0 ? model : model.toBuilder().setGraph(plain).build();
  }

  private static boolean isZipMap(Onnx.NodeProto node) {
    return node.getDomain().equals("ai.onnx.ml")
        && node.getOpType().equals("ZipMap")
        && node.getInputCount() == 1
        && node.getOutputCount() == 1;
  }

  /** Constants that are words, and every value that is made of them. */
  private static Set<String> words(Onnx.GraphProto graph) {
    Set<String> words = new HashSet<>();
    for (Onnx.TensorProto tensor : graph.getInitializerList()) {
      if (tensor.getDataType() == Onnx.TensorProto.DataType.STRING_VALUE) {
        words.add(tensor.getName());
      }
    }
    if (words.isEmpty()) {
      return words;
    }
    Map<String, List<Onnx.NodeProto>> readers = new HashMap<>();
    for (Onnx.NodeProto node : graph.getNodeList()) {
      for (String input : node.getInputList()) {
        readers.computeIfAbsent(input, i -> new ArrayList<>()).add(node);
      }
    }
    Deque<String> open = new ArrayDeque<>(words);
    while (!open.isEmpty()) {
      for (Onnx.NodeProto node : readers.getOrDefault(open.remove(), List.of())) {
        node.getOutputList().stream().filter(words::add).forEach(open::add);
      }
    }
    return words;
  }

  /** A tensor of floats; its shape is for the model to say. */
  private static Onnx.ValueInfoProto floats(String name) {
    Onnx.TypeProto.Tensor.Builder tensor =
        Onnx.TypeProto.Tensor.newBuilder().setElemType(Onnx.TensorProto.DataType.FLOAT_VALUE);
    return Onnx.ValueInfoProto.newBuilder()
        .setName(name)
        .setType(Onnx.TypeProto.newBuilder().setTensorType(tensor))
        .build();
  }
}
