package dev.espalier.kernel.jupyter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.dflib.jjava.jupyter.kernel.KernelConnectionProperties;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.zeromq.ZMQ;

/** The published messaging protocol, version 5.5, message by message over the sockets. */
@Timeout(60)
class ProtocolTest {
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
        new ToyCells(),
        new TextRendering(),
        new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8),
        onEnd);
  }

  @AfterAll
  static void stop() {
    client.close();
    kernel.close();
  }

  private static Client.Cell java(String code) {
    return client.run("%%java\n" + code);
  }

  private static List<String> types(List<Packet> published) {
    return published.stream().map(Packet::type).toList();
  }

  private static String state(Packet status) {
    return Json.text(status.content(), "execution_state", "");
  }

  private static String id(Packet packet) {
    return Json.text(packet.header(), "msg_id", "");
  }

  // --- who is there ---

  @ParameterizedTest
  @ValueSource(strings = {"", "stream", "no such topic"})
  void greetsEachFrontEndThatBeginsToListen(String topic) {
    for (int i = 0; i < 2; i++) {
      Packet welcome = greeting(topic);
      assertEquals("iopub_welcome", welcome.type());
      assertEquals(topic, Json.text(welcome.content(), "subscription", "?"));
      assertEquals(new JsonObject(), welcome.parent());
      assertEquals(
          topic.isEmpty() ? List.of() : List.of(topic),
          welcome.identities().stream()
              .map(b -> new String(b, StandardCharsets.US_ASCII))
              .toList());
    }
  }

  /** What is heard first. JeroMQ's own subscriber loses it now and then; libzmq's does not. */
  private static Packet greeting(String topic) {
    for (int i = 0; i < 10; i++) {
      try (ZMQ.Socket listening = client.listen(topic)) {
        listening.setReceiveTimeOut(1000);
        byte[] first = listening.recv();
        if (first == null) {
          continue;
        }
        List<byte[]> frames = new ArrayList<>(List.of(first));
        while (listening.hasReceiveMore()) {
          frames.add(listening.recv());
        }
        return client.wire().decode(frames);
      } catch (Wire.Malformed e) {
        throw new AssertionError(e);
      }
    }
    throw new AssertionError("nobody was greeted");
  }

  @Test
  void saysWhichProtocolItSpeaksAndWhatItCanDo() {
    for (ZMQ.Socket channel : List.of(client.shell, client.control)) {
      JsonObject info = client.ask(channel, "kernel_info_request", new JsonObject());
      assertEquals("5.5", Json.text(info, "protocol_version", ""));
      assertEquals(new JsonArray(), info.getAsJsonArray("supported_features"));
      assertFalse(info.get("debugger").getAsBoolean());
      assertFalse(Json.text(info, "banner", "").isEmpty());
      JsonObject language = Json.object(info, "language_info");
      assertTrue(
          language.keySet().containsAll(Set.of("name", "version", "mimetype", "file_extension")),
          language.toString());
    }
  }

  @Test
  void everyHeaderHasItsFieldsAndNoIdComesTwice() {
    Client.Cell cell = java("System.out.println(1);\ndisplay(2);\n3");
    List<String> ids = new ArrayList<>();
    for (Packet packet : cell.published()) {
      for (String field : List.of("msg_id", "username", "session", "date", "msg_type", "version")) {
        assertFalse(Json.text(packet.header(), field, "").isEmpty(), field);
      }
      assertEquals("5.5", Json.text(packet.header(), "version", ""));
      ids.add(id(packet));
    }
    assertEquals(ids.size(), Set.copyOf(ids).size(), ids.toString());
  }

  @Test
  void saysWhereItListens() {
    JsonObject ports = client.ask(client.shell, "connect_request", new JsonObject());
    assertEquals(properties.getShellPort(), ports.get("shell_port").getAsInt());
    assertEquals(properties.getIopubPort(), ports.get("iopub_port").getAsInt());
    assertEquals(properties.getStdinPort(), ports.get("stdin_port").getAsInt());
    assertEquals(properties.getControlPort(), ports.get("control_port").getAsInt());
    assertEquals(properties.getHbPort(), ports.get("hb_port").getAsInt());
  }

  // --- every request ---

  @ParameterizedTest
  @CsvSource({
    "kernel_info_request, shell",
    "kernel_info_request, control",
    "connect_request, shell",
    "history_request, shell",
    "comm_info_request, shell",
    "complete_request, shell",
    "inspect_request, shell",
    "is_complete_request, shell",
    "interrupt_request, control",
    "interrupt_request, shell",
    "create_subshell_request, control",
    "debug_request, control",
    "teleport_request, shell"
  })
  void everyRequestIsAnsweredBetweenItsBusyAndItsIdle(String type, String channel) {
    ZMQ.Socket socket = channel.equals("shell") ? client.shell : client.control;
    String request = client.send(socket, type, Json.of("code", "pr", "cursor_pos", 2));
    Packet reply = client.receive(socket);
    assertEquals(type.replace("_request", "_reply"), reply.type());
    assertEquals(request, Json.text(reply.parent(), "msg_id", ""));
    assertFalse(Json.text(reply.content(), "status", "").isEmpty(), reply.content().toString());
    List<Packet> published = client.published(request);
    assertEquals(List.of("status", "status"), types(published));
    assertEquals("busy", state(published.get(0)));
  }

  @Test
  void aRequestWithoutItsFieldsIsAnsweredAllTheSame() {
    for (String type :
        List.of("complete_request", "inspect_request", "is_complete_request", "history_request")) {
      JsonObject reply = client.ask(client.shell, type, new JsonObject());
      assertFalse(Json.text(reply, "status", "").isEmpty(), type);
      JsonObject odd =
          Json.of("code", 7, "cursor_pos", "x", "n", -1, "pattern", 3, "detail_level", 99);
      assertFalse(Json.text(client.ask(client.shell, type, odd), "status", "").isEmpty(), type);
    }
    Client.Cell empty = client.run(new JsonObject());
    assertEquals("ok", empty.status());
  }

  @Test
  void aCursorOutsideTheCodeIsItsNearestEnd() {
    for (int cursor : new int[] {-5, 1_000_000}) {
      JsonObject reply =
          client.ask(
              client.shell, "complete_request", Json.of("code", "tra", "cursor_pos", cursor));
      assertEquals("ok", Json.text(reply, "status", ""));
      assertTrue(reply.get("cursor_end").getAsInt() <= 3);
    }
  }

  @Test
  void repliesGoToWhoAskedAndAllHearWhatIsPublished() throws Exception {
    try (Client other = new Client(properties).ready()) {
      String id = client.start("note for all");
      Client.Cell mine = client.finish(id);
      assertEquals("ok", mine.status());
      List<Packet> heard = other.published(id);
      assertEquals(types(mine.published()), types(heard));
      other.shell.setReceiveTimeOut(100);
      assertNull(other.shell.recv());
    }
  }

  @Test
  void goesOnWhenAFrontEndIsGoneBeforeItsReply() throws Exception {
    Client gone = new Client(properties).ready();
    String id = gone.start("slow 300");
    gone.start("note after it");
    Thread.sleep(50);
    gone.close();
    List<Packet> heard = client.published(id);
    assertEquals("idle", state(heard.get(heard.size() - 1)));
    assertEquals("ok", client.run("note still here").status());
  }

  // --- cells ---

  @Test
  void outputResultAndStatusKeepTheirOrder() {
    Client.Cell cell =
        java(
            "System.out.println(\"one\");\nSystem.err.println(\"two\");\ndisplay(\"three\");\n"
                + "System.out.print(\"four\");\n\"five\"");
    assertEquals(
        List.of(
            "status",
            "execute_input",
            "stream",
            "stream",
            "display_data",
            "stream",
            "execute_result",
            "status"),
        types(cell.published()));
    Client.Cell red = java("System.out.println(\"before\");\nthrow new Exception(\"red\");");
    assertEquals(
        List.of("status", "execute_input", "stream", "error", "status"), types(red.published()));
    JsonObject error = red.of("error").get(0).content();
    assertEquals(Set.of("ename", "evalue", "traceback"), withoutCount(error.keySet()));
  }

  private static Set<String> withoutCount(Set<String> fields) {
    Set<String> rest = new java.util.HashSet<>(fields);
    rest.remove("execution_count");
    return rest;
  }

  @Test
  void aCellThatIsNotToBeStoredIsNeitherCountedNorRemembered() {
    int before = client.run("note a").reply().get("execution_count").getAsInt();
    JsonObject content = Client.cell("note not stored");
    content.addProperty("store_history", false);
    Client.Cell cell = client.run(content);
    assertEquals(before, cell.reply().get("execution_count").getAsInt());
    assertEquals(1, cell.of("execute_input").size());
    JsonArray tail = history(Json.of("hist_access_type", "tail", "n", 1, "output", false));
    assertEquals("note a", tail.get(0).getAsJsonArray().get(2).getAsString());
    assertEquals(before + 1, client.run("note b").reply().get("execution_count").getAsInt());
  }

  @Test
  void aSilentCellIsNotStoredWhateverElseItSaysAndItsErrorIsReplied() {
    int before = client.run("note a").reply().get("execution_count").getAsInt();
    JsonObject content = Client.cell("wrong");
    content.addProperty("silent", true);
    content.addProperty("store_history", true);
    Client.Cell cell = client.run(content);
    assertEquals("error", cell.status());
    assertEquals("E101", Json.text(cell.reply(), "ename", ""));
    assertEquals(List.of("status", "status"), types(cell.published()));
    assertEquals(before, cell.reply().get("execution_count").getAsInt());
  }

  @Test
  void expressionsAreEvaluatedAlsoForASilentCellAndOneWrongSpoilsNoOther() {
    java("int seven = 7;");
    JsonObject content = Client.cell("");
    content.addProperty("silent", true);
    content.add(
        "user_expressions",
        Json.of("good", "seven * 6", "thrown", "1 / 0", "odd", 3, "unknown", "nobody"));
    JsonObject values = Json.object(client.run(content).reply(), "user_expressions");
    assertEquals(
        "42", Json.text(Json.object(Json.object(values, "good"), "data"), "text/plain", ""));
    assertEquals(
        "java.lang.ArithmeticException", Json.text(Json.object(values, "thrown"), "ename", ""));
    assertEquals("error", Json.text(Json.object(values, "unknown"), "status", ""));
    assertEquals("ok", Json.text(Json.object(values, "odd"), "status", ""));
  }

  @Test
  void abortedCellsAreNeitherCountedNorPublishedAndEachHasItsIdle() {
    int before = client.run("note a").reply().get("execution_count").getAsInt();
    String wrong = client.start("wrong");
    String behind = client.start("note aborted");
    JsonObject aborted = client.reply(client.shell, behind);
    assertEquals("aborted", Json.text(aborted, "status", ""));
    client.reply(client.shell, wrong);
    assertEquals(List.of("status", "status"), types(client.published(behind)));
    client.published(wrong);
    assertEquals(before + 2, client.run("note b").reply().get("execution_count").getAsInt());
  }

  // --- displays ---

  @Test
  void aDisplayIsReplacedFromALaterCellAndOutputIsCleared() {
    Client.Cell shown = java("String place = display(\"first\");");
    JsonObject first = shown.of("display_data").get(0).content();
    String displayId = Json.text(Json.object(first, "transient"), "display_id", "");
    assertFalse(displayId.isEmpty());
    Client.Cell later = java("updateDisplay(place, \"second\");");
    JsonObject update = later.of("update_display_data").get(0).content();
    assertEquals(displayId, Json.text(Json.object(update, "transient"), "display_id", ""));
    assertEquals("second", Json.text(Json.object(update, "data"), "text/plain", ""));
    Client.Cell cleared =
        java("System.out.print(1); clearOutput(true); System.out.print(2); clearOutput(false);");
    assertEquals(
        List.of(
            "status",
            "execute_input",
            "stream",
            "clear_output",
            "stream",
            "clear_output",
            "status"),
        types(cleared.published()));
    assertEquals(
        List.of(true, false),
        cleared.of("clear_output").stream()
            .map(p -> p.content().get("wait").getAsBoolean())
            .toList());
  }

  // --- input ---

  @Test
  void asksForALineAndForASecret() {
    JsonObject content = Client.cell("%%java\ninput(\"name? \") + \":\" + password(\"word? \")");
    content.addProperty("allow_stdin", true);
    String id = client.send(client.shell, "execute_request", content);
    for (String prompt : List.of("name? ", "word? ")) {
      Packet asked = client.receive(client.stdin);
      assertEquals("input_request", asked.type());
      assertEquals(id, Json.text(asked.parent(), "msg_id", ""));
      assertEquals(prompt, Json.text(asked.content(), "prompt", ""));
      assertEquals(prompt.startsWith("word"), asked.content().get("password").getAsBoolean());
      client.send(client.stdin, "input_reply", Json.of("value", "é" + prompt.charAt(0)));
    }
    assertEquals("én:éw", client.finish(id).result());
  }

  @Test
  void aCellThatMayNotAskIsTold() {
    assertTrue(java("input(\"?\")").traceback().contains("takes no input"));
  }

  @Test
  void aCellThatWaitsForInputCanBeInterrupted() throws Exception {
    JsonObject content = Client.cell("%%java\ninput(\"waiting\")");
    content.addProperty("allow_stdin", true);
    String id = client.send(client.shell, "execute_request", content);
    client.receive(client.stdin);
    client.ask(client.control, "interrupt_request", new JsonObject());
    assertEquals("Interrupted", Json.text(client.finish(id).reply(), "ename", ""));
    client.send(client.stdin, "input_reply", Json.of("value", "too late"));
    assertEquals("ok", client.run("note on").status());
  }

  // --- history ---

  private static JsonArray history(JsonObject request) {
    return client.ask(client.shell, "history_request", request).getAsJsonArray("history");
  }

  @Test
  void givesHistoryByTailRangeAndPattern() {
    int first = client.run("note h1").reply().get("execution_count").getAsInt();
    java("6 * 7");
    client.run("note h1");
    client.run("note h2");
    JsonArray tail =
        history(Json.of("hist_access_type", "tail", "n", 3, "output", true, "raw", true));
    assertEquals(3, tail.size());
    JsonArray result = tail.get(0).getAsJsonArray();
    assertEquals(first + 1, result.get(1).getAsInt());
    assertEquals(
        List.of("%%java\n6 * 7", "42"),
        List.of(
            result.get(2).getAsJsonArray().get(0).getAsString(),
            result.get(2).getAsJsonArray().get(1).getAsString()));
    assertTrue(tail.get(1).getAsJsonArray().get(2).getAsJsonArray().get(1).isJsonNull());
    JsonArray range =
        history(
            Json.of("hist_access_type", "range", "session", 0, "start", first, "stop", first + 2));
    assertEquals(2, range.size());
    assertEquals(first, range.get(0).getAsJsonArray().get(1).getAsInt());
    assertEquals(
        0,
        history(Json.of("hist_access_type", "range", "session", -1, "start", 1, "stop", first + 2))
            .size());
    assertEquals(3, history(Json.of("hist_access_type", "search", "pattern", "note h?")).size());
    assertEquals(
        2,
        history(Json.of("hist_access_type", "search", "pattern", "note h*", "unique", true))
            .size());
    assertEquals(
        1, history(Json.of("hist_access_type", "search", "pattern", "note h*", "n", 1)).size());
    assertEquals(0, history(Json.of("hist_access_type", "search", "pattern", "note h[12]")).size());
  }

  // --- comms ---

  @Test
  void closesACommThatItDoesNotKnow() {
    String opened =
        client.send(
            client.shell,
            "comm_open",
            Json.of("comm_id", "c-1", "target_name", "jupyter.widget", "data", new JsonObject()));
    List<Packet> published = client.published(opened);
    assertEquals(List.of("status", "comm_close", "status"), types(published));
    assertEquals("c-1", Json.text(published.get(1).content(), "comm_id", ""));
    String said =
        client.send(client.shell, "comm_msg", Json.of("comm_id", "c-1", "data", new JsonObject()));
    assertEquals(List.of("status", "status"), types(client.published(said)));
    JsonObject info =
        client.ask(client.shell, "comm_info_request", Json.of("target_name", "jupyter.widget"));
    assertEquals(new JsonObject(), info.getAsJsonObject("comms"));
  }

  // --- inspection ---

  @Test
  void saysMoreWhenAskedForDetail() {
    java("/** Doubles. */\nint twice(int n) { return 2 * n; }");
    for (int level : new int[] {0, 1}) {
      JsonObject request =
          Json.of("code", "%%java\ntwice(3)", "cursor_pos", 10, "detail_level", level);
      JsonObject found = client.ask(client.shell, "inspect_request", request);
      // A cold compiler may take longer than a front end would wait.
      for (int i = 0; i < 10 && !found.get("found").getAsBoolean(); i++) {
        found = client.ask(client.shell, "inspect_request", request);
      }
      assertTrue(found.get("found").getAsBoolean(), found.toString());
      assertTrue(found.toString().contains("twice"), found.toString());
    }
    JsonObject nothing =
        client.ask(
            client.shell,
            "inspect_request",
            Json.of("code", "   ", "cursor_pos", 1, "detail_level", 0));
    assertEquals("ok", Json.text(nothing, "status", ""));
    assertFalse(nothing.get("found").getAsBoolean());
    assertEquals(new JsonObject(), nothing.getAsJsonObject("data"));
  }

  // --- heartbeats ---

  @Test
  void theHeartGoesOnInAFloodOfOutput() {
    String id =
        client.start(
            "%%java\nfor (int i = 0; i < 300_000; i++) System.out.println(\"a line of \" + i);");
    for (int i = 0; i < 20; i++) {
      assertTrue(client.heartbeat.send("beat " + i));
      assertEquals("beat " + i, client.heartbeat.recvStr());
    }
    assertEquals("ok", client.finish(id).status());
  }

  // --- the end ---

  @ParameterizedTest
  @CsvSource({"control, true", "control, false", "shell, true", "shell, false"})
  void shutdownIsRepliedPublishedAndThenItEnds(String channel, boolean restart) throws Exception {
    KernelConnectionProperties own = Client.freePorts();
    CountDownLatch ended = new CountDownLatch(1);
    Dispatcher second = kernel(own, ended::countDown);
    try (Client user = new Client(own).ready()) {
      String id =
          user.send(
              channel.equals("shell") ? user.shell : user.control,
              "shutdown_request",
              Json.of("restart", restart));
      JsonObject reply = user.reply(channel.equals("shell") ? user.shell : user.control, id);
      assertEquals("ok", Json.text(reply, "status", ""));
      assertEquals(restart, reply.get("restart").getAsBoolean());
      List<Packet> published = user.published(id);
      assertEquals(List.of("status", "shutdown_reply", "status"), types(published));
      assertEquals(restart, published.get(1).content().get("restart").getAsBoolean());
      assertTrue(ended.await(5, TimeUnit.SECONDS));
    } finally {
      second.close();
    }
  }
}
