package dev.espalier.kernel.lsp;

import dev.espalier.dsl.Checked;
import dev.espalier.dsl.Diagnostic;
import dev.espalier.dsl.Espalier;
import dev.espalier.dsl.Scope;
import dev.espalier.dsl.Source;
import dev.espalier.dsl.Span;
import dev.espalier.dsl.assist.Completion;
import dev.espalier.engine.Environment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import org.eclipse.lsp4j.DiagnosticRelatedInformation;
import org.eclipse.lsp4j.DiagnosticSeverity;
import org.eclipse.lsp4j.Location;
import org.eclipse.lsp4j.PublishDiagnosticsParams;

/** Checks texts a moment after their last change and publishes the mistakes. */
final class Diagnosis {
  /** As long as a hand rests between two keys. */
  private static final long REST_MILLIS = 200;

  private final ScheduledExecutorService executor;
  private final Function<String, Optional<Document>> open;
  private final Consumer<PublishDiagnosticsParams> publish;
  private final Map<String, Future<?>> waiting = new ConcurrentHashMap<>();

  /**
   * Checks on one thread.
   *
   * @param open the newest version of the text of an address, while it is open
   */
  Diagnosis(
      ScheduledExecutorService executor,
      Function<String, Optional<Document>> open,
      Consumer<PublishDiagnosticsParams> publish) {
    this.executor = executor;
    this.open = open;
    this.publish = publish;
  }

  static Scope scope() {
    return Scopes.EMPTY;
  }

  private static final class Scopes {
    /** One object, so that what is remembered of a text is found again. */
    static final Scope EMPTY = Scope.empty(Environment.standard());
  }

  /** The text has just been opened. */
  void opened(String uri) {
    schedule(uri, 0);
  }

  /** The text has changed. */
  void changed(String uri) {
    schedule(uri, REST_MILLIS);
  }

  /** Nothing is said any more of a text that is closed. */
  void closed(String uri) {
    Future<?> before = waiting.remove(uri);
    if (before != null) {
      before.cancel(false);
    }
    executor.execute(() -> publish.accept(new PublishDiagnosticsParams(uri, List.of())));
  }

  private void schedule(String uri, long millis) {
    Future<?> before =
        waiting.put(uri, executor.schedule(() -> check(uri), millis, TimeUnit.MILLISECONDS));
    if (before != null) {
      before.cancel(false);
    }
  }

  private void check(String uri) {
    Optional<Document> document = open.apply(uri);
    if (document.isEmpty()) {
      return;
    }
    PublishDiagnosticsParams found =
        new PublishDiagnosticsParams(uri, of(document.get()), document.get().version());
    // What has changed meanwhile is being waited for.
    if (open.apply(uri).equals(document)) {
      publish.accept(found);
      Completion.ahead(document.get().source(), scope());
    }
  }

  /** Loads what checks and completions need, while the editor still reads what the server can. */
  void warmUp() {
    executor.execute(
        () -> {
          Source source = new Source("", "data d from glyphs\ntrain ", Optional.empty());
          mistakes(source);
          Completion.at(source, source.text().length(), scope());
        });
  }

  private static List<org.eclipse.lsp4j.Diagnostic> of(Document document) {
    Source source = document.source();
    List<org.eclipse.lsp4j.Diagnostic> out = new ArrayList<>();
    for (Diagnostic d : mistakes(source)) {
      out.add(d.source().equals(source) ? told(document, d, d.span()) : included(document, d));
    }
    return out;
  }

  /** The mistakes of a text. */
  static List<Diagnostic> mistakes(Source source) {
    Checked checked = Espalier.check(source, scope());
    return checked.diagnostics();
  }

  static org.eclipse.lsp4j.Diagnostic told(Document document, Diagnostic d, Span span) {
    StringBuilder message = new StringBuilder(d.title());
    if (!d.label().isEmpty()) {
      message.append('\n').append(d.label());
    }
    d.fix().ifPresent(fix -> message.append("\nfix: ").append(fix));
    org.eclipse.lsp4j.Diagnostic out =
        new org.eclipse.lsp4j.Diagnostic(
            document.range(span),
            message.toString(),
            d.isError() ? DiagnosticSeverity.Error : DiagnosticSeverity.Warning,
            "espalier");
    out.setCode(d.code());
    return out;
  }

  /** A mistake of an included program stands where that is included, and says where it is. */
  private static org.eclipse.lsp4j.Diagnostic included(Document document, Diagnostic d) {
    String quoted = "\"" + d.source().name() + "\"";
    int at = document.text().indexOf(quoted);
    Span span = at < 0 ? new Span(0, 0) : new Span(at, at + quoted.length());
    org.eclipse.lsp4j.Diagnostic out = told(document, d, span);
    d.source()
        .file()
        .map(Path::toUri)
        .ifPresent(
            uri ->
                out.setRelatedInformation(
                    List.of(
                        new DiagnosticRelatedInformation(
                            new Location(
                                uri.toString(), Document.range(d.source().text(), d.span())),
                            d.title()))));
    return out;
  }
}
