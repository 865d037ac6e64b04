package dev.espalier.kernel.lsp;

import dev.espalier.dsl.Diagnostic;
import dev.espalier.dsl.Scope;
import dev.espalier.dsl.Source;
import dev.espalier.dsl.Span;
import dev.espalier.dsl.assist.Completion;
import dev.espalier.dsl.assist.Definition;
import dev.espalier.dsl.assist.Hover;
import dev.espalier.dsl.assist.Outline;
import dev.espalier.dsl.assist.Suggestion;
import dev.espalier.dsl.format.Formatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.eclipse.lsp4j.CodeAction;
import org.eclipse.lsp4j.CodeActionKind;
import org.eclipse.lsp4j.CodeActionParams;
import org.eclipse.lsp4j.Command;
import org.eclipse.lsp4j.CompletionItem;
import org.eclipse.lsp4j.CompletionItemKind;
import org.eclipse.lsp4j.CompletionList;
import org.eclipse.lsp4j.CompletionParams;
import org.eclipse.lsp4j.DefinitionParams;
import org.eclipse.lsp4j.DidChangeTextDocumentParams;
import org.eclipse.lsp4j.DidCloseTextDocumentParams;
import org.eclipse.lsp4j.DidOpenTextDocumentParams;
import org.eclipse.lsp4j.DidSaveTextDocumentParams;
import org.eclipse.lsp4j.DocumentFormattingParams;
import org.eclipse.lsp4j.DocumentSymbol;
import org.eclipse.lsp4j.DocumentSymbolParams;
import org.eclipse.lsp4j.HoverParams;
import org.eclipse.lsp4j.Location;
import org.eclipse.lsp4j.LocationLink;
import org.eclipse.lsp4j.MarkupContent;
import org.eclipse.lsp4j.MarkupKind;
import org.eclipse.lsp4j.Position;
import org.eclipse.lsp4j.PrepareRenameDefaultBehavior;
import org.eclipse.lsp4j.PrepareRenameParams;
import org.eclipse.lsp4j.PrepareRenameResult;
import org.eclipse.lsp4j.Range;
import org.eclipse.lsp4j.ReferenceParams;
import org.eclipse.lsp4j.RenameParams;
import org.eclipse.lsp4j.SymbolInformation;
import org.eclipse.lsp4j.SymbolKind;
import org.eclipse.lsp4j.TextDocumentContentChangeEvent;
import org.eclipse.lsp4j.TextDocumentIdentifier;
import org.eclipse.lsp4j.TextEdit;
import org.eclipse.lsp4j.WorkspaceEdit;
import org.eclipse.lsp4j.jsonrpc.ResponseErrorException;
import org.eclipse.lsp4j.jsonrpc.messages.Either;
import org.eclipse.lsp4j.jsonrpc.messages.Either3;
import org.eclipse.lsp4j.jsonrpc.messages.ResponseError;
import org.eclipse.lsp4j.jsonrpc.messages.ResponseErrorCode;
import org.eclipse.lsp4j.services.TextDocumentService;

/** The open texts, and the questions about them. */
final class Documents implements TextDocumentService {
  /** What a name may be. */
  private static final String NAME = "[A-Za-z_][A-Za-z0-9_]*(-[A-Za-z0-9_]+)*";

  private final Map<String, Document> open = new ConcurrentHashMap<>();
  private final Executor executor;
  private final Function<Documents, Diagnosis> start;
  private Diagnosis diagnosis;

  /** The newest suggestions; an editor asks for what one of them says at length. */
  private record Suggested(long number, List<Suggestion> all) {}

  private final AtomicReference<Suggested> suggested =
      new AtomicReference<>(new Suggested(0, List.of()));

  private volatile Optional<ResponseError> refusing =
      Optional.of(
          new ResponseError(
              ResponseErrorCode.ServerNotInitialized, "`initialize` comes first", null));

  Documents(Executor executor, Function<Documents, Diagnosis> diagnosis) {
    this.executor = executor;
    this.start = diagnosis;
  }

  /** From here on, questions are answered. */
  void begin() {
    diagnosis = start.apply(this);
    diagnosis.warmUp();
    refusing = Optional.empty();
  }

