package dev.espalier.engine.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import dev.espalier.engine.data.DataSet;
import dev.espalier.engine.data.Split;
import java.util.Arrays;

/**
 * A split as one array, raw as it came (bytes stay bytes), from which batches are gathered and
 * scaled to network inputs.
 */
public final class Samples {
  private final DataSet data;
  private final Split split;
  private final NDArray raw;
  private final NDArray answers;
  private final NDArray scale;
  private final NDArray offset;

  /**
   * Uploads a split.
   *
   * @param manager owns the arrays
   */
  public Samples(DataSet data, Split split, NDManager manager) {
    this.data = data;
    this.split = split;
    int n = split.size();
    raw =
        split.isPixels()
            ? Upload.bytes(manager, split.pixels(), n, split.width())
            : Upload.floats(manager, split.values(), n, split.width());
    answers =
        split.hasTargets()
            ? Upload.floats(manager, split.targets(), n, data.task().outputs())
            : Upload.longs(manager, Arrays.stream(split.labels()).asLongStream().toArray(), n, 1);
    int channels = data.scale().length;
    scale = all(data.scale(), 1) ? null : Upload.floats(manager, data.scale(), 1, channels, 1);
    offset = all(data.offset(), 0) ? null : Upload.floats(manager, data.offset(), 1, channels, 1);
  }

  private static boolean all(float[] values, float wanted) {
    for (float v : values) {
      if (v != wanted) {
        return false;
      }
    }
    return true;
  }

  DataSet data() {
    return data;
  }

  Split split() {
    return split;
  }

  public int size() {
    return split.size();
  }

  /** The samples of these indices [batch], int64; everything made belongs to {@code step}. */
  public Batch gather(NDArray indices, NDManager step) {
    NDArray chosen = Rows.of(raw, indices, step);
    return new Batch(input(chosen), Rows.of(answers, indices, step), indices, step);
  }

  /** As {@link #gather}, with raw values [batch, width] made elsewhere. */
  Batch with(NDArray changed, NDArray indices, NDManager step) {
    return new Batch(input(changed), Rows.of(answers, indices, step), indices, step);
  }

  /** Raw values, which nothing else holds, as network inputs. */
  private NDArray input(NDArray values) {
    long batch = values.size(0);
    NDArray x = values;
    if (values.getDataType() != DataType.FLOAT32) {
      x = values.toType(DataType.FLOAT32, false);
      values.close();
    }
    if (scale != null || offset != null) {
      int channels = data.scale().length;
      NDArray grouped = x.reshape(batch, channels, data.width() / channels);
      if (scale != null) {
        grouped.muli(scale);
      }
      if (offset != null) {
        grouped.addi(offset);
      }
      x = grouped;
    }
    return x.reshape(new Shape(batch).addAll(new Shape(data.shape())));
  }
}
