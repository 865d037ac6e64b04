package dev.espalier.kernel.report;

import dev.espalier.dsl.Diagnostic;
import dev.espalier.dsl.Source;
import dev.espalier.dsl.Span;
import dev.espalier.dsl.Step;
import dev.espalier.engine.EngineVersion;
import dev.espalier.engine.Model;
import dev.espalier.engine.WholeFile;
import dev.espalier.engine.run.Result;
import dev.espalier.kernel.render.Figures;
import dev.espalier.kernel.render.Html;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * A page of everything a program did: notes, results, tables, charts and checks in order, the
 * program, and where every model comes from. One file that loads nothing and runs nothing.
 */
public final class ReportPage {
  private static final DateTimeFormatter MINUTE =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm 'UTC'").withZone(ZoneOffset.UTC);

  private static final String STYLE =
      """
      :root { color-scheme: light dark; --rule: rgba(128,128,128,.35); --soft: rgba(128,128,128,.1) }
      body { font: 15px/1.5 system-ui, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif;
        max-width: 84rem; margin: 0 auto; padding: 2rem 1.2rem 4rem; background: #fff; color: #1c1c1c }
      @media (prefers-color-scheme: dark) { body { background: #15181c; color: #dfe2e6 }
        a { color: #7ab8ff } }
      h1 { line-height: 1.2; margin: 0 0 .3rem } h2 { margin: 2.4rem 0 .6rem; font-size: 1.25rem;
        border-bottom: 1px solid var(--rule); padding-bottom: .2rem }
      pre, code { font-family: ui-monospace, "SFMono-Regular", Menlo, Consolas, monospace;
        font-size: 13px }
      pre { background: var(--soft); padding: .7rem .9rem; overflow-x: auto; border-radius: 4px;
        margin: .4rem 0; tab-size: 4 }
      section { margin: 1.1rem 0 } section h1 { font-size: 1.4rem } section h2 { border: 0 } .aside { opacity: .75 }
      .sentence { margin: 1.4rem 0 .3rem; border-left: 3px solid var(--rule); background: none;
        padding: .1rem .8rem; white-space: pre-wrap }
      .failure { border-left: 4px solid #D55E00; padding: .2rem .8rem; white-space: pre-wrap }
      dl { display: grid; grid-template-columns: max-content 1fr; gap: .15rem 1rem; margin: .4rem 0 }
      dt { opacity: .75 } dd { margin: 0; overflow-wrap: anywhere }
      li { margin: .1rem 0 } img { max-width: 100% } details { margin: .5rem 0 }
      summary { cursor: pointer }
      @media print { body { max-width: none; padding: 0 } pre { white-space: pre-wrap } }
      """;

  private ReportPage() {}

  /**
   * Writes the page.
   *
   * @param title of the page; when empty, the name of the first source
   * @param repeat how the reader gets the same again: a command, or what to do in a notebook
   * @return what was written
   * @throws dev.espalier.engine.EspalierException (run) when the file cannot be written
   */
  public static Result.Written write(
      Path file, String title, Transcript transcript, String repeat, Clock clock) {
    byte[] bytes = html(title, transcript, repeat, clock).getBytes(StandardCharsets.UTF_8);
    WholeFile.write(file, out -> out.write(bytes));
    return new Result.Written(file, "the report", bytes.length);
  }

