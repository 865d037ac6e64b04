package dev.espalier.kernel.jupyter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.espalier.engine.architecture.Mlp;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What a front end gets for Tab, Shift-Tab and the end of a line in Java cells. */
@Timeout(60)
class JavaAssistTest {
  private static ToyKernel kernel;
  private static Client client;

  @BeforeAll
  static void start() throws Exception {
    kernel = ToyKernel.start();
    client = kernel.client();
    client.run("let temperature-high 20");
    kernel.cells().bind("student", new Mlp(List.of(30)));
    Client.Cell before =
        client.run(
            "%%java\nString word = \"w\";\n/** Doubles. */ int twice(int n) { return 2 * n; }\n"
                + "record Point(int x, int y) {}\nList<String> list = List.of(\"a\");\n"
                + "import java.time.DayOfWeek;\nint[] numbers = {1, 2, 3};");
    assertEquals("ok", before.status(), () -> before.traceback());
    // The first answers of a compiler are slow, and what is late is left out.
    for (String cell : List.of("word.", "LocalDat", "java.ti")) {
      for (int i = 0; i < 20 && complete("%%java\n" + cell, 7 + cell.length()).isEmpty(); i++) {
        Thread.sleep(200);
      }
    }
  }

  @AfterAll
  static void stop() {
    kernel.close();
  }

  private record Offer(String kind, String cell) {}

  private static List<Offer> complete(String cell, int cursor) {
    JsonObject reply =
        client.ask(
            client.shell,
            "complete_request",
            Json.of("code", cell, "cursor_pos", cell.codePointCount(0, cursor)));
    assertEquals("ok", Json.text(reply, "status", ""), reply.toString());
    int start = cell.offsetByCodePoints(0, reply.get("cursor_start").getAsInt());
    int end = cell.offsetByCodePoints(0, reply.get("cursor_end").getAsInt());
    JsonArray matches = reply.getAsJsonArray("matches");
    JsonArray kinds = Json.object(reply, "metadata").getAsJsonArray("_jupyter_types_experimental");
    assertEquals(matches.size(), kinds.size());
    List<Offer> offers = new ArrayList<>();
    for (int i = 0; i < matches.size(); i++) {
      String text = matches.get(i).getAsString();
      JsonObject kind = kinds.get(i).getAsJsonObject();
      assertEquals(text, Json.text(kind, "text", ""));
      assertEquals(reply.get("cursor_start"), kind.get("start"));
      assertEquals(reply.get("cursor_end"), kind.get("end"));
      offers.add(
          new Offer(
              Json.text(kind, "type", ""), cell.substring(0, start) + text + cell.substring(end)));
    }
    return offers;
  }

  static List<String> rows() throws Exception {
    try (InputStream in = JavaAssistTest.class.getResourceAsStream("java-completion.txt")) {
      List<String> rows =
          new String(in.readAllBytes(), StandardCharsets.UTF_8)
              .lines()
              .filter(line -> !line.isBlank() && !line.startsWith("#"))
              .toList();
      assertTrue(rows.size() > 40);
      return rows;
    }
  }

  private static final Pattern EXPECTED = Pattern.compile("\\[(\\w+)(!?)\\] (.*)", Pattern.DOTALL);

  @ParameterizedTest
  @MethodSource("rows")
  void completes(String row) {
    String[] parts = row.replace('⏎', '\n').split("\\s*=> ", 2);
    String magic = parts[0].startsWith("%") ? "" : "%%java\n";
    int cursor = magic.length() + parts[0].indexOf('|');
    List<Offer> offers = complete(magic + parts[0].replaceFirst("\\|", ""), cursor);
    assertEquals(offers.size(), new HashSet<>(offers).size(), "something is offered twice");
    String expected = parts[1];
    if (expected.equals("nothing")) {
      assertEquals(List.of(), offers);
      return;
    }
    if (expected.startsWith("not ")) {
      assertFalse(offers.isEmpty());
      assertFalse(offers.stream().anyMatch(o -> o.cell().equals(magic + expected.substring(4))));
      return;
    }
    Matcher told = EXPECTED.matcher(expected);
    assertTrue(told.matches(), "a row of the table is no row");
    Offer offer = new Offer(told.group(1), magic + told.group(3));
    assertTrue(offers.contains(offer), () -> "offered: " + offers);
    if (!told.group(2).isEmpty()) {
      assertEquals(offer, offers.get(0), () -> "offered: " + offers);
    }
  }

