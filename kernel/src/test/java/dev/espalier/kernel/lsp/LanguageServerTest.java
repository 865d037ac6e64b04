package dev.espalier.kernel.lsp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.io.IOException;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Speaks to the server as an editor does. */
@Timeout(60)
class LanguageServerTest {
  private static final String URI = "file:///nowhere/p.esp";

  private PipedOutputStream toServer;
  private CompletableFuture<Integer> exit;
  private Editor editor;

  @BeforeEach
  void start() throws Exception {
    toServer = new PipedOutputStream();
    PipedInputStream in = new PipedInputStream(toServer, 1 << 16);
    PipedOutputStream out = new PipedOutputStream();
    PipedInputStream fromServer = new PipedInputStream(out, 1 << 16);
    exit = CompletableFuture.supplyAsync(() -> LanguageServer.serve(in, out));
    editor = new Editor(fromServer, toServer);
  }

  @AfterEach
  void stop() throws IOException {
    toServer.close();
  }

  private JsonObject begin() throws Exception {
    JsonObject can = editor.result("initialize", "{\"capabilities\":{}}").getAsJsonObject();
    editor.tell("initialized", "{}");
    return can;
  }

  private void open(String text) throws Exception {
    open(URI, text);
  }

  private void open(String uri, String text) throws Exception {
    editor.tell(
        "textDocument/didOpen",
        "{\"textDocument\":{\"uri\":\""
            + uri
            + "\",\"languageId\":\"espalier\",\"version\":1,\"text\":"
            + quoted(text)
            + "}}");
  }

  private static String quoted(String text) {
    return new JsonPrimitive(text).toString();
  }

  private static String at(int line, int character) {
    return at(URI, line, character);
  }

  private static String at(String uri, int line, int character) {
    return "{\"textDocument\":{\"uri\":\""
        + uri
        + "\"},\"position\":{\"line\":"
        + line
        + ",\"character\":"
        + character
        + "}}";
  }

  private static String range(JsonElement range) {
    JsonObject start = range.getAsJsonObject().getAsJsonObject("start");
    JsonObject end = range.getAsJsonObject().getAsJsonObject("end");
    return start.get("line")
        + ":"
        + start.get("character")
        + "-"
        + end.get("line")
        + ":"
        + end.get("character");
  }

  private static List<String> texts(JsonElement list, String field) {
    List<String> out = new ArrayList<>();
    list.getAsJsonArray().forEach(e -> out.add(e.getAsJsonObject().get(field).getAsString()));
    return out;
  }

  // ---- start and end

  @Test
  void saysWhatItCanDo() throws Exception {
    JsonObject can = begin();
    assertEquals("espalier", can.getAsJsonObject("serverInfo").get("name").getAsString());
    JsonObject capabilities = can.getAsJsonObject("capabilities");
    assertEquals(2, capabilities.getAsJsonObject("textDocumentSync").get("change").getAsInt());
    for (String one :
        List.of(
            "completionProvider",
            "hoverProvider",
            "definitionProvider",
            "referencesProvider",
            "renameProvider",
            "documentSymbolProvider",
            "documentFormattingProvider",
            "codeActionProvider")) {
      assertTrue(capabilities.has(one), one);
    }
  }

  @Test
  void endsWith0AfterShutdownAnd1Without() throws Exception {
    begin();
    assertTrue(editor.ask("shutdown", "null").has("result"));
    JsonObject late = editor.ask("textDocument/hover", at(0, 0));
    assertEquals(-32600, late.getAsJsonObject("error").get("code").getAsInt());
    editor.tell("exit", "null");
    assertEquals(0, exit.get(20, TimeUnit.SECONDS));
  }

  @Test
  void exitWithoutShutdownIsAFailure() throws Exception {
    begin();
    editor.tell("exit", "null");
    assertEquals(1, exit.get(20, TimeUnit.SECONDS));
  }

  @Test
  void endsWhenTheStreamEnds() throws Exception {
    begin();
    toServer.close();
    assertEquals(1, exit.get(20, TimeUnit.SECONDS));
  }

  @Test
  void endsWhenTheEditorDies() throws Exception {
    Process editorProcess = new ProcessBuilder("sleep", "60").start();
    editor.result("initialize", "{\"processId\":" + editorProcess.pid() + ",\"capabilities\":{}}");
    editorProcess.destroy();
    assertEquals(1, exit.get(20, TimeUnit.SECONDS));
  }

  @Test
  void refusesQuestionsBeforeInitialize() throws Exception {
    JsonObject early = editor.ask("textDocument/hover", at(0, 0));
    assertEquals(-32002, early.getAsJsonObject("error").get("code").getAsInt());
    begin();
  }

