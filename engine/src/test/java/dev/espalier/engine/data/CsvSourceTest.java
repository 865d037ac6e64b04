package dev.espalier.engine.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.espalier.engine.Environment;
import dev.espalier.engine.EspalierException;
import dev.espalier.engine.Progress;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CsvSourceTest {
  @TempDir Path folder;

  private CsvSource csv(String text, String label) throws IOException {
    return new CsvSource(Files.writeString(folder.resolve("cells.csv"), text), label);
  }

  private CsvSource csv(String text) throws IOException {
    return csv(text, "last");
  }

  private DataSet load(String text, String label) throws IOException {
    return csv(text, label).load(true, Progress.NONE);
  }

  @Test
  void readsATableWithHeaderAndTextLabels() throws IOException {
    DataSet data = load("width,kind,height\n1.5,cat,2\n-3e2,dog,.5\n0,cat,7\n", "kind");
    assertArrayEquals(new long[] {2}, data.shape());
    assertEquals(List.of("cat", "dog"), data.classes());
    assertArrayEquals(new int[] {0, 1, 0}, data.train().labels());
    assertArrayEquals(new float[] {1.5f, 2, -300, .5f, 0, 7}, data.train().values());
    assertEquals("cells", data.name());
  }

  @Test
  void knowsATableWithoutHeader() throws IOException {
    DataSet data = load("1,2,7\n3,4,9\n5,6,10\n", "last");
    assertEquals(3, data.train().size());
    assertEquals(List.of("7", "9", "10"), data.classes());
    assertArrayEquals(new int[] {0, 1, 2}, data.train().labels());
  }

  @Test
  void findsTheLabelColumnByNumber() throws IOException {
    DataSet data = load("a,1,2\nb,3,4\n", "1");
    assertEquals(List.of("a", "b"), data.classes());
    assertArrayEquals(new float[] {1, 2, 3, 4}, data.train().values());
  }

  @Test
  void readsQuotedFields() throws IOException {
    DataSet data =
        load(
            "x,\"the \"\"kind\"\"\"\n\"1\",\"a, b\"\n 2 ,\"two\nlines\"\n3,\"a, b\"\n",
            "the \"kind\"");
    assertEquals(List.of("a, b", "two\nlines"), data.classes());
    assertArrayEquals(new float[] {1, 2, 3}, data.train().values());
  }

  @Test
  void readsAnyLineEndsABomAndBlankLines() throws IOException {
    DataSet data = load("\ufeffx,y\r\n1,a\r\n\r\n2,b\r3,a", "y");
    assertArrayEquals(new float[] {1, 2, 3}, data.train().values());
    assertArrayEquals(new int[] {0, 1, 0}, data.train().labels());
  }

  @Test
  void readsGzip() throws IOException {
    Path file = folder.resolve("cells.csv.gz");
    Files.write(file, IdxSourceTest.gzip("1,a\n2,b\n".getBytes(StandardCharsets.UTF_8)));
    assertEquals("csv", FileFormat.guess(file).orElseThrow());
    assertEquals(2, new CsvSource(file, "last").load(true, Progress.NONE).train().size());
  }

  @Test
  void manyLines() throws IOException {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < 20_000; i++) {
      text.append(i).append(',').append(i * 0.5).append(',').append(i % 7).append('\n');
    }
    DataSet data = load(text.toString(), "last");
    assertEquals(20_000, data.train().size());
    assertEquals(19_999 * 0.5f, data.train().values()[2 * 19_999 + 1]);
    assertEquals(19_999 % 7, data.train().labels()[19_999]);
  }

  private CsvSource targets(String text, String target) throws IOException {
    return new CsvSource(Files.writeString(folder.resolve("cells.csv"), text), "last", target);
  }

  @Test
  void readsTargetsOfARegressionByNameAndNumber() throws IOException {
    String text = "size,price,age,rent\n1,100.5,2,7\n3,-2e2,4,8\n";
    DataSet data = targets(text, "price, 4").load(true, Progress.NONE);
    assertEquals(new Task.Regression(List.of("price", "rent")), data.task());
    assertArrayEquals(new long[] {2}, data.shape());
    assertArrayEquals(new float[] {1, 2, 3, 4}, data.train().values());
    assertArrayEquals(new float[] {100.5f, 7, -200, 8}, data.train().targets());
    assertEquals(List.of(), data.classes());
    DataSet bare = targets("1,2,0.5\n3,4,0.25\n", "last").load(true, Progress.NONE);
    assertEquals(new Task.Regression(List.of("column 3")), bare.task());
    assertArrayEquals(new float[] {0.5f, 0.25f}, bare.train().targets());
  }

  @Test
  void refusesTargetsThatAreNotThereNotNumbersOrEverything() throws IOException {
    Refusal.of(targets("a,b\n1,2\n", "c"), "there is no column `c`", "line 1");
    Refusal.of(targets("a,b\n1,2\n", "a,b"), "every column is a target", "line 1");
    Refusal.of(targets("a,b\n1,2\n", "b,b"), "`b` is named twice", "line 1");
    Refusal.of(targets("a,b\n1,x\n", "b"), "`x` is no number", "line 2");
    EspalierException e =
        assertThrows(
            EspalierException.class,
            () -> new FileFormat.Csv("kind", "price").source(List.of(folder.resolve("x.csv"))));
    assertEquals("csv takes a `label` or a `target`, not both", e.what());
  }

  @Test
  void aRegressionIsSplitAtRandomWithItsTargets() throws IOException {
    StringBuilder text = new StringBuilder("x,y\n");
    for (int i = 0; i < 100; i++) {
      text.append(i).append(',').append(i * 0.5).append('\n');
    }
    DataSet raw = targets(text.toString(), "y").load(true, Progress.NONE);
    DataSet data =
        Partitioner.apply(
            raw,
            new Partition(List.of(60.0, 20.0, 20.0), 30, true, List.of()),
            new Environment(3, 1, "cpu", true));
    assertEquals(30, data.train().size());
    assertEquals(20, data.test().size());
    for (Split part : List.of(data.train(), data.validation(), data.test())) {
      for (int i = 0; i < part.size(); i++) {
        assertEquals(part.values()[i] * 0.5f, part.targets()[i]);
      }
    }
  }

  @Test
  void refusesFractionsAsClasses() throws IOException {
    var e = Refusal.of(csv("1,0.5\n2,0.7\n"), "numbers with fractions", "column last");
    assertTrue(e.why().contains("regression"), e.why());
  }

  @Test
  void refusesALabelThatIsAQuantity() throws IOException {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < 1002; i++) {
      text.append("1,").append(i).append('\n');
    }
    Refusal.of(csv(text.toString()), "more than 1000 different", "cells.csv, line 1001");
  }

  @Test
  void refusesALineOfAnotherLength() throws IOException {
    var e = Refusal.of(csv("x,y\n1,a\n2,3,b\n"), "the line has 3 columns", "cells.csv, line 3");
    assertEquals("the first line has 2", e.why());
  }

  @Test
  void refusesWhatIsNoNumber() throws IOException {
    Refusal.of(csv("x,y\n1,a\nseven,b\n"), "`seven` is no number", "cells.csv, line 3");
    Refusal.of(csv("x,y\n1,a\n,b\n"), "a value is missing", "cells.csv, line 3");
    Refusal.of(csv("x,y\n1,a\n1d,b\n"), "`1d` is no number", "cells.csv, line 3");
  }

  @Test
  void refusesValuesThatAreNotFinite() throws IOException {
    for (String value : new String[] {"NaN", "Infinity", "-Infinity", "1e999"}) {
      Refusal.of(csv("x,y\n1,a\n" + value + ",b\n"), "is not finite", "cells.csv, line 3");
    }
  }

  @Test
  void refusesAMissingLabel() throws IOException {
    Refusal.of(csv("x,y\n1,a\n2,\n"), "the label is missing", "cells.csv, line 3");
  }

  @Test
  void refusesAnUnknownColumn() throws IOException {
    var e = Refusal.of(csv("x,y\n1,a\n", "kind"), "no column `kind`", "line 1");
    assertEquals("the first line has: x, y", e.why());
    Refusal.of(csv("x,y\n1,a\n", "3"), "no column 3", "line 1");
    Refusal.of(csv("x,y\n1,a\n", "0"), "no column 0", "line 1");
  }

  @Test
  void refusesEmptyFilesAndHeadersWithoutSamples() throws IOException {
    Refusal.of(csv(""), "the file is empty", "cells.csv");
    Refusal.of(csv("\n\n"), "the file is empty", "cells.csv");
    Refusal.of(csv("x,y\n"), "no samples", "cells.csv");
  }

  @Test
  void refusesOneColumnAndOneClass() throws IOException {
    Refusal.of(csv("1\n2\n"), "only one column", "line 1");
    Refusal.of(csv("1,a\n2,a\n"), "same class", "cells.csv");
  }

  @Test
  void refusesAQuoteThatIsNeverClosed() throws IOException {
    Refusal.of(csv("x,y\n1,\"a\n2,b\n"), "never closed", "line 2");
  }

  @Test
  void refusesBytesThatAreNoText() throws IOException {
    Path file = folder.resolve("bytes.csv");
    Files.write(file, new byte[] {'1', ',', (byte) 0xff, (byte) 0xfe, '\n'});
    Refusal.of(new CsvSource(file, "last"), "not UTF-8", "bytes.csv");
  }

  @Test
  void refusesTruncatedGzipAndMissingFiles() throws IOException {
    byte[] whole = IdxSourceTest.gzip("1,a\n2,b\n".repeat(5000).getBytes(StandardCharsets.UTF_8));
    Path cut = Files.write(folder.resolve("cut.csv.gz"), Arrays.copyOf(whole, whole.length / 2));
    Refusal.of(new CsvSource(cut, "last"), "ends too early", "cut.csv.gz");
    Refusal.of(new CsvSource(folder.resolve("gone.csv"), "last"), "no such file", "gone.csv");
    Refusal.of(new CsvSource(folder, "last"), "not a folder", folder.toString());
  }

  @Test
  void refusesAGzipThatUnpacksToFarMoreThanItHolds() throws IOException {
    byte[] bomb = IdxSourceTest.gzip(new byte[200_000_000]);
    Path file = Files.write(folder.resolve("bomb.csv.gz"), bomb);
    Refusal.of(new CsvSource(file, "last"), "", "bomb.csv.gz");
  }
}
