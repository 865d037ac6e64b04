package dev.espalier.kernel.jupyter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Java cells as Java users write them. */
@Timeout(60)
class JavaFidelityTest {
  private static ToyKernel kernel;
  private static Client client;

  @BeforeAll
  static void start() throws Exception {
    kernel = ToyKernel.start();
    client = kernel.client();
    // The first mistake is slow to find.
    client.run("%%java\nint warm = \"\";\nwarmer(1);");
  }

  @AfterAll
  static void stop() {
    kernel.close();
  }

  private static String result(String code) {
    Client.Cell cell = client.run("%%java\n" + code);
    assertEquals("ok", cell.status(), () -> cell.reply().toString());
    return cell.result();
  }

  private static String refused(String code) {
    Client.Cell cell = client.run("%%java\n" + code);
    assertEquals("error", cell.status());
    return cell.traceback();
  }

  @Test
  void whatNoClassFileCanHoldSpoilsNothingElse() {
    client.run("%%java\nint kept = 20;");
    String text = "z".repeat(40_000);
    assertTrue(
        refused("String big = \"" + text + text + "\";").contains("constant string too long"));
    assertEquals("21", result("kept + 1"));
    String both = refused("String sum = \"" + text + "\" + \"" + text + "\";\nint no = \"\";");
    assertTrue(both.contains("line 2") && both.contains("constant string too long"), both);
    assertTrue(both.contains("line 3") && both.contains("cannot be converted"), both);
    assertEquals("22", result("kept + 2"));
    refused("int no = \"\";\nString late = \"" + text + text + "\";");
    assertEquals("23", result("kept + 3"));
    String method =
        refused("int many(int s) {\n" + "s += 70000 * s;\n".repeat(12_000) + "return s; }");
    assertTrue(method.contains("code too large"), method);
    assertEquals("24", result("int many() { return kept + 4; }\nmany()"));
  }

  @Test
  void messagesNameWhatCellsDeclareAndNotWhatJShellMakesOfIt() {
    String nothing = refused("String nothing = null;\nnothing.length()");
    assertTrue(nothing.contains("because \"nothing\" is null"), nothing);
    String method = refused("String none() { return null; }\nnone().length()");
    assertTrue(method.contains("return value of \"none()\" is null"), method);
    String cast = refused("class Fir {}\nclass Oak {}\nObject tree = new Fir();\n(Oak) tree");
    assertTrue(cast.contains("class Fir cannot be cast to class Oak"), cast);
    String own = refused("class Rot extends RuntimeException {}\nthrow new Rot();");
    assertTrue(own.startsWith("Rot\n"), own);
    assertFalse((nothing + method + cast + own).contains("JShell"), cast + own);
  }

  @Test
  void whatIsDeclaredFurtherDownCanBeNamed() {
    assertEquals(
        "9.0",
        result(
            "sealed interface Shape permits Square {}\n"
                + "record Square(double side) implements Shape {}\n"
                + "double area(Shape s) { return s instanceof Square q ? q.side() * q.side() : 0;"
                + " }\narea(new Square(3))"));
    assertEquals(
        "true", result("class Hen { Egg egg; }\nclass Egg { Hen hen; }\nnew Hen().egg == null"));
    assertEquals(
        "5", result("int first() { return second(); }\nint second() { return 5; }\nfirst()"));
    Client.Cell waiting = client.run("%%java\nclass Early { Late late; }");
    assertTrue(waiting.printed("stderr").contains("Early can be used once class Late is declared"));
    assertEquals("true", result("class Late {}\nnew Early().late == null"));
  }

  @Test
  void whatIsDeclaredAgainIsUsedByWhatNamedIt() {
    result("int rate() { return 1; }\nint twice() { return 2 * rate(); }");
    result("int rate() { return 10; }");
    assertEquals("20", result("twice()"));
    result("class Coin { int worth() { return 1; } }\nclass Purse { Coin c = new Coin(); }");
    result("class Coin { int worth() { return 5; } }");
    assertEquals("5", result("new Purse().c.worth()"));
  }

  @Test
  void theWholeLanguageIsThere() {
    assertEquals(
        "wed",
        result(
            "String day = switch (3) { case 1 -> \"mon\"; case 3 -> { yield \"wed\"; } default ->"
                + " \"?\"; };\nday"));
    assertEquals(
        "b",
        result(
            "<T extends Comparable<T>> T most(T a, T b) { return a.compareTo(b) > 0"
                + " ? a : b; }\nmost(\"a\", \"b\")"));
    assertEquals("3", result("import static java.lang.Math.*;\nint größe = max(1, 3);\ngröße"));
    assertEquals("x\n", result("var text = \"\"\"\n    x\n    \"\"\";\ntext"));
    assertEquals(
        "6", result("int base = 4;\nIntUnaryOperator add = n -> n + base;\nadd.applyAsInt(2)"));
    assertEquals("4", result("enum Suit { A, B, C, D }\nSuit.values().length"));
    assertEquals(
        "java.io.IOException",
        named("void io() throws IOException { throw new IOException(); }\nio();"));
  }

