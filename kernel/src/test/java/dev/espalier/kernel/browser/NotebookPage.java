package dev.espalier.kernel.browser;

import com.google.gson.JsonObject;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;

/** A notebook that is open in a page, in JupyterLab or in Notebook 7. */
final class NotebookPage {
  private static final String CELL = "document.querySelectorAll('.jp-Notebook .jp-Cell')";
  private static final String WIDGET =
      "[...jupyterapp.shell.widgets('main')].find(w => w.context?.path.endsWith('.ipynb'))";
  private static final String SESSION = WIDGET + ".sessionContext.session";
  private static final Duration START = Duration.ofSeconds(90);
  private static final int TRIES = 5;

  /**
   * What is hard to read below an element: texts whose colour, with all opacities applied, has less
   * than the contrast of 4.5 against what is behind them, of 3 for signs (WCAG 2, 1.4.3 and
   * 1.4.11).
   */
  private static final String FAINT =
      """
      (root) => {
        const canvas = document.createElement('canvas').getContext('2d', {willReadFrequently: true});
        const rgba = (colour) => {
          canvas.clearRect(0, 0, 1, 1);
          canvas.fillStyle = colour;
          canvas.fillRect(0, 0, 1, 1);
          const p = canvas.getImageData(0, 0, 1, 1).data;
          return [p[0], p[1], p[2], p[3] / 255];
        };
        const over = (a, b) => [0, 1, 2].map(i => a[i] * a[3] + b[i] * (1 - a[3])).concat(1);
        const light = (c) => {
          const [r, g, b] = c.slice(0, 3).map(v => v / 255)
            .map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
          return 0.2126 * r + 0.7152 * g + 0.0722 * b;
        };
        const found = [];
        const walk = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
        while (walk.nextNode()) {
          const node = walk.currentNode;
          const holder = node.parentElement;
          if (!node.textContent.trim() || !holder.getClientRects().length) continue;
          if (holder.closest('button, script, style')) continue;
          const layers = [];
          let opacity = 1;
          for (let e = holder; e; e = e.parentElement) {
            layers.unshift(rgba(getComputedStyle(e).backgroundColor));
            opacity *= Number(getComputedStyle(e).opacity);
          }
          const behind = layers.reduce((b, l) => over(l, b), [255, 255, 255, 1]);
          const ink = rgba(getComputedStyle(holder).color);
          ink[3] *= opacity;
          const [a, b] = [light(over(ink, behind)), light(behind)];
          const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
          const least = /[\\p{L}\\p{N}]/u.test(node.textContent) ? 4.5 : 3;
          if (contrast < least) {
            found.push(node.textContent.trim().slice(0, 40) + ': ' + contrast.toFixed(2));
          }
        }
        return found.join('\\n');
      }
      """;

  private final Page page;
  private final Path shots;
  private final String name;

  /**
   * @param name of the front end, first in the names of the pictures
   */
  NotebookPage(Page page, Path shots, String name) {
    this.page = page;
    this.shots = shots;
    this.name = name;
  }

  void shot(String of) {
    // The pointer would hold a cell's toolbar or a tooltip in view.
    page.evaluate("document.fonts.ready.then(() => new Promise(requestAnimationFrame))");
    page.shot(shots.resolve(name + "-" + of + ".png"));
  }

  // --- the notebook ---

  /** Waits until a kernel is there that has nothing to do. */
  void ready() {
    page.until("a cell is there", CELL + "[0].querySelector('.cm-content')", START);
    page.until(
        "the kernel is ready",
        SESSION
            + ".kernel.connectionStatus === 'connected' && "
            + SESSION
            + ".kernel.status === 'idle'",
        START);
  }

  int cells() {
    return page.evaluate(CELL + ".length").getAsInt();
  }

  private static String cell(int at) {
    return CELL + "[" + at + "]";
  }

  /** The cell that is being written into. */
  int active() {
    return page.evaluate("[..." + CELL + "].findIndex(c => c.classList.contains('jp-mod-active'))")
        .getAsInt();
  }

  /** Types into the last cell, which has to be empty. */
  int write(String code) {
    int last = cells() - 1;
    page.evaluate(cell(last) + ".querySelector('.cm-content').focus()");
    page.until(
        "the last cell is written into",
        cell(last)
            + ".contains(document.activeElement) && "
            + cell(last)
            + ".classList.contains('jp-mod-active')");
    page.type(code);
    page.until(
        "the cell has what was typed",
        cell(last)
            + ".querySelector('.cm-content').innerText.trim().endsWith("
            + Page.quoted(lastLine(code))
            + ")");
    return last;
  }

