package dev.espalier.engine.study;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.espalier.engine.EspalierException;
import dev.espalier.engine.Model;
import dev.espalier.engine.Progress;
import dev.espalier.engine.architecture.Mlp;
import dev.espalier.engine.data.DataSet;
import dev.espalier.engine.data.Glyphs;
import dev.espalier.engine.data.Partition;
import dev.espalier.engine.measure.Accuracy;
import dev.espalier.engine.measure.Measurement;
import dev.espalier.engine.prune.Amount;
import dev.espalier.engine.prune.Criterion;
import dev.espalier.engine.prune.PruneSpec;
import dev.espalier.engine.quantize.QuantizeSpec;
import dev.espalier.engine.run.Result.ChartSpec;
import dev.espalier.engine.run.StatementSettings.Drawing;
import dev.espalier.engine.train.TrainSettings;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Charts of models' insides, against what the figures are computed from. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ChartsTest {
  private Experiment lab;
  private DataSet glyphs;
  private Model net;
  private Model half;

  @BeforeAll
  void train(@TempDir Path folder) {
    lab = Experiment.in(folder.resolve("store")).seed(3).threads(1);
    glyphs =
        lab.data(
            "glyphs",
            new Glyphs(900, 300, 0.3, 1),
            new Partition(List.of(80.0, 20.0), 0, false, List.of()));
    net = lab.train(new Mlp(List.of(40)), glyphs, TrainSettings.epochs(4));
    half = lab.prune(net, PruneSpec.weights(0.5));
  }

  private ChartSpec chart(String what, Model... models) {
    List<Experiment.Named> named =
        java.util.stream.IntStream.range(0, models.length)
            .mapToObj(i -> Experiment.named("m" + i, models[i]))
            .toList();
    return lab.chart(what, Optional.empty(), Drawing.titled(""), named);
  }

  @Test
  void confusionCountsEveryTestSampleOnce() {
    ChartSpec chart = chart("confusion", net);
    Accuracy accuracy = Measurement.accuracy(net.graph(), glyphs);
    double all = 0;
    double right = 0;
    for (int c = 0; c < glyphs.classCount(); c++) {
      ChartSpec.Series row = chart.series().get(c);
      assertEquals(glyphs.classes().get(c), row.name());
      all += row.y().stream().mapToDouble(n -> n).sum();
      right += row.y().get(c);
    }
    assertEquals(glyphs.test().size(), all);
    assertEquals(glyphs.test().size() - accuracy.errors(), right);
  }

  @Test
  void sensitivityIsTheValidationAccuracyWithOneLayerPruned() {
    ChartSpec chart = chart("sensitivity", net);
    assertEquals(
        List.of("fc1", "fc2"), chart.series().stream().map(ChartSpec.Series::name).toList());
    ChartSpec.Series first = chart.series().get(0);
    assertEquals(validation(net), first.y().get(0));
    Model alone =
        lab.prune(
            net,
            new PruneSpec(
                new Amount.Level(0.95),
                false,
                new Criterion.Magnitude(),
                false,
                List.of(),
                List.of("fc2"),
                1,
                0));
    assertEquals(0.95, first.x().get(first.x().size() - 1));
    assertEquals(validation(alone), first.y().get(first.y().size() - 1));
  }

  private double validation(Model model) {
    return Measurement.accuracy(model.graph(), glyphs, glyphs.validation(), Progress.NONE)
        .fraction();
  }

  @Test
  void sensitivityNeedsAValidationSplitAndFloats() {
    DataSet whole =
        new DataSet(
            "whole",
            glyphs.shape(),
            glyphs.classes(),
            glyphs.train(),
            glyphs.validation().select(),
            glyphs.test(),
            glyphs.scale(),
            glyphs.offset(),
            List.of(),
            "glyphs that are not split");
    Model unsplit = lab.train(new Mlp(List.of(10)), whole, TrainSettings.epochs(1));
    EspalierException none =
        assertThrows(EspalierException.class, () -> chart("sensitivity", unsplit));
    assertTrue(none.what().contains("validation split"), none.what());
    Model integers = lab.quantize(net, glyphs, QuantizeSpec.int8());
    EspalierException whole8 =
        assertThrows(EspalierException.class, () -> chart("sensitivity", integers));
    assertTrue(whole8.what().contains("no layer to prune"), whole8.what());
  }

  @Test
  void zerosAreThoseOfEachLayer() {
    ChartSpec chart = chart("zeros", net, half);
    assertEquals(List.of("fc1", "fc2"), chart.x().names());
    assertEquals(List.of(0.5, 0.5), chart.series().get(1).y());
    assertTrue(chart.series().get(0).y().get(0) < 0.01);
  }

  @Test
  void activationsAreAllCountedAndRectifiedOnesAreNeverNegative() {
    ChartSpec chart = chart("activations", net);
    ChartSpec.Series hidden = chart.series().get(0);
    double counted = hidden.y().stream().mapToDouble(p -> p).sum();
    // What is missing to a whole is what is exactly zero, as the note says.
    String note = chart.notes().get(0);
    double zero = Double.parseDouble(note.replaceAll(".*, ([0-9.]+)% exactly.*", "$1")) / 100;
    assertEquals(1, counted + zero, 0.001);
    assertTrue(zero > 0.1, note);
    // The bin in which zero lies may begin below it.
    double width = hidden.x().get(1) - hidden.x().get(0);
    for (int i = 0; i < hidden.x().size(); i++) {
      assertTrue(hidden.x().get(i) > -width || hidden.y().get(i) == 0, "a negative output");
    }
  }

  @Test
  void latenciesRiseWithThePartOfRuns() {
    ChartSpec chart = chart("latencies", net, half);
    for (ChartSpec.Series s : chart.series()) {
      assertEquals(s.x().stream().sorted().toList(), s.x());
      assertEquals(s.y().stream().sorted().toList(), s.y());
    }
  }
}
