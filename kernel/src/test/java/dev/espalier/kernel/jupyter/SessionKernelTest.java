package dev.espalier.kernel.jupyter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import dev.espalier.engine.Environment;
import dev.espalier.engine.Model;
import dev.espalier.engine.onnx.OnnxFile;
import dev.espalier.kernel.session.Session;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
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
  private static final int MORE_DATA_THAN_ARE_KEPT = 4;

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
    client = new Client(properties).ready().patient(60_000);
  }

  @AfterAll
  static void stop() {
    client.close();
    kernel.close();
  }

  /** The data of a cell's first display, as it was left. */
  private static JsonObject last(Client.Cell cell) {
    Packet first = cell.of("display_data").get(0);
    String id = Json.text(Json.object(first.content(), "transient"), "display_id", "");
    Packet last = first;
    for (Packet update : cell.of("update_display_data")) {
      if (Json.text(Json.object(update.content(), "transient"), "display_id", "").equals(id)) {
        last = update;
      }
    }
    return Json.object(last.content(), "data");
  }

  private static Client.Cell ok(String code) {
    Client.Cell cell = client.run(code);
    assertEquals("ok", cell.status(), () -> cell.reply().toString());
    return cell;
  }

  /** The line of {@code %who} about a name. */
  private static String who(String name) {
    JsonObject shown = Json.object(ok("%who").of("display_data").get(0).content(), "data");
    return Json.text(shown, "text/plain", "")
        .lines()
        .filter(l -> l.strip().startsWith(name + " "))
        .findFirst()
        .orElse("");
  }

  @Test
  void dataAreListedWithoutBeingLoaded() {
    ok("data listed-one from glyphs(train 70, test 20) split 50/20");
    String loaded = who("listed-one");
    assertTrue(loaded.contains("50 training, 20 validation, 20 test"), loaded);
    assertTrue(loaded.contains("10 classes"), loaded);
    for (int i = 0; i < MORE_DATA_THAN_ARE_KEPT; i++) {
      ok("data listed-" + i + " from glyphs(train 70, test " + (20 + i) + ") split 50/20");
    }
    assertTrue(who("listed-one").contains("not in memory"), who("listed-one"));
    // Asking loaded nothing.
    assertTrue(who("listed-one").contains("not in memory"), who("listed-one"));
  }

  @Test
  void trainsShowsAndSharesAModel() throws Exception {
    ok("data digits from glyphs(train 300, test 60) split 250/50");
    Client.Cell trained = ok("train mlp(16) on digits for 3 epochs as net");
    List<Packet> displays = trained.of("display_data");
    assertTrue(displays.size() >= 1, trained.published().toString());
    JsonObject steps = last(trained);
    assertTrue(Json.text(steps, "text/plain", "").startsWith("✓ train net: 3 epochs, loss "));
    assertTrue(Json.text(steps, "text/html", "").contains("<strong>train net</strong>"));
    JsonObject curve = Json.object(displays.get(displays.size() - 1).content(), "data");
    assertTrue(Json.text(curve, "image/png", "").startsWith("iVBOR"), curve.keySet().toString());
    Shown.sharp(displays.get(displays.size() - 1).content());
    assertFalse(Json.text(curve, "text/plain", "").isEmpty());
    assertEquals(
        "✓ train net: cached, 3 epochs",
        Json.text(last(ok("train mlp(16) on digits for 3 epochs as net")), "text/plain", "")
            .replaceAll(", loss.*", ""));
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

  /** Starts a cell, interrupts it as soon as a display's text says so, and gives what came. */
  private static Client.Cell interrupted(String code, String when) {
    String id = client.start(code);
    List<Packet> seen = new ArrayList<>();
    while (true) {
      Packet packet = client.receive(client.iopub);
      if (!Json.text(packet.parent(), "msg_id", "").equals(id)) {
        continue;
      }
      seen.add(packet);
      String text = Json.text(Json.object(packet.content(), "data"), "text/plain", "");
      if (text.matches("(?s).*" + when + ".*")) {
        break;
      }
      assertFalse(
          Json.text(packet.content(), "execution_state", "").equals("idle"),
          "it ended without " + when);
    }
    client.ask(client.control, "interrupt_request", new JsonObject());
    Client.Cell rest = client.finish(id);
    seen.addAll(rest.published());
    return new Client.Cell(rest.reply(), seen);
  }

  private static String plain(Client.Cell cell) {
    return Json.text(last(cell), "text/plain", "");
  }

  @Test
  void anInterruptKeepsTheLastWholeEpochAsAModelThatEverythingTakes() throws Exception {
    ok("data marks from glyphs(train 2000, test 200) split 1800/200");
    String sentence = "train mlp(128) on marks for 60 epochs as big";
    Client.Cell cell =
        interrupted(
            sentence + "\nexpect accuracy of big at least 1%", "epoch ([3-9]|[1-5][0-9])/60\\b");
    assertEquals("Interrupted", Json.text(cell.reply(), "ename", ""));
    String told = cell.traceback();
    assertTrue(told.matches("train stopped after epoch \\d+ of 60\\R"), told);
    String shown = plain(cell);
    assertTrue(shown.matches("(?s)■ train big: stopped after epoch \\d+ of 60, .*"), shown);
    assertTrue(
        shown.contains("\n`big` is the model as it was then; running it again goes on from there"),
        shown);
    List<Packet> displays = cell.of("display_data");
    assertEquals(2, displays.size(), "its steps and its curve; the expectation did not run");
    assertTrue(
        Json.text(Json.object(displays.get(1).content(), "data"), "text/plain", "")
            .contains("stopped after epoch"));

    Client.Cell compared = ok("compare big with controls no");
    assertTrue(plain(compared).contains("big (stopped)"), plain(compared));
    assertTrue(plain(compared).matches("(?s).*big: train stopped after epoch \\d+ of 60.*"));
    assertTrue(plain(ok("show big")).contains("train stopped after epoch"));
    assertTrue(plain(ok("chart training of big")).contains("(stopped)"));
    ok("expect accuracy of big at least 1%");
    Path file = folder.resolve("stopped.onnx");
    ok("export big to onnx \"" + file.toString().replace('\\', '/') + "\"");
    assertTrue(
        OnnxFile.read(file).metadata().get(Model.STOPPED).endsWith(" of 60"), "it says so itself");
    String java = "%%java\nbig.stopped().get() + \" \" + (big.history().size() < 60)";
    assertTrue(ok(java).result().matches("\"?train stopped after epoch \\d+ of 60 true\"?"));
    Client.Cell tuned = ok("finetune big on marks for 1 epoch as more then prune 50% as slim");
    assertTrue(plain(tuned).contains("✓ finetune more: 1 epoch"), plain(tuned));
    assertTrue(plain(tuned).contains("✓ prune slim"), plain(tuned));
    assertEquals(1, ok("prune more 60% as half").of("display_data").size(), "no curve: no epoch");

    // It goes on where it was, and is then the whole model.
    Client.Cell again = ok(sentence);
    assertTrue(plain(again).matches("(?s)✓ train big: 60 epochs, .*went on after epoch \\d+.*"));
    assertEquals("60", ok("%%java\nbig.history().size()").result());
    assertEquals("false", ok("%%java\nbig.stopped().isPresent()").result());
    assertTrue(plain(ok(sentence)).contains("cached"));
  }

  @Test
  void whatStandsBehindAStoppedStepIsNotMade() {
    ok("data dots from glyphs(train 600, test 60) split 500/100");
    ok("train mlp(16) on dots for 1 epoch as guide");
    Client.Cell cell =
        interrupted(
            "distill guide into mlp(200, 100) for 400 epochs then prune 50% as thin",
            "epoch [1-9][0-9]+/400\\b");
    String told = plain(cell);
    assertTrue(told.contains("`it` is the model as it was then"), told);
    assertTrue(told.contains("`thin` is not made"), told);
    assertTrue(cell.traceback().contains("distill stopped after epoch"), cell.traceback());
    assertFalse(cell.traceback().contains("as it was then"), cell.traceback());
    assertTrue(plain(cell).contains("· prune thin: not run"), plain(cell));
    assertEquals("E", client.run("show thin").reply().get("ename").getAsString().substring(0, 1));
    assertTrue(plain(ok("show it")).contains("distill stopped after epoch"));
  }

  @Test
  void anInterruptBeforeTheFirstWholeEpochLeavesNamesAsTheyWere() {
    ok("data lots from glyphs(train 20000, test 60) split 19900/100");
    ok("train mlp(16) on lots for 1 epoch as early");
    Client.Cell cell = interrupted("train lenet-5 on lots for 3 epochs as early", "epoch 1/3");
    assertTrue(cell.traceback().contains("stopped before an epoch was whole"), cell.traceback());
    assertEquals(
        "■ train early: stopped before an epoch was whole\n`early` stays what it was before",
        plain(cell).strip());
    assertEquals(1, cell.traceback().lines().count(), cell.traceback());
    assertTrue(plain(ok("show early")).contains("mlp(16)"));
  }

  @Test
  void aFloodOfMistakesIsCounted() {
    Client.Cell cell = client.run("bogus of nothing\n".repeat(500));
    assertEquals("error", cell.status());
    assertEquals(30, cell.traceback().split("unknown verb", -1).length - 1);
    assertTrue(cell.traceback().strip().endsWith("and 470 more mistakes"), cell.traceback());
  }

  @Test
  void valuesOfLetCrossBothWays() {
    ok("let share = 50%\nlet size = 12");
    assertEquals("0.5", ok("%%java\nshare").result());
    ok("%%java\nsize = size * 2;");
    assertEquals("24.0", ok("%%java\nsize").result());
  }

  @Test
  void javaRunsSentencesAndGetsTheirValues() {
    ok("data few from glyphs(train 100, test 50) split 80/20");
    Client.Cell trained =
        ok(
            "%%java\nint wide = 6;\n"
                + "Model first = espalier(\"train mlp($wide) on few for 1 epoch as one\");\n"
                + "Model half = espalier(\"prune one 50%\");\n"
                + "first.graph().nodes().isEmpty() + \" \" + half.history().size()");
    assertEquals("false 1", trained.result());
    assertTrue(trained.of("display_data").size() >= 2, trained.published().toString());
    // What made it goes with the name, and so does the data to measure it on.
    Client.Cell shown = ok("show accuracy of half");
    assertFalse(shown.of("display_data").isEmpty());
    Client.Cell table = ok("%%java\nespalier(\"show accuracy of one\")");
    assertEquals("", table.result(), "shown twice");
    assertEquals("2.5", ok("%%java\nespalier(\"let q = 2.5\")").result());
    Client.Cell wrong = client.run("%%java\nespalier(\"prnue one 50%\");");
    assertEquals("E101", Json.text(wrong.reply(), "ename", ""));
    assertTrue(wrong.traceback().contains(" 1 | prnue one 50%\n   | ^^^^^"), wrong.traceback());
    assertEquals(
        "E101\n",
        ok("%%java\ntry { espalier(\"prnue\"); } catch (Refused e) {"
                + " System.out.println(e.code()); }")
            .printed("stdout"));
    Client.Cell apart = client.run("%%java\nObject own = new Object();");
    assertEquals("ok", apart.status());
    String known = client.run("show own").traceback();
    assertTrue(known.contains("`own` is a Java variable of type Object"), known);
    ok("%%java\nint[] sizes = {8, 4};");
    ok("let widths = $sizes");
    assertEquals("[8.0, 4.0]", ok("%%java\nwidths").result());
  }

  @Test
  void aSentenceOfAJavaCellIsStopped() throws Exception {
    ok("data many from glyphs(train 4000, test 50) split 3900/100");
    String id =
        client.start("%%java\nespalier(\"train lenet-5 on many for 500 epochs as never\");");
    Thread.sleep(2500);
    client.ask(client.control, "interrupt_request", new JsonObject());
    Client.Cell stopped = client.finish(id);
    assertEquals("Interrupted", Json.text(stopped.reply(), "ename", ""));
    assertEquals("2", ok("%%java\n1 + 1").result());
  }

  @Test
  void helpComesFromTheLanguage() {
    for (String asked : List.of("help prune", "prune?", "%help prune")) {
      JsonObject shown = Json.object(ok(asked).of("display_data").get(0).content(), "data");
      assertTrue(Json.text(shown, "text/plain", "").contains("takes away weights or channels"));
      assertTrue(Json.text(shown, "text/html", "").contains("<strong>prune</strong>"));
    }
    for (String asked :
        List.of(
            "help prune by magnitude",
            "help glyphs",
            "help E101",
            "help %maven",
            "help into",
            "help KB",
            "help temperature",
            "help accuracy",
            "help")) {
      ok(asked);
    }
    assertTrue(client.run("help prnue").traceback().contains("did you mean `prune`?"));
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
