package dev.espalier.kernel.jupyter;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import jdk.jshell.EvalException;
import jdk.jshell.JShell;
import jdk.jshell.Snippet;
import jdk.jshell.SnippetEvent;
import jdk.jshell.SourceCodeAnalysis;
import jdk.jshell.execution.DirectExecutionControl;
import jdk.jshell.spi.ExecutionControl;
import jdk.jshell.spi.ExecutionControlProvider;
import jdk.jshell.spi.ExecutionEnv;
import org.dflib.jjava.jupyter.kernel.BaseKernel;
import org.dflib.jjava.jupyter.kernel.JupyterIO;
import org.dflib.jjava.jupyter.kernel.LanguageInfo;
import org.dflib.jjava.jupyter.kernel.ReplacementOptions;
import org.dflib.jjava.jupyter.kernel.comm.CommManager;
import org.dflib.jjava.jupyter.kernel.display.DisplayData;
import org.dflib.jjava.jupyter.kernel.display.Renderer;
import org.dflib.jjava.jupyter.kernel.magic.MagicParser;
import org.dflib.jjava.jupyter.kernel.magic.MagicTranspiler;
import org.dflib.jjava.jupyter.kernel.magic.MagicsRegistry;
import org.dflib.jjava.jupyter.kernel.util.StringStyler;

/**
 * A Java kernel on the base that JJava is made of, with the base's own loop, magics and search for
 * extensions; cells are evaluated by JShell in this process, on a thread that an interrupt reaches.
 */
final class HostKernel extends BaseKernel {
  private static final List<Object> VALUES = new ArrayList<>();

  private final ExecutorService executor = Executors.newCachedThreadPool();
  private final JShell shell;
  private volatile Future<String> running;

  HostKernel() {
    super(
        "host",
        "1",
        new LanguageInfo.Builder("Java").mimetype("text/x-java-source").build(),
        List.of(),
        null,
        new JupyterIO(StandardCharsets.UTF_8),
        new CommManager(),
        new Renderer(),
        new MagicParser("(?<=(?:^|=))\\s*%", "%%", new MagicTranspiler()),
        new MagicsRegistry(),
        true,
        new StringStyler.Builder().build());
    shell = JShell.builder().executionEngine(new Provider(), Map.of()).build();
    shell.addToClasspath(
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")));
    shell.eval("import static org.dflib.jjava.jupyter.kernel.BaseNotebookStatics.*;");
  }

  private final class Provider implements ExecutionControlProvider {
    @Override
    public String name() {
      return "host";
    }

    @Override
    public ExecutionControl generate(ExecutionEnv env, Map<String, String> parameters) {
      return new DirectExecutionControl() {
        @Override
        protected String invoke(Method doIt) throws Exception {
          Future<String> call =
              executor.submit(
                  () -> {
                    try {
                      Object value = doIt.invoke(null);
                      synchronized (VALUES) {
                        VALUES.add(value);
                        return Integer.toString(VALUES.size() - 1);
                      }
                    } catch (InvocationTargetException e) {
                      throw e.getCause() instanceof Exception known ? known : e;
                    }
                  });
          running = call;
          try {
            return call.get();
          } catch (ExecutionException e) {
            Throwable cause = e.getCause();
            throw new UserException(
                String.valueOf(cause.getMessage()),
                cause.getClass().getName(),
                new StackTraceElement[0]);
          } catch (CancellationException e) {
            throw new UserException("interrupted", "Interrupted", new StackTraceElement[0]);
          }
        }
      };
    }
  }

  @Override
  public Object evalRaw(String source) {
    Object last = null;
    String rest = getMagicParser().resolveMagics(source);
    SourceCodeAnalysis.CompletionInfo info = shell.sourceCodeAnalysis().analyzeCompletion(rest);
    while (info.completeness().isComplete()) {
      for (SnippetEvent event : shell.eval(info.source())) {
        if (event.exception() instanceof EvalException failed) {
          throw new RuntimeException(failed.getExceptionClassName() + ": " + failed.getMessage());
        }
        if (event.causeSnippet() == null && !event.status().isDefined()) {
          throw new IllegalArgumentException(
              shell.diagnostics(event.snippet()).toList().toString() + event.snippet().source());
        }
        boolean valued =
            event.value() != null
                && event.snippet().subKind().isExecutable()
                && event.snippet().kind() != Snippet.Kind.STATEMENT;
        synchronized (VALUES) {
          last = valued ? VALUES.get(Integer.parseInt(event.value())) : null;
        }
      }
      info = shell.sourceCodeAnalysis().analyzeCompletion(info.remaining());
    }
    return last;
  }

  @Override
  public void interrupt() {
    Future<String> call = running;
    if (call != null) {
      call.cancel(true);
    }
  }

  @Override
  public DisplayData inspect(String code, int at, boolean extraDetail) {
    return null;
  }

  @Override
  public ReplacementOptions complete(String code, int at) {
    return null;
  }

  @Override
  public String isComplete(String code) {
    return IS_COMPLETE_MAYBE;
  }

  @Override
  public void onShutdown(boolean isRestarting) {
    super.onShutdown(isRestarting);
    shell.close();
    executor.shutdownNow();
  }
}
