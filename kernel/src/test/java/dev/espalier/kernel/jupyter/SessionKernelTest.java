package dev.espalier.kernel.jupyter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import dev.espalier.engine.Environment;
import dev.espalier.kernel.session.Session;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.dflib.jjava.jupyter.kernel.KernelConnectionProperties;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The whole kernel: real cells of the language, trained for moments. */
@Timeout(120)
class SessionKernelTest {
  @TempDir private static Path folder;
  private static Dispatcher kernel;
  private static Client client;

  @BeforeAll
  static void start() throws Exception {
    KernelConnectionProperties properties = Client.freePorts();
    kernel =
        new Dispatcher(
            properties,
            new Wire(properties.createHMACGenerator()),
            new SessionCells(
                new Session(folder.resolve("store"), new Environment(1, 1, "cpu", true))),
            new ScreenRendering(),
            new PrintStream(System.err, true),
            () -> {});
    client = new Client(properties).ready();
  }

  @AfterAll
  static void stop() {
    client.close();
    kernel.close();
  }

  private static Client.Cell ok(String code) {
    Client.Cell cell = client.run(code);
    assertEquals("ok", cell.status(), () -> cell.reply().toString());
    return cell;
  }

  @Test
  void trainsShowsAndSharesAModel() {
    ok("data digits from glyphs(train 300, test 60) split 250/50");
    Client.Cell trained = ok("train mlp(16) on digits for 3 epochs as net");
    List<Packet> displays = trained.of("display_data");
    assertTrue(displays.size() >= 1, trained.published().toString());
    // The bar has become the training curve, or the step was too quick for a bar.
    if (!trained.of("update_display_data").isEmpty()) {
      List<Packet> updates = trained.of("update_display_data");
      JsonObject last = Json.object(updates.get(updates.size() - 1).content(), "data");
      assertTrue(Json.text(last, "image/png", "").startsWith("iVBOR"), last.keySet().toString());
      assertFalse(Json.text(last, "text/plain", "").isEmpty());
    }
    Client.Cell java =
        ok("%%java\nSystem.out.println(digits.classCount());\nnet.graph().nodes().isEmpty()");
    assertEquals("10\n", java.printed("stdout"));
    assertEquals("false", java.result());
    Client.Cell compared = ok("compare net");
    JsonObject table =
        Json.object(
            compared.of("display_data").get(compared.of("display_data").size() - 1).content(),
            "data");
    assertTrue(Json.text(table, "text/html", "").contains("<table"), table.toString());
    assertTrue(Json.text(table, "text/plain", "").contains("net"));
    Client.Cell red = client.run("expect accuracy of net at least 100%");
    assertEquals("ExpectationFailed", Json.text(red.reply(), "ename", ""));
    assertEquals(1, red.of("display_data").size());
    ok("%%java\nArchitecture small = new Mlp(List.of(8));");
    ok("train small on digits for 1 epoch as little");
    Path page = folder.resolve("report.html");
    ok("report to \"" + page.toString().replace('\\', '/') + "\"");
    assertTrue(Files.exists(page));
  }

  @Test
  void valuesOfLetCrossBothWays() {
    ok("let share = 50%\nlet size = 12");
    assertEquals("0.5", ok("%%java\nshare").result());
    ok("%%java\nsize = size * 2;");
    assertEquals("24.0", ok("%%java\nsize").result());
  }

  @Test
  void showsACaretUnderTheMistake() {
    Client.Cell cell = client.run("distil teacher into mlp(30)");
    assertEquals("E101", Json.text(cell.reply(), "ename", ""));
    assertTrue(cell.traceback().contains("^^^^^^"), cell.traceback());
  }

  @Test
  void aNotebookRunsInJupytersOwnClient() throws Exception {
    Path python = Path.of("/usr/bin/python3");
    Assumptions.assumeTrue(Files.isExecutable(python), "there is no /usr/bin/python3");
    Assumptions.assumeTrue(
        run(python, "-c", "import nbclient, nbformat").isPresent(),
        "the system's Python has no nbclient (Debian: apt-get install python3-nbclient)");
    Path spec = Files.createDirectories(folder.resolve("share/kernels/espalier"));
    JsonObject json =
        Json.of(
            "argv",
            Json.array(
                List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-XX:+UseSerialGC",
                    "-cp",
                    System.getProperty(
                        "surefire.test.class.path", System.getProperty("java.class.path")),
                    KernelMain.class.getName(),
                    "{connection_file}")),
            "display_name",
            "Espalier",
            "language",
            "espalier",
            "interrupt_mode",
            "message");
    Files.writeString(spec.resolve("kernel.json"), json.toString());
    String script =
        """
        import nbclient, nbformat
        from nbformat.v4 import new_notebook, new_code_cell
        cells = ['note "hello"', 'let n = 20', '%%java\\nn + 22', '%%java\\nSystem.out.println("out")']
        book = new_notebook(cells=[new_code_cell(c) for c in cells])
        nbclient.NotebookClient(book, kernel_name='espalier', timeout=60).execute()
        outputs = [c.outputs for c in book.cells]
        assert outputs[0][0].data['text/plain'].strip() == 'hello', outputs[0]
        assert outputs[1] == [], outputs[1]
        assert outputs[2][0].data['text/plain'] == '42.0', outputs[2]
        assert outputs[3][0].text == 'out\\n', outputs[3]
        nbformat.validate(book)
        bad = new_notebook(cells=[new_code_cell('trian x')])
        try:
            nbclient.NotebookClient(bad, kernel_name='espalier', timeout=60).execute()
            raise SystemExit('the wrong cell passed')
        except nbclient.exceptions.CellExecutionError as e:
            assert 'E101' in str(e), e
        print('passed')
        """;
    Path file = Files.writeString(folder.resolve("play.py"), script);
    Optional<String> output = run(python, file.toString());
    assertTrue(output.orElse("it failed; see the log").contains("passed"), output::toString);
  }

  /** What a command printed; empty when it failed. */
  private static Optional<String> run(Path program, String... arguments) throws Exception {
    List<String> command = new java.util.ArrayList<>(List.of(program.toString()));
    command.addAll(List.of(arguments));
    Path log = Files.createTempFile(folder, "python", ".log");
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
    builder.environment().put("JUPYTER_PATH", folder.resolve("share").toString());
    builder.environment().put("ESPALIER_STORE", folder.resolve("other-store").toString());
    Process process = builder.start();
    if (!process.waitFor(100, TimeUnit.SECONDS)) {
      process.destroyForcibly();
    }
    String text = Files.readString(log);
    if (process.exitValue() != 0) {
      kernelLog(text);
      return Optional.empty();
    }
    return Optional.of(text);
  }

  private static void kernelLog(String text) {
    new PrintStream(new java.io.FileOutputStream(java.io.FileDescriptor.err), true).println(text);
  }
}