  @Test
  void survivesWhatIsMalformed() throws Exception {
    begin();
    editor.raw("this is no JSON");
    editor.raw("[1, 2");
    editor.raw("{\"jsonrpc\":\"2.0\",\"id\":77,\"method\":\"textDocument/hover\",\"params\":7}");
    editor.raw("{\"jsonrpc\":\"2.0\",\"id\":78,\"method\":\"teleport\",\"params\":{}}");
    editor.tell(
        "textDocument/didChange", "{\"textDocument\":{\"uri\":\"x:y\"},\"contentChanges\":[]}");
    editor.tell("nonsense", "{}");
    JsonObject unknown =
        editor.await(m -> m.has("id") && m.get("id").toString().contains("78"), "an error");
    assertEquals(-32601, unknown.getAsJsonObject("error").get("code").getAsInt());
    open("train \n");
    assertTrue(editor.ask("textDocument/completion", at(900, 900)).has("result"));
    assertTrue(editor.ask("textDocument/hover", at("untitled:Untitled 1", 0, 0)).has("result"));
  }

  // ---- mistakes

  @Test
  void tellsMistakesAndTakesThemBack() throws Exception {
    begin();
    open("data digits from mnist\nnote \"\uD83D\uDE00\"; tran lenet-5 on digits as a\n");
    JsonObject found = editor.diagnostics(URI, 1);
    JsonObject mistake = found.getAsJsonArray("diagnostics").get(0).getAsJsonObject();
    assertEquals("E101", mistake.get("code").getAsString());
    assertEquals(1, mistake.get("severity").getAsInt());
    assertEquals("espalier", mistake.get("source").getAsString());
    assertEquals("1:11-1:15", range(mistake.get("range")));
    assertTrue(mistake.get("message").getAsString().contains("did you mean `train`?"));
    change(
        2, "{\"start\":{\"line\":1,\"character\":14},\"end\":{\"line\":1,\"character\":14}}", "i");
    change(
        3, "{\"start\":{\"line\":1,\"character\":14},\"end\":{\"line\":1,\"character\":14}}", "");
    JsonObject mended = editor.diagnostics(URI, 3);
    assertEquals(3, mended.get("version").getAsInt());
    assertEquals(0, mended.getAsJsonArray("diagnostics").size(), mended.toString());
    editor.tell("textDocument/didClose", "{\"textDocument\":{\"uri\":\"" + URI + "\"}}");
    assertEquals(0, editor.diagnostics(URI, 0).getAsJsonArray("diagnostics").size());
  }

  private void change(int version, String range, String text) throws Exception {
    editor.tell(
        "textDocument/didChange",
        "{\"textDocument\":{\"uri\":\""
            + URI
            + "\",\"version\":"
            + version
            + "},\"contentChanges\":[{"
            + (range.isEmpty() ? "" : "\"range\":" + range + ",")
            + "\"text\":"
            + quoted(text)
            + "}]}");
  }

  @Test
  void warnsWhereANameIsGivenTwice() throws Exception {
    begin();
    open("let a = 1\nlet a = 2\n");
    JsonObject warning =
        editor.diagnostics(URI, 1).getAsJsonArray("diagnostics").get(0).getAsJsonObject();
    assertEquals("W101", warning.get("code").getAsString());
    assertEquals(2, warning.get("severity").getAsInt());
  }

  @Test
  void takesWholeTextsAndWindowsLines() throws Exception {
    begin();
    open("train x\n");
    editor.diagnostics(URI, 1);
    change(2, "", "data digits from mnist\r\nshow nobody\r\n");
    JsonObject mistake =
        editor.diagnostics(URI, 2).getAsJsonArray("diagnostics").get(0).getAsJsonObject();
    assertEquals("1:5-1:11", range(mistake.get("range")));
  }

  @Test
  void mistakesOfIncludedProgramsLeadThere(@TempDir Path folder) throws Exception {
    Files.writeString(folder.resolve("part.esp"), "data digits from mnist\nshow nobody\n");
    String uri = folder.resolve("p.esp").toUri().toString();
    begin();
    open(uri, "language 1\ninclude \"part.esp\"\n");
    JsonObject mistake =
        editor.diagnostics(uri, 1).getAsJsonArray("diagnostics").get(0).getAsJsonObject();
    assertEquals("1:8-1:18", range(mistake.get("range")));
    JsonObject related =
        mistake
            .getAsJsonArray("relatedInformation")
            .get(0)
            .getAsJsonObject()
            .getAsJsonObject("location");
    assertTrue(related.get("uri").getAsString().endsWith("part.esp"));
    assertEquals("1:5-1:11", range(related.get("range")));
  }

  // ---- help

  private static final String PROGRAM =
      "data digits from mnist\n"
          + "train lenet-5 on digits as teacher\n"
          + "prune teacher 50% by magnit as slim\n"
          + "expect size of teacher at most 60 KB\n";