  /** From here on, they are refused again. */
  void end() {
    refusing =
        Optional.of(
            new ResponseError(ResponseErrorCode.InvalidRequest, "the server is shut down", null));
  }

  Optional<Document> find(String uri) {
    return Optional.ofNullable(open.get(uri));
  }

  // ---- texts

  @Override
  public void didOpen(DidOpenTextDocumentParams params) {
    var item = params.getTextDocument();
    open.put(item.getUri(), new Document(item.getUri(), item.getVersion(), item.getText()));
    if (refusing.isEmpty()) {
      diagnosis.opened(item.getUri());
    }
  }

  @Override
  public void didChange(DidChangeTextDocumentParams params) {
    String uri = params.getTextDocument().getUri();
    Document document = open.get(uri);
    if (document == null) {
      return;
    }
    Integer version = params.getTextDocument().getVersion();
    for (TextDocumentContentChangeEvent change : params.getContentChanges()) {
      document = document.changed(change, version == null ? document.version() + 1 : version);
    }
    open.put(uri, document);
    if (refusing.isEmpty()) {
      diagnosis.changed(uri);
    }
  }

  @Override
  public void didClose(DidCloseTextDocumentParams params) {
    String uri = params.getTextDocument().getUri();
    if (open.remove(uri) != null && refusing.isEmpty()) {
      diagnosis.closed(uri);
    }
  }

  @Override
  public void didSave(DidSaveTextDocumentParams params) {
    // Files that the text names may have come meanwhile.
    if (refusing.isEmpty() && open.containsKey(params.getTextDocument().getUri())) {
      diagnosis.opened(params.getTextDocument().getUri());
    }
  }

  // ---- questions

  private <T> CompletableFuture<T> answer(
      TextDocumentIdentifier which, T none, Function<Document, T> question) {
    if (refusing.isPresent()) {
      return CompletableFuture.failedFuture(new ResponseErrorException(refusing.get()));
    }
    // The text as it was when the question came.
    Document document = open.get(which.getUri());
    return document == null
        ? CompletableFuture.completedFuture(none)
        : CompletableFuture.supplyAsync(() -> question.apply(document), executor);
  }

  private static Scope scope() {
    return Diagnosis.scope();
  }

  @Override
  public CompletableFuture<Either<List<CompletionItem>, CompletionList>> completion(
      CompletionParams params) {
    return answer(
        params.getTextDocument(),
        Either.forLeft(List.of()),
        document -> {
          List<Suggestion> found =
              Completion.at(document.source(), document.offset(params.getPosition()), scope());
          List<CompletionItem> items = new ArrayList<>();
          long number = suggested.updateAndGet(s -> new Suggested(s.number() + 1, found)).number();
          for (int i = 0; i < found.size(); i++) {
            items.add(item(document, found.get(i), i, number));
          }
          return Either.forRight(new CompletionList(false, items));
        });
  }

  private static CompletionItem item(Document document, Suggestion s, int i, long number) {
    CompletionItem item = new CompletionItem(s.text());
    item.setKind(kind(s.kind()));
    item.setDetail(s.detail());
    item.setSortText(String.format("%05d", i));
    item.setFilterText(s.text());
    item.setTextEdit(Either.forLeft(new TextEdit(document.range(s.range()), s.text())));
    item.setData(number + ":" + i);
    return item;
  }

  private static CompletionItemKind kind(Suggestion.Kind kind) {
    return switch (kind) {
      case KEYWORD -> CompletionItemKind.Keyword;
      case DATA, BLUEPRINT, MODEL, TEACHER, TABLE, TARGET, RECIPE -> CompletionItemKind.Variable;
      case VALUE -> CompletionItemKind.Value;
      case ARCHITECTURE -> CompletionItemKind.Class;
      case LAYER -> CompletionItemKind.Field;
      case METHOD -> CompletionItemKind.Method;
      case WORD -> CompletionItemKind.Function;
      case SETTING -> CompletionItemKind.Property;
      case METRIC -> CompletionItemKind.Constant;
      case UNIT -> CompletionItemKind.Unit;
      case FILE -> CompletionItemKind.File;
      case FOLDER -> CompletionItemKind.Folder;
    };
  }

