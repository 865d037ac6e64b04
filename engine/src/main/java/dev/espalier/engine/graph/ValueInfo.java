package dev.espalier.engine.graph;

import java.util.List;

/**
 * The declared type of a graph's input or output.
 *
 * @param shape dimensions; {@link #DYNAMIC} where the model leaves one open (the batch)
 */
public record ValueInfo(String name, DataType type, List<Long> shape) {
  /** A dimension that is known only when the model runs. */
  public static final long DYNAMIC = -1;

  public ValueInfo {
    shape = List.copyOf(shape);
  }

  /** The dimensions with every open one set to {@code batch}. */
  public long[] shape(long batch) {
    return shape.stream().mapToLong(d -> d == DYNAMIC ? batch : d).toArray();
  }
}
