package dev.espalier.kernel.jupyter;

import static dev.espalier.kernel.jupyter.Correspondent.ok;

import com.google.gson.JsonObject;
import org.dflib.jjava.jupyter.kernel.KernelConnectionProperties;

/**
 * Plays a front end to a kernel in the same process, so that the classes of a usual start are
 * loaded and can be archived: says hello, runs a cell of each language, says goodbye. Exits with 0
 * when all went well.
 */
public final class Rehearsal {
  private static final int PATIENCE_MILLIS = 30_000;

  private Rehearsal() {}

  public static void main(String[] args) throws Exception {
    KernelConnectionProperties properties = Correspondent.freePorts();
    Thread kernel = Threads.daemon("kernel", () -> KernelMain.run(properties, () -> {}));
    kernel.start();
    boolean good;
    try (Correspondent to = new Correspondent(properties, PATIENCE_MILLIS)) {
      good =
          ok(to.ask(to.shell, "kernel_info_request", new JsonObject()))
              && ok(to.ask(to.shell, "execute_request", cell("let rehearsed = 1")))
              && ok(to.ask(to.shell, "execute_request", cell("note \"ready\"")))
              && ok(to.ask(to.shell, "execute_request", cell("%%java\nrehearsed + 1")))
              && ok(to.ask(to.control, "shutdown_request", Json.of("restart", false)));
    }
    kernel.join(PATIENCE_MILLIS);
    System.exit(good ? 0 : 1);
  }

  private static JsonObject cell(String code) {
    return Json.of("code", code, "silent", false, "store_history", true);
  }
}
