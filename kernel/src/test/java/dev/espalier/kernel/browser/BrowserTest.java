package dev.espalier.kernel.browser;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A person's session in a browser: the kernel as it was packaged and installed, in JupyterLab and
 * Notebook 7, with pictures of what is seen in {@code target/browser}.
 */
@Tag("browser")
@Timeout(300)
class BrowserTest {
  /** The front ends. */
  enum FrontEnd {
    LAB("jupyter-lab", "lab/tree/"),
    NOTEBOOK("jupyter-notebook", "notebooks/");

    final String program;
    final String path;

    FrontEnd(String program, String path) {
      this.program = program;
      this.path = path;
    }

    String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private static final String LIGHT = "JupyterLab Light";
  private static final String DARK = "JupyterLab Dark";
  private static final Path SHOTS = Path.of("target", "browser");

  @TempDir private static Path folder;
  private static Path jupyter;
  private static Path prefix;
  private static Chromium chromium;
  private static final Map<FrontEnd, JupyterServer> SERVERS = new EnumMap<>(FrontEnd.class);

  @BeforeAll
  static void start() throws Exception {
    Path browser = Needed.chromium();
    jupyter = Needed.jupyter();
    Path jar = Needed.jar();
    prefix = folder.resolve("prefix");
    Path java = Path.of(System.getProperty("java.home"), "bin", "java");
    run(List.of(java.toString(), "-jar", jar.toString(), "install", "--prefix", prefix.toString()));
    chromium = Chromium.start(browser, folder);
    for (FrontEnd front : FrontEnd.values()) {
      Path own = Files.createDirectories(folder.resolve(front.label()));
      SERVERS.put(front, JupyterServer.start(jupyter.resolve(front.program), prefix, own));
    }
  }

  @AfterAll
  static void stop() throws Exception {
    for (JupyterServer server : SERVERS.values()) {
      server.close();
    }
    if (chromium != null) {
      chromium.close();
    }
  }

  private static String run(List<String> command) throws Exception {
    Path log = Files.createTempFile(folder, "command", ".log");
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
    JupyterServer.environment(builder.environment(), prefix, folder);
    Process process = builder.start();
    if (!process.waitFor(120, TimeUnit.SECONDS)) {
      process.destroyForcibly();
    }
    String said = Files.readString(log);
    assertEquals(0, process.exitValue(), () -> command + "\n" + said);
    return said;
  }

  private static NotebookPage open(FrontEnd front, String file, String kernel) throws Exception {
    Path notebook = SERVERS.get(front).notebooks().resolve(file);
    if (!Files.exists(notebook)) {
      Files.writeString(
          notebook,
          """
          {"cells": [{"cell_type": "code", "execution_count": null, "id": "first", "metadata": {},
            "outputs": [], "source": []}],
           "metadata": {"kernelspec": {"display_name": "", "language": "", "name": "%s"}},
           "nbformat": 4, "nbformat_minor": 5}
          """
              .formatted(kernel));
    }
    Page page = chromium.page(1100, 1000);
    page.open(SERVERS.get(front).page(front.path + file + "?reset"));
    NotebookPage opened = new NotebookPage(page, SHOTS, front.label());
    opened.ready();
    return opened;
  }

  private static void close(NotebookPage notebook) {
    assertEquals(List.of(), notebook.page().foreignRequests(), "it reached for the network");
    assertEquals(List.of(), notebook.page().exceptionsOf("espalier"));
    notebook.endKernel();
    notebook.page().close();
  }

  // --- what is seen ---