  @Test
  void completesAndResolves() throws Exception {
    begin();
    open(PROGRAM);
    JsonObject list = editor.result("textDocument/completion", at(2, 24)).getAsJsonObject();
    assertFalse(list.get("isIncomplete").getAsBoolean());
    JsonArray items = list.getAsJsonArray("items");
    assertEquals(List.of("magnitude"), texts(items, "label"));
    JsonObject item = items.get(0).getAsJsonObject();
    assertEquals("2:21-2:27", range(item.getAsJsonObject("textEdit").get("range")));
    assertFalse(item.has("documentation"));
    JsonObject resolved =
        editor.result("completionItem/resolve", item.toString()).getAsJsonObject();
    assertTrue(
        resolved
            .getAsJsonObject("documentation")
            .get("value")
            .getAsString()
            .contains("pruning method"));
  }

  @Test
  void suggestionsComeInTheirOrder() throws Exception {
    begin();
    open("train mlp(3) for 3 ");
    JsonArray items =
        editor
            .result("textDocument/completion", at(0, 19))
            .getAsJsonObject()
            .getAsJsonArray("items");
    List<String> sorted = texts(items, "sortText");
    assertEquals(sorted.stream().sorted().toList(), sorted);
    assertEquals("epochs", items.get(0).getAsJsonObject().get("label").getAsString());
  }

  @Test
  void explainsWords() throws Exception {
    begin();
    open(PROGRAM);
    JsonObject hover = editor.result("textDocument/hover", at(3, 17)).getAsJsonObject();
    assertEquals("3:15-3:22", range(hover.get("range")));
    String text = hover.getAsJsonObject("contents").get("value").getAsString();
    assertTrue(text.contains("train lenet-5 on digits as teacher"), text);
    assertTrue(editor.ask("textDocument/hover", at(3, 32)).get("result").isJsonNull());
  }

  @Test
  void findsDefinitionsAndUsesAndRenames() throws Exception {
    begin();
    open(PROGRAM);
    JsonElement definition = editor.result("textDocument/definition", at(3, 17));
    assertEquals(
        "1:27-1:34", range(definition.getAsJsonArray().get(0).getAsJsonObject().get("range")));
    String where = at(3, 17);
    JsonElement uses =
        editor.result(
            "textDocument/references",
            where.substring(0, where.length() - 1) + ",\"context\":{\"includeDeclaration\":true}}");
    assertEquals(3, uses.getAsJsonArray().size(), uses.toString());
    JsonObject renamed =
        editor
            .result(
                "textDocument/rename",
                where.substring(0, where.length() - 1) + ",\"newName\":\"big\"}")
            .getAsJsonObject();
    assertEquals(
        uses.getAsJsonArray().size(),
        renamed.getAsJsonObject("changes").getAsJsonArray(URI).size());
    for (String wrong : List.of("into", "two words", "digits", "it", "")) {
      JsonObject answer =
          editor.ask(
              "textDocument/rename",
              where.substring(0, where.length() - 1) + ",\"newName\":\"" + wrong + "\"}");
      assertTrue(answer.has("error"), wrong);
    }
  }

  @Test
  void listsNames() throws Exception {
    begin();
    open(PROGRAM);
    JsonElement symbols =
        editor.result(
            "textDocument/documentSymbol", "{\"textDocument\":{\"uri\":\"" + URI + "\"}}");
    assertEquals(List.of("digits", "teacher", "slim"), texts(symbols, "name"));
  }

  @Test
  void formatsWithOneEdit() throws Exception {
    begin();
    open("language 1\ntrain   lenet-5 on digits\nnote \"x\"\n");
    JsonArray edits =
        editor
            .result(
                "textDocument/formatting",
                "{\"textDocument\":{\"uri\":\""
                    + URI
                    + "\"},\"options\":{\"tabSize\":2,\"insertSpaces\":true}}")
            .getAsJsonArray();
    assertEquals(1, edits.size());
    JsonObject edit = edits.get(0).getAsJsonObject();
    assertEquals("1:6-1:8", range(edit.get("range")));
    assertEquals("", edit.get("newText").getAsString());
  }

  @Test
  void offersToMendMistakes() throws Exception {
    begin();
    open(PROGRAM.replace("magnit ", "magnitud "));
    JsonArray actions =
        editor
            .result(
                "textDocument/codeAction",
                "{\"textDocument\":{\"uri\":\""
                    + URI
                    + "\"},\"range\":{\"start\":{\"line\":2,\"character\":22},\"end\":{\"line\":2,"
                    + "\"character\":22}},\"context\":{\"diagnostics\":[]}}")
            .getAsJsonArray();
    JsonObject action = actions.get(0).getAsJsonObject();
    assertEquals("quickfix", action.get("kind").getAsString());
    JsonObject edit =
        action
            .getAsJsonObject("edit")
            .getAsJsonObject("changes")
            .getAsJsonArray(URI)
            .get(0)
            .getAsJsonObject();
    assertEquals("magnitude", edit.get("newText").getAsString());
    assertEquals("2:21-2:29", range(edit.get("range")));
  }
}
