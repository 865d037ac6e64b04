package dev.espalier.kernel.jupyter;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.dflib.jjava.jupyter.kernel.KernelConnectionProperties;

/**
 * Measures, for an installed kernel, the medians of: process start to {@code kernel_info}, to the
 * first Espalier cell, to the first Java cell; and of a trivial cell after that. Arguments: the
 * kernelspec's folder, the number of starts.
 */
final class StartTimes {
  private static final int TRIVIAL_CELLS = 50;

  private StartTimes() {}

  public static void main(String[] args) throws Exception {
    JsonObject spec = Client.parse(Files.readString(Path.of(args[0], "kernel.json")));
    int runs = args.length > 1 ? Integer.parseInt(args[1]) : 5;
    double[][] seconds = new double[4][runs];
    for (int run = 0; run < runs; run++) {
      measure(spec, seconds, run);
    }
    String[] what = {"kernel_info", "first Espalier cell", "first Java cell", "trivial cell"};
    for (int i = 0; i < what.length; i++) {
      Arrays.sort(seconds[i]);
      System.out.printf(Locale.ROOT, "%-20s %.4f s%n", what[i], seconds[i][runs / 2]);
    }
  }

  private static void measure(JsonObject spec, double[][] seconds, int run) throws Exception {
    KernelConnectionProperties properties = Client.freePorts();
    Path file = Files.createTempFile("connection", ".json");
    Files.writeString(file, properties.toJsonString());
    List<String> command = new ArrayList<>();
    for (JsonElement e : spec.getAsJsonArray("argv")) {
      command.add(e.getAsString().replace("{connection_file}", file.toString()));
    }
    ProcessBuilder builder = new ProcessBuilder(command);
    Json.object(spec, "env")
        .entrySet()
        .forEach(e -> builder.environment().put(e.getKey(), e.getValue().getAsString()));
    builder.redirectErrorStream(true).redirectOutput(new File("/dev/null"));
    long start = System.nanoTime();
    Process process = builder.start();
    try (Client client = new Client(properties)) {
      client.ask(client.shell, "kernel_info_request", new JsonObject());
      seconds[0][run] = since(start);
      client.ask(client.shell, "execute_request", Client.cell("let x = 1"));
      seconds[1][run] = since(start);
      client.ask(client.shell, "execute_request", Client.cell("%%java\n1 + 1"));
      seconds[2][run] = since(start);
      double[] trivial = new double[TRIVIAL_CELLS];
      for (int i = 0; i < TRIVIAL_CELLS; i++) {
        long before = System.nanoTime();
        client.ask(client.shell, "execute_request", Client.cell("let x = 1"));
        trivial[i] = since(before);
      }
      Arrays.sort(trivial);
      seconds[3][run] = trivial[TRIVIAL_CELLS / 2];
      client.ask(client.control, "shutdown_request", Json.of("restart", false));
    }
    process.waitFor(10, TimeUnit.SECONDS);
    process.destroyForcibly();
    Files.delete(file);
  }

  private static double since(long nanos) {
    return (System.nanoTime() - nanos) / 1e9;
  }
}
