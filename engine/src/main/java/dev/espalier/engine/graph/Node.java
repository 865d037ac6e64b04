package dev.espalier.engine.graph;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * One operation of a graph, in ONNX's terms.
 *
 * @param name unique in its graph; what a user calls the layer ({@code fc1})
 * @param operator the ONNX operator ({@code Conv})
 * @param domain the operator set; empty is ONNX's own
 * @param inputs names of values; an empty name is an optional input left out
 * @param outputs names of the values it makes
 * @param attributes by name, sorted
 */
public record Node(
    String name,
    String operator,
    String domain,
    List<String> inputs,
    List<String> outputs,
    Map<String, Attribute> attributes) {

  public Node {
    inputs = List.copyOf(inputs);
    outputs = List.copyOf(outputs);
    attributes = java.util.Collections.unmodifiableMap(new TreeMap<>(attributes));
  }

  /** A node of ONNX's own operator set. */
  public static Node of(
      String name,
      String operator,
      List<String> inputs,
      List<String> outputs,
      Map<String, Attribute> attributes) {
    return new Node(name, operator, "", inputs, outputs, attributes);
  }

  /** The first output. */
  public String output() {
    return outputs.get(0);
  }

  /** Input {@code i}, or the empty string when it is left out. */
  public String input(int i) {
    return i < inputs.size() ? inputs.get(i) : "";
  }

  /** An INT attribute, or {@code otherwise} when absent. */
  public long integer(String attribute, long otherwise) {
    return attributes.get(attribute) instanceof Attribute.Int i ? i.value() : otherwise;
  }

  /** A FLOAT attribute, or {@code otherwise} when absent. */
  public float real(String attribute, float otherwise) {
    return attributes.get(attribute) instanceof Attribute.Real r ? r.value() : otherwise;
  }

  /** A STRING attribute, or {@code otherwise} when absent. */
  public String text(String attribute, String otherwise) {
    return attributes.get(attribute) instanceof Attribute.Text t ? t.value() : otherwise;
  }

  /** An INTS attribute, or {@code otherwise} when absent. */
  public long[] integers(String attribute, long... otherwise) {
    return attributes.get(attribute) instanceof Attribute.Ints i
        ? i.values().stream().mapToLong(Long::longValue).toArray()
        : Arrays.copyOf(otherwise, otherwise.length);
  }

  /** The same node with other inputs. */
  public Node withInputs(List<String> newInputs) {
    return new Node(name, operator, domain, newInputs, outputs, attributes);
  }

  /** The same node with other outputs. */
  public Node withOutputs(List<String> newOutputs) {
    return new Node(name, operator, domain, inputs, newOutputs, attributes);
  }

  /** The same node with one attribute set. */
  public Node with(String attribute, Attribute value) {
    Map<String, Attribute> changed = new TreeMap<>(attributes);
    changed.put(attribute, value);
    return new Node(name, operator, domain, inputs, outputs, changed);
  }

  /** The same node without an attribute. */
  public Node without(String attribute) {
    Map<String, Attribute> changed = new TreeMap<>(attributes);
    changed.remove(attribute);
    return new Node(name, operator, domain, inputs, outputs, changed);
  }
}