  @Override
  public CompletableFuture<CompletionItem> resolveCompletionItem(CompletionItem item) {
    if (refusing.isPresent()) {
      return CompletableFuture.failedFuture(new ResponseErrorException(refusing.get()));
    }
    String data = String.valueOf(item.getData()).replace("\"", "");
    Suggested now = suggested.get();
    List<Suggestion> newest = now.all();
    String prefix = now.number() + ":";
    if (data.startsWith(prefix) && data.substring(prefix.length()).matches("\\d{1,6}")) {
      int i = Integer.parseInt(data.substring(prefix.length()));
      if (i < newest.size() && !newest.get(i).doc().isEmpty()) {
        item.setDocumentation(new MarkupContent(MarkupKind.MARKDOWN, newest.get(i).doc()));
      }
    }
    return CompletableFuture.completedFuture(item);
  }

  @Override
  public CompletableFuture<org.eclipse.lsp4j.Hover> hover(HoverParams params) {
    return answer(
        params.getTextDocument(),
        null,
        document ->
            Hover.at(document.source(), document.offset(params.getPosition()), scope())
                .map(
                    h ->
                        new org.eclipse.lsp4j.Hover(
                            new MarkupContent(MarkupKind.MARKDOWN, h.markdown()),
                            document.range(h.span())))
                .orElse(null));
  }

  @Override
  public CompletableFuture<Either<List<? extends Location>, List<? extends LocationLink>>>
      definition(DefinitionParams params) {
    return answer(
        params.getTextDocument(),
        Either.forLeft(List.of()),
        document ->
            Either.forLeft(
                Definition.at(document.source(), document.offset(params.getPosition()), scope())
                    .map(span -> new Location(document.uri(), document.range(span)))
                    .map(List::of)
                    .orElse(List.of())));
  }

  private static List<Span> uses(Document document, Position position) {
    return Definition.uses(document.source(), document.offset(position), scope());
  }

  @Override
  public CompletableFuture<List<? extends Location>> references(ReferenceParams params) {
    return answer(
        params.getTextDocument(),
        List.of(),
        document -> {
          Optional<Span> definition =
              Definition.at(document.source(), document.offset(params.getPosition()), scope());
          boolean with = params.getContext() == null || params.getContext().isIncludeDeclaration();
          return uses(document, params.getPosition()).stream()
              .filter(span -> with || !Optional.of(span).equals(definition))
              .map(span -> new Location(document.uri(), document.range(span)))
              .toList();
        });
  }

  @Override
  public CompletableFuture<Either3<Range, PrepareRenameResult, PrepareRenameDefaultBehavior>>
      prepareRename(PrepareRenameParams params) {
    return answer(
        params.getTextDocument(),
        null,
        document -> {
          int at = document.offset(params.getPosition());
          // A name of an included program cannot be renamed from here.
          return Definition.at(document.source(), at, scope()).isEmpty()
              ? null
              : uses(document, params.getPosition()).stream()
                  .filter(span -> span.start() <= at + 1 && at <= span.end())
                  .findFirst()
                  .map(
                      span ->
                          Either3
                              .<Range, PrepareRenameResult, PrepareRenameDefaultBehavior>forFirst(
                                  document.range(span)))
                  .orElse(null);
        });
  }

  @Override
  public CompletableFuture<WorkspaceEdit> rename(RenameParams params) {
    return answer(
        params.getTextDocument(),
        null,
        document -> {
          String name = params.getNewName();
          if (!name.matches(NAME) || isReserved(name)) {
            throw new ResponseErrorException(
                new ResponseError(
                    ResponseErrorCode.InvalidParams, "`" + name + "` cannot be a name", null));
          }
          if (Outline.of(document.source()).stream().anyMatch(o -> o.name().equals(name))) {
            throw new ResponseErrorException(
                new ResponseError(
                    ResponseErrorCode.InvalidParams, "`" + name + "` has a meaning already", null));
          }
          List<TextEdit> edits =
              uses(document, params.getPosition()).stream()
                  .map(span -> new TextEdit(document.range(span), name))
                  .toList();
          return edits.isEmpty() ? null : new WorkspaceEdit(Map.of(document.uri(), edits));
        });
  }