  private static String inspect(String marked) {
    return inspect(marked, 0);
  }

  private static String inspect(String marked, int detail) {
    String magic = marked.startsWith("%") ? "" : "%%java\n";
    String cell = magic + marked.replaceFirst("\\|", "");
    JsonObject reply =
        client.ask(
            client.shell,
            "inspect_request",
            Json.of(
                "code",
                cell,
                "cursor_pos",
                magic.length() + marked.indexOf('|'),
                "detail_level",
                detail));
    JsonElement found = reply.get("found");
    assertEquals("ok", Json.text(reply, "status", ""), reply.toString());
    String text = Json.text(Json.object(reply, "data"), "text/plain", "");
    assertEquals(found.getAsBoolean(), !text.isEmpty());
    return text;
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '=',
      value = {
        "Math.max(|                                = int Math.max(int a, int b)",
        "Math.max(1, |)                            = long Math.max(long a, long b)",
        "Math.ma|x(1, 2)                           = int Math.max(int a, int b)",
        "Math.max|                                 = int Math.max(int a, int b)",
        "Math.max(Math.min(1, 2), |                = int Math.max(int a, int b)",
        "word.substring(\"a|b\", 2)                = String String.substring(int beginIndex)",
        "tw|ice(1)                                 = int twice(int n)",
        "twice(|                                   = int twice(int n)",
        "int thrice(int k) { return 3; }⏎thrice(|  = int thrice(int k)",
        "new Point(|                               = Point(int x, int y)",
        "new Mlp(|                                 = Mlp(",
        "wo|rd.length()                            = String word : \"w\"",
        "numbers|                                  = int[] numbers : int[3]",
        "li|st                                     = java.util.List<java.lang.String> list : 1 element",
        "Stri|ng s                                 = java.lang.String",
        "LocalDa|te d                              = java.time.LocalDate⏎not imported",
        "temperature_h|igh + 1                     = temperature-high is 20.0",
        "if (word.len|gth() > 2) {                 = int String.length()",
        "import java.time.*; LocalDate.of(|        = LocalDate LocalDate.of(int year",
        "%%ja|va                                   = the rest of this cell is Java",
        "%%jav|                                    = did you mean `%%java`",
      })
  void inspects(String marked, String expected) {
    String text = inspect(marked.replace('⏎', '\n'));
    String wanted = expected.replace('⏎', '\n').replace(" : ", " = ");
    assertTrue(text.contains(wanted), () -> "`" + wanted + "` is not in: " + text);
    assertFalse(text.contains("spalier$"), text);
  }

  @Test
  void inspectsNothingWhereNothingIs() {
    assertEquals("", inspect("// Math.max|"));
    assertEquals("", inspect("int x = 1; |"));
    assertEquals("", inspect("nosuchthing|"));
  }

  @Test
  void showsDocumentationWhereTheJdkHasItsSources() {
    String text = inspect("word.repeat(|");
    assertTrue(text.contains("String String.repeat(int count)"), text);
    if (Files.isReadable(Path.of(System.getProperty("java.home"), "lib", "src.zip"))) {
      assertTrue(text.contains("Returns a string whose value is the concatenation"), text);
      assertFalse(text.contains("{@code"), text);
    }
  }