  private static String lastLine(String code) {
    return code.strip().substring(code.strip().lastIndexOf('\n') + 1).strip();
  }

  /** Types and runs a cell; a new one is below then. */
  int start(String code) {
    int at = write(code);
    page.press(Page.Key.ENTER, Page.SHIFT);
    page.until("there is a cell below", CELL + ".length > " + (at + 1));
    return at;
  }

  int run(String code) {
    int at = start(code);
    done(at);
    return at;
  }

  /** Waits until a cell has run. */
  void done(int at) {
    page.until(
        "cell " + at + " has run",
        "/^\\[\\d+\\]:?$/.test("
            + cell(at)
            + ".querySelector('.jp-InputPrompt').innerText.trim()) && "
            + SESSION
            + ".kernel.status === 'idle'",
        Duration.ofSeconds(180));
  }

  /** Waits until a cell that may still run has printed something. */
  void says(int at, String text) {
    page.until(
        "cell " + at + " says " + text,
        cell(at)
            + ".querySelector('.jp-OutputArea').innerText.includes("
            + Page.quoted(text)
            + ")");
  }

  /** Waits until a cell's progress has come further than {@code from}, and says how far, in %. */
  double progress(int at, double from) {
    String bar = cell(at) + ".querySelector('[role=progressbar]').getAttribute('aria-valuenow')";
    page.until("progress is beyond " + from, "Number(" + bar + ") > " + from);
    return page.evaluate("Number(" + bar + ")").getAsDouble();
  }

  int bars(int at) {
    return page.evaluate(cell(at) + ".querySelectorAll('[role=progressbar]').length").getAsInt();
  }

  /** Restarts the kernel by keys, as the dialogue asks to. */
  void restart() {
    String before = page.text(SESSION + ".kernel.id");
    page.evaluate(
        "window.restarted = false; "
            + SESSION
            + ".kernel.statusChanged.connect((k, s) => {"
            + " if (s.includes('restarting')) window.restarted = true; })");
    command();
    page.press('0', Page.NONE);
    page.press('0', Page.NONE);
    page.click(".jp-Dialog .jp-mod-warn.jp-mod-accept, .jp-Dialog .jp-mod-accept");
    page.until("the kernel restarts", "window.restarted");
    ready();
    page.until("it is the same kernel", SESSION + ".kernel.id === " + Page.quoted(before));
  }

  String output(int at) {
    return page.text(
        cell(at)
            + ".querySelector('.jp-OutputArea') ? "
            + cell(at)
            + ".querySelector('.jp-OutputArea').innerText : ''");
  }

  /** How many outputs a cell has. */
  int outputs(int at) {
    return page.evaluate(cell(at) + ".querySelectorAll('.jp-OutputArea-child').length").getAsInt();
  }

  /** How many pictures below a cell have been drawn. */
  int pictures(int at) {
    return page.evaluate(
            "[..."
                + cell(at)
                + ".querySelectorAll('.jp-OutputArea img')]"
                + ".filter(i => i.complete && i.naturalWidth > 100).length")
        .getAsInt();
  }

  void show(int at) {
    page.evaluate(cell(at) + ".scrollIntoView({block: 'start'})");
  }

  /** Leaves the editor for the commands of single keys. */
  void command() {
    page.press(Page.Key.ESCAPE);
    page.until(
        "the notebook listens to commands",
        "document.querySelector('.jp-Notebook.jp-mod-commandMode')");
  }

  void save() {
    page.press('s', Page.CONTROL);
    page.until("the notebook is saved", "!" + WIDGET + ".context.model.dirty", START);
  }

  /** Ends the kernel, so that many notebooks do not keep as many kernels. */
  void endKernel() {
    page.evaluate(WIDGET + ".sessionContext.shutdown()");
  }

  void theme(String theme) {
    page.evaluate(
        "jupyterapp.commands.execute('apputils:change-theme', {theme: "
            + Page.quoted(theme)
            + "})");
    page.until(
        "the theme is " + theme, "document.body.dataset.jpThemeName === " + Page.quoted(theme));
  }

  // --- colours ---

