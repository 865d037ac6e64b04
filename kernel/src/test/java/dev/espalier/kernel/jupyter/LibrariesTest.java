package dev.espalier.kernel.jupyter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import dev.espalier.kernel.maven.Shelf;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Libraries in Java cells, from a repository on this machine. */
@Timeout(60)
class LibrariesTest {
  @TempDir private static Path folder;
  private static Shelf shelf;
  private static ToyKernel kernel;
  private static Client client;
  private static String settingsBefore;

  @BeforeAll
  static void start() throws Exception {
    shelf = new Shelf(folder.resolve("shelf"));
    shelf.put("org.trees:oak:1.0", "org.trees:leaf:1.0");
    shelf.put("org.trees:leaf:1.0");
    shelf.put("org.trees:fir:1.0");
    shelf.put("org.trees:slow:1.0");
    settingsBefore = System.getProperty("maven.settings");
    System.setProperty("maven.settings", shelf.settings(folder.resolve("home"), "").toString());
    kernel = ToyKernel.start();
    client = kernel.client();
  }

  @AfterAll
  static void stop() {
    kernel.close();
    shelf.close();
    if (settingsBefore == null) {
      System.clearProperty("maven.settings");
    } else {
      System.setProperty("maven.settings", settingsBefore);
    }
  }

  /** The last display of a cell as text. */
  private static String shown(Client.Cell cell) {
    assertEquals("ok", cell.status(), () -> cell.reply().toString());
    List<Packet> displays =
        cell.published().stream().filter(p -> p.type().endsWith("display_data")).toList();
    JsonObject data = Json.object(displays.get(displays.size() - 1).content(), "data");
    return Json.text(data, "text/plain", "");
  }

  @Test
  void mavenAddsALibraryAndWhatItNeeds() {
    Client.Cell cell =
        client.run(
            "%%java\n%maven org.trees:oak:1.0\nimport org.trees.*;\nOak.text() + Leaf.text()");
    String table = shown(cell);
    assertTrue(table.contains("2 libraries added"), table);
    assertTrue(table.contains("needed by org.trees:oak"), table);
    assertEquals("org.trees:oak:1.0org.trees:leaf:1.0", cell.result());
    assertTrue(
        shown(client.run("%maven org.trees:oak:1.0")).contains("is there already"), "added twice");
    JsonObject asked =
        client.ask(
            client.shell, "complete_request", Json.of("code", "%%java\nOak.te", "cursor_pos", 13));
    assertTrue(asked.get("matches").toString().contains("text"), asked.toString());
  }

  @Test
  void aPomAddsLibraries() {
    Client.Cell cell =
        client.run(
            "%%pom\n<dependency>\n <groupId>org.trees</groupId>\n <artifactId>fir</artifactId>\n"
                + " <version>1.0</version>\n</dependency>");
    assertTrue(shown(cell).contains("org.trees:fir:1.0"));
    assertEquals("org.trees:fir:1.0", client.run("%%java\norg.trees.Fir.text()").result());
    Client.Cell wrong = client.run("%%pom\n<dependency>\n<group>\n</dependency>");
    assertTrue(wrong.traceback().contains("line 4"), wrong.traceback());
    Client.Cell loose = client.run("%%pom\norg.trees:fir:1.0");
    assertTrue(loose.traceback().contains("`org.trees:fir:1.0` stands in no element"));
  }

  @Test
  void mistakesSayWhatToWrite() {
    Client.Cell alone = client.run("%maven");
    assertTrue(alone.traceback().contains("`%maven` needs a library"), alone.traceback());
    assertTrue(alone.traceback().contains("it is written: %maven GROUP:ARTIFACT"));
    Client.Cell bare = client.run("%maven org.trees:oak");
    assertTrue(bare.traceback().contains("the version is missing"), bare.traceback());
    Client.Cell none = client.run("%maven org.trees:oak:9.9");
    assertTrue(none.traceback().contains("there are the versions 1.0"), none.traceback());
    assertTrue(client.run("%mavenRepo shelf ftp://x").traceback().contains("is no address"), "ftp");
    assertTrue(client.run("%addmavenrepo").traceback().contains("`%addMavenRepo`"), "case");
  }

  @Test
  void aDownloadCanBeInterrupted() throws Exception {
    shelf.delayMillis.set(1500);
    try {
      String id = client.start("%maven org.trees:slow:1.0");
      Thread.sleep(600);
      client.ask(client.control, "interrupt_request", new JsonObject());
      long start = System.nanoTime();
      Client.Cell cell = client.finish(id);
      assertEquals("Interrupted", Json.text(cell.reply(), "ename", ""), cell.reply().toString());
      assertTrue(System.nanoTime() - start < 4_000_000_000L, "it went on");
    } finally {
      shelf.delayMillis.set(0);
    }
    assertTrue(shown(client.run("%maven org.trees:slow:1.0")).contains("1 library added"));
  }

  @Test
  void jarsAndFoldersOfOnesOwn() throws Exception {
    Path jar = folder.resolve("shelf/org/trees/leaf/1.0/leaf-1.0.jar");
    Path mine = Files.createDirectories(folder.resolve("mine"));
    Files.copy(jar, mine.resolve("leaf.jar"));
    Client.Cell cell = client.run("%jars " + mine + "/*.jar\n%classpath");
    assertTrue(cell.printed("stdout").contains("leaf.jar"), cell.printed("stdout"));
    assertTrue(client.run("%jars " + mine + "/no.jar").traceback().contains("there is no `"));
    Path page = Files.writeString(mine.resolve("page.jar"), "<html>not found</html>");
    assertTrue(client.run("%jars " + page).traceback().contains("is no jar"));
  }

  @Test
  void loadRunsFilesOfBothLanguages() throws Exception {
    Path code = Files.writeString(folder.resolve("code.jsh"), "int loaded = 40;\nloaded + 2");
    assertEquals("42", client.run("%load " + code).result());
    Path sentences = Files.writeString(folder.resolve("code.esp"), "let from-file 5");
    client.run("%load " + sentences);
    assertEquals(5.0, kernel.cells().value("from-file").orElseThrow());
    Path book =
        Files.writeString(
            folder.resolve("book.ipynb"),
            "{\"cells\":[{\"cell_type\":\"markdown\",\"source\":\"# x\"},{\"cell_type\":\"code\","
                + "\"source\":[\"%%java\\n\",\"int booked = 7;\"]}]}");
    client.run("%load " + book);
    assertEquals("7", client.run("%%java\nbooked").result());
    Path broken = Files.writeString(folder.resolve("broken.jsh"), "int ok = 1;\nint bad = \"x\";");
    assertTrue(client.run("%load " + broken).traceback().contains("line 2"), "the line");
    Client.Cell none = client.run("%load " + folder.resolve("none.jsh"));
    assertTrue(none.traceback().contains("there is no file `"), none.traceback());
    Path bytes = Files.write(folder.resolve("bytes.jsh"), new byte[] {(byte) 0xC3, 'x'});
    assertTrue(client.run("%load " + bytes).traceback().contains("is no text in UTF-8"));
  }
}
