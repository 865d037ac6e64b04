package dev.espalier.engine.train;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import dev.espalier.engine.data.DataSet;
import dev.espalier.engine.data.Split;

/**
 * A split as one array, raw as it came (bytes stay bytes), from which batches are gathered and
 * scaled to network inputs.
 */
public final class Samples {
  private final DataSet data;
  private final Split split;
  private final NDArray raw;
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

  /** The samples of these numbers; everything made belongs to {@code step}. */
  public Batch gather(int[] rows, NDManager step) {
    long[] indices = new long[rows.length];
    for (int i = 0; i < rows.length; i++) {
      indices[i] = rows[i];
    }
    // PyTorch's embedding copies whole rows of any type, several times faster than indexing.
    NDArray chosen =
        JniUtils.embedding(
            (PtNDArray) Upload.longs(step, indices, rows.length), (PtNDArray) raw, false);
    chosen.attach(step);
    return new Batch(input(chosen), rows, step);
  }

  /** As {@link #gather}, with raw values [batch, width] made elsewhere. */
  Batch with(NDArray changed, int[] rows, NDManager step) {
    return new Batch(input(changed), rows, step);
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
