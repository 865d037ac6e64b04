package dev.espalier.kernel.jupyter;

import static dev.espalier.kernel.jupyter.Correspondent.ok;

import com.google.gson.JsonObject;
import java.util.List;
import org.dflib.jjava.jupyter.kernel.KernelConnectionProperties;

/**
 * Plays a front end to a kernel in the same process, so that the classes of a usual start are
 * loaded and can be archived: says hello, runs cells of each language, right and wrong, asks for
 * completions, says goodbye. Exits with 0 when all went well.
 */
public final class Rehearsal {
  private static final int PATIENCE_MILLIS = 30_000;

  /** What people begin with; nothing that loads a native library, which cannot be archived. */
  private static final List<String> CELLS =
      List.of(
          "let rehearsed = 1",
          "note \"ready\"",
          "data glyphs-seen from glyphs(train 40, test 10) split 30/10\nshow glyphs-seen",
          "%%java\nrehearsed + 1",
          "%%java\nrecord Seen(int a, String b) {}\nvar seen = List.of(new Seen(1, \"b\"));\n"
              + "for (Seen s : seen) { System.out.println(s.a()); }\ndisplay(seen);\nseen");

  private static final List<String> MISTAKES =
      List.of(
          "prune 50% teacher",
          "distill teacher int student",
          "%%java\nint x = \"x\";",
          "%%java\nObject o = null;\no.toString();");

  private static final List<String> TYPED =
      List.of("tra", "model m is len", "%%java\n\"a\".sub", "%%java\nList.of(");

  private Rehearsal() {}

  public static void main(String[] args) throws Exception {
    KernelConnectionProperties properties = Correspondent.freePorts();
    Thread kernel = Threads.daemon("kernel", () -> KernelMain.run(properties, () -> {}));
    kernel.start();
    boolean good;
    try (Correspondent to = new Correspondent(properties, PATIENCE_MILLIS)) {
      good = ok(to.ask(to.shell, "kernel_info_request", new JsonObject()));
      for (String code : CELLS) {
        good &= ok(to.ask(to.shell, "execute_request", cell(code)));
      }
      for (String code : MISTAKES) {
        JsonObject reply = to.ask(to.shell, "execute_request", cell(code));
        good &= Json.text(reply, "status", "").equals("error");
      }
      for (String code : TYPED) {
        JsonObject asked =
            Json.of("code", code, "cursor_pos", code.codePointCount(0, code.length()));
        good &= ok(to.ask(to.shell, "complete_request", asked));
        good &= ok(to.ask(to.shell, "inspect_request", asked));
        good &= !to.ask(to.shell, "is_complete_request", asked).entrySet().isEmpty();
      }
      good &= ok(to.ask(to.control, "shutdown_request", Json.of("restart", false)));
    }
    kernel.join(PATIENCE_MILLIS);
    System.exit(good ? 0 : 1);
  }

  private static JsonObject cell(String code) {
    return Json.of("code", code, "silent", false, "store_history", true);
  }
}
