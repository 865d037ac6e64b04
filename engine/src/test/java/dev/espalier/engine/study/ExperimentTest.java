package dev.espalier.engine.study;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.espalier.engine.Model;
import dev.espalier.engine.Progress;
import dev.espalier.engine.architecture.Lenet5;
import dev.espalier.engine.architecture.Mlp;
import dev.espalier.engine.data.CsvSource;
import dev.espalier.engine.data.DataSet;
import dev.espalier.engine.data.Glyphs;
import dev.espalier.engine.distill.SoftTargets;
import dev.espalier.engine.measure.Measurement;
import dev.espalier.engine.onnx.OnnxFile;
import dev.espalier.engine.prune.LayerRow;
import dev.espalier.engine.prune.PruneSpec;
import dev.espalier.engine.quantize.QuantizeSpec;
import dev.espalier.engine.run.Result;
import dev.espalier.engine.train.TrainSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The engine from plain Java, as the README shows it. */
class ExperimentTest {
  @TempDir Path folder;

  @Test
  void compressesFromPlainJava() throws Exception {
    Glyphs generated = new Glyphs(2000, 500, 0.5, 1);
    // tag::readme[]
    Experiment lab = Experiment.in(folder.resolve("store")).seed(7).threads(2);
    DataSet glyphs = lab.data("glyphs", generated);

    Model teacher = lab.train(new Lenet5(), glyphs, TrainSettings.epochs(3));
    Model small =
        lab.distill(
            teacher,
            new Mlp(List.of(100)),
            glyphs,
            new SoftTargets(4, 0.9),
            TrainSettings.epochs(5));
    Model slim = lab.prune(small, glyphs, PruneSpec.weights(0.5));
    Model tiny = lab.quantize(slim, glyphs, QuantizeSpec.int8());
    lab.export(tiny, folder.resolve("tiny.onnx"));

    Map<String, Model> models = new LinkedHashMap<>();
    models.put("teacher", teacher);
    models.put("tiny", tiny);
    Result.TableResult table = lab.compare(models);
    // end::readme[]

    assertEquals(
        List.of("teacher", "tiny", "tiny, trained alone", "tiny, random pruning"),
        table.rows().stream().map(r -> ((Result.Cell.Text) r.cells().get(0)).text()).toList());
    assertTrue(
        Measurement.accuracy(teacher.graph(), glyphs).fraction() > 0.5,
        "the teacher learnt nothing");
    assertEquals(0.5, LayerRow.sparsity(slim.graph()), 1e-3);
    // Rounding to integers makes some more zeros, and unmakes none.
    double rounded = LayerRow.sparsity(tiny.graph());
    assertTrue(rounded >= 0.5 && rounded < 0.53, "sparsity of integers " + rounded);
    assertTrue(Files.size(folder.resolve("tiny.onnx")) < OnnxFile.encode(small.graph()).length / 3);
  }

  @Test
  void comparesRegressionsByTheirErrors() throws Exception {
    StringBuilder text = new StringBuilder("a,b,y\n");
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < 600; i++) {
      double a = random.nextGaussian();
      double b = random.nextGaussian();
      text.append(String.format(Locale.ROOT, "%.4f,%.4f,%.4f%n", a, b, 2 * a - b));
    }
    Path file = Files.writeString(folder.resolve("line.csv"), text);
    Experiment lab = Experiment.in(folder.resolve("store")).seed(7).threads(1);
    DataSet line = lab.data("line", new CsvSource(file, "last", "y"));
    Model large = lab.train(new Mlp(List.of(32)), line, TrainSettings.epochs(30).withBatch(16));
    Model small = lab.prune(large, line, PruneSpec.channels(0.75));
    Model integers = lab.quantize(large, line, QuantizeSpec.int8());
    Map<String, Model> models = new LinkedHashMap<>();
    models.put("large", large);
    models.put("small", small);
    models.put("integers", integers);
    Result.TableResult table = lab.compare(models);
    assertEquals(
        List.of("model", "mse", "mae", "r2", "parameters"),
        table.columns().stream().map(Result.Column::title).limit(5).toList());
    Result.Figure r2 = ((Result.Cell.Number) table.rows().get(0).cells().get(3)).figure();
    assertTrue(r2.value() > 0.9 && r2.low() <= r2.value() && r2.value() <= r2.high(), "" + r2);
    assertTrue(
        table.findings().stream().anyMatch(f -> f.startsWith("small against large: mean squared")),
        table.findings().toString());
    assertTrue(table.notes().stream().anyMatch(n -> n.contains("bootstrap")), "" + table.notes());
  }

  @Test
  void aSecondRunTakesEverythingFromTheStore() {
    Path store = folder.resolve("store");
    Model first = trainedIn(store, Progress.NONE);
    List<Progress.Event> events = new ArrayList<>();
    Model again = trainedIn(store, events::add);
    assertArrayEquals(OnnxFile.encode(first.graph()), OnnxFile.encode(again.graph()));
    assertEquals(first.history(), again.history());
    assertTrue(
        events.stream().anyMatch(e -> e instanceof Progress.Event.Finished f && f.cached()),
        events.toString());
    assertTrue(events.stream().noneMatch(e -> e instanceof Progress.Event.Batch));
  }

  private static Model trainedIn(Path store, Progress progress) {
    Experiment lab = Experiment.in(store).seed(3).threads(1).progress(progress);
    DataSet data = lab.data("glyphs", new Glyphs(500, 100, 0.5, 1));
    Model model = lab.train(new Mlp(List.of(20)), data, TrainSettings.epochs(2));
    assertSame(model, lab.train(new Mlp(List.of(20)), data, TrainSettings.epochs(2)));
    return model;
  }

  @Test
  void whatWasFinishedBeforeACancelStaysInTheStore() {
    Path store = folder.resolve("store");
    int[] batches = new int[1];
    Progress impatient =
        new Progress() {
          @Override
          public void on(Event event) {
            batches[0] +=
                event instanceof Event.EpochEnded e && e.verb().equals("finetune") ? 1 : 0;
          }

          @Override
          public boolean cancelled() {
            return batches[0] > 0;
          }
        };
    Experiment lab = Experiment.in(store).seed(3).threads(1).progress(impatient);
    DataSet data = lab.data("glyphs", new Glyphs(500, 100, 0.5, 1));
    Model model = lab.train(new Mlp(List.of(20)), data, TrainSettings.epochs(2));
    org.junit.jupiter.api.Assertions.assertThrows(
        Progress.Cancelled.class, () -> lab.finetune(model, data, TrainSettings.epochs(50)));
    var entries = dev.espalier.engine.run.Store.open(store).entries();
    assertEquals(2, entries.size(), "what was finished, and the last whole epoch of the other");
    assertTrue(entries.containsKey(model.key()));
    batches[0] = 0;
    assertEquals(
        5,
        lab.progress(Progress.NONE)
            .finetune(model, data, TrainSettings.epochs(3))
            .history()
            .size());
  }
}
