package dev.espalier.engine.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.espalier.engine.EspalierException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Data that crosses from one process to another arrives as it was, or not at all. */
class StoredDataTest {
  private static DataSet pixels() {
    return new DataSet(
        "mine",
        new long[] {1, 2, 2},
        List.of("a", "b"),
        Split.ofPixels(4, new byte[] {0, 1, 2, 3, -1, -2, -3, -4}, new int[] {0, 1}),
        Split.ofPixels(4, new byte[] {9, 9, 9, 9}, new int[] {1}),
        Split.ofPixels(4, new byte[0], new int[0]),
        new float[] {1f / 255},
        new float[] {-0.5f},
        List.of(new Augmentation.Shift(2), new Augmentation.Flip(), new Augmentation.Crop(3)),
        "finger");
  }

  private static DataSet quantities() {
    return new DataSet(
        "houses",
        new long[] {3},
        new Task.Regression(List.of("price", "rent")),
        Split.ofTargets(
            3,
            new float[] {1.5f, Float.MIN_VALUE, -0f, 4, 5, Float.NaN},
            2,
            new float[] {1, 2, 3, 4}),
        Split.ofTargets(3, new float[] {7, 8, 9}, 2, new float[] {5, 6}),
        Split.ofTargets(3, new float[0], 2, new float[0]),
        new float[] {1, 2, 3},
        new float[] {0, 0, 0},
        List.of(),
        "f2");
  }

  private static byte[] written(DataSet data) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    StoredData.write(data, out);
    return out.toByteArray();
  }

  private static DataSet read(byte[] bytes) throws IOException {
    return StoredData.read(new ByteArrayInputStream(bytes), bytes.length, "file");
  }

  @Test
  void whatIsReadIsWhatWasWritten() throws IOException {
    for (DataSet data : List.of(pixels(), quantities())) {
      DataSet got = read(written(data));
      assertEquals(data.name(), got.name());
      assertArrayEquals(data.shape(), got.shape());
      assertEquals(data.task(), got.task());
      assertArrayEquals(data.scale(), got.scale());
      assertArrayEquals(data.offset(), got.offset());
      assertEquals(data.augmentations(), got.augmentations());
      assertEquals(data.fingerprint(), got.fingerprint());
      assertArrayEquals(written(data), written(got), "samples and answers, bit for bit");
    }
  }

  @Test
  void whatIsDamagedIsRefused() throws IOException {
    for (DataSet data : List.of(pixels(), quantities())) {
      byte[] whole = written(data);
      for (int i = 0; i < whole.length; i++) {
        byte[] cut = Arrays.copyOf(whole, i);
        assertThrows(Exception.class, () -> read(cut), "cut at " + i);
        byte[] changed = whole.clone();
        changed[i] ^= 0x41;
        Exception e = assertThrows(Exception.class, () -> read(changed), "changed at " + i);
        assertTrue(e instanceof EspalierException || e instanceof IOException, e.toString());
      }
    }
  }
}