  @ParameterizedTest
  @EnumSource
  void bothKindsOfCellAreColoured(FrontEnd front) throws Exception {
    NotebookPage notebook = open(front, "colours.ipynb", "espalier");
    int espalier =
        notebook.run(
            """
            # A teacher, and what is learnt from it.
            set seed 7
            data signs from glyphs(train 300, test 60) split 250/50
            model student is mlp(16)
            train mlp(32) on signs for 2 epochs with dropout 0.5 as teacher
            distill teacher into student for 2 epochs as small
            then prune 50%
            note "What *small* has learnt."
            expect accuracy of small at least 1%""");
    int java =
        notebook.run(
"""
            %%java
            // Both kinds of cell see the same names.
            import java.util.List;
import java.util.Locale;
            String text = "classes";
            for (int i = 0; i < 2; i++) {
            System.out.println(text + ": " + signs.classCount());
            }""");
    for (String theme : List.of(LIGHT, DARK)) {
      notebook.theme(theme);
      Map<String, String> seen = notebook.colours(espalier);
      String plain = seen.get("accuracy");
      for (String word : List.of("train", "into", "50%", "0.5", "then", "small", "least", "#")) {
        assertNotEquals(plain, seen.get(word), word + " in " + seen);
      }
      assertEquals(seen.get("distill"), seen.get("prune"), "verbs in " + seen);
      assertEquals(seen.get("0.5"), seen.get("50%"), "numbers in " + seen);
      assertEquals(seen.get("then"), seen.get("prune"), "steps in " + seen);
      assertEquals(seen.get("with"), seen.get("into"), "joints in " + seen);
      assertNotEquals(seen.get("prune"), seen.get("into"), "verbs and joints in " + seen);
      assertEquals(seen.get("small"), seen.get("signs"), "new names in " + seen);
      assertDistinct(seen, "distill", "small", "\"What", "#", "least");
      Map<String, String> javaSeen = notebook.colours(java);
      String name = javaSeen.get("text");
      for (String word : List.of("%%java", "import", "for", "int", "\"classes\"", "//")) {
        assertNotEquals(name, javaSeen.get(word), word + " in " + javaSeen);
      }
      assertDistinct(javaSeen, "%%java", "import", "\"classes\"", "//");
      notebook.show(espalier);
      notebook.shot("colours-" + (theme.equals(DARK) ? "dark" : "light"));
    }
    close(notebook);
  }

  private static void assertDistinct(Map<String, String> colours, String... words) {
    List<String> all = Stream.of(words).map(colours::get).distinct().toList();
    assertEquals(words.length, all.size(), () -> List.of(words) + " in " + colours);
  }

  @ParameterizedTest
  @EnumSource
  void aTrainingMovesInPlaceAndBecomesItsCurve(FrontEnd front) throws Exception {
    NotebookPage notebook = open(front, "training.ipynb", "espalier");
    notebook.run("set seed 3, threads 1\ndata signs from glyphs");
    int training = notebook.start("train lenet-5 on signs for 6 epochs as teacher");
    double first = notebook.progress(training, 0);
    int outputs = notebook.outputs(training);
    notebook.shot("progress");
    double second = notebook.progress(training, first);
    assertTrue(second > first, first + " then " + second);
    assertEquals(outputs, notebook.outputs(training), "the bar is to move where it stands");
    notebook.done(training);
    assertEquals(0, notebook.bars(training), "a bar that stays looks as if it still ran");
    assertEquals(1, notebook.pictures(training));
    notebook.says(training, "teacher");
    int chart = notebook.run("chart weights of teacher");
    assertEquals(1, notebook.pictures(chart));
    int table = notebook.run("compare teacher with controls no\nshow layers of teacher");
    notebook.says(table, "accuracy");
    for (String theme : List.of(LIGHT, DARK)) {
      notebook.theme(theme);
      String shade = theme.equals(DARK) ? "dark" : "light";
      for (int cell : List.of(training, chart, table)) {
        assertEquals("", notebook.faint(cell), theme);
      }
      notebook.show(training);
      notebook.shot("curve-" + shade);
      notebook.show(table);
      notebook.shot("table-" + shade);
    }
    close(notebook);
  }

