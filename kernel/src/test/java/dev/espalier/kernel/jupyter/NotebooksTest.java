package dev.espalier.kernel.jupyter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import dev.espalier.dsl.Espalier;
import dev.espalier.dsl.Source;
import dev.espalier.engine.Environment;
import dev.espalier.engine.run.Result;
import dev.espalier.kernel.session.Memory;
import dev.espalier.kernel.session.Session;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.dflib.jjava.jupyter.kernel.KernelConnectionProperties;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What lies in the folder {@code notebooks} does what it says. */
@Timeout(600)
class NotebooksTest {
  private static final Path NOTEBOOKS = Path.of("..", "notebooks");

  @TempDir Path folder;

  private Session session() {
    return new Session(folder.resolve("store"), new Environment(1, 2, "cpu", true));
  }

  @Test
  void theQuickstartShowsThatTheTeacherHelped() throws Exception {
    Path script = Files.copy(NOTEBOOKS.resolve("quickstart.esp"), folder.resolve("quickstart.esp"));
    Memory memory = new Memory();
    int exit =
        session()
            .execute(
                new Source("quickstart.esp", Files.readString(script), Optional.of(script)),
                memory);
    assertEquals(Session.DONE, exit, () -> memory.diagnostics + " " + memory.failures);
    List<Result> results = memory.results;
    Result.TableResult table =
        results.stream()
            .filter(Result.TableResult.class::isInstance)
            .map(Result.TableResult.class::cast)
            .findFirst()
            .orElseThrow();
    assertTrue(
        table.findings().stream()
            .anyMatch(
                f ->
                    f.startsWith("small against itself trained alone")
                        && f.endsWith("the teacher gained accuracy")),
        table.findings().toString());
    assertEquals(2, results.stream().filter(Result.ChartSpec.class::isInstance).count());
    assertTrue(Files.isRegularFile(folder.resolve("quickstart-out/tiny.onnx")));
  }

  private static List<Path> notebooks(boolean quick) throws IOException {
    List<Path> notebooks = new ArrayList<>();
    try (Stream<Path> files = Files.list(NOTEBOOKS)) {
      for (Path file : files.filter(f -> f.toString().endsWith(".ipynb")).sorted().toList()) {
        if (KeptNotebook.read(file).takes().isEmpty() == quick) {
          notebooks.add(file);
        }
      }
    }
    return notebooks;
  }

  static List<Path> quick() throws IOException {
    return notebooks(true);
  }

  static List<Path> experiments() throws IOException {
    return notebooks(false);
  }

  @ParameterizedTest
  @MethodSource("quick")
  void everyCellDoesWhatItDidWhenItWasWritten(Path file) throws Exception {
    runs(file);
  }

  /** Real data, several seeds: many minutes each. */
  @ParameterizedTest
  @MethodSource("experiments")
  @Tag("long")
  @Timeout(5400)
  void everyExperimentRunsAgain(Path file) throws Exception {
    runs(file);
  }

  /** As it was saved; and nothing in it would be refused today. */
  @ParameterizedTest
  @MethodSource("experiments")
  void experimentsAreKeptWithTheirOutputAndStillPassTheCheck(Path file) throws Exception {
    KeptNotebook notebook = KeptNotebook.read(file);
    StringBuilder program = new StringBuilder();
    boolean verdict = false;
    for (JsonObject cell : notebook.codeCells()) {
      assertFalse(KeptNotebook.raises(cell), KeptNotebook.source(cell));
      KeptNotebook.checkOutputs(cell);
      program.append(KeptNotebook.source(cell)).append("\n");
      verdict |=
          cell.get("outputs").toString().contains("too close to call")
              || cell.get("outputs").toString().contains(" wins for ");
    }
    assertTrue(verdict, "no verdict in the output");
    Source source = new Source(file.getFileName() + ".esp", program.toString(), Optional.empty());
    assertEquals(List.of(), Espalier.check(source, session().scope()).diagnostics());
    Path kept = folder.resolve(file.getFileName());
    notebook.write(kept);
    converts(notebook, kept);
  }

  private void runs(Path file) throws Exception {
    KeptNotebook notebook = KeptNotebook.read(file);
    KernelConnectionProperties properties = Client.freePorts();
    try (Dispatcher kernel =
            new Dispatcher(
                properties,
                new Wire(properties.createHMACGenerator()),
                new SessionCells(session()),
                new ScreenRendering(),
                new PrintStream(System.err, true),
                () -> {});
        Client client = new Client(properties).ready().patient(240_000)) {
      for (JsonObject cell : notebook.codeCells()) {
        String code = KeptNotebook.source(cell);
        KeptNotebook.checkOutputs(cell);
        Client.Cell ran = client.run(code);
        String expected = KeptNotebook.raises(cell) ? "error" : "ok";
        assertEquals(expected, ran.status(), () -> code + "\n" + ran.reply());
        KeptNotebook.keep(cell, ran);
        KeptNotebook.checkOutputs(cell);
      }
    }
    assertFalse(notebook.codeCells().isEmpty(), "no cells");
    Path executed = folder.resolve(file.getFileName());
    notebook.write(executed);
    converts(notebook, executed);
  }

  /** The notebook becomes a page, Markdown and a script. */
  private void converts(KeptNotebook notebook, Path executed) throws Exception {
    Path python = Path.of("/usr/bin/python3");
    Assumptions.assumeTrue(Files.isExecutable(python), "there is no /usr/bin/python3");
    Assumptions.assumeTrue(
        run(List.of(python.toString(), "-c", "import nbconvert")).exit() == 0,
        "the system's Python has no nbconvert (Debian: apt-get install jupyter-nbconvert)");
    String name = executed.getFileName().toString().replace(".ipynb", "");
    for (String form : List.of("html", "markdown", "script")) {
      Ended ended =
          run(
              List.of(
                  python.toString(),
                  "-m",
                  "nbconvert",
                  "--to",
                  form,
                  "--output-dir",
                  folder.toString(),
                  executed.toString()));
      assertEquals(0, ended.exit(), ended.said());
    }
    String page = Files.readString(folder.resolve(name + ".html"));
    assertTrue(page.contains("<table"), "no table on the page");
    assertTrue(page.contains("data:image/png;base64,"), "no picture on the page");
    String markdown = Files.readString(folder.resolve(name + ".md"));
    String script = Files.readString(folder.resolve(name + ".esp"));
    for (JsonObject cell : notebook.codeCells()) {
      String code = KeptNotebook.source(cell).strip();
      assertTrue(markdown.contains(code), () -> "not in the Markdown: " + code);
      assertTrue(script.contains(code), () -> "not in the script: " + code);
    }
  }

  private record Ended(int exit, String said) {}

  private Ended run(List<String> command) throws Exception {
    Path log = Files.createTempFile(folder, "command", ".log");
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
    builder.environment().put("JUPYTER_CONFIG_DIR", folder.resolve("config").toString());
    builder.environment().put("JUPYTER_DATA_DIR", folder.resolve("data").toString());
    Process process = builder.start();
    if (!process.waitFor(120, TimeUnit.SECONDS)) {
      process.destroyForcibly().waitFor();
    }
    return new Ended(process.exitValue(), Files.readString(log));
  }
}