  private static String named(String code) {
    return Json.text(client.run("%%java\n" + code).reply(), "ename", "");
  }

  @Test
  void everyMistakeOfACellIsShown() {
    String text =
        refused("int a1 = \"x\";\nString b1 = 5;\na1 + 1;\nint kept = 3;\nmissing(kept);\nfor (;;");
    assertTrue(text.contains("line 2, column 10: incompatible types"), text);
    assertTrue(text.contains("line 3, column 13: incompatible types"), text);
    assertTrue(text.contains("line 6, column 1: cannot find symbol"), text);
    assertFalse(text.contains("variable a1"), "what follows from another mistake: " + text);
    // Nothing behind a mistake was run or declared.
    assertTrue(refused("kept").contains("cannot find symbol"));
    String syntax = refused("int one = 1\nint two = \"2\";");
    assertTrue(syntax.contains("';' expected") && syntax.contains("line 3"), syntax);
  }

  @Test
  void checkingWhatFollowsAMistakeChangesNothing() {
    result("int stays = 7;\nList<Integer> seen = new ArrayList<>();");
    refused("int wrong = \"\";\nint stays = 8;\nseen.add(1);\nrecord Fresh(int a) {}");
    assertEquals("7 []", result("stays + \" \" + seen"));
    assertTrue(refused("new Fresh(1)").contains("cannot find symbol"));
  }

  @Test
  void failuresNameTheirLinesInEveryCause() {
    String text =
        refused(
            "void inner() {\n  throw new IllegalStateException(\"in\");\n}\n"
                + "void outer() {\n  try { inner(); }\n"
                + "  catch (Exception e) { throw new RuntimeException(\"out\", e); }\n}\nouter();");
    assertTrue(text.contains("outer (cell ") && text.contains("line 7)"), text);
    assertTrue(text.contains("Caused by: java.lang.IllegalStateException: in"), text);
    assertTrue(text.contains("line 3)"), text);
    String start = refused("class Boom { static int v = Integer.parseInt(\"no\"); }\nBoom.v");
    assertTrue(start.contains("Caused by: java.lang.NumberFormatException"), start);
    assertTrue(start.contains("Boom.<clinit> (cell "), start);
  }

  @Test
  void commandsOfJShellArePointedElsewhere() {
    assertTrue(refused("/vars").contains("`%who` lists names"));
    assertTrue(refused("/exit").contains("the menu Kernel"));
    assertEquals("1", result("// a comment\n/* another */ 1"));
  }

  @Test
  void timesAreTold() {
    Client.Cell one = client.run("%%java\n%time Thread.sleep(20);\n%time 1 + 2");
    assertEquals("3", one.result());
    assertEquals(2, one.printed("stdout").split("Wall time: ", -1).length - 1);
    Client.Cell java = client.run("%%time\n%%java\nThread.sleep(20);\n5");
    assertEquals("5", java.result());
    assertTrue(java.printed("stdout").matches("(?s)CPU time: .*\nWall time: .* to compile\n"));
    Client.Cell sentences = client.run("%%time\nnote x\nnote y");
    assertTrue(sentences.printed("stdout").startsWith("CPU time: "));
    assertEquals(2, sentences.of("display_data").size());
    Client.Cell wrong = client.run("%%time\n\nwrong");
    assertEquals("E101", Json.text(wrong.reply(), "ename", ""));
  }

  @Test
  void namesAreListed() {
    client.run("let shared-name 5");
    client.run("%%java\nString mine = \"abc\";\nObject hidden = new Object();\nrecord Listed() {}");
    Client.Cell cell = client.run("%who");
    String table =
        Json.text(Json.object(cell.of("display_data").get(0).content(), "data"), "text/plain", "");
    assertTrue(table.contains("shared-name"), table);
    assertTrue(table.contains("3 characters"), table);
    assertTrue(table.contains("hidden") && table.contains("Java variable"), table);
    assertTrue(table.contains("Java record"), table);
  }

  @Test
  void aScannerSaysThatThereIsNoInput() {
    assertTrue(refused("new Scanner(System.in).nextLine()").contains("takes no input"));
  }
}
