package dev.espalier.kernel.session;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.espalier.dsl.Checked;
import dev.espalier.dsl.Diagnostic;
import dev.espalier.dsl.Espalier;
import dev.espalier.dsl.Messages;
import dev.espalier.dsl.Scope;
import dev.espalier.dsl.Source;
import dev.espalier.dsl.Step;
import dev.espalier.dsl.explain.JavaProgram;
import dev.espalier.engine.Environment;
import dev.espalier.engine.EspalierException;
import dev.espalier.engine.run.Result;
import dev.espalier.engine.run.Store;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The Java that a program compiles to makes the same models, bit for bit, under the same keys. */
class JavaProgramTest {
  private static final Environment ENVIRONMENT = new Environment(1, 2, "cpu", true);

  private static final String DATA =
      "set seed 5, threads 1\ndata digits from glyphs(train 300, test 60)\n";

  @TempDir Path folder;

  @Test
  void pipelinesOfEveryKind() throws Exception {
    same(
        DATA
            + "data few from glyphs(train 300, test 60) split 80/20 take 150 normalize\n"
            + "    augment shift(2), flip\n"
            + "train lenet-5 on digits for 1 epoch with batch 50, dropout 0.5, warmup 0.5,\n"
            + "    weight-decay 0.0005, optimizer sgd(lr 0.05), schedule cosine as teacher\n"
            + "set seed 6\n"
            + "model student is mlp(30, 20)\n"
            + "distill teacher into student for 2 epochs with temperature 3, batch 50 as small\n"
            + "    then prune 50% except fc3 then finetune on few for 1 epoch as slim\n"
            + "    then quantize to int8 per tensor with images 64\n"
            + "prune teacher 40% globally by random\n"
            + "prune small 60% per layer { fc1 70% } in 2 rounds of 1 epoch with batch 100 as rounds\n"
            + "prune rounds 20% of remaining in 2 rounds as less\n"
            + "distill teacher, small into mlp(10) for 1 epoch as both\n"
            + "distill teacher into itself for 1 epoch as again\n"
            + "distill teacher into small for 1 epoch as copy\n"
            + "note \"C:\\\\users are escaped, and “quotes”\"\n");
  }

  @Test
  void channelsAndBudgets() throws Exception {
    same(
        DATA
            + "model net {\n    conv(8) as first, relu\n    residual { conv(8), batch-norm, relu } as"
            + " block\n    max-pool, global-pool, flatten, dense(10)\n}\n"
            + "train net on digits for 1 epoch as big\n"
            + "prune big 50% of channels with round-to 2 as thin then finetune for 1 epoch as fit\n"
            + "prune big to 60% of MACs and 8 KB as budget\n"
            + "prune big to 60% of size with round-to 2 as bytes\n");
  }

  @Test
  void filesInAndOutAndWhatIsShown() throws Exception {
    same(
        DATA
            + "train lenet-300-100 on digits for 1 epoch as teacher\n"
            + "export teacher to onnx \"teacher.onnx\"\n"
            + "prune teacher 50% as half\n"
            + "compare teacher, half with controls no as table\n"
            + "show table\n"
            + "show digits\n"
            + "show teacher\n"
            + "show layers of half\n"
            + "show coupling of half\n"
            + "show size, sparsity of teacher, half\n"
            + "chart sparsity vs size of teacher, half\n"
            + "chart training of teacher\n"
            + "expect size of half at most 10 MB\n"
            + "expect accuracy of half within 100 points of teacher\n"
            + "expect size of half within 5% relative of teacher\n"
            + "export table to csv \"table.csv\"\n");
    Files.createDirectories(folder.resolve("second"));
    Files.copy(folder.resolve("teacher.onnx"), folder.resolve("second/teacher.onnx"));
    folder = folder.resolve("second");
    same(
        DATA
            + "model back from onnx \"teacher.onnx\" with classes 10\n"
            + "set seed 9\n"
            + "finetune back on digits for 1 epoch as mine\n"
            + "model plain from onnx \"teacher.onnx\"\n"
            + "quantize plain to int8 on digits with images 32\n");
  }

  @Test
  void aReportIsLeftOutByName() throws Exception {
    JavaProgram java = java(DATA + "report to \"page.html\"\n");
    assertEquals(1, java.leftOut().size());
    assertTrue(
        java.leftOut().get(0).startsWith("report to \"page.html\": "), java.leftOut().get(0));
    compile(java);
  }

  @Test
  void whatIsTooLongForJavaIsRefusedNamingItsSentence() throws Exception {
    StringBuilder many = new StringBuilder(DATA);
    // Nothing makes more code of fewer signs than layers; as many as are taken still compile.
    String block = " { " + "dense(5), relu, ".repeat(100) + "dense(10) }\n";
    for (int i = 0; i < 19; i++) {
      many.append("model b" + i + block + "show b" + i + "\n");
    }
    compile(java(many.toString()));
    for (int i = 19; i < 60; i++) {
      many.append("model b" + i + block + "show b" + i + "\n");
    }
    EspalierException refused = assertThrows(EspalierException.class, () -> java(many.toString()));
    assertTrue(refused.getMessage().contains("show b"), refused.getMessage());
  }

