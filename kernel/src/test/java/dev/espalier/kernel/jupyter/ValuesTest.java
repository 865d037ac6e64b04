package dev.espalier.kernel.jupyter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How values of Java cells are shown. */
@Timeout(60)
class ValuesTest {
  private static ToyKernel kernel;
  private static Client client;

  @BeforeAll
  static void start() throws Exception {
    kernel = ToyKernel.start();
    client = kernel.client();
    client.run(
        "%%java\nrecord Tree(String name, double height, int[] rings) {}\n"
            + "Tree oak = new Tree(\"<b>oak</b>\", 12.5, new int[] {1, 2});");
  }

  @AfterAll
  static void stop() {
    kernel.close();
  }

  /** The forms of a cell's result. */
  private static JsonObject forms(String code) {
    Client.Cell cell = client.run("%%java\n" + code);
    assertEquals("ok", cell.status(), () -> cell.reply().toString());
    return Json.object(cell.of("execute_result").get(0).content(), "data");
  }

  private static String text(String code) {
    return Json.text(forms(code), "text/plain", "");
  }

  private static String html(String code) {
    return Json.text(forms(code), "text/html", "");
  }

  @Test
  void recordsAreTablesInWhichNothingIsMarkup() {
    assertTrue(text("oak").startsWith("Tree[name=<b>oak</b>"), text("oak"));
    String one = html("oak");
    assertTrue(one.contains("&lt;b&gt;oak") && !one.contains("<b>"), one);
    assertTrue(one.contains("[1, 2]"), one);
    String many = text("List.of(oak, new Tree(\"elm\", 3, null))");
    assertEquals(
        List.of("  name        height  rings", "  elm            3.0  null"),
        List.of(many.lines().toList().get(0), many.lines().toList().get(3)));
    assertTrue(html("new Tree[] {oak, null}").contains("<td"), "an array of records");
    assertTrue(text("new TreeMap<>(Map.of(\"one\", oak))").contains("one"), "a map of records");
  }

  @Test
  void mapsAreTables() {
    assertEquals("{a=1}", text("Map.of(\"a\", 1)"));
    assertTrue(html("Map.of(\"a\", \"<i>\")").contains("&lt;i&gt;"));
    assertTrue(text("List.of(Map.of(\"a\", 1), Map.of(\"a\", 7))").lines().count() == 4);
  }

  @Test
  void ofAVastListTheFirstElementsAreShown() {
    String list = text("IntStream.range(0, 10_000_000).boxed().toList()");
    assertTrue(list.endsWith("… 9999000 more]") && list.length() < 10_000, list);
    String table = text("Collections.nCopies(10_000_000, oak)");
    assertTrue(table.contains("9,999,950 more") && table.lines().count() < 60, table);
    String letters = text("\"x\".repeat(5_000_000)");
    assertTrue(letters.endsWith("… (5000000 characters)") && letters.length() < 110_000);
    assertTrue(text("new int[3_000_000]").endsWith("2999000 more]"));
    assertEquals(
        "[(this collection)]", text("var all = new ArrayList<Object>();\nall.add(all);\nall"));
  }

  @Test
  void arraysOfArraysSayTheirShape() {
    assertEquals("[[1.0], [2.0]]", text("new float[][] {{1}, {2}}"));
    List<String> lines = text("new double[3][20]").lines().toList();
    assertEquals("double[3][20]", lines.get(0));
    assertEquals(4, lines.size());
  }

  @Test
  void whatTheUsersCodeThrowsWhileItIsShownIsSaid() {
    client.run(
        "%%java\nclass Bad { public String toString() { throw new IllegalStateException(); } }");
    assertTrue(text("new Bad()").contains("its toString threw java.lang.IllegalStateException"));
    String failure = text("new RuntimeException(\"kept\")");
    assertTrue(failure.startsWith("java.lang.RuntimeException: kept"), failure);
    assertFalse(failure.contains("espalier"), failure);
  }

  @Test
  void picturesAreShown() throws Exception {
    JsonObject picture =
        forms(
            "new java.awt.image.BufferedImage(5000, 10,"
                + " java.awt.image.BufferedImage.TYPE_INT_RGB)");
    assertTrue(Json.text(picture, "image/png", "").startsWith("iVBOR"));
    assertEquals("picture, 5000 × 10 pixels, shown smaller", Json.text(picture, "text/plain", ""));
    client.run(
        "%%java\nimport org.knowm.xchart.*;\n"
            + "XYChart lines = new XYChartBuilder().width(200).height(150).build();\n"
            + "lines.addSeries(\"s\", new double[] {1, 2}, new double[] {3, 4});");
    JsonObject shown = shown(client.run("%%java\ndisplay(lines, \"image/svg+xml\");"), 0);
    assertTrue(Json.text(shown, "image/svg+xml", "").contains("<svg"), shown.toString());
    Shown.sharp(client.run("%%java\nlines").of("execute_result").get(0).content());
    Client.Cell chosen = client.run("%%java\ndisplay(lines, \"image/png\");");
    Shown.sharp(chosen.of("display_data").get(0).content());
  }

  private static JsonObject shown(Client.Cell cell, int index) {
    assertEquals("ok", cell.status(), () -> cell.reply().toString());
    return Json.object(
        cell.published().stream()
            .filter(p -> p.type().endsWith("display_data"))
            .toList()
            .get(index)
            .content(),
        "data");
  }

  @Test
  void displaysAreChosenAndUpdated() {
    JsonObject bold = shown(client.run("%%java\ndisplay(\"<b>x</b>\", \"text/html\");"), 0);
    assertEquals("<b>x</b>", Json.text(bold, "text/html", ""));
    Client.Cell cell =
        client.run("%%java\nString at = display(\"one\");\nupdateDisplay(at, \"two\");");
    assertEquals("two", Json.text(shown(cell, 1), "text/plain", ""));
    List<Packet> displays =
        cell.published().stream().filter(p -> p.type().endsWith("display_data")).toList();
    String id = Json.text(Json.object(displays.get(0).content(), "transient"), "display_id", "");
    assertNotEquals("", id);
    assertEquals("update_display_data", displays.get(1).type());
    assertEquals(
        id, Json.text(Json.object(displays.get(1).content(), "transient"), "display_id", ""));
    Client.Cell wrong = client.run("%%java\ndisplay(3, \"image/png\");");
    assertTrue(wrong.traceback().contains("no form image/png; it has text/plain"));
  }

  @Test
  void usersDecideHowTheirValuesLook() {
    client.run(
        "%%java\nrecord Leaf(String colour) {}\n"
            + "renderer(Leaf.class, \"text/html\", l -> \"<i>\" + l.colour() + \"</i>\");\n"
            + "class Root implements Renderable { public String html() { return \"<u>r</u>\"; } }");
    assertEquals("<i>green</i>", html("new Leaf(\"green\")"));
    assertEquals("<u>r</u>", html("new Root()"));
  }

  @Test
  void manyResultsDoNotRunOut() {
    for (int i = 0; i < 30; i++) {
      assertEquals(String.valueOf(i), text(i + " + 0"));
    }
  }
}
