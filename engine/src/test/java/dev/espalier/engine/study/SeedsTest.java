package dev.espalier.engine.study;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.espalier.engine.Model;
import dev.espalier.engine.Progress;
import dev.espalier.engine.architecture.Mlp;
import dev.espalier.engine.data.DataSet;
import dev.espalier.engine.data.Glyphs;
import dev.espalier.engine.distill.SoftTargets;
import dev.espalier.engine.prune.PruneSpec;
import dev.espalier.engine.run.Result;
import dev.espalier.engine.train.TrainSettings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SeedsTest {
  @TempDir Path folder;

  @Test
  void everyModelAndControlIsMadeFromEverySeed() {
    List<Progress.Event> events = new ArrayList<>();
    Experiment lab =
        Experiment.in(folder.resolve("store")).seed(4).threads(1).seeds(3).progress(events::add);
    DataSet glyphs = lab.data("glyphs", new Glyphs(300, 200, 0.5, 1));
    Model teacher = lab.train(new Mlp(List.of(64)), glyphs, TrainSettings.epochs(4));
    Model small =
        lab.distill(
            teacher, new Mlp(List.of(4)), glyphs, new SoftTargets(4, 0.9), TrainSettings.epochs(2));
    Model half = lab.prune(teacher, PruneSpec.weights(0.5));
    Map<String, Model> models = new LinkedHashMap<>();
    models.put("teacher", teacher);
    models.put("small", small);
    models.put("half", half);
    Result.TableResult table = lab.compare(models);

    assertEquals(
        List.of("teacher", "small", "half", "small, trained alone", "half, random pruning"),
        table.rows().stream().map(SeedsTest::name).toList());
    Result.Figure accuracy = number(table.rows().get(0), 1);
    assertTrue(
        accuracy.hasInterval()
            && accuracy.low() < accuracy.value()
            && accuracy.value() < accuracy.high(),
        "" + accuracy);
    // The mean is that of the three models, each of which the table of each seed holds.
    Result.TableResult each = table.each().orElseThrow();
    assertEquals(15, each.rows().size());
    assertEquals(
        accuracy.value(),
        each.rows().stream()
            .filter(r -> name(r).equals("teacher"))
            .mapToDouble(r -> number(r, 2).value())
            .average()
            .orElseThrow(),
        1e-12);
    assertEquals(
        List.of(4.0, 5.0, 6.0),
        each.rows().stream().limit(3).map(r -> number(r, 1).value()).toList());
    // Each seed's model is what a program with that seed makes: it is in the store already.
    DataSet same = lab.data("glyphs", new Glyphs(300, 200, 0.5, 1));
    assertSame(glyphs, same);
    events.clear();
    lab.seed(5).train(new Mlp(List.of(64)), glyphs, TrainSettings.epochs(4));
    assertTrue(events.stream().noneMatch(Progress.Event.Batch.class::isInstance), "" + events);
    String csv = CsvTable.of(table);
    assertEquals(16, csv.lines().count());
    assertTrue(csv.startsWith("group,model,seed,accuracy"), csv);
    assertTrue(
        table.verdict().orElseThrow().winner().filter("teacher"::equals).isPresent()
            || table.verdict().get().text().startsWith("too close to call"),
        "" + table.verdict());
    assertTrue(
        table.notes().stream().anyMatch(n -> n.startsWith("seeds: 4 to 6")), "" + table.notes());
  }

  private static String name(Result.Row row) {
    return ((Result.Cell.Text) row.cells().get(0)).text();
  }

  private static Result.Figure number(Result.Row row, int column) {
    return ((Result.Cell.Number) row.cells().get(column)).figure();
  }
}
