package dev.espalier.kernel.jupyter;

import com.google.gson.JsonObject;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.ToLongFunction;

/**
 * A long day with one kernel: thousands of cells of both languages with errors, interrupts,
 * displays, aborted queues, and questions in between. Every request must have its reply, its busy
 * and its idle; threads must not grow, and memory by at most a tenth from cell 500 on. The names
 * that its cells declare are few and declared again and again, as in a notebook that is worked on:
 * what is no longer declared must go, classes too. Class metadata includes what the JVM notes of
 * methods before it compiles them, which grows ever more slowly.
 *
 * <p>Arguments: the folder of an installed kernelspec, or {@code -} for the classes under test; the
 * number of cells (2000).
 */
final class Soak {
  /** What the kernel held after so many cells. */
  record Held(int cells, long threads, long heapBytes, long metaspaceBytes, long residentBytes) {}

  /** What came of it. */
  record Outcome(List<Held> held, int requests, List<String> lost) {
    Held at(int cells) {
      return held.stream().filter(h -> h.cells() == cells).findFirst().orElseThrow();
    }

    /**
     * By how much a measure grew from the samples at 500 and 750 cells to the last two. Two, since
     * the heap goes up and down with the age of the Java compilers.
     */
    double growth(ToLongFunction<Held> measure) {
      double early = measure.applyAsLong(at(500)) + measure.applyAsLong(at(750));
      Held last = held.get(held.size() - 1);
      double late =
          measure.applyAsLong(last) + measure.applyAsLong(held.get(Math.max(0, held.size() - 2)));
      return late / early - 1;
    }

    long moreThreads() {
      return held.get(held.size() - 1).threads() - at(500).threads();
    }

    /** Every criterion, a line each, with what was measured; false when one is not met. */
    boolean judge(PrintStream out) {
      boolean replies = lost.isEmpty();
      out.printf(
          Locale.ROOT,
          "%s  %d of %d requests not answered as they must%n",
          word(replies),
          lost.size(),
          requests);
      lost.forEach(out::println);
      if (held.size() < 4) {
        out.println("----  no verdict on threads and memory below 1000 cells");
        return replies;
      }
      boolean threads = moreThreads() <= MOST_MORE_THREADS;
      out.printf(Locale.ROOT, "%s  threads %+d%n", word(threads), moreThreads());
      boolean memory =
          flat("heap after collection", Held::heapBytes, out)
              & flat("metaspace", Held::metaspaceBytes, out)
              & flat("resident memory", Held::residentBytes, out);
      return replies && threads && memory;
    }

    private boolean flat(String what, ToLongFunction<Held> measure, PrintStream out) {
      double growth = growth(measure);
      boolean flat = growth <= MOST_GROWTH;
      out.printf(Locale.ROOT, "%s  %s %+.1f%%%n", word(flat), what, 100 * growth);
      return flat;
    }

    private static String word(boolean met) {
      return met ? "met " : "FAIL";
    }
  }

  private static final int SAMPLE_EVERY = 250;

  /** Threads of pools come and go. */
  private static final int MOST_MORE_THREADS = 2;

  private static final double MOST_GROWTH = 0.10;

  private final KernelProcess kernel;
  private final Client client;
  private final PrintStream log;
  private final List<String> lost = new ArrayList<>();
  private int cells;
  private int requests;

  private Soak(KernelProcess kernel, PrintStream log) {
    this.kernel = kernel;
    this.client = kernel.client();
    this.log = log;
  }

  public static void main(String[] args) throws Exception {
    KernelProcess.Spec spec =
        args.length == 0 || args[0].equals("-")
            ? KernelProcess.Spec.underTest()
            : KernelProcess.Spec.installed(Path.of(args[0]));
    int cells = args.length > 1 ? Integer.parseInt(args[1]) : 2000;
    Path folder = Files.createTempDirectory("soak");
    Outcome outcome = run(spec, folder, cells, System.out);
    System.exit(outcome.judge(System.out) ? 0 : 1);
  }

  static Outcome run(KernelProcess.Spec spec, Path folder, int cells, PrintStream log)
      throws Exception {
    try (KernelProcess kernel = KernelProcess.start(spec, folder)) {
      kernel.client().ready();
      return new Soak(kernel, log).run(cells);
    }
  }

  private Outcome run(int wanted) throws Exception {
    List<Held> held = new ArrayList<>();
    must("ok", "data digits from glyphs(train 200, test 40) split 160/40");
    must("ok", "%%java\nString place = display(\"first\");");
    int next = SAMPLE_EVERY;
    log.println("cells  threads  heap MB  metaspace MB  resident MB");
    for (int i = 0; cells < wanted; i++) {
      round(i);
      while (cells >= next) {
        held.add(held(next));
        next += SAMPLE_EVERY;
      }
    }
    return new Outcome(held, requests, lost);
  }

