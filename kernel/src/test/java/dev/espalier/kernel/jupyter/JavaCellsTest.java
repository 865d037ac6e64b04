package dev.espalier.kernel.jupyter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Java cells, over the kernel's sockets. */
@Timeout(60)
class JavaCellsTest {
  private static ToyKernel kernel;
  private static Client client;

  @BeforeAll
  static void start() throws Exception {
    kernel = ToyKernel.start();
    client = kernel.client();
  }

  @AfterAll
  static void stop() {
    kernel.close();
  }

  private static Client.Cell java(String code) {
    return client.run("%%java\n" + code);
  }

  @Test
  void showsTheLastExpression() {
    assertEquals("42", java("int answer = 6 * 7;\nanswer").result());
    assertEquals("", java("int quiet = 1;").result());
    assertEquals("", java("answer = 43;").result());
    assertEquals("[1, 2, 3]", java("new int[] {1, 2, 3}").result());
    assertEquals("[[1], [2]]", java("new int[][] {{1}, {2}}").result());
  }

  @Test
  void keepsDeclarationsFromCellToCell() {
    java("record Point(int x, int y) {}\nint twice(int n) { return 2 * n; }");
    assertEquals("Point[x=2, y=6]", java("new Point(twice(1), twice(3))").result());
  }

  @Test
  void piecesUseWhatIsNeitherPublicNorPrivateInOthers() {
    java(
        "class Base {\n  int n;\n  Base(int n) { this.n = n; }\n  int twice() { return 2 * n; }\n"
            + "  protected int thrice() { return 3 * n; }\n  static class Part { int m = 7; }\n}");
    java(
        "class Derived extends Base {\n  Derived() { super(4); }\n"
            + "  int twice() { return super.twice() + 1; }\n"
            + "  protected int thrice() { return super.thrice() + 1; }\n}");
    java("Base base = new Derived();");
    assertEquals(
        "9 13 7 4",
        java("base.twice() + \" \" + base.thrice() + \" \" + new Base.Part().m + \" \" + base.n")
            .result());
    java(
        "sealed interface Shape permits Round, Square {}\nrecord Round(int r) implements Shape {}\n"
            + "record Square(int a) implements Shape {}");
    assertEquals("true", java("Shape round = new Round(1);\nround instanceof Round").result());
    java("record Square(int a, int b) implements Shape {}");
    assertEquals("Square[a=1, b=2]", java("Shape other = new Square(1, 2);\nother").result());
    assertEquals("Round[r=2]", java("Shape again = new Round(2);\nagain").result());
    java("int even(int n) { return n == 0 ? 1 : odd(n - 1); }");
    java("int odd(int n) { return n == 0 ? 0 : even(n - 1); }");
    assertEquals("1 0", java("even(4) + \" \" + even(5)").result());
  }

  @Test
  void importsStandWhateverIsImportedAgain() {
    java("import static dev.espalier.kernel.jupyter.Notebook.*;\nimport java.util.*;");
    assertEquals("[1]", java("List.of(Stream.of(1).findFirst().get())").result());
    assertEquals("x a", java("Pattern.compile(\"x\") + \" \" + Path.of(\"a\")").result());
  }

  @Test
  void classesOfEveryLibraryOfTheKernelAreFound() {
    assertEquals("ok", java("new org.knowm.xchart.XYChartBuilder().width(100)").status());
    java("import dev.espalier.dsl.Espalier;\nimport com.google.gson.Gson;");
    assertEquals("[1]", java("new Gson().toJson(List.of(1))").result());
    assertEquals("Espalier", java("Espalier.class.getSimpleName()").result());
  }

  @Test
  void printsInOrderWithDisplays() {
    Client.Cell cell = java("System.out.print(\"a\"); display(1); System.out.print(\"b\");");
    assertEquals("ab", cell.printed("stdout"));
    assertEquals(
        List.of("stream", "display_data", "stream"),
        cell.published().stream()
            .map(Packet::type)
            .filter(t -> t.equals("stream") || t.equals("display_data"))
            .toList());
    assertEquals("err", java("System.err.print(\"err\");").printed("stderr"));
  }

  @Test
  void losesNoByteOfALargeOutput() {
    Client.Cell cell =
        java("for (int i = 0; i < 1_000_000; i++) System.out.println(\"line é \" + i);");
    String text = cell.printed("stdout");
    assertEquals(1_000_000, text.chars().filter(c -> c == '\n').count());
    assertTrue(text.endsWith("line é 999999\n"));
    assertFalse(text.contains("\uFFFD"), "a character was cut in two");
  }

