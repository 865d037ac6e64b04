package dev.espalier.kernel.jupyter;

import com.google.gson.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Measures how fast messages go through an installed kernel that is warm: the median of a trivial
 * cell, from its request to its idle; a thousand cells sent at once, in order; and 50 MB of output
 * printed in lines, to its last byte.
 *
 * <p>Arguments: the kernelspec's folder, or {@code -} for the classes under test; a Python that has
 * ipykernel, to measure that one beside it.
 */
final class MessageTimes {
  private static final int WARM_CELLS = 300;
  private static final int TRIVIAL_CELLS = 200;
  private static final int RAPID_CELLS = 1000;
  private static final int OUTPUT_LINES = 500_000;

  /** A line of a hundred characters with its end. */
  private static final String LINE = "0123456789".repeat(9) + "012345678";

  private MessageTimes() {}

  public static void main(String[] args) throws Exception {
    KernelProcess.Spec spec =
        args.length == 0 || args[0].equals("-")
            ? KernelProcess.Spec.underTest()
            : KernelProcess.Spec.installed(Path.of(args[0]));
    Path folder = Files.createTempDirectory("messages");
    try (KernelProcess kernel = KernelProcess.start(spec, folder)) {
      Client client = kernel.client().ready().patient(120_000);
      measure(client, "Espalier", "let x = 1", "");
      measure(
          client,
          "Java",
          "%%java\nint x = 1;",
          "%%java\nfor (int i = 0; i < "
              + OUTPUT_LINES
              + "; i++) System.out.println(\""
              + LINE
              + "\");");
    }
    if (args.length > 1) {
      KernelProcess.Spec python =
          new KernelProcess.Spec(
              List.of(args[1], "-m", "ipykernel_launcher", "-f", "{connection_file}"),
              java.util.Map.of());
      try (KernelProcess kernel = KernelProcess.start(python, folder)) {
        measure(
            kernel.client().ready().patient(120_000),
            "ipykernel",
            "x = 1",
            "for i in range(" + OUTPUT_LINES + "): print('" + LINE + "')");
      }
    }
    System.exit(0);
  }

  private static void measure(Client client, String language, String cell, String flood) {
    for (int i = 0; i < WARM_CELLS; i++) {
      ok(client.run(cell));
    }
    double[] trivial = new double[TRIVIAL_CELLS];
    for (int i = 0; i < TRIVIAL_CELLS; i++) {
      long start = System.nanoTime();
      ok(client.run(cell));
      trivial[i] = since(start);
    }
    Arrays.sort(trivial);
    say(language, "trivial cell, median", trivial[TRIVIAL_CELLS / 2] * 1000, "ms");
    say(language, RAPID_CELLS + " rapid cells", rapid(client, cell), "s");
    if (!flood.isEmpty()) {
      long start = System.nanoTime();
      Client.Cell printed = client.run(flood);
      double seconds = since(start);
      ok(printed);
      long bytes = printed.printed("stdout").length();
      if (bytes != OUTPUT_LINES * (LINE.length() + 1L)) {
        throw new IllegalStateException(bytes + " bytes of output came");
      }
      say(language, "50 MB of output", seconds, "s");
    }
  }

  /** Sends all at once, and sees all replies in their order and every idle. */
  private static double rapid(Client client, String cell) {
    long start = System.nanoTime();
    List<String> sent = new ArrayList<>();
    for (int i = 0; i < RAPID_CELLS; i++) {
      sent.add(client.start(cell));
    }
    for (String id : sent) {
      Packet reply = client.receive(client.shell);
      if (!Json.text(reply.parent(), "msg_id", "").equals(id)) {
        throw new IllegalStateException("the replies are out of order");
      }
    }
    Set<String> running = new HashSet<>(sent);
    while (!running.isEmpty()) {
      Packet packet = client.receive(client.iopub);
      JsonObject content = packet.content();
      if (Json.text(content, "execution_state", "").equals("idle")) {
        running.remove(Json.text(packet.parent(), "msg_id", ""));
      }
    }
    return since(start);
  }

  private static void ok(Client.Cell cell) {
    if (!cell.status().equals("ok")) {
      throw new IllegalStateException(cell.reply().toString());
    }
  }

  private static void say(String language, String what, double value, String unit) {
    System.out.printf(Locale.ROOT, "%-10s %-22s %8.2f %s%n", language, what, value, unit);
  }

  private static double since(long nanos) {
    return (System.nanoTime() - nanos) / 1e9;
  }
}
