package dev.espalier.engine.onnx;

import dev.espalier.engine.EspalierException;
import dev.espalier.engine.graph.ValueInfo;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What a model's input dimensions are to be, beside the batch.
 *
 * @param kind where the numbers come from
 * @param sample the shape of one sample; empty for {@link Kind#AS_WRITTEN}
 */
record InputSize(Kind kind, List<Long> sample) {
  /** Where the numbers come from. */
  enum Kind {
    /** The file alone; an open dimension is refused. */
    AS_WRITTEN,
    /** The data: it fills what is open, and nothing else changes. */
    OF_DATA,
    /** The program: it also changes what the file fixes. */
    ASKED
  }

  static final InputSize AS_WRITTEN = new InputSize(Kind.AS_WRITTEN, List.of());

  InputSize {
    sample = List.copyOf(sample);
  }

  /** Whether the file's own sizes may have been changed. */
  boolean isGiven() {
    return kind == Kind.ASKED;
  }

  /**
   * Fills or changes an input's dimensions.
   *
   * @param shape with the batch first; changed in place
   * @throws EspalierException naming the dimension that stays open, or that does not fit
   */
  void set(List<Long> shape, String at) {
    List<Integer> open =
        java.util.stream.IntStream.range(1, shape.size())
            .filter(i -> shape.get(i) == ValueInfo.DYNAMIC)
            .boxed()
            .toList();
    if (kind == Kind.AS_WRITTEN || (kind == Kind.OF_DATA && open.isEmpty())) {
      if (!open.isEmpty()) {
        throw EspalierException.program(
            "the input's dimension " + text(open) + " is open besides the batch",
            at,
            "its shape is " + text(shape, "×") + ", ? being open",
            "say its size: model … with input "
                + text(shape.subList(1, shape.size()), "x").replace("?", "32"));
      }
      return;
    }
    if (sample.size() == shape.size() - 1) {
      for (int i = 1; i < shape.size(); i++) {
        long wanted = sample.get(i - 1);
        if (shape.get(i) != ValueInfo.DYNAMIC && shape.get(i) != wanted && kind == Kind.OF_DATA) {
          throw misfit(shape, at);
        }
        shape.set(i, wanted);
      }
      return;
    }
    // Pixels in a row, for a model that takes them so.
    long values = sample.stream().reduce(1L, Math::multiplyExact);
    long fixed =
        shape.stream().skip(1).filter(d -> d > 0).reduce(1L, (a, b) -> Math.min(1L << 40, a * b));
    if (kind == Kind.OF_DATA && open.size() == 1 && values % fixed == 0) {
      shape.set(open.get(0), values / fixed);
      return;
    }
    throw misfit(shape, at);
  }

  private EspalierException misfit(List<Long> shape, String at) {
    return EspalierException.program(
        "the input cannot be " + text(sample, "×"),
        at,
        "the file has " + text(shape.subList(1, shape.size()), "×") + " for one sample",
        kind == Kind.OF_DATA ? "take other data, or say `with input …`" : "give as many numbers");
  }

  private static String text(List<Integer> dimensions) {
    return dimensions.stream().map(String::valueOf).collect(Collectors.joining(" and "));
  }

  private static String text(List<Long> shape, String between) {
    return shape.stream()
        .map(d -> d == ValueInfo.DYNAMIC ? "?" : Long.toString(d))
        .collect(Collectors.joining(between));
  }
}