  @Test
  void printsOfABackgroundThreadBelongToTheCellThatStartedIt() {
    String id =
        client.start(
            "%%java\nThread late = new Thread(() -> { try { Thread.sleep(400); } catch"
                + " (InterruptedException e) { } System.out.print(\"late\"); }); late.start();");
    client.finish(id);
    String other = client.start("note meanwhile");
    client.finish(other);
    while (true) {
      Packet packet = client.receive(client.iopub);
      if (packet.type().equals("stream")) {
        assertEquals("late", Json.text(packet.content(), "text", ""));
        assertEquals(id, Json.text(packet.parent(), "msg_id", ""));
        return;
      }
    }
  }

  @Test
  void keepsTheNewestOfManyValuesByTheirNames() {
    for (int i = 0; i < 30; i++) {
      assertEquals(String.valueOf(i + 1000), java("for (;;) break;\n" + i + " + 1000").result());
    }
    String newest =
        java("int last = 0;\nfor (var v : List.of(1)) last += v;\n\"v\" + last").result();
    assertEquals("v1", newest);
    String names = java("%who").published().toString();
    assertFalse(names.contains("$"), names);
    assertEquals("41", java("20 + 21").result());
  }

  @Test
  void showsCompileErrorsWithTheirPlace() {
    Client.Cell cell = java("int fine = 1;\nint bad = \"text\";");
    assertEquals("CompileError", Json.text(cell.reply(), "ename", ""));
    String text = cell.traceback();
    assertTrue(text.contains("line 3"), text);
    assertTrue(text.contains(" 3 | int bad = \"text\";"), text);
    assertTrue(text.contains("   |           ^^^^^^"), text);
  }

  @Test
  void caretsStandUnderWideLettersToo() {
    String text = java("String 数 = \"日本\" + nosuch;").traceback();
    List<String> lines = text.replaceAll("\u001B\\[[0-9;]*m", "").lines().toList();
    int at = lines.indexOf(" 2 | String 数 = \"日本\" + nosuch;");
    assertEquals("   | " + " ".repeat(21) + "^^^^^^", lines.get(at + 1), text);
  }

  @Test
  void aDisplayAtTheEndShowsItsValueAlone() {
    Client.Cell cell = java("display(\"<b>x</b>\", \"text/html\")");
    assertEquals(1, cell.of("display_data").size());
    assertEquals(List.of(), cell.of("execute_result"));
  }

  @Test
  void showsTheExceptionItselfAndOnlyTheUsersFrames() {
    java("void deep(int n) {\n  throw new IllegalArgumentException(\"no \" + n);\n}");
    Client.Cell cell = java("\ndeep(3);");
    assertEquals("java.lang.IllegalArgumentException", Json.text(cell.reply(), "ename", ""));
    assertEquals("no 3", Json.text(cell.reply(), "evalue", ""));
    String text = cell.traceback();
    assertTrue(text.contains("deep (cell "), text);
    assertTrue(text.contains("line 3)"), text);
    assertFalse(text.contains("espalier.kernel"), text);
    assertFalse(text.contains("reflect"), text);
    assertFalse(text.contains("do_it$"), text);
  }

  @Test
  void anExceptionThatEndsAThreadIsShownInTheCellThatStartedIt() {
    String told =
        java("Thread t = new Thread(() -> { throw new IllegalStateException(\"boom\"); }, \"mine\");\n"
                + "t.start();\nt.join();")
            .printed("stderr");
    assertTrue(
        told.startsWith(
            "Exception in thread \"mine\" java.lang.IllegalStateException: boom\n  at a cell\n"),
        told);
    assertFalse(told.contains("JShell"), told);
  }

  @Test
  void showsCauses() {
    String text =
        java("throw new RuntimeException(\"outer\", new java.io.IOException(\"inner\"));")
            .traceback();
    assertTrue(text.contains("Caused by: java.io.IOException: inner"), text);
  }

