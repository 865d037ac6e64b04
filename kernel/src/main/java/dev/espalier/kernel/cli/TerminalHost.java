package dev.espalier.kernel.cli;

import dev.espalier.dsl.Diagnostic;
import dev.espalier.dsl.Source;
import dev.espalier.dsl.Span;
import dev.espalier.dsl.Step;
import dev.espalier.engine.WholeFile;
import dev.espalier.engine.run.Operation;
import dev.espalier.engine.run.Result;
import dev.espalier.kernel.cli.Terminal.Colour;
import dev.espalier.kernel.render.Html;
import dev.espalier.kernel.render.Pictures;
import dev.espalier.kernel.render.ProgressText;
import dev.espalier.kernel.render.Text;
import dev.espalier.kernel.report.ReportPage;
import dev.espalier.kernel.report.Transcript;
import dev.espalier.kernel.session.Host;
import dev.espalier.kernel.session.Stop;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Locale;

/** Shows a run on a terminal or in a pipe, and writes its charts and reports. */
final class TerminalHost implements Host {
  private final Terminal terminal;
  private final Path charts;
  private final String repeat;
  private final ProgressText progress;
  private final Transcript transcript = new Transcript();
  private volatile boolean stop;
  private Source source;
  private Span span;
  private int drawn;
  private int mistakes;

  /**
   * @param charts the folder for charts, made when the first one is drawn
   * @param repeat the command that does the same again, for reports
   */
  TerminalHost(Terminal terminal, Path charts, String repeat) {
    this.terminal = terminal;
    this.charts = charts;
    this.repeat = repeat;
    this.progress =
        new ProgressText(
            text -> {
              terminal.err().print(text);
              terminal.err().flush();
            },
            terminal.inPlace(),
            terminal.width(),
            System::nanoTime);
  }

  /** Asks the run to end after its current batch; from any thread. */
  void stop() {
    stop = true;
  }

  /** Mistakes shown so far, without warnings. */
  int mistakes() {
    return mistakes;
  }

  @Override
  public boolean cancelled() {
    return stop;
  }

  @Override
  public void on(Event event) {
    progress.on(event);
  }

  @Override
  public void diagnostic(Diagnostic diagnostic) {
    Messages.show(terminal, diagnostic);
    if (diagnostic.isError()) {
      mistakes++;
    } else {
      transcript.warning(diagnostic);
    }
  }

  @Override
  public void begin(Step step) {
    boolean fresh = !(step.source().equals(source) && step.span().equals(span));
    progress.begin(step, fresh);
    if (fresh) {
      String sentence = String.join(" ", step.sentence().strip().split("\\s+"));
      int room = Math.max(20, terminal.width() - 2);
      String shown =
          sentence.codePointCount(0, sentence.length()) <= room
              ? sentence
              : sentence.substring(0, sentence.offsetByCodePoints(0, room - 1)) + "…";
      boolean note = step.operation() instanceof Operation.Note;
      terminal.out().println();
      if (!note) {
        terminal.out().println(terminal.coloured(Colour.BOLD, "▸ " + Text.clean(shown)));
      }
    }
    source = step.source();
    span = step.span();
  }

  @Override
  public void result(Step step, Result result) {
    progress.clear();
    if (result instanceof Result.ReportRequest request) {
      Result.Written written =
          ReportPage.write(request.file(), request.title(), transcript, repeat, Clock.systemUTC());
      terminal.out().print(Text.of(written, terminal.width()));
      return;
    }
    transcript.result(step, result);
    if (result instanceof Result.ChartSpec chart) {
      draw(chart);
    } else {
      terminal.out().print(marked(Text.of(result, terminal.width())));
    }
    terminal.out().flush();
  }

  @Override
  public void failed(Step step, RuntimeException failure) {
    progress.clear();
    transcript.failed(step, failure);
    if (failure instanceof Cancelled) {
      terminal.err().println(terminal.coloured(Colour.RED, "stopped") + where(step));
      if (failure instanceof Stop stop && !stop.what().equals("stopped")) {
        terminal.err().println("  " + Text.clean(stop.what()));
      }
      terminal.err().println("  what was done is kept; run again to go on from there");
      return;
    }
    terminal.err().print(terminal.coloured(Colour.BOLD, place(step)));
    Messages.show(terminal, failure);
  }

  private static String place(Step step) {
    return step.source().name() + ":" + line(step) + ": ";
  }

  private static String where(Step step) {
    return " in line " + line(step) + " of " + step.source().name();
  }

  private static int line(Step step) {
    String before = step.source().text().substring(0, step.span().start());
    return 1 + (int) before.chars().filter(c -> c == '\n').count();
  }

  private String marked(String text) {
    if (text.startsWith("✓")) {
      return terminal.coloured(Colour.GREEN, "✓") + text.substring(1);
    }
    return text.startsWith("✗") ? terminal.coloured(Colour.RED, "✗") + text.substring(1) : text;
  }

  private void draw(Result.ChartSpec chart) {
    drawn++;
    Path png = charts.resolve("chart-" + drawn + slug(chart.title()) + ".png");
    Path svg = charts.resolve("chart-" + drawn + slug(chart.title()) + ".svg");
    int w = Html.PICTURE_WIDTH;
    int h = Html.PICTURE_HEIGHT;
    byte[] pixels = Pictures.png(chart, w, h, 2);
    byte[] shapes = Pictures.svg(chart, w, h).getBytes(StandardCharsets.UTF_8);
    WholeFile.write(png, out -> out.write(pixels));
    WholeFile.write(svg, out -> out.write(shapes));
    terminal.out().print(Text.of(chart, terminal.width()));
    terminal.out().println("  drawn in " + png + " and .svg");
  }

  /** The title as a part of a file name that every file system and locale can hold. */
  static String slug(String title) {
    StringBuilder slug = new StringBuilder();
    title
        .toLowerCase(Locale.ROOT)
        .codePoints()
        .limit(60)
        .forEach(
            c -> {
              if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) {
                slug.appendCodePoint(c);
              } else if (slug.length() > 0 && slug.charAt(slug.length() - 1) != '-') {
                slug.append('-');
              }
            });
    while (slug.length() > 0 && slug.charAt(slug.length() - 1) == '-') {
      slug.setLength(slug.length() - 1);
    }
    return slug.length() == 0 ? "" : "-" + slug;
  }
}