  /** The colour of each word and sign of a cell's code, as CSS has it. */
  Map<String, String> colours(int at) {
    JsonObject found =
        page.evaluate(
                "(() => { const all = {};"
                    + " const walk = document.createTreeWalker("
                    + cell(at)
                    + ".querySelector('.cm-content'), NodeFilter.SHOW_TEXT);"
                    + " while (walk.nextNode()) {"
                    + "   const style = getComputedStyle(walk.currentNode.parentElement);"
                    + "   for (const part of walk.currentNode.textContent.trim().split(/\\s+/))"
                    + "     if (part && !(part in all)) all[part] = style.color"
                    + "       + (Number(style.fontWeight) > 500 ? ' bold' : '')"
                    + "       + (style.fontStyle === 'italic' ? ' italic' : '');"
                    + " } return all; })()")
            .getAsJsonObject();
    Map<String, String> colours = new TreeMap<>();
    found.entrySet().forEach(e -> colours.put(e.getKey(), e.getValue().getAsString()));
    return colours;
  }

  /** Texts of a cell's output that are too faint; empty when all can be read. */
  String faint(int at) {
    return page.text(
        "[..."
            + cell(at)
            + ".querySelectorAll('.jp-OutputArea-output')].map("
            + FAINT
            + ").filter(f => f).join('\\n')");
  }

  /** As {@link #faint} for a page that no front end made. */
  static String faintIn(Page page) {
    return page.text(
        "[...document.querySelectorAll('.jp-OutputArea-output')].map("
            + FAINT
            + ").filter(f => f).join('\\n')");
  }

  // --- completion ---

  private static final String OFFERED =
      "[...document.querySelectorAll('.jp-Completer:not(.lm-mod-hidden) .jp-Completer-item')]"
          + ".map(i => i.querySelector('.jp-Completer-match').innerText + '|'"
          + " + (i.querySelector('.jp-Completer-typeExtended')?.innerText ?? ''))";

  /** Presses Tab until the pop-up offers something as of a kind. */
  void completeUntil(String text, String kind) {
    String wanted = OFFERED + ".includes(" + Page.quoted(text + "|" + kind) + ")";
    tabUntil(text + " is offered as " + kind, wanted);
  }

  /** Has a word completed: by itself when there is one way, else with the first that is offered. */
  void chosen(int at, String expected) {
    String code = cell(at) + ".querySelector('.cm-content').innerText.trim()";
    String taken = code + ".endsWith(" + Page.quoted(expected) + ")";
    String shown = OFFERED + ".some(o => o.startsWith(" + Page.quoted(expected + "|") + "))";
    tabUntil(expected + " is offered or there", shown + " || " + taken);
    if (!page.evaluate(taken).getAsBoolean()) {
      page.press(Page.Key.ENTER);
    }
    page.until(expected + " is there", taken);
  }

  /**
   * A front end waits a second for the kernel; what comes later, from a machine that has much to
   * do, is shown when one asks again.
   */
  private void tabUntil(String what, String holds) {
    for (int i = 1; i < TRIES; i++) {
      page.press(Page.Key.TAB);
      if (page.holdsWithin(Duration.ofSeconds(5), holds)) {
        return;
      }
      page.press(Page.Key.ESCAPE);
      // Escape with no pop-up open leaves the editor.
      page.evaluate(cell(active()) + ".querySelector('.cm-content').focus()");
    }
    page.press(Page.Key.TAB);
    page.until(what, holds, Duration.ofSeconds(5));
  }

  /** What Shift-Tab shows of the word at the cursor. */
  String hover() {
    page.press(Page.Key.TAB, Page.SHIFT);
    page.until("an explanation is shown", "document.querySelector('.jp-Tooltip').innerText.trim()");
    return page.text("document.querySelector('.jp-Tooltip').innerText");
  }

  /** How far the carets under a mistake stand from the text that they point at, in pixels. */
  double caretOffset(int at, String wrong) {
    return page.evaluate(
            "(() => { const pre = [..."
                + cell(at)
                + ".querySelectorAll('.jp-OutputArea pre')].pop();"
                + " const box = (wanted) => {"
                + "   const walk = document.createTreeWalker(pre, NodeFilter.SHOW_TEXT);"
                + "   while (walk.nextNode()) {"
                + "     const from = walk.currentNode.textContent.search(wanted);"
                + "     if (from >= 0) { const r = document.createRange();"
                + "       r.setStart(walk.currentNode, from); r.setEnd(walk.currentNode, from + 1);"
                + "       return r.getBoundingClientRect(); } } };"
                + " const word = box(new RegExp("
                + Page.quoted("(?<=\\| .*)" + wrong)
                + ")); const caret = box(/\\^/);"
                + " return Math.abs(word.left - caret.left) + (caret.top > word.top ? 0 : 1000);"
                + " })()")
        .getAsDouble();
  }

  Page page() {
    return page;
  }
}
