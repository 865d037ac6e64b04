package dev.espalier.dsl;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.espalier.engine.Environment;
import dev.espalier.engine.architecture.Lenet5;
import dev.espalier.engine.architecture.Mlp;
import dev.espalier.engine.data.Augmentation;
import dev.espalier.engine.data.FileFormat;
import dev.espalier.engine.data.IdxSource;
import dev.espalier.engine.distill.SoftTargets;
import dev.espalier.engine.prune.Amount;
import dev.espalier.engine.prune.Criterion;
import dev.espalier.engine.prune.PruneSpec;
import dev.espalier.engine.quantize.StaticInt8;
import dev.espalier.engine.run.Operation;
import dev.espalier.engine.train.Optimizer;
import dev.espalier.engine.train.Schedule;
import dev.espalier.engine.train.TrainSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckTest {
  private static final Environment ENVIRONMENT = new Environment(1, 2, "cpu", false);
  private static final String DATA = "data digits from glyphs\n";
  private static final String TEACHER = DATA + "train mlp(300) on digits for 2 epochs as teacher\n";

  private static Checked check(String text) {
    return check(text, Scope.empty(ENVIRONMENT));
  }

  private static Checked check(String text, Scope scope) {
    return Espalier.check(Source.cell(1, text), scope);
  }

  private static Checked good(String text) {
    Checked checked = check(text);
    assertEquals("", Messages.format(checked.diagnostics()));
    return checked;
  }

  private static <T extends Operation> T last(Class<T> type, String text) {
    List<Step> steps = good(text).steps();
    return type.cast(steps.get(steps.size() - 1).operation());
  }

  @Test
  void trainTakesEverySetting() {
    Operation.Train train =
        last(
            Operation.Train.class,
            DATA
                + "train lenet on digits for 7 epochs with batch 60, dropout 0.5, warmup 2,"
                + " weight-decay 0.0005, patience 3,\n  optimizer sgd(lr 0.05, momentum 0.8),"
                + " schedule step(every 5, factor 0.5) as dense");
    assertEquals(
        new TrainSettings(
            7, 60, new Optimizer.Sgd(0.05, 0.8), new Schedule.Step(5, 0.5), 2, 0.0005, 0.5, 3),
        train.settings());
    assertEquals(new Lenet5(), ((Operation.Blueprint) train.blueprint()).architecture());
    assertTrue(train.data() instanceof Operation.LoadData);
  }

  @Test
  void defaultsAreTheCatalogs() {
    Operation.Train train = last(Operation.Train.class, DATA + "train mlp(30, 20) on digits");
    assertEquals(TrainSettings.epochs(10), train.settings());
    assertEquals(
        new Mlp(List.of(30, 20)), ((Operation.Blueprint) train.blueprint()).architecture());
  }

  @Test
  void dataTakesItsClauses() {
    Operation.LoadData load =
        last(
            Operation.LoadData.class,
            "data digits from glyphs(train 2000, difficulty 0.3) with test 500\n"
                + "    split 80/10/10 take 10% normalize augment shift(2), flip");
    assertEquals(List.of(80.0, 10.0, 10.0), load.partition().split());
    assertEquals(0.1, load.partition().take());
    assertTrue(load.partition().normalize());
    assertEquals(
        List.of(new Augmentation.Shift(2), new Augmentation.Flip()),
        load.partition().augmentations());
    assertEquals(new dev.espalier.engine.data.Glyphs(2000, 500, 0.3, 1), load.source());
  }

  @Test
  void filesAreFoundBesideTheProgram(@TempDir Path folder) throws IOException {
    Path images = Files.writeString(folder.resolve("train-images-idx3-ubyte"), "");
    Path labels = Files.writeString(folder.resolve("train-labels-idx1-ubyte"), "");
    Files.writeString(folder.resolve("cells.csv"), "");
    Source source =
        new Source(
            "p.esp",
            "data a from idx \"train-images-idx3-ubyte\", \"train-labels-idx1-ubyte\"\n"
                + "data b from \"cells.csv\" with label \"kind\"\n"
                + "data c from images \".\" with width 32, height 32, colors gray",
            Optional.of(folder.resolve("p.esp")));
    Checked checked = Espalier.check(source, Scope.empty(ENVIRONMENT));
    assertEquals("", Messages.format(checked.diagnostics()));
    assertEquals(
        new IdxSource(List.of(images, labels)),
        ((Operation.LoadData) checked.steps().get(0).operation()).source());
    assertEquals(
        new FileFormat.Csv("kind", "").source(List.of(folder.resolve("cells.csv"))),
        ((Operation.LoadData) checked.steps().get(1).operation()).source());
  }

  @Test
  void theSentenceOfTheProject() {
    Checked checked =
        good(TEACHER + "model student is mlp(30)\ndistill teacher into student then prune 50%");
    Step step = checked.steps().get(checked.steps().size() - 1);
    assertEquals("distill teacher into student then prune 50%", step.sentence());
    assertEquals(Optional.empty(), step.name());
    Operation.Prune prune = (Operation.Prune) step.operation();
    assertEquals(PruneSpec.weights(0.5), prune.spec());
    Operation.Distill distill = (Operation.Distill) prune.model();
    assertEquals(new SoftTargets(4, 0.9), distill.method());
    assertEquals(new Mlp(List.of(30)), ((Operation.Blueprint) distill.student()).architecture());
    Scope.Binding it = checked.scope().it().orElseThrow();
    assertEquals(0.5, it.sparsity());
    assertEquals(Scope.Kind.MODEL, it.kind());
    assertEquals(Scope.Kind.BLUEPRINT, checked.scope().find("student").orElseThrow().kind());
  }

  @Test
  void figuresOfARegressionAreExpectedAndComparedWithoutNamingThem(@TempDir Path home)
      throws Exception {
    Files.writeString(home.resolve("houses.csv"), "size,price\n1,2\n");
    Source source =
        new Source(
            "p.esp",
            String.join(
                "\n",
                "data houses from \"houses.csv\" with target \"price\"",
                "train mlp(8) on houses for 1 epoch as big",
                "expect mse of big at most 0.25",
                "expect r2 of big at least 0.5",
                "prune big 50% of channels as small",
                "compare big, small",
                "compare big, small by mae"),
            Optional.of(home.resolve("p.esp")));
    Checked checked = Espalier.check(source, Scope.empty(ENVIRONMENT));
    assertEquals("", Messages.format(checked.diagnostics()));
    List<Operation> steps = checked.steps().stream().map(Step::operation).toList();
    assertEquals(
        List.of(new Operation.Bound.Limit(false, 0.25), new Operation.Bound.Limit(true, 0.5)),
        steps.stream()
            .filter(o -> o instanceof Operation.Expect)
            .map(o -> ((Operation.Expect) o).bound())
            .toList());
    assertEquals(
        List.of("", "mae"),
        steps.stream()
            .filter(o -> o instanceof Operation.Compare)
            .map(o -> ((Operation.Compare) o).metric())
            .toList());
  }

  @Test
  void distillSortsItsSettings() {
    Operation.Distill distill =
        last(
            Operation.Distill.class,
            TEACHER
                + "distill teacher into mlp(30) by soft-targets for 5 epochs"
                + " with temperature 20, batch 64, alpha 0.7");
    assertEquals(new SoftTargets(20, 0.7), distill.method());
    assertEquals(5, distill.settings().epochs());
    assertEquals(64, distill.settings().batch());
    assertEquals(
        new SoftTargets(8, 0.9),
        last(
                Operation.Distill.class,
                TEACHER + "distill teacher into mlp(30) by soft-targets(temperature 8)")
            .method());
  }

  @Test
  void severalTeachersAndItself() {
    Operation.Distill two =
        last(
            Operation.Distill.class,
            TEACHER + "prune teacher 20% as other\ndistill teacher and other into mlp(30)");
    assertEquals(2, two.teachers().size());
    Operation.Distill reborn =
        last(Operation.Distill.class, TEACHER + "distill teacher into itself as reborn");
    assertEquals(new Operation.FreshCopy(reborn.teachers().get(0)), reborn.student());
  }

  @Test
  void distillingIntoATrainedModelStartsFromACopyOfIt() {
    Operation.Distill distill =
        last(
            Operation.Distill.class,
            TEACHER + "train mlp(30) on digits as small\ndistill teacher into small as better");
    assertTrue(distill.student() instanceof Operation.Train);
  }

  @Test
  void pruneTakesItsClauses() {
    Operation.Prune prune =
        last(
            Operation.Prune.class,
            TEACHER
                + "prune teacher 20% of remaining by random in 15 rounds of 2 epochs globally\n"
                + "  per layer { fc2 10% } except fc1, \"f?1*\" with batch 60 as ticket");
    assertEquals(
        new PruneSpec(
            new Amount.OfRemaining(0.2),
            false,
            new Criterion.Random(),
            true,
            List.of(new PruneSpec.Override("fc2", new Amount.OfRemaining(0.1))),
            List.of("fc1", "f?1*"),
            15,
            2),
        prune.spec());
    assertTrue(prune.data().isPresent());
    assertEquals(60, prune.settings().batch());
    assertEquals(2, prune.settings().epochs());
  }

  @Test
  void sparsityIsReckonedThroughThePipeline() {
    Scope scope =
        good(TEACHER
                + "prune teacher 50% then finetune for 1 epoch as half\n"
                + "prune half 20% of remaining in 2 rounds of 1 epoch as less\n"
                + "prune half 50% of channels as thin\n"
                + "prune half 80% then prune 90% as bare")
            .scope();
    assertEquals(0.5, scope.find("half").orElseThrow().sparsity(), 1e-12);
    assertEquals(1 - 0.5 * 0.64, scope.find("less").orElseThrow().sparsity(), 1e-12);
    assertEquals(0.5, scope.find("thin").orElseThrow().sparsity(), 1e-12);
    assertEquals(0.9, scope.find("bare").orElseThrow().sparsity(), 1e-12);
  }

  @Test
  void quantizeTakesItsClauses() {
    Operation.Quantize quantize =
        last(
            Operation.Quantize.class,
            TEACHER
                + "quantize teacher to 8 bits by static with images 100, coverage 99.9%"
                + " per tensor except fc1 as tiny");
    assertEquals(new StaticInt8(100, 0.999), quantize.spec().method());
    assertEquals(List.of("fc1"), quantize.spec().except());
    assertEquals(false, quantize.spec().perChannel());
    assertTrue(
        last(Operation.Quantize.class, TEACHER + "quantize teacher to int8").spec().perChannel());
  }

  @Test
  void everyNamedStepIsOne() {
    Checked checked =
        good(TEACHER + "prune teacher 50% as half then finetune as tuned then quantize to int8");
    assertEquals(
        List.of(
            Optional.of("digits"),
            Optional.of("teacher"),
            Optional.of("half"),
            Optional.of("tuned"),
            Optional.empty()),
        checked.steps().stream().map(Step::name).toList());
    assertTrue(checked.scope().it().orElseThrow().quantized());
  }

  @Test
  void setChangesWhatComesAfterIt() {
    Checked checked =
        good(
            DATA
                + "train mlp(30) on digits as a\nset seed 12345678901234567, threads 3, offline yes\n"
                + "train mlp(30) on digits as b");
    assertEquals(ENVIRONMENT, ((Operation.Train) checked.steps().get(1).operation()).environment());
    Environment changed = new Environment(12345678901234567L, 3, "cpu", true);
    assertEquals(changed, ((Operation.Train) checked.steps().get(2).operation()).environment());
    assertEquals(changed, checked.scope().environment());
  }

  @Test
  void letStandsForItsValue() {
    Operation.Prune prune =
        last(
            Operation.Prune.class,
            TEACHER
                + "let part = 80%\nlet how = random\nlet net = mlp(20)\nlet e = 3 epochs\n"
                + "train $net on digits for $e as small\nprune small $part by $how");
    assertEquals(new Amount.Level(0.8), prune.spec().amount());
    assertEquals(new Criterion.Random(), prune.spec().criterion());
    assertEquals(3, ((Operation.Train) prune.model()).settings().epochs());
  }

  @Test
  void includeAddsNamesAndSteps(@TempDir Path folder) throws IOException {
    Files.createDirectories(folder.resolve("sub"));
    Files.writeString(folder.resolve("common.esp"), "data digits from glyphs\n");
    Path main = folder.resolve("sub/main.esp");
    Checked checked =
        Espalier.check(
            new Source(
                "main.esp",
                "include \"../common.esp\"\ntrain mlp(30) on digits as a",
                Optional.of(main)),
            Scope.empty(ENVIRONMENT));
    assertEquals("", Messages.format(checked.diagnostics()));
    assertEquals(2, checked.steps().size());
    assertEquals("../common.esp", checked.steps().get(0).source().name());
    assertEquals("main.esp", checked.steps().get(1).source().name());
  }

  @Test
  void expectHasBoundsInTheMetricsOwnUnit() {
    assertEquals(
        new Operation.Bound.Limit(true, 0.95),
        last(Operation.Expect.class, TEACHER + "expect accuracy of teacher at least 95%").bound());
    assertEquals(
        new Operation.Bound.Limit(false, 60_000_000),
        last(Operation.Expect.class, TEACHER + "expect size of teacher at most 60 MB").bound());
    assertEquals(
        new Operation.Bound.Limit(false, 62_914_560),
        last(Operation.Expect.class, TEACHER + "expect size of teacher <= 60MiB").bound());
    assertEquals(
        new Operation.Bound.Limit(false, 0.002),
        last(Operation.Expect.class, TEACHER + "expect latency of teacher <= 2 ms").bound());
    assertEquals(
        new Operation.Bound.Limit(false, 90),
        last(Operation.Expect.class, TEACHER + "expect errors of teacher at most 90").bound());
    Operation.Bound.Within points =
        (Operation.Bound.Within)
            last(
                    Operation.Expect.class,
                    TEACHER
                        + "prune teacher 50% as a\nexpect accuracy of a within 0.3 points of teacher")
                .bound();
    assertEquals(0.003, points.margin(), 1e-12);
    assertEquals(false, points.relative());
    assertEquals("teacher", points.other().name());
    Operation.Bound.Within relative =
        (Operation.Bound.Within)
            last(
                    Operation.Expect.class,
                    TEACHER
                        + "prune teacher 50% as a\nexpect size of a within 10% relative of teacher")
                .bound();
    assertEquals(0.1, relative.margin(), 1e-12);
    assertTrue(relative.relative());
  }

  @Test
  void outputsCompile() {
    Operation.Compare compare =
        last(
            Operation.Compare.class,
            TEACHER
                + "prune teacher 50% as a\n"
                + "compare teacher vs a on digits by size with controls no, batch 8, threads 2 as v");
    assertEquals("size", compare.metric());
    assertEquals(false, compare.controls());
    assertEquals(8, compare.batch());
    assertEquals(2, compare.threads());
    Operation.Chart chart =
        last(Operation.Chart.class, TEACHER + "chart accuracy vs size of teacher with title \"T\"");
    assertEquals(Optional.of("size"), chart.x());
    assertEquals("T", chart.look().title());
    assertEquals(
        Optional.empty(), last(Operation.Chart.class, TEACHER + "chart training of teacher").x());
    assertEquals(
        List.of("layers", "sparsity"),
        last(Operation.Show.class, TEACHER + "show layers, sparsity of teacher").aspects());
    assertEquals(
        2,
        last(Operation.Show.class, TEACHER + "model m is mlp(3)\nshow m, digits")
            .subjects()
            .size());
    assertEquals(
        "onnx",
        last(Operation.Export.class, TEACHER + "export teacher to \"t.onnx\" with opset 17")
            .format());
    assertEquals(
        "Page",
        last(Operation.Report.class, TEACHER + "report to \"r.html\" with title \"Page\"").title());
    assertEquals(
        "# Title\n  text",
        last(Operation.Note.class, "note \"\"\"\n  # Title\n    text\n\"\"\"").text());
  }

  @Test
  void aTableCanBeShownAndExported() {
    Checked checked = good(TEACHER + "compare teacher as v\nshow v\nexport v to csv \"v.csv\"");
    assertEquals(Scope.Kind.TABLE, checked.scope().find("v").orElseThrow().kind());
  }

  @Test
  void aLayerBlockIsABlueprint() {
    Operation.Train train =
        last(
            Operation.Train.class,
            DATA
                + "model net {\n  conv(16, kernel 3), batch-norm, relu\n"
                + "  residual { conv(16), relu } as block1\n  global-pool\n  dense(10) as out\n}\n"
                + "train net on digits");
    var block =
        (dev.espalier.engine.architecture.LayerBlock)
            ((Operation.Blueprint) train.blueprint()).architecture();
    assertEquals(6, block.entries().size());
    assertEquals(Optional.of("block1"), block.entries().get(3).name());
  }

  @Test
  void namesLastFromCellToCell() {
    Scope after = good(TEACHER).scope();
    Checked second = check("prune teacher 50%\nprune it 60% as more", after);
    assertEquals("", Messages.format(second.diagnostics()));
    Checked wrong = check("prune teacher 50% as x\nprune techer 50%", second.scope());
    assertEquals(second.scope(), wrong.scope());
    assertEquals(List.of(), wrong.steps());
    assertEquals("", Messages.format(check(TEACHER, after).diagnostics()), "a cell run again");
  }

  @Test
  void theOnlyDataNeedNotBeNamed() {
    Operation.Train train = last(Operation.Train.class, DATA + "train mlp(30)");
    assertEquals("digits", ((Operation.LoadData) train.data()).name());
  }

  @Test
  void anEmptyProgramIsGood() {
    assertEquals(List.of(), good("").steps());
    assertEquals(List.of(), good("\n# nothing\n;;\n").steps());
  }

  // ---- models from files

  private static final Path MODELS =
      Path.of("src/test/resources/dev/espalier/dsl/models").toAbsolutePath();

  private static String from(String file, String settings) {
    return "model net from onnx \"" + MODELS.resolve(file) + "\"" + settings + "\n";
  }

  @Test
  void aModelFromAFileTakesItsSettings() {
    for (String size : List.of("3x64x64", "[3, 64, 64]")) {
      Operation.FromOnnx net =
          last(
              Operation.FromOnnx.class,
              "set seed 7\n" + from("colour.onnx", " with input " + size + ", classes 10"));
      assertEquals(List.of(3, 64, 64), net.input());
      assertEquals(10, net.classes());
      assertEquals(7, net.seed());
    }
    Operation.FromOnnx plain = last(Operation.FromOnnx.class, from("grey.onnx", ""));
    assertEquals(List.of(), plain.input());
    assertEquals(0, plain.classes());
    assertEquals(Optional.empty(), plain.data());
  }

  @Test
  void anOperatorThatIsNotKnownIsNamedWithItsNode() {
    String said = Messages.format(check(from("unknown.onnx", "")).diagnostics());
    assertTrue(said.startsWith("E220 the operator NonMaxSuppression is not known"), said);
    assertTrue(said.contains("node act1") && said.contains(" …\n"), said);
  }

  @Test
  void theDataItIsFirstUsedOnSaysTheSizeOfAnOpenInput() {
    List<Step> steps =
        good(DATA
                + from("open.onnx", " with classes 10")
                + "distill net into mlp(30) on digits as small\n"
                + "data other from mnist\n"
                + "finetune net on other\nshow net")
            .steps();
    Operation.Distill distill = (Operation.Distill) steps.get(2).operation();
    Operation.FromOnnx teacher = (Operation.FromOnnx) distill.teachers().get(0);
    assertEquals(Optional.of(distill.data()), teacher.data());
    Operation.Show show = (Operation.Show) steps.get(steps.size() - 1).operation();
    assertEquals(teacher, show.subjects().get(0).model());
    Operation.Prune prune =
        last(Operation.Prune.class, DATA + from("open.onnx", "") + "prune net 50% except fc");
    assertTrue(((Operation.FromOnnx) prune.model()).data().isPresent());
    Operation.Distill itself =
        last(
            Operation.Distill.class,
            DATA + from("open.onnx", " with classes 10") + "distill net into itself on digits");
    assertEquals(itself.teachers().get(0), ((Operation.FreshCopy) itself.student()).model());
  }
}
