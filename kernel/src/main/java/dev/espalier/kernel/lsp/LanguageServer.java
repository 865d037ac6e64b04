package dev.espalier.kernel.lsp;

import dev.espalier.engine.EngineVersion;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.eclipse.lsp4j.CodeActionKind;
import org.eclipse.lsp4j.CodeActionOptions;
import org.eclipse.lsp4j.CompletionOptions;
import org.eclipse.lsp4j.DidChangeConfigurationParams;
import org.eclipse.lsp4j.DidChangeWatchedFilesParams;
import org.eclipse.lsp4j.InitializeParams;
import org.eclipse.lsp4j.InitializeResult;
import org.eclipse.lsp4j.RenameOptions;
import org.eclipse.lsp4j.SaveOptions;
import org.eclipse.lsp4j.ServerCapabilities;
import org.eclipse.lsp4j.ServerInfo;
import org.eclipse.lsp4j.SetTraceParams;
import org.eclipse.lsp4j.TextDocumentSyncKind;
import org.eclipse.lsp4j.TextDocumentSyncOptions;
import org.eclipse.lsp4j.jsonrpc.Launcher;
import org.eclipse.lsp4j.launch.LSPLauncher;
import org.eclipse.lsp4j.services.LanguageClient;
import org.eclipse.lsp4j.services.TextDocumentService;
import org.eclipse.lsp4j.services.WorkspaceService;

/** Serves one editor until it says so, its stream ends, or it dies. */
public final class LanguageServer implements org.eclipse.lsp4j.services.LanguageServer {
  private static final ThreadFactory DAEMONS =
      body -> {
        Thread thread = new Thread(body, "espalier-lsp");
        thread.setDaemon(true);
        return thread;
      };

  /** Kept, since its level is forgotten with it. */
  private static final Logger LOG = Logger.getLogger("org.eclipse.lsp4j");

  private final CompletableFuture<Integer> ended = new CompletableFuture<>();
  private final ExecutorService questions = Executors.newSingleThreadExecutor(DAEMONS);
  private final ScheduledExecutorService checks =
      Executors.newSingleThreadScheduledExecutor(DAEMONS);
  private final Documents documents;
  private LanguageClient editor;
  private volatile CompletableFuture<Void> editorExit;
  private volatile boolean shutDown;

  private LanguageServer() {
    documents =
        new Documents(
            questions, d -> new Diagnosis(checks, d::find, p -> editor.publishDiagnostics(p)));
  }

  /**
   * Serves until the end.
   *
   * @return the exit code of the protocol: 0 when the editor had asked for the shutdown, else 1
   */
  public static int serve(InputStream in, OutputStream out) {
    // That the editor has gone is no news.
    LOG.setLevel(Level.WARNING);
    LanguageServer server = new LanguageServer();
    ExecutorService reading = Executors.newCachedThreadPool(DAEMONS);
    Launcher<LanguageClient> launcher =
        new LSPLauncher.Builder<LanguageClient>()
            .setLocalService(server)
            .setRemoteInterface(LanguageClient.class)
            .setInput(in)
            .setOutput(out)
            .setExecutorService(reading)
            .create();
    server.editor = launcher.getRemoteProxy();
    Future<Void> listening = launcher.startListening();
    reading.execute(
        () -> {
          try {
            listening.get();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          } catch (ExecutionException e) {
            // The stream broke: that is its end too.
          }
          server.end();
        });
    int exit = server.ended.join();
    if (server.editorExit != null) {
      server.editorExit.cancel(false);
    }
    server.questions.shutdownNow();
    server.checks.shutdownNow();
    reading.shutdownNow();
    return exit;
  }

  private void end() {
    ended.complete(shutDown ? 0 : 1);
  }

  @Override
  public CompletableFuture<InitializeResult> initialize(InitializeParams params) {
    watch(Optional.ofNullable(params.getProcessId()));
    documents.begin();
    ServerInfo info = new ServerInfo("espalier", EngineVersion.CURRENT);
    return CompletableFuture.completedFuture(new InitializeResult(capabilities(), info));
  }

  /** An editor that dies may leave its end of the pipe to others. */
  private void watch(Optional<Integer> editorProcess) {
    editorProcess
        .flatMap(ProcessHandle::of)
        .ifPresent(process -> editorExit = process.onExit().thenRun(this::end));
  }

  private static ServerCapabilities capabilities() {
    TextDocumentSyncOptions sync = new TextDocumentSyncOptions();
    sync.setOpenClose(true);
    sync.setChange(TextDocumentSyncKind.Incremental);
    sync.setSave(new SaveOptions(false));
    ServerCapabilities can = new ServerCapabilities();
    can.setTextDocumentSync(sync);
    can.setCompletionProvider(new CompletionOptions(true, List.of(" ", "\"", "/", "(", "$")));
    can.setHoverProvider(true);
    can.setDefinitionProvider(true);
    can.setReferencesProvider(true);
    can.setRenameProvider(new RenameOptions(true));
    can.setDocumentSymbolProvider(true);
    can.setDocumentFormattingProvider(true);
    can.setCodeActionProvider(new CodeActionOptions(List.of(CodeActionKind.QuickFix)));
    return can;
  }

  @Override
  public CompletableFuture<Object> shutdown() {
    shutDown = true;
    documents.end();
    return CompletableFuture.completedFuture(null);
  }

  @Override
  public void exit() {
    end();
  }

  @Override
  public TextDocumentService getTextDocumentService() {
    return documents;
  }

  @Override
  public WorkspaceService getWorkspaceService() {
    return new Workspace();
  }

  @Override
  public void setTrace(SetTraceParams params) {
    // There is nothing to trace that the editor does not see itself.
  }

  /** There are no settings to change. */
  private static final class Workspace implements WorkspaceService {
    @Override
    public void didChangeConfiguration(DidChangeConfigurationParams params) {}

    @Override
    public void didChangeWatchedFiles(DidChangeWatchedFilesParams params) {}
  }
}