  /** Whether a word joins the parts of sentences, or means the last result. */
  private static boolean isReserved(String word) {
    Source named = new Source("", "let " + word + " = 1", Optional.empty());
    return !Diagnosis.mistakes(named).isEmpty();
  }

  @Override
  public CompletableFuture<List<Either<SymbolInformation, DocumentSymbol>>> documentSymbol(
      DocumentSymbolParams params) {
    return answer(
        params.getTextDocument(),
        List.of(),
        document ->
            Outline.of(document.source()).stream()
                .map(
                    o ->
                        Either.<SymbolInformation, DocumentSymbol>forRight(
                            new DocumentSymbol(
                                o.name(),
                                symbol(o),
                                document.range(o.sentence()),
                                document.range(o.place()),
                                o.words())))
                .toList());
  }

  private static SymbolKind symbol(Outline o) {
    return switch (o.kind()) {
      case DATA, TABLE -> SymbolKind.Array;
      case RECIPE -> SymbolKind.Function;
      case BLUEPRINT -> SymbolKind.Class;
      case MODEL, TEACHER -> SymbolKind.Object;
      case VALUE, TARGET -> SymbolKind.Constant;
    };
  }

  @Override
  public CompletableFuture<List<? extends TextEdit>> formatting(DocumentFormattingParams params) {
    return answer(
        params.getTextDocument(),
        List.of(),
        document -> edits(document, Formatter.format(document.source())));
  }

  /** One edit of what differs, so that cursors elsewhere stay where they are. */
  private static List<TextEdit> edits(Document document, String wanted) {
    String text = document.text();
    if (text.equals(wanted)) {
      return List.of();
    }
    int most = Math.min(text.length(), wanted.length());
    int start = 0;
    while (start < most && text.charAt(start) == wanted.charAt(start)) {
      start++;
    }
    int end = 0;
    while (end < most - start
        && text.charAt(text.length() - 1 - end) == wanted.charAt(wanted.length() - 1 - end)) {
      end++;
    }
    // A line end of two characters is one: no edit begins or ends in it.
    if (start > 0 && text.charAt(start - 1) == '\r') {
      start--;
    }
    if (end > 0 && text.charAt(text.length() - end) == '\n') {
      end--;
    }
    return List.of(
        new TextEdit(
            document.range(new Span(start, text.length() - end)),
            wanted.substring(start, wanted.length() - end)));
  }

  @Override
  public CompletableFuture<List<Either<Command, CodeAction>>> codeAction(CodeActionParams params) {
    return answer(
        params.getTextDocument(),
        List.of(),
        document -> {
          Source source = document.source();
          int from = document.offset(params.getRange().getStart());
          int to = document.offset(params.getRange().getEnd());
          List<Either<Command, CodeAction>> out = new ArrayList<>();
          for (Diagnostic d : Diagnosis.mistakes(source)) {
            boolean here = d.span().start() <= to && from <= d.span().end();
            if (here && !d.edits().isEmpty() && d.source().equals(source)) {
              out.add(Either.forRight(fix(document, d)));
            }
          }
          return out;
        });
  }

  private static CodeAction fix(Document document, Diagnostic d) {
    CodeAction action = new CodeAction(d.fix().map(f -> "fix: " + f).orElse("fix " + d.code()));
    if (d.fix().isEmpty() && d.edits().size() == 1 && !d.edits().get(0).replacement().isBlank()) {
      action.setTitle("write `" + d.edits().get(0).replacement().strip() + "`");
    }
    action.setKind(CodeActionKind.QuickFix);
    action.setIsPreferred(true);
    action.setDiagnostics(List.of(Diagnosis.told(document, d, d.span())));
    action.setEdit(
        new WorkspaceEdit(
            Map.of(
                document.uri(),
                d.edits().stream()
                    .map(e -> new TextEdit(document.range(e.span()), e.replacement()))
                    .toList())));
    return action;
  }
}
