package dev.espalier.kernel.jupyter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import dev.espalier.engine.EspalierException;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.dflib.jjava.jupyter.kernel.KernelConnectionProperties;
import org.dflib.jjava.jupyter.messages.HMACGenerator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Speaks to a kernel over its sockets, as a front end does. */
@Timeout(60)
class KernelTest {
  private static final ByteArrayOutputStream LOG = new ByteArrayOutputStream();
  private static final ToyCells CELLS = new ToyCells();
  private static KernelConnectionProperties properties;
  private static Dispatcher kernel;
  private static Client client;

  @BeforeAll
  static void start() throws Exception {
    properties = Client.freePorts();
    kernel = kernel(properties, () -> {});
    client = new Client(properties).ready();
  }

  private static Dispatcher kernel(KernelConnectionProperties properties, Runnable onEnd)
      throws Exception {
    return new Dispatcher(
        properties,
        new Wire(properties.createHMACGenerator()),
        CELLS,
        new TextRendering(),
        new PrintStream(LOG, true, StandardCharsets.UTF_8),
        onEnd);
  }

  @AfterAll
  static void stop() {
    client.close();
    kernel.close();
  }

  private static String log() {
    return LOG.toString(StandardCharsets.UTF_8);
  }

  // --- the protocol ---

  @Test
  void saysWhatItIs() {
    JsonObject info = client.ask(client.shell, "kernel_info_request", new JsonObject());
    assertEquals("ok", Json.text(info, "status", ""));
    assertEquals("espalier", Json.text(info, "implementation", ""));
    assertEquals("5.5", Json.text(info, "protocol_version", ""));
    assertEquals(".esp", Json.text(Json.object(info, "language_info"), "file_extension", ""));
  }

  @Test
  void answersOnControlAndHeartbeat() {
    assertEquals(
        "ok",
        Json.text(
            client.ask(client.control, "kernel_info_request", new JsonObject()), "status", ""));
    client.heartbeat.send("beat");
    assertEquals("beat", client.heartbeat.recvStr());
  }

  @Test
  void publishesBusyInputDisplayIdleInThisOrder() {
    Client.Cell cell = client.run("note hello");
    assertEquals(
        List.of("status", "execute_input", "display_data", "status"),
        cell.published().stream().map(Packet::type).toList());
    assertEquals("ok", cell.status());
    JsonObject display = cell.of("display_data").get(0).content();
    assertEquals("hello", Json.text(Json.object(display, "data"), "text/plain", ""));
  }

  @Test
  void countsCells() {
    int first = client.run("note a").reply().get("execution_count").getAsInt();
    int second = client.run("note b").reply().get("execution_count").getAsInt();
    assertEquals(first + 1, second);
  }

  @Test
  void dropsAMessageWithAWrongSignatureAndGoesOn() throws Exception {
    Wire forger = new Wire(new HMACGenerator("hmac-sha256", "another key"));
    JsonObject header = client.header("execute_request");
    client.raw(
        client.shell,
        forger.encode(
            new Packet(
                List.of(),
                header,
                new JsonObject(),
                new JsonObject(),
                Client.cell("let forged 1"),
                List.of())));
    assertEquals("ok", client.run("note still here").status());
    assertFalse(CELLS.meanings().containsKey("forged"));
    assertTrue(log().contains("the signature is wrong"), log());
  }

  @Test
  void dropsMalformedMessagesAndGoesOn() {
    byte[] delimiter = "<IDS|MSG>".getBytes(StandardCharsets.US_ASCII);
    List<byte[]> good =
        client
            .wire()
            .encode(
                new Packet(
                    List.of(),
                    client.header("execute_request"),
                    new JsonObject(),
                    new JsonObject(),
                    Client.cell("let broken 1"),
                    List.of()));
    client.raw(client.shell, List.of("no delimiter".getBytes(StandardCharsets.US_ASCII)));
    client.raw(client.shell, List.of(delimiter));
    client.raw(client.shell, good.subList(0, 4));
    client.raw(client.control, good.subList(0, 3));
    client.raw(client.shell, signed("not json", "{}", "{}", "{}"));
    client.raw(client.shell, signed("[]", "{}", "{}", "{}"));
    client.raw(client.shell, signed("{\"msg_id\":\"1\"}", "{}", "{}", "{}"));
    client.raw(client.shell, signed("[".repeat(100_000), "{}", "{}", "{}"));
    assertEquals("ok", client.run("note still here").status());
    assertEquals(
        "ok",
        Json.text(
            client.ask(client.control, "kernel_info_request", new JsonObject()), "status", ""));
    assertFalse(CELLS.meanings().containsKey("broken"));
  }