  private Held held(int at) throws Exception {
    // Twice: what finalizers and cleaners let go is free only then.
    String code =
        "%%java\nfor (int i = 0; i < 3; i++) { System.gc(); Thread.sleep(30); }\n"
            + "Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory() + \" \" +"
            + " java.lang.management.ManagementFactory.getMemoryPoolMXBeans().stream()"
            + ".filter(p -> p.getName().equals(\"Metaspace\"))"
            + ".mapToLong(p -> p.getUsage().getUsed()).sum()";
    Client.Cell cell = client.run(code);
    if (cell.result().isEmpty()) {
      throw new IllegalStateException("no measure of the heap: " + cell.reply());
    }
    String[] bytes = cell.result().split(" ");
    requests++;
    Held now =
        new Held(
            at,
            kernel.status("Threads"),
            Long.parseLong(bytes[0]),
            Long.parseLong(bytes[1]),
            kernel.status("VmRSS") * 1024);
    log.printf(
        Locale.ROOT,
        "%5d  %7d  %7.1f  %12.1f  %11.1f%n",
        at,
        now.threads(),
        now.heapBytes() / 1e6,
        now.metaspaceBytes() / 1e6,
        now.residentBytes() / 1e6);
    return now;
  }

  /** Some twenty cells of every kind. */
  private void round(int i) throws Exception {
    must("ok", "let x = " + i);
    must("ok", "note \"round " + i + "\"");
    must("ok", "train mlp(4) on digits for 1 epoch as small");
    must("ok", "show layers of small");
    must("error", "trian mlp(4) on digits");
    must("ok", "%%java\n" + i + " + 1");
    must("ok", "%%java\nint v" + i % 40 + " = " + i + ";\nString s = \"round \" + x;");
    must("ok", "%%java\nrecord P" + i % 20 + "(int a, double b) {}\nnew P" + i % 20 + "(1, 2)");
    must("ok", "%%java\nint twice" + i % 20 + "(int n) { return 2 * n; }\ntwice" + i % 20 + "(4)");
    must("error", "%%java\nint bad = \"text\";");
    must("error", "%%java\nObject nothing = null;\nnothing.toString();");
    must("ok", "%%java\nfor (int k = 0; k < 200; k++) System.out.println(\"line \" + k);");
    must(
        "ok",
        "%%java\nupdateDisplay(place, " + i + "); display(List.of(1, 2)); clearOutput(true);");
    must("error", "%%java\nSystem.exit(0);");
    Map<String, String> queue = new HashMap<>();
    queue.put(client.start("wrong " + i), "error");
    queue.put(client.start("let never = 1"), "aborted");
    queue.put(client.start("%%java\nint never;"), "aborted");
    settle(queue);
    interrupted("%%java\nlong n = 0;\nwhile (true) n++;", i);
    if (i % 4 == 0) {
      interrupted("%%java\nThread.sleep(60_000);", i);
    }
    if (i % 8 == 0) {
      interrupted("train mlp(64) on digits for " + (100_000 + i) + " epochs as long-one", i);
    }
    questions(i);
  }

  private void must(String status, String code) {
    String id = client.start(code);
    settle(Map.of(id, status));
  }

  private void interrupted(String code, int i) throws Exception {
    String id = client.start(code);
    Thread.sleep(40 + i % 5 * 10);
    String stop = client.send(client.control, "interrupt_request", new JsonObject());
    JsonObject reply = client.reply(client.control, stop);
    requests++;
    if (!Json.text(reply, "status", "").equals("ok")) {
      lost.add("an interrupt was not answered: " + reply);
    }
    settle(Map.of(id, "error"));
  }

  private void questions(int i) {
    String cell = client.start("%%java\nThread.sleep(20);");
    Map<String, String> asked = new HashMap<>();
    asked.put(
        client.send(client.shell, "complete_request", Json.of("code", "train m", "cursor_pos", 7)),
        "ok");
    asked.put(
        client.send(
            client.shell,
            "complete_request",
            Json.of("code", "%%java\nSystem.ou", "cursor_pos", 16)),
        "ok");
    asked.put(
        client.send(
            client.shell,
            "inspect_request",
            Json.of("code", "prune small 50%", "cursor_pos", 2, "detail_level", i % 2)),
        "ok");
    asked.put(
        client.send(client.shell, "is_complete_request", Json.of("code", "let a = 1")), "complete");
    asked.put(
        client.send(client.shell, "history_request", Json.of("hist_access_type", "tail", "n", 5)),
        "ok");
    asked.put(cell, "ok");
    settle(asked);
    // Only one of them was a cell.
    cells -= asked.size() - 1;
  }

  /** Waits for the replies to requests on shell and for all that is published for them. */
  private void settle(Map<String, String> statuses) {
    cells += statuses.size();
    requests += statuses.size();
    Map<String, String> waiting = new HashMap<>(statuses);
    while (!waiting.isEmpty()) {
      Packet reply = client.receive(client.shell);
      String id = Json.text(reply.parent(), "msg_id", "");
      String wanted = waiting.remove(id);
      String status = Json.text(reply.content(), "status", "");
      if (wanted == null) {
        lost.add("a reply to nothing, or a second one: " + reply.type());
      } else if (!wanted.equals(status)) {
        lost.add("cell " + cells + ": " + status + ", not " + wanted + ": " + reply.content());
      }
    }
    Set<String> running = new HashSet<>();
    Set<String> idle = new HashSet<>(statuses.keySet());
    while (!idle.isEmpty()) {
      Packet packet = client.receive(client.iopub);
      String id = Json.text(packet.parent(), "msg_id", "");
      if (!packet.type().equals("status") || !statuses.containsKey(id)) {
        continue;
      }
      if (Json.text(packet.content(), "execution_state", "").equals("busy")) {
        running.add(id);
      } else if (!running.contains(id) || !idle.remove(id)) {
        lost.add("an idle without a busy, or a second one");
      }
    }
  }
}
