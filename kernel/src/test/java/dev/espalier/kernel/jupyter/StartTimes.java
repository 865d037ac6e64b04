package dev.espalier.kernel.jupyter;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.dflib.jjava.jupyter.kernel.KernelConnectionProperties;

/**
 * Measures installed kernels by turns, so that what else the machine does meets all of them alike:
 * medians of the time from the start of the process to the answer to {@code kernel_info}, to the
 * first cell and to the first cell of Java, of a trivial cell after that, and of the resident
 * memory and processor time after these cells, before any tensor; then how long it takes to end a
 * kernel whose cell loops. Arguments: the number of starts, then the folder of each kernel's {@code
 * kernel.json}; a kernel of another language runs {@code x = 1} instead of Espalier and no Java.
 *
 * <pre>
 * java -jar kernel/target/espalier.jar install --prefix /tmp/start
 * java -cp kernel/target/test-classes:kernel/target/espalier.jar \
 *   dev.espalier.kernel.jupyter.StartTimes 5 \
 *   /tmp/start/share/jupyter/kernels/espalier VENV/share/jupyter/kernels/python3
 * </pre>
 *
 * with {@code VENV/bin} first on the path, since kernels of Python are named {@code python}, and
 * JUnit's API jar on the class path as well.
 */
final class StartTimes {
  private static final int TRIVIAL_CELLS = 50;
  private static final long BUSY_MILLIS = 300;
  private static final double KILOBYTES_A_MEGABYTE = 1024;
  private static final double TICKS_A_SECOND = 100;
  private static final Pattern RESIDENT = Pattern.compile("VmRSS:\\s+([0-9]+) kB");

  private StartTimes() {}

  /** An installed kernel, and what was measured of it. */
  private record Kernel(Path folder, JsonObject spec, Map<String, List<Double>> measured) {
    boolean isEspalier() {
      return Json.text(spec, "language", "").equals("espalier");
    }

    void measured(String what, double value) {
      measured.computeIfAbsent(what, w -> new ArrayList<>()).add(value);
    }
  }

  public static void main(String[] args) throws Exception {
    int runs = Integer.parseInt(args[0]);
    List<Kernel> kernels = new ArrayList<>();
    for (String folder : Arrays.asList(args).subList(1, args.length)) {
      JsonObject spec = Client.parse(Files.readString(Path.of(folder, "kernel.json")));
      kernels.add(new Kernel(Path.of(folder), spec, new LinkedHashMap<>()));
    }
    for (int run = 0; run < runs; run++) {
      for (Kernel kernel : kernels) {
        measure(kernel);
      }
    }
    for (Kernel kernel : kernels) {
      System.out.println(kernel.folder());
      kernel
          .measured()
          .forEach(
              (what, values) -> {
                values.sort(null);
                System.out.printf(
                    Locale.ROOT,
                    "  %-32s %9.4f   (%.4f to %.4f)%n",
                    what,
                    values.get(values.size() / 2),
                    values.get(0),
                    values.get(values.size() - 1));
              });
    }
  }

  private static void measure(Kernel kernel) throws Exception {
    KernelConnectionProperties properties = Client.freePorts();
    Path file = Files.createTempFile("connection", ".json");
    Files.writeString(file, properties.toJsonString());
    List<String> command = new ArrayList<>();
    for (JsonElement e : kernel.spec().getAsJsonArray("argv")) {
      command.add(e.getAsString().replace("{connection_file}", file.toString()));
    }
    ProcessBuilder builder = new ProcessBuilder(command);
    Json.object(kernel.spec(), "env")
        .entrySet()
        .forEach(e -> builder.environment().put(e.getKey(), e.getValue().getAsString()));
    builder.redirectErrorStream(true).redirectOutput(new File("/dev/null"));
    String trivialCode = kernel.isEspalier() ? "let x = 1" : "x = 1";
    long start = System.nanoTime();
    Process process = builder.start();
    try (Client client = new Client(properties).patient(120_000)) {
      client.ask(client.shell, "kernel_info_request", new JsonObject());
      kernel.measured("kernel_info, s", since(start));
      client.ask(client.shell, "execute_request", Client.cell(trivialCode));
      kernel.measured("first cell, s", since(start));
      kernel.measured("memory after it, MB", resident(process));
      if (kernel.isEspalier()) {
        client.ask(client.shell, "execute_request", Client.cell("%%java\n1 + 1"));
        kernel.measured("first Java cell, s", since(start));
        kernel.measured("memory after it and Java, MB", resident(process));
      }
      double[] trivial = new double[TRIVIAL_CELLS];
      for (int i = 0; i < TRIVIAL_CELLS; i++) {
        long before = System.nanoTime();
        client.ask(client.shell, "execute_request", Client.cell(trivialCode));
        trivial[i] = since(before);
      }
      Arrays.sort(trivial);
      kernel.measured("trivial cell, s", trivial[TRIVIAL_CELLS / 2]);
      kernel.measured("memory before the first tensor, MB", resident(process));
      kernel.measured("processor time so far, s", processorTime(process));
      client.start(kernel.isEspalier() ? "%%java\nwhile (true) { }" : "while True: pass");
      Thread.sleep(BUSY_MILLIS);
      long told = System.nanoTime();
      client.ask(client.control, "shutdown_request", Json.of("restart", false));
      process.waitFor(10, TimeUnit.SECONDS);
      kernel.measured("shutdown while a cell loops, s", since(told));
    }
    process.destroyForcibly();
    Files.delete(file);
  }

  /** Resident memory as Linux counts it, in MB; not a number elsewhere. */
  private static double resident(Process process) throws IOException {
    Path status = Path.of("/proc", Long.toString(process.pid()), "status");
    Matcher matcher = RESIDENT.matcher(Files.exists(status) ? Files.readString(status) : "");
    return matcher.find()
        ? Double.parseDouble(matcher.group(1)) / KILOBYTES_A_MEGABYTE
        : Double.NaN;
  }

  /** Of user and system; not a number where there is no /proc. */
  private static double processorTime(Process process) throws IOException {
    Path stat = Path.of("/proc", Long.toString(process.pid()), "stat");
    if (!Files.exists(stat)) {
      return Double.NaN;
    }
    String text = Files.readString(stat);
    // Behind the name, which may hold anything: state is field 3, utime 14, stime 15.
    String[] fields = text.substring(text.lastIndexOf(')') + 2).split(" ", -1);
    return (Double.parseDouble(fields[11]) + Double.parseDouble(fields[12])) / TICKS_A_SECOND;
  }

  private static double since(long nanos) {
    return (System.nanoTime() - nanos) / 1e9;
  }
}