  private static List<byte[]> signed(String... parts) {
    try {
      byte[][] bytes = new byte[parts.length][];
      for (int i = 0; i < parts.length; i++) {
        bytes[i] = parts[i].getBytes(StandardCharsets.UTF_8);
      }
      List<byte[]> frames = new ArrayList<>();
      frames.add("<IDS|MSG>".getBytes(StandardCharsets.US_ASCII));
      frames.add(
          new HMACGenerator("hmac-sha256", Client.KEY)
              .calculateSignature(bytes)
              .getBytes(StandardCharsets.US_ASCII));
      frames.addAll(List.of(bytes));
      return frames;
    } catch (java.security.GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void answersAnUnknownRequestWithAnError() {
    JsonObject reply = client.ask(client.shell, "teleport_request", new JsonObject());
    assertEquals("error", Json.text(reply, "status", ""));
  }

  @Test
  void listensOnlyOnThisMachine() {
    KernelConnectionProperties wide =
        new KernelConnectionProperties("0.0.0.0", 1, 2, 3, 4, 5, "tcp", "hmac-sha256", "key");
    EspalierException refused =
        Assertions.assertThrows(EspalierException.class, () -> kernel(wide, () -> {}));
    assertTrue(refused.getMessage().contains("0.0.0.0"), refused.getMessage());
  }

  @Test
  void silentCellsPublishNothingAndDoNotCount() {
    int before = client.run("note a").reply().get("execution_count").getAsInt();
    JsonObject silent = Client.cell("%%java\nSystem.out.println(1); 2");
    silent.addProperty("silent", true);
    Client.Cell cell = client.run(silent);
    assertEquals("ok", cell.status());
    assertEquals(List.of("status", "status"), cell.published().stream().map(Packet::type).toList());
    assertEquals(before + 1, client.run("note b").reply().get("execution_count").getAsInt());
  }

  @Test
  void remembersCells() {
    client.run("note first to remember");
    client.run("note second to remember");
    JsonObject tail =
        client.ask(
            client.shell,
            "history_request",
            Json.of("hist_access_type", "tail", "n", 2, "output", false, "raw", true));
    assertEquals("ok", Json.text(tail, "status", ""));
    assertEquals(
        "note second to remember",
        tail.getAsJsonArray("history").get(1).getAsJsonArray().get(2).getAsString());
    JsonObject found =
        client.ask(
            client.shell,
            "history_request",
            Json.of("hist_access_type", "search", "pattern", "note first*", "n", 5));
    assertEquals(1, found.getAsJsonArray("history").size());
    JsonObject range =
        client.ask(
            client.shell,
            "history_request",
            Json.of("hist_access_type", "range", "session", 0, "start", 1, "stop", 2));
    assertEquals(1, range.getAsJsonArray("history").size());
  }

  @Test
  void evaluatesUserExpressions() {
    JsonObject content = Client.cell("note a");
    content.add("user_expressions", Json.of("sum", "20 + 22", "bad", "nonsense("));
    JsonObject values = Json.object(client.run(content).reply(), "user_expressions");
    assertEquals(
        "42", Json.text(Json.object(Json.object(values, "sum"), "data"), "text/plain", ""));
    assertEquals("error", Json.text(Json.object(values, "bad"), "status", ""));
  }

  @Test
  void abortsTheCellsBehindAFailedOneBeforeItsOwnReply() {
    String first = client.start("wrong");
    String second = client.start("let aborted 1");
    String third = client.start("let aborted 2");
    List<String> order = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      Packet reply = client.receive(client.shell);
      order.add(Json.text(reply.content(), "status", ""));
      assertEquals(List.of(second, third, first).get(i), Json.text(reply.parent(), "msg_id", ""));
    }
    assertEquals(List.of("aborted", "aborted", "error"), order);
    assertFalse(CELLS.meanings().containsKey("aborted"));
    assertEquals("ok", client.run("note on").status());
  }

  @Test
  void goesOnAfterAFailedCellWhenTold() {
    JsonObject wrong = Client.cell("wrong");
    wrong.addProperty("stop_on_error", false);
    String first = client.send(client.shell, "execute_request", wrong);
    String second = client.start("note goes on");
    assertEquals("error", client.finish(first).status());
    assertEquals("ok", client.finish(second).status());
  }

  // --- Espalier cells ---

  @Test
  void showsMistakesAsTheCellsError() {
    Client.Cell cell = client.run("wrong");
    assertEquals("error", cell.status());
    assertEquals("E101", Json.text(cell.reply(), "ename", ""));
    assertEquals("unknown verb `wrong`", Json.text(cell.reply(), "evalue", ""));
    assertEquals(
        Json.text(cell.reply(), "ename", ""),
        Json.text(cell.of("error").get(0).content(), "ename", ""));
    assertFalse(cell.traceback().contains("%%java"));
  }

  @Test
  void hintsAtJava() {
    for (String java :
        List.of(
            "int x = 5;",
            "System.out.println(\"hi\");",
            "import java.util.List;",
            "var model = load();",
            "for (int i = 0; i < 3; i++) {\n}")) {
      assertTrue(client.run(java).traceback().contains("start the cell with %%java"), java);
    }
    assertFalse(client.run("trian lenet on digits").traceback().contains("%%java"));
  }

  @Test
  void aFailedExpectationMakesTheCellRedAfterItsResults() {
    Client.Cell cell = client.run("miss\nnote after");
    assertEquals("error", cell.status());
    assertEquals("ExpectationFailed", Json.text(cell.reply(), "ename", ""));
    assertEquals("1 of 1 expectation failed", Json.text(cell.reply(), "evalue", ""));
    assertEquals(2, cell.of("display_data").size());
    assertTrue(cell.traceback().contains("10 points short"));
  }

  @Test
  void saysWhyAStepBroke() {
    Client.Cell cell = client.run("note a\nrefuse");
    assertEquals("RunError", Json.text(cell.reply(), "ename", ""));
    assertTrue(cell.traceback().contains("fix: make room"), cell.traceback());
    assertTrue(cell.traceback().contains("line 2"), cell.traceback());
  }

  @Test
  void progressIsOneDisplayThatBecomesTheResult() {
    Client.Cell cell = client.run("slow 600");
    assertEquals("ok", cell.status());
    List<Packet> first = cell.of("display_data");
    List<Packet> updates = cell.of("update_display_data");
    assertEquals(1, first.size());
    assertTrue(updates.size() >= 2, updates.size() + " updates");
    assertTrue(updates.size() < 20, "an update a batch: " + updates.size());
    String id = displayId(first.get(0));
    assertFalse(id.isEmpty());
    updates.forEach(u -> assertEquals(id, displayId(u)));
    JsonObject last = updates.get(updates.size() - 1).content();
    assertEquals("trained", Json.text(Json.object(last, "data"), "text/plain", ""));
  }

  private static String displayId(Packet display) {
    return Json.text(Json.object(display.content(), "transient"), "display_id", "");
  }

  @Test
  void anInterruptStopsTrainingWithinABatch() throws Exception {
    String id = client.start("slow 30000");
    Thread.sleep(200);
    long start = System.nanoTime();
    assertEquals(
        "ok",
        Json.text(client.ask(client.control, "interrupt_request", new JsonObject()), "status", ""));
    Client.Cell cell = client.finish(id);
    assertTrue(
        System.nanoTime() - start < TimeUnit.SECONDS.toNanos(2), "the cell went on for seconds");
    assertEquals("Interrupted", Json.text(cell.reply(), "ename", ""));
    List<Packet> updates = cell.of("update_display_data");
    String last =
        Json.text(Json.object(updates.get(updates.size() - 1).content(), "data"), "text/plain", "");
    assertTrue(last.startsWith("stopped: batch"), last);
    assertEquals("ok", client.run("note on").status());
  }

  @Test
  void anInterruptEndsABlockedStep() throws Exception {
    String id = client.start("block");
    Thread.sleep(100);
    client.ask(client.control, "interrupt_request", new JsonObject());
    assertEquals("Interrupted", Json.text(client.finish(id).reply(), "ename", ""));
    assertEquals("ok", client.run("slow 20").status());
  }

  @Test
  void anInterruptOfNothingDoesNothing() {
    client.ask(client.control, "interrupt_request", new JsonObject());
    assertEquals("ok", client.run("slow 20").status());
  }

  @Test
  void answersCompletionAndInfoWhileACellRuns() throws Exception {
    String id = client.start("slow 3000");
    Thread.sleep(50);
    JsonObject matches =
        client.ask(client.shell, "complete_request", Json.of("code", "tra", "cursor_pos", 3));
    assertTrue(matches.get("matches").toString().contains("\"train\""), matches.toString());
    client.ask(client.control, "interrupt_request", new JsonObject());
    client.finish(id);
  }

  @Test
  void aStackOverflowEndsTheCellOnly() {
    assertEquals("StackOverflowError", Json.text(client.run("recurse").reply(), "ename", ""));
    assertEquals("ok", client.run("note on").status());
  }

  @Test
  void knowsWhetherAnEspalierCellIsWhole() {
    assertEquals("complete", isComplete("train a on b"));
    assertEquals("incomplete", isComplete("train a on b then"));
    assertEquals("incomplete", isComplete("model x {"));
    assertEquals("incomplete", isComplete("note \"\"\"\nopen"));
    assertEquals("incomplete", isComplete("train mlp(3,"));
    assertEquals("complete", isComplete("note \"(\"  # ("));
    assertEquals("invalid", isComplete("train mlp(3]"));
    assertEquals("invalid", isComplete("%%python\n1"));
  }

  @Test
  void knowsWhetherAJavaCellIsWhole() {
    assertEquals("complete", isComplete("%%java\nint x = 1;"));
    assertEquals("incomplete", isComplete("%%java\nfor (int i = 0; i < 3; i++) {"));
    assertEquals("invalid", isComplete("%%java\nint x = ] 1; ))"));
  }

  private static String isComplete(String code) {
    return Json.text(
        client.ask(client.shell, "is_complete_request", Json.of("code", code)), "status", "");
  }

  @Test
  void completesAndExplainsWordsOfTheCatalog() {
    client.run("let teacher-one 3");
    JsonObject names =
        client.ask(
            client.shell, "complete_request", Json.of("code", "show teacher", "cursor_pos", 12));
    assertTrue(names.get("matches").toString().contains("\"teacher-one\""), names.toString());
    assertEquals(5, names.get("cursor_start").getAsInt());
    JsonObject methods =
        client.ask(
            client.shell,
            "complete_request",
            Json.of("code", "prune a 50% by mag", "cursor_pos", 18));
    assertTrue(methods.get("matches").toString().contains("\"magnitude\""), methods.toString());
    JsonObject doc =
        client.ask(
            client.shell,
            "inspect_request",
            Json.of("code", "prune a 50% by magnitude", "cursor_pos", 18, "detail_level", 0));
    assertTrue(doc.get("found").getAsBoolean());
    assertTrue(doc.toString().contains("pruning method"), doc.toString());
    assertTrue(
        Json.object(doc, "data")
            .keySet()
            .containsAll(List.of("text/plain", "text/markdown", "text/html")),
        doc.toString());
  }

  @Test
  void completesInTheMiddleOfAWordWithKindsAndCharactersNotUnits() {
    String code = "note \"\uD83D\uDE00\"\nprune a 50% by magn on d";
    JsonObject found =
        client.ask(
            client.shell,
            "complete_request",
            Json.of("code", code, "cursor_pos", code.indexOf("gn on") - 1));
    int start = code.indexOf("magn") - 1;
    assertEquals(start, found.get("cursor_start").getAsInt());
    assertEquals(start + 4, found.get("cursor_end").getAsInt());
    JsonObject kind =
        Json.object(found, "metadata")
            .getAsJsonArray("_jupyter_types_experimental")
            .get(0)
            .getAsJsonObject();
    assertEquals("magnitude", Json.text(kind, "text", ""));
    assertEquals("function", Json.text(kind, "type", ""));
    assertEquals(start, kind.get("start").getAsInt());
  }

  @Test
  void indentsWhatGoesOn() {
    JsonObject reply =
        client.ask(client.shell, "is_complete_request", Json.of("code", "model x {\n    conv(3),"));
    assertEquals("incomplete", Json.text(reply, "status", ""));
    assertEquals("    ", Json.text(reply, "indent", ""));
  }

  // --- the end ---

  @Test
  void shutsDownAtOnceWhileACellRuns() throws Exception {
    KernelConnectionProperties own = Client.freePorts();
    CountDownLatch ended = new CountDownLatch(1);
    Dispatcher second = kernel(own, ended::countDown);
    try (Client user = new Client(own)) {
      user.ready();
      user.start("%%java\nwhile (true) { }");
      Thread.sleep(300);
      long start = System.nanoTime();
      JsonObject reply = user.ask(user.control, "shutdown_request", Json.of("restart", true));
      assertTrue(reply.get("restart").getAsBoolean());
      assertTrue(ended.await(5, TimeUnit.SECONDS));
      assertTrue(System.nanoTime() - start < TimeUnit.SECONDS.toNanos(3));
    } finally {
      second.close();
    }
  }
}
