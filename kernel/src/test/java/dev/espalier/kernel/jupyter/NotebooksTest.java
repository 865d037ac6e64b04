package dev.espalier.kernel.jupyter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.espalier.dsl.Source;
import dev.espalier.engine.Environment;
import dev.espalier.engine.run.Result;
import dev.espalier.kernel.session.Memory;
import dev.espalier.kernel.session.Session;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.dflib.jjava.jupyter.kernel.KernelConnectionProperties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

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

  @Test
  void everyCellOfTheTourDoesWhatItDidWhenItWasWritten() throws Exception {
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
      JsonObject notebook =
          JsonParser.parseString(Files.readString(NOTEBOOKS.resolve("tour.ipynb")))
              .getAsJsonObject();
      int cells = 0;
      for (JsonElement element : notebook.getAsJsonArray("cells")) {
        JsonObject cell = element.getAsJsonObject();
        if (!cell.get("cell_type").getAsString().equals("code")) {
          continue;
        }
        StringBuilder code = new StringBuilder();
        cell.getAsJsonArray("source").forEach(line -> code.append(line.getAsString()));
        boolean red = cell.getAsJsonObject("metadata").toString().contains("raises-exception");
        Client.Cell ran = client.run(code.toString());
        assertEquals(red ? "error" : "ok", ran.status(), () -> code + "\n" + ran.reply());
        assertTrue(!cell.getAsJsonArray("outputs").isEmpty(), () -> "no output kept for: " + code);
        cells++;
      }
      assertTrue(cells >= 10, cells + " cells");
    }
  }
}
