package dev.espalier.engine.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayInputStream;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.FloatRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class NpzFileTest {
  @Property(tries = 200)
  void whatIsWrittenIsRead(
      @ForAll @Size(max = 40) float @FloatRange(min = -1e6f, max = 1e6f) [] values)
      throws Exception {
    double[] doubles = new double[values.length];
    for (int i = 0; i < values.length; i++) {
      doubles[i] = values[i];
    }
    Map<String, double[]> vectors = new LinkedHashMap<>();
    vectors.put("first", new double[] {1.5});
    vectors.put("accuracy vs / size", doubles);
    try (ZipInputStream zip = new ZipInputStream(new ByteArrayInputStream(NpzFile.of(vectors)))) {
      ZipEntry first = zip.getNextEntry();
      assertEquals("first.npy", first.getName());
      assertArrayEquals(new float[] {1.5f}, Npy.read(zip, "first").floats("first"));
      ZipEntry second = zip.getNextEntry();
      assertEquals("accuracy vs - size.npy", second.getName());
      Npy read = Npy.read(zip, "second");
      assertArrayEquals(new int[] {values.length}, read.shape());
      assertArrayEquals(values, read.floats("second"));
    }
  }

  @Test
  void theSameNumbersAreTheSameBytes() {
    Map<String, double[]> vectors = Map.of("a", new double[] {1, Double.NaN});
    assertArrayEquals(NpzFile.of(vectors), NpzFile.of(vectors));
  }
}
