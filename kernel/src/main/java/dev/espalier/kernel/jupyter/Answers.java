package dev.espalier.kernel.jupyter;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.io.PrintStream;
import java.util.List;
import java.util.function.Supplier;
import org.dflib.jjava.jupyter.kernel.KernelConnectionProperties;
import org.dflib.jjava.jupyter.kernel.LanguageInfo;
import org.dflib.jjava.jupyter.kernel.display.DisplayData;

/** What is answered beside the cells, while they run: what the kernel is and what it knows. */
final class Answers {
  private final Kernel kernel;
  private final Turn turn;
  private final PrintStream log;

  Answers(Kernel kernel, Turn turn, PrintStream log) {
    this.kernel = kernel;
    this.turn = turn;
    this.log = log;
  }

  /** Answers one request, between its busy and its idle; a failure is an answer too. */
  void answer(Request request, Supplier<JsonObject> content) {
    request.busy();
    JsonObject answer;
    try {
      answer = content.get();
    } catch (RuntimeException | LinkageError | StackOverflowError | OutOfMemoryError e) {
      log.println("espalier kernel: " + request.type() + " failed: " + e);
      answer = Json.error(e.getClass().getName(), String.valueOf(e.getMessage()), List.of());
    }
    request.reply(answer);
    turn.idle(request);
  }

  JsonObject kernelInfo() {
    LanguageInfo language = kernel.getLanguageInfo();
    return Json.of(
        "status",
        "ok",
        "protocol_version",
        Request.PROTOCOL,
        "implementation",
        kernel.getName(),
        "implementation_version",
        kernel.getVersion(),
        "language_info",
        Json.of(
            "name",
            language.getName(),
            "version",
            language.getVersion(),
            "mimetype",
            language.getMimetype(),
            "file_extension",
            language.getFileExtension(),
            "pygments_lexer",
            language.getPygmentsLexer(),
            "codemirror_mode",
            language.getCodemirrorMode(),
            "nbconvert_exporter",
            language.getNbconvertExporter()),
        "banner",
        "Espalier "
            + kernel.getVersion()
            + ": a language for compressing neural networks; Java in cells that start with %%java",
        "help_links",
        Json.array(List.of()),
        "debugger",
        false,
        // Neither a debugger nor subshells, the two features that a kernel may have or not.
        "supported_features",
        Json.array(List.of()));
  }

  /** Where the kernel listens, for the deprecated {@code connect_request}. */
  static JsonObject ports(KernelConnectionProperties properties) {
    return Json.of(
        "status",
        "ok",
        "shell_port",
        properties.getShellPort(),
        "iopub_port",
        properties.getIopubPort(),
        "stdin_port",
        properties.getStdinPort(),
        "hb_port",
        properties.getHbPort(),
        "control_port",
        properties.getControlPort());
  }

  /** There are no widgets here: a comm that a front end opens is closed again. */
  void refuseComm(Request request) {
    request.busy();
    String id = Json.text(request.content(), "comm_id", "");
    request.publish("comm_close", Json.of("comm_id", id, "data", new JsonObject()));
    turn.idle(request);
  }

  /** What is said through a comm that is closed reaches nobody. */
  void ignoreComm(Request request) {
    request.busy();
    turn.idle(request);
  }

  JsonObject complete(Request request) {
    String code = Json.text(request.content(), "code", "");
    int cursor = cursor(request, code);
    Suggestions found = kernel.suggest(code, cursor);
    int start = code.codePointCount(0, found.start());
    int end = code.codePointCount(0, found.end());
    JsonArray kinds = new JsonArray();
    for (Suggestions.Item item : found.items()) {
      kinds.add(Json.of("text", item.text(), "type", item.kind(), "start", start, "end", end));
    }
    return Json.of(
        "status",
        "ok",
        "matches",
        Json.array(found.items().stream().map(Suggestions.Item::text).toList()),
        "cursor_start",
        start,
        "cursor_end",
        end,
        "metadata",
        // JupyterLab reads the kinds here; the protocol has no place of its own for them yet.
        Json.of("_jupyter_types_experimental", kinds));
  }

  JsonObject inspect(Request request) {
    String code = Json.text(request.content(), "code", "");
    boolean detail = Json.whole(request.content(), "detail_level", 0) > 0;
    DisplayData found = kernel.inspect(code, cursor(request, code), detail);
    Bundle bundle =
        found == null ? new Bundle(new JsonObject(), new JsonObject()) : Bundle.of(found);
    return Json.of(
        "status",
        "ok",
        "found",
        found != null,
        "data",
        bundle.data(),
        "metadata",
        bundle.metadata());
  }

  JsonObject isComplete(Request request) {
    Wholeness found = kernel.wholeness(Json.text(request.content(), "code", ""));
    return found.status().equals("incomplete")
        ? Json.of("status", found.status(), "indent", found.indent())
        : Json.of("status", found.status());
  }

  /** The protocol counts characters, Java counts UTF-16 units. */
  private static int cursor(Request request, String code) {
    int characters = code.codePointCount(0, code.length());
    int at = Json.whole(request.content(), "cursor_pos", characters);
    return code.offsetByCodePoints(0, Math.max(0, Math.min(characters, at)));
  }
}