  @Test
  void writesDocumentationAsPlainText() {
    String comment =
        " Returns the {@code List<E>} of a {@link java.util.Map#get(Object) map}.\n\n"
            + " <p>It is &lt;sorted&gt;, see {@linkplain #sort}.\n"
            + " <ul><li>one <li>two</ul>\n"
            + " @param key the <i>key</i>\n"
            + " @return what is there\n"
            + " @throws NullPointerException if not";
    assertEquals(
        "Returns the List<E> of a map.\n\nIt is <sorted>, see sort.\n\n  - one\n  - two",
        Javadoc.text(comment, false).replaceAll(" +\n", "\n"));
    String full = Javadoc.text(comment, true);
    assertTrue(full.contains("  key the key\n  returns what is there\n  throws Null"), full);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '=',
      ignoreLeadingAndTrailingWhitespace = false,
      value = {
        "int x is 1;=complete",
        "word.length()=complete",
        "int a is 1;⏎int b is 2;⏎a + b=complete",
        "int a is 1;⏎int b is=incomplete····",
        "int f(int n) {=incomplete····",
        "int f(int n) {⏎    if (n > 0) {=incomplete········",
        "int f(int n) {⏎    if (n > 0) {⏎        n++;=incomplete········",
        "int f(int n) {⏎    return n;⏎}=complete",
        "if (word.isEmpty())=incomplete····",
        "list.stream()⏎    .map(s -> {=incomplete········",
        "String t is \"\"\"⏎abc=incomplete",
        "String t is \"\"\"⏎abc\"\"\";=complete",
        "String t is \"abc=invalid",
        "/* a comment=incomplete",
        "/* a comment */=complete",
        "// a comment=complete",
        "int x is 1; // {=complete",
        "String s is \"{\";=complete",
        "char c is '{';=complete",
        "twice(=incomplete····",
        "twice(1,=incomplete····",
        "twice(1))=invalid",
        "@Deprecated=incomplete",
        "@SuppressWarnings(\"x\")=incomplete",
        "@Deprecated⏎int g() { return 1; }=complete",
        "int x is 1;⏎@Deprecated=incomplete",
        "import java.util.*;⏎class A {=incomplete····",
        "word.=incomplete····",
        "foo );=invalid",
        "* 3=invalid",
        "try { }=incomplete····",
      })
  void knowsWhatIsWhole(String code, String expected) {
    String cell = "%%java\n" + code.replace('⏎', '\n').replace(" is", " =");
    assertEquals(expected, whole(cell));
  }

  private static String whole(String cell) {
    JsonObject reply = client.ask(client.shell, "is_complete_request", Json.of("code", cell));
    return Json.text(reply, "status", "") + Json.text(reply, "indent", "").replace(' ', '·');
  }

  @Test
  void aConsoleMayGoOnBehindTheFirstLine() {
    assertEquals("incomplete", whole("%%java"));
    assertEquals("incomplete", whole("%%java\n"));
    assertEquals("invalid", whole("%%jaav"));
  }

  @Test
  void aMisspeltMagicGivesTheNearest() {
    for (String magic : List.of("%%jaav", "%java", "%%Java", "%%jshell")) {
      Client.Cell cell = client.run(magic + "\n1 + 1");
      assertEquals("UnknownCell", Json.text(cell.reply(), "ename", ""));
      assertTrue(cell.traceback().contains("did you mean `%%java`?"), cell.traceback());
    }
    Client.Cell behind = client.run("%%java 1 + 1\n2");
    assertTrue(behind.traceback().contains("takes nothing behind it"), behind.traceback());
    Client.Cell other = client.run("%frobnicate org.example:thing:1.0");
    assertFalse(other.traceback().contains("did you mean"), other.traceback());
  }

  @Test
  void answersWhileACellRuns() {
    String id = client.start("%%java\nThread.sleep(1500);");
    long start = System.nanoTime();
    List<Offer> offers = complete("%%java\nword.toUp", 15);
    assertTrue(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start) < 1400);
    assertTrue(offers.contains(new Offer("method", "%%java\nword.toUpperCase")), offers.toString());
    assertEquals("complete", whole("%%java\nword.length()"));
    assertEquals("ok", client.finish(id).status());
  }

  @Test
  void leavesTheSessionAsItWas() {
    String begun = "%%java\nimport java.util.zip.*;\nint left = 1;\nCRC";
    complete(begun, begun.length());
    Client.Cell cell = client.run("%%java\nnew CRC32()");
    assertEquals("CompileError", Json.text(cell.reply(), "ename", ""));
    assertEquals("error", client.run("%%java\nleft").status());
    complete("%%java\nimport java.time.DayOfWeek;\nDayOf", 40);
    assertEquals("MONDAY", client.run("%%java\nDayOfWeek.of(1)").result());
  }
}