  @Test
  void refusesToEndTheKernel() {
    for (String exit : List.of("System.exit(0)", "Runtime.exit(2)", "Runtime.halt(1)")) {
      Client.Cell cell = java(exit.replace("Runtime", "Runtime.getRuntime()") + ";");
      assertEquals("ExitRefused", Json.text(cell.reply(), "ename", ""));
      assertTrue(cell.traceback().contains(exit + " would end the kernel"), cell.traceback());
    }
    assertEquals("1", java("1").result());
  }

  @Test
  void survivesFullMemoryAndDeepRecursion() {
    Client.Cell full = java("long[] tooLong = new long[Integer.MAX_VALUE - 8];");
    assertEquals("java.lang.OutOfMemoryError", Json.text(full.reply(), "ename", ""));
    assertTrue(full.traceback().contains("install --heap"), full.traceback());
    java("int forever(int n) { return 1 + forever(n + 1); }");
    Client.Cell deep = java("forever(0)");
    assertEquals("java.lang.StackOverflowError", Json.text(deep.reply(), "ename", ""));
    assertEquals("2", java("1 + 1").result());
  }

  private static Client.Cell interrupted(String code) throws Exception {
    String id = client.start("%%java\n" + code);
    Thread.sleep(700);
    client.ask(client.control, "interrupt_request", new JsonObject());
    return client.finish(id);
  }

  @Test
  void stopsAnEndlessLoop() throws Exception {
    assertEquals(
        "Interrupted",
        Json.text(interrupted("long n = 0;\nwhile (true) n++;").reply(), "ename", ""));
    assertEquals(
        "Interrupted",
        Json.text(
            interrupted("while (true) { try { Thread.sleep(5); } catch (Exception e) { } }")
                .reply(),
            "ename",
            ""));
    assertEquals("3", java("1 + 2").result());
  }

  @Test
  void stopsSleepAndLeavesBehindWhatDoesNotListen() throws Exception {
    Client.Cell asleep = interrupted("Thread.sleep(60_000);");
    assertEquals("Interrupted", Json.text(asleep.reply(), "ename", ""));
    long start = System.nanoTime();
    Client.Cell deaf = interrupted("new java.net.ServerSocket(0).accept();");
    assertTrue(System.nanoTime() - start < TimeUnit.SECONDS.toNanos(6));
    assertTrue(deaf.traceback().contains("left behind"), deaf.traceback());
    assertEquals("4", java("2 + 2").result());
  }

  @Test
  void sharesNamesBothWays() {
    client.run("let temperature-high 20");
    assertEquals("21.0", java("temperature_high + 1").result());
    client.run("let temperature-high 30");
    assertEquals("31.0", java("temperature_high + 1").result());
    java("temperature_high = 5.0;\nString greeting = \"hello\";\nObject hidden = new Object();");
    assertEquals(5.0, kernel.cells().value("temperature-high").orElseThrow());
    assertEquals("hello", kernel.cells().value("greeting").orElseThrow());
    assertTrue(kernel.cells().value("hidden").isEmpty());
    Client.Cell made = java("Architecture mine = new Mlp(List.of(30));");
    assertEquals("ok", made.status(), () -> made.reply().toString());
    assertTrue(
        kernel.cells().value("mine").orElseThrow()
            instanceof dev.espalier.engine.architecture.Architecture);
  }

  @Test
  void readsInputFromTheFrontEnd() {
    JsonObject content = Client.cell("%%java\nnew Scanner(System.in).nextLine()");
    content.addProperty("allow_stdin", true);
    String id = client.send(client.shell, "execute_request", content);
    Packet asked = client.receive(client.stdin);
    assertEquals("input_request", asked.type());
    client.send(client.stdin, "input_reply", Json.of("value", "typed"));
    assertEquals("typed", client.finish(id).result());
    assertTrue(java("System.in.read()").traceback().contains("takes no input"));
  }

  @Test
  void showsChartsAsPictures() {
    Client.Cell cell =
        java(
            "import org.knowm.xchart.*;\n"
                + "XYChart chart = new XYChartBuilder().width(200).height(150).build();\n"
                + "chart.addSeries(\"s\", new double[] {1, 2}, new double[] {3, 4});\n"
                + "chart");
    JsonObject data = Json.object(cell.of("execute_result").get(0).content(), "data");
    assertTrue(Json.text(data, "image/png", "").startsWith("iVBOR"), data.keySet().toString());
  }

  @Test
  void anUnknownKindOfCellIsRefused() {
    assertEquals("UnknownCell", Json.text(client.run("%%python\n1").reply(), "ename", ""));
  }
}
