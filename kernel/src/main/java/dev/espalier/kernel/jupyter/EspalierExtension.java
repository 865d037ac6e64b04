package dev.espalier.kernel.jupyter;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.dflib.jjava.jupyter.Extension;
import org.dflib.jjava.jupyter.kernel.BaseKernel;

/**
 * Espalier in other kernels on the same base, such as JJava: with this jar on their class path they
 * find it by themselves. It brings the cell magic {@code %%espalier}, the line magic {@code
 * %espalier SENTENCE}, whose value is what the sentence gives, and for Java cells the variable
 * {@code espalier}, a {@link GuestSession}. It changes no stream and starts no thread until a
 * sentence runs.
 */
public final class EspalierExtension implements Extension {
  private static final String MAGIC = "espalier";
  private static final Map<BaseKernel, GuestSession> SESSIONS = new ConcurrentHashMap<>();

  @Override
  public void install(BaseKernel kernel) {
    if (kernel instanceof Kernel || kernel.getMagicsRegistry() == null) {
      return;
    }
    kernel
        .getMagicsRegistry()
        .registerCellMagic(MAGIC, EspalierExtension::cell)
        .registerLineMagic(MAGIC, EspalierExtension::line);
    if (kernel.getLanguageInfo() != null
        && "java".equalsIgnoreCase(kernel.getLanguageInfo().getName())) {
      declare(kernel);
    }
  }

  private static void declare(BaseKernel kernel) {
    try {
      kernel.evalRaw(
          GuestSession.class.getName()
              + " espalier = "
              + EspalierExtension.class.getName()
              + ".session();");
    } catch (RuntimeException | LinkageError e) {
      // The magics work without the variable, and session() gives its value.
      return;
    }
  }

  @Override
  public void uninstall(BaseKernel kernel) {
    SESSIONS.remove(kernel);
  }

  /**
   * The session of the kernel whose notebook this is.
   *
   * @throws NullPointerException outside a kernel
   */
  public static GuestSession session() {
    return session(BaseKernel.notebookKernel());
  }

  /** Gives a kernel a session before it makes one. */
  static void open(BaseKernel kernel, GuestSession session) {
    SESSIONS.put(kernel, session);
  }

  private static GuestSession session(BaseKernel kernel) {
    return SESSIONS.computeIfAbsent(kernel, GuestSession::new);
  }

  private static Object cell(BaseKernel kernel, List<String> arguments, String body) {
    if (!arguments.isEmpty()) {
      throw new Notebook.Refused(
          "UnknownCell",
          "`%%espalier` takes nothing behind it: put `"
              + String.join(" ", arguments)
              + "` on a line of its own");
    }
    return session(kernel).run(body);
  }

  /** A name alone gives its value; anything else is a sentence. */
  private static Object line(BaseKernel kernel, List<String> words) {
    if (words.isEmpty()) {
      throw new Notebook.Refused(
          "NoSentence", "`%espalier` needs a sentence: %espalier prune teacher 50%");
    }
    GuestSession session = session(kernel);
    return words.size() == 1 && session.knows(words.get(0))
        ? session.value(words.get(0))
        : session.run(String.join(" ", words));
  }
}
