package dev.espalier.engine.graph;

import java.util.List;

/** The value of a node's attribute, as ONNX has them. */
public sealed interface Attribute {
  /** INT. */
  record Int(long value) implements Attribute {}

  /** FLOAT. */
  record Real(float value) implements Attribute {}

  /** STRING, UTF-8. */
  record Text(String value) implements Attribute {}

  /** INTS. */
  record Ints(List<Long> values) implements Attribute {}

  /** FLOATS. */
  record Reals(List<Float> values) implements Attribute {}

  /** STRINGS. */
  record Texts(List<String> values) implements Attribute {}

  /** TENSOR. */
  record Value(Tensor tensor) implements Attribute {}
}
