package dev.espalier.engine.study;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.espalier.engine.Environment;
import dev.espalier.engine.Progress;
import dev.espalier.engine.data.DataSet;
import dev.espalier.engine.data.Glyphs;
import dev.espalier.engine.data.Partition;
import dev.espalier.engine.data.Partitioner;
import dev.espalier.engine.data.Split;
import dev.espalier.engine.run.Result;
import java.util.List;
import org.junit.jupiter.api.Test;

class InspectionTest {
  private static double figure(Result.TableResult table, int row, int column) {
    return ((Result.Cell.Number) table.rows().get(row).cells().get(column)).figure().value();
  }

  @Test
  void countsEachClassInEachPart() {
    DataSet data =
        Partitioner.apply(
            new Glyphs(1000, 100, 0.5, 1).load(true, Progress.NONE),
            Partition.WHOLE,
            new Environment(1, 1, "cpu", true));
    Result.TableResult table = Inspection.of("signs", data);
    assertEquals(11, table.rows().size());
    assertEquals(new Result.Cell.Text("pe"), table.rows().get(0).cells().get(0));
    assertEquals(90, figure(table, 0, 1));
    assertEquals(10, figure(table, 0, 2));
    assertEquals(10, figure(table, 0, 3));
    assertEquals(900, figure(table, 10, 1));
    assertEquals("Data signs", table.title());
    assertEquals(
        List.of(
            "from glyphs",
            "images of 28×28 pixels, gray",
            "10 classes",
            "content " + data.fingerprint()),
        table.notes());
    assertEquals(List.of(), table.findings());
  }

  @Test
  void saysWhatMakesFiguresDoubtful() {
    Split train = Split.ofValues(1, new float[5], new int[] {0, 0, 0, 0, 1});
    Split none = Split.ofValues(1, new float[0], new int[0]);
    DataSet data =
        new DataSet(
            "uneven",
            new long[] {1},
            List.of("a", "b"),
            train,
            none,
            none,
            new float[] {1},
            new float[] {0},
            List.of(),
            "f");
    List<String> findings = Inspection.of("signs", data).findings();
    assertTrue(findings.get(0).contains("uneven"), findings.toString());
    assertTrue(findings.get(1).contains("no test part"), findings.toString());
  }
}