  static String html(String title, Transcript transcript, String repeat, Clock clock) {
    String heading =
        !title.isBlank()
            ? title
            : transcript.sources().isEmpty() ? "Report" : transcript.sources().get(0).name();
    StringBuilder page = new StringBuilder();
    page.append("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
    // Even if something slipped through, the browser would neither run nor load it.
    page.append("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; ");
    page.append("img-src data:; style-src 'unsafe-inline'\">\n");
    page.append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
    page.append("<title>").append(Html.escape(heading)).append("</title>\n");
    page.append("<style>\n").append(STYLE).append("</style>\n</head>\n<body>\n");
    page.append("<h1>").append(Html.escape(heading)).append("</h1>\n");
    page.append("<p class=\"aside\">Espalier ").append(Html.escape(EngineVersion.CURRENT));
    page.append(", ").append(MINUTE.format(clock.instant())).append("</p>\n");
    checks(page, transcript);
    results(page, transcript);
    programs(page, transcript);
    provenance(page, transcript);
    page.append("<h2>To repeat</h2>\n<pre>").append(Html.escape(repeat)).append("</pre>\n");
    page.append("<p>The same seed, number of threads, versions and kind of machine give the same ");
    page.append("weights; latency differs from run to run.</p>\n");
    kinds(page);
    return page.append("</body>\n</html>\n").toString();
  }

  private static Stream<Result.Check> checksOf(Result result) {
    return result instanceof Result.Check check
        ? Stream.of(check)
        : result instanceof Result.Checks all
            ? all.all().stream()
            : result instanceof Result.NothingFound none
                ? none.closest().all().stream()
                : Stream.empty();
  }

  private static void checks(StringBuilder page, Transcript transcript) {
    List<Result.Check> checks =
        transcript.entries().stream()
            .flatMap(e -> e.result().stream())
            .flatMap(ReportPage::checksOf)
            .toList();
    long failed = checks.stream().filter(c -> !c.passed()).count();
    long broken = transcript.entries().stream().filter(e -> !e.failure().isEmpty()).count();
    if (broken > 0) {
      page.append("<p class=\"failure\"><strong>The program did not finish.</strong></p>\n");
    }
    if (checks.isEmpty()) {
      return;
    }
    page.append("<h2>Expectations</h2>\n<p>");
    page.append(checks.size() - failed).append(" passed, ").append(failed).append(" failed</p>\n");
    page.append("<ul>\n");
    for (Result.Check check : checks) {
      page.append("<li>").append(check.passed() ? "✓ " : "<strong>✗ ");
      page.append("<code>").append(Html.escape(check.text())).append("</code>: ");
      page.append(Html.escape(Figures.format(check.got())));
      page.append(check.passed() ? "" : "</strong>").append("</li>\n");
    }
    page.append("</ul>\n");
  }

  private static void results(StringBuilder page, Transcript transcript) {
    page.append("<h2>What was done</h2>\n");
    for (Diagnostic warning : transcript.warnings()) {
      page.append("<p>").append(Html.escape(warning.code() + " " + warning.title()));
      page.append(" (").append(Html.escape(warning.source().name())).append(", line ");
      page.append(warning.line()).append(")</p>\n");
    }
    Source source = null;
    Span span = null;
    for (Transcript.Entry entry : transcript.entries()) {
      Step step = entry.step();
      boolean note = entry.result().orElse(null) instanceof Result.NoteResult;
      if (entry.result().orElse(null) instanceof Result.ReportRequest) {
        continue;
      }
      // A sentence with several steps is printed once; a note is its own sentence.
      if (!note && !(step.source().equals(source) && step.span().equals(span))) {
        page.append("<pre class=\"sentence\">").append(Html.escape(step.sentence().strip()));
        page.append("</pre>\n");
      }
      source = step.source();
      span = step.span();
      page.append("<section>\n");
      entry.result().ifPresent(result -> page.append(Html.forPage(result)));
      if (!entry.failure().isEmpty()) {
        page.append("<p class=\"failure\">").append(Html.escape(entry.failure())).append("</p>\n");
      }
      page.append("</section>\n");
    }
  }

  private static void programs(StringBuilder page, Transcript transcript) {
    page.append("<h2>Program</h2>\n");
    for (Source source : transcript.sources()) {
      page.append("<p class=\"aside\">").append(Html.escape(source.name())).append("</p>\n<pre>");
      page.append(Html.escape(source.text().stripTrailing())).append("</pre>\n");
    }
  }

  private static void provenance(StringBuilder page, Transcript transcript) {
    Map<String, Result.ModelResult> models = new LinkedHashMap<>();
    for (Transcript.Entry entry : transcript.entries()) {
      if (entry.result().orElse(null) instanceof Result.ModelResult made) {
        models.put(made.model().key(), made);
      }
    }
    if (models.isEmpty()) {
      return;
    }
    page.append("<h2>Where the models come from</h2>\n");
    Map<String, String> common = common(models.values().stream().toList());
    facts(page, common);
    for (Result.ModelResult made : models.values()) {
      Model.Provenance from = made.model().provenance();
      page.append("<details><summary>").append(Html.escape(made.name())).append("</summary>\n");
      Map<String, String> facts = new LinkedHashMap<>();
      facts.put("sentence", from.sentence());
      facts.put("in full", from.operation());
      facts.put("key", made.model().key());
      facts.put("made from", String.join(", ", names(from.parents(), models)));
      facts.put("made", from.made() + (made.cached() ? ", taken from the store" : ""));
      facts.put("took", from.seconds() > 0 ? Figures.duration(from.seconds()) : "");
      new TreeMap<>(from.environment())
          .forEach(
              (name, value) -> {
                if (!common.containsKey(name)) {
                  facts.put(name, value);
                }
              });
      facts(page, facts);
      page.append("</details>\n");
    }
  }

  private static List<String> names(List<String> keys, Map<String, Result.ModelResult> models) {
    List<String> names = new ArrayList<>();
    for (String key : keys) {
      String name = models.containsKey(key) ? models.get(key).name() : "";
      names.add(name.isBlank() ? key : name + " (" + key + ")");
    }
    return names;
  }

  /** What all models share. */
  private static Map<String, String> common(List<Result.ModelResult> models) {
    Map<String, String> common = new TreeMap<>(models.get(0).model().provenance().environment());
    for (Result.ModelResult made : models) {
      common.entrySet().retainAll(made.model().provenance().environment().entrySet());
    }
    return common;
  }

  private static void facts(StringBuilder page, Map<String, String> facts) {
    page.append("<dl>\n");
    facts.forEach(
        (name, value) -> {
          if (!value.isBlank()) {
            page.append("<dt>").append(Html.escape(name)).append("</dt><dd>");
            page.append(Html.escape(value)).append("</dd>\n");
          }
        });
    page.append("</dl>\n");
  }

  private static void kinds(StringBuilder page) {
    page.append(
        """
        <h2>How to read the figures</h2>
        <dl>
        <dt>measured</dt><dd>on the machine named above; accuracy on the test split with its 95% \
        interval in brackets, latency in ONNX Runtime</dd>
        <dt>exact</dt><dd>counted or computed from the model itself</dd>
        <dt>modelled</dt><dd>computed from the description of a device that was not there</dd>
        <dt>simulated</dt><dd>by computing in floating point what a device would do</dd>
        <dt>KB, MB</dt><dd>1,000 and 1,000,000 bytes</dd>
        <dt>MACs</dt><dd>multiply-accumulate operations for one sample</dd>
        </dl>
        """);
  }
}