  @Test
  void namesAndTextsOfTheProgramCannotBreakOutOfTheirPlaceInJava() throws Exception {
    JavaProgram java =
        java(
            DATA
                + "train mlp(5) on digits for 1 epoch as class # \\u000a exit\n"
                + "prune class 50% as lab\n"
                + "prune lab 60% as Lab\n"
                + "note \"\"\"one */ two \\u000a System.exit(3);\nthree\"\"\"\n"
                + "chart training of class with title \"a \\\" b \\\\u0022 c\"\n");
    compile(java);
    assertFalse(java.text().contains("\n System.exit"), java.text());
  }

  @Test
  void everyRightProgramCompilesAsJava() throws Exception {
    Path right = Path.of("../dsl/src/test/resources/dev/espalier/dsl/right");
    List<Path> sources = new ArrayList<>();
    try (Stream<Path> files = Files.list(right)) {
      for (Path file : files.filter(f -> f.toString().endsWith(".esp")).sorted().toList()) {
        Source source = new Source(file.toString(), Files.readString(file), Optional.of(file));
        Checked checked = Espalier.check(source, Scope.empty(ENVIRONMENT));
        if (checked.ok()) {
          JavaProgram java = JavaProgram.of(source, checked.steps());
          Path place = Files.createDirectories(folder.resolve("p" + sources.size()));
          String name = java.text().replaceAll("(?s).*\\npublic final class (\\w+) \\{.*", "$1");
          // Each in a package of its own, as two programs may be called alike.
          sources.add(
              Files.writeString(
                  place.resolve(name + ".java"),
                  "package p" + sources.size() + ";\n" + java.text()));
        }
      }
    }
    assertTrue(sources.size() > 60, sources.size() + " programs");
    compile(sources);
  }

  private JavaProgram java(String text) throws IOException {
    Path file = Files.writeString(folder.resolve("my-program.esp"), text);
    Source source = new Source(file.toString(), text, Optional.of(file));
    Checked checked = Espalier.check(source, Scope.empty(ENVIRONMENT));
    assertTrue(checked.ok(), Messages.format(checked.diagnostics()));
    return JavaProgram.of(source, checked.steps());
  }

  private Path compile(JavaProgram java) throws IOException {
    Path file = Files.writeString(folder.resolve("MyProgramProgram.java"), java.text());
    return compile(List.of(file));
  }

  private Path compile(List<Path> sources) throws IOException {
    Path classes = Files.createDirectories(folder.resolve("classes"));
    String path =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    List<String> arguments =
        new ArrayList<>(
            List.of("-encoding", "UTF-8", "-proc:none", "-cp", path, "-d", classes.toString()));
    sources.forEach(s -> arguments.add(s.toString()));
    int exit =
        ToolProvider.getSystemJavaCompiler()
            .run(null, said, said, arguments.toArray(String[]::new));
    assertEquals(0, exit, said.toString());
    return classes;
  }

  private void same(String text) throws Exception {
    JavaProgram java = java(text);
    Path file = folder.resolve("my-program.esp");
    Path told = folder.resolve("told");
    Session session = new Session(told, ENVIRONMENT);
    assertEquals(
        Session.DONE,
        session.execute(new Source(file.toString(), text, Optional.of(file)), new Silent()));
    Path compiled = folder.resolve("compiled");
    try (URLClassLoader loader =
        new URLClassLoader(
            new URL[] {compile(java).toUri().toURL()}, getClass().getClassLoader())) {
      loader
          .loadClass("MyProgramProgram")
          .getMethod("main", String[].class)
          .invoke(null, (Object) new String[] {compiled.toString()});
    }
    Map<String, Path> one = Store.open(told).entries();
    Map<String, Path> other = new TreeMap<>(Store.open(compiled).entries());
    assertFalse(one.isEmpty());
    assertEquals(one.keySet(), other.keySet(), java.text());
    for (String key : one.keySet()) {
      assertArrayEquals(
          Files.readAllBytes(one.get(key).resolve("model.onnx")),
          Files.readAllBytes(other.get(key).resolve("model.onnx")),
          key);
    }
  }

  /** A host that fails the test when something goes wrong. */
  private static final class Silent implements Host {
    @Override
    public void on(Event event) {}

    @Override
    public void diagnostic(Diagnostic diagnostic) {}

    @Override
    public void begin(Step step) {}

    @Override
    public void result(Step step, Result result) {}

    @Override
    public void failed(Step step, RuntimeException failure) {
      throw new AssertionError(step.sentence(), failure);
    }
  }
}
