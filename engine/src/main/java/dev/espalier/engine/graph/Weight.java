package dev.espalier.engine.graph;

/** A named weight (ONNX initializer): a value, or in a blueprint the rule that will make one. */
public sealed interface Weight {
  /** Dimensions. */
  long[] shape();

  /** A weight with a value. */
  record Value(Tensor tensor) implements Weight {
    @Override
    public long[] shape() {
      return tensor.shape();
    }
  }

  /** A weight still to be made. */
  record Rule(java.util.List<Long> dims, Initializer initializer) implements Weight {
    public Rule {
      dims = java.util.List.copyOf(dims);
    }

    @Override
    public long[] shape() {
      return dims.stream().mapToLong(Long::longValue).toArray();
    }
  }
}