  @ParameterizedTest
  @EnumSource
  void aMistakeIsShownWhereItIs(FrontEnd front) throws Exception {
    NotebookPage notebook = open(front, "mistakes.ipynb", "espalier");
    int wrong = notebook.run("data signs from glyphs\ntrain mlp(8) on signs for 2 epochz as net");
    notebook.says(wrong, "did you mean");
    assertEquals(0, notebook.caretOffset(wrong, "epochz"), 1);
    int java = notebook.run("%%java\nint n = 1;\nint m = \"two\";");
    notebook.says(java, "incompatible types");
    int thrown = notebook.run("%%java\nObject nothing = null;\nnothing.toString()");
    notebook.says(thrown, "NullPointerException");
    for (String theme : List.of(LIGHT, DARK)) {
      notebook.theme(theme);
      for (int cell : List.of(wrong, java, thrown)) {
        assertEquals("", notebook.faint(cell), theme);
      }
      notebook.show(0);
      notebook.shot("mistakes-" + (theme.equals(DARK) ? "dark" : "light"));
    }
    close(notebook);
  }

  @ParameterizedTest
  @EnumSource
  void tabCompletesAndShiftTabExplains(FrontEnd front) throws Exception {
    NotebookPage notebook = open(front, "assistance.ipynb", "espalier");
    notebook.run(
        "data signs from glyphs(train 300, test 60) split 250/50\nmodel student is mlp(16)");
    int training = notebook.write("train student on signs for 2 epochs with dr");
    notebook.chosen(training, "dropout");
    notebook.page().type(" 0.5 ");
    notebook.completeUntil("as", "keyword");
    notebook.shot("completion");
    notebook.page().press(Page.Key.ESCAPE);
    notebook
        .page()
        .until("the list is gone", "!document.querySelector('.jp-Completer:not(.lm-mod-hidden)')");
    notebook.page().press(Page.Key.HOME);
    String explained = notebook.hover();
    assertTrue(explained.contains("train"), explained);
    notebook.shot("hover");
    notebook.page().press(Page.Key.ESCAPE);
    notebook.page().press(Page.Key.END);
    notebook.page().press(Page.Key.ENTER, Page.SHIFT);
    notebook.done(training);
    int java = notebook.write("%%java\nString text = signs.class");
    notebook.chosen(java, "classCount()");
    notebook.page().type(" + \"\".tr");
    notebook.completeUntil("trim()", "method");
    notebook.shot("java-completion");
    notebook.page().press(Page.Key.ESCAPE);
    notebook.page().press(Page.Key.HOME);
    String type = notebook.hover();
    assertTrue(type.contains("String"), type);
    notebook.shot("java-hover");
    close(notebook);
  }

  @ParameterizedTest
  @EnumSource
  void aTrainingIsInterruptedAndTheKernelRestarted(FrontEnd front) throws Exception {
    NotebookPage notebook = open(front, "stopping.ipynb", "espalier");
    notebook.run("set seed 3, threads 1\ndata signs from glyphs");
    int training = notebook.start("train lenet-5 on signs for 400 epochs as teacher");
    notebook.progress(training, 0);
    notebook.command();
    notebook.page().press('i', Page.NONE);
    notebook.page().press('i', Page.NONE);
    notebook.done(training);
    notebook.says(training, "stopped");
    assertEquals(0, notebook.bars(training), notebook.output(training));
    assertEquals("", notebook.faint(training));
    notebook.show(training);
    notebook.shot("interrupted");
    int loop =
        notebook.start(
            "%%java\nlong n = 1;\nSystem.out.println(\"begun\");\nwhile (true) { n++; }");
    notebook.says(loop, "begun");
    notebook.command();
    notebook.page().press('i', Page.NONE);
    notebook.page().press('i', Page.NONE);
    notebook.done(loop);
    int after = notebook.run("%%java\nn >= 1 && signs.classCount() == 10");
    notebook.says(after, "true");
    notebook.restart();
    int gone = notebook.run("show signs");
    notebook.says(gone, "signs");
    int again = notebook.run("note \"It *runs* again.\"");
    notebook.says(again, "It runs again.");
    notebook.show(loop);
    notebook.shot("restarted");
    close(notebook);
  }

  @ParameterizedTest
  @EnumSource
  void whatWasSavedIsThereWhenItIsOpenedAgain(FrontEnd front) throws Exception {
    NotebookPage notebook = open(front, "kept.ipynb", "espalier");
    notebook.run("set seed 3\ndata signs from glyphs(train 600, test 100) split 500/100");
    int training = notebook.run("train mlp(32) on signs for 4 epochs as net");
    int table = notebook.run("compare net with controls no");
    int chart = notebook.run("chart weights of net");
    int wrong = notebook.run("prune net 50% by magnitud");
    int java =
        notebook.run("%%java\nrecord Size(String name, long bytes) {}\nnew Size(\"net\", 7)");
    List<Integer> cells = List.of(training, table, chart, wrong, java);
    List<String> texts = cells.stream().map(notebook::output).toList();
    notebook.save();
    close(notebook);
    NotebookPage again = open(front, "kept.ipynb", "espalier");
    for (String theme : List.of(LIGHT, DARK)) {
      again.theme(theme);
      for (int i = 0; i < cells.size(); i++) {
        int cell = cells.get(i);
        again.show(cell);
        assertEquals(texts.get(i), again.output(cell));
        assertEquals("", again.faint(cell), theme);
      }
      assertEquals(1, again.pictures(training));
      assertEquals(1, again.pictures(chart));
      again.show(training);
      again.shot("reopened-" + (theme.equals(DARK) ? "dark" : "light"));
    }
    close(again);
    Path kept = SERVERS.get(front).notebooks().resolve("kept.ipynb");
    // What reads no HTML, such as a console or a diff, has the record as Java writes it.
    assertTrue(Files.readString(kept).contains("\"Size[name=net, bytes=7]\""));
    converted(front, kept);
  }

  /** The notebook as nbconvert makes it a page, light and dark. */
  private static void converted(FrontEnd front, Path notebook) throws Exception {
    for (String theme : List.of("light", "dark")) {
      Path html = folder.resolve(front.label() + "-" + theme + ".html");
      run(
          List.of(
              jupyter.resolve("jupyter-nbconvert").toString(),
              "--to=html",
              "--HTMLExporter.theme=" + theme,
              "--output=" + html,
              notebook.toString()));
      Page page = chromium.page(1100, 1400);
      page.open(html.toUri().toString());
      page.until(
          "the page has its pictures",
          "document.querySelectorAll('.jp-OutputArea img').length === 2"
              + " && [...document.images].every(i => i.complete && i.naturalWidth)");
      assertEquals("", NotebookPage.faintIn(page), theme);
      assertEquals(
          "Size component value name net bytes 7",
          page.text("[...document.querySelectorAll('.jp-OutputArea-output')].pop().innerText")
              .replaceAll("\\s+", " ")
              .strip());
      page.shot(SHOTS.resolve(front.label() + "-nbconvert-" + theme + ".png"));
      page.close();
    }
  }

  @ParameterizedTest
  @EnumSource
  void notebooksOfOtherKernelsAreAsTheyWere(FrontEnd front) throws Exception {
    NotebookPage notebook = open(front, "python.ipynb", "python3");
    int cell =
        notebook.run("# two\nimport math\ntrain = [math.floor(2.5)]\nprint(train, \"then\")");
    assertEquals("[2] then", notebook.output(cell).strip());
    Map<String, String> seen = notebook.colours(cell);
    assertNotEquals(seen.get("math"), seen.get("import"), seen.toString());
    assertEquals(seen.get("math"), seen.get("train"), seen.toString());
    notebook.shot("python");
    close(notebook);
  }

  @Test
  void theLauncherHasTheKernelWithItsLogo() throws Exception {
    Page page = chromium.page(1100, 1000);
    page.open(SERVERS.get(FrontEnd.LAB).page("lab?reset"));
    String card = ".jp-LauncherCard[title^='Espalier']";
    page.until(
        "the launcher shows the logo",
        "document.querySelector(\"" + card + " img\").naturalWidth > 16");
    page.shot(SHOTS.resolve("lab-launcher.png"));
    page.click(card);
    NotebookPage notebook = new NotebookPage(page, SHOTS, "lab");
    notebook.ready();
    int cell = notebook.run("note \"hello\"");
    notebook.says(cell, "hello");
    close(notebook);
  }
}
