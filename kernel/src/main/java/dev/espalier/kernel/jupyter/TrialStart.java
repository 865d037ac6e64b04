package dev.espalier.kernel.jupyter;

import com.google.gson.JsonObject;
import dev.espalier.engine.EspalierException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.dflib.jjava.jupyter.kernel.KernelConnectionProperties;

/**
 * A kernel that was started as Jupyter starts it, and ended again.
 *
 * @param answered the time from starting the process to its first {@code kernel_info_reply}
 * @param version of the kernel, as it says itself
 */
public record TrialStart(Duration answered, String version) {
  private static final int MOST_WORDS = 2000;
  private static final int STEP_MILLIS = 100;
  private static final int GOODBYE_SECONDS = 5;

  /**
   * Starts a kernel.
   *
   * @param command with {@code {connection_file}} in it
   * @param variables added to this process's environment
   * @throws EspalierException (run) when it does not answer in {@code limit}, with what it wrote
   */
  public static TrialStart of(List<String> command, Map<String, String> variables, Duration limit) {
    Path folder = null;
    Process process = null;
    try {
      folder = Files.createTempDirectory("espalier-trial");
      Path log = folder.resolve("log.txt");
      Path connection = folder.resolve("connection.json");
      KernelConnectionProperties properties = Correspondent.freePorts();
      Files.writeString(connection, properties.toJsonString());
      ProcessBuilder builder =
          new ProcessBuilder(
              command.stream()
                  .map(part -> part.replace("{connection_file}", connection.toString()))
                  .toList());
      builder.environment().putAll(variables);
      // Should this process be killed, the kernel ends too.
      builder.environment().put("JPY_PARENT_PID", Long.toString(ProcessHandle.current().pid()));
      builder.redirectErrorStream(true).redirectOutput(log.toFile());
      long start = System.nanoTime();
      process = builder.start();
      process.getOutputStream().close();
      return await(process, properties, start, limit)
          .orElseThrow(
              () ->
                  EspalierException.run(
                      "the kernel did not answer within " + limit.toSeconds() + " s",
                      command.get(0),
                      said(log),
                      "install it again"));
    } catch (IOException e) {
      throw EspalierException.run(
          "the kernel cannot be started", command.get(0), e.toString(), "install it again", e);
    } finally {
      if (process != null) {
        process.destroyForcibly();
      }
      remove(folder);
    }
  }

  private static Optional<TrialStart> await(
      Process process, KernelConnectionProperties properties, long start, Duration limit)
      throws IOException {
    try (Correspondent to = new Correspondent(properties, STEP_MILLIS)) {
      to.send(to.shell, "kernel_info_request", new JsonObject());
      while (System.nanoTime() - start < limit.toNanos() && process.isAlive()) {
        Optional<JsonObject> reply = to.receive(to.shell);
        if (reply.isPresent()) {
          Duration took = Duration.ofNanos(System.nanoTime() - start);
          to.send(to.control, "shutdown_request", Json.of("restart", false));
          process.waitFor(GOODBYE_SECONDS, TimeUnit.SECONDS);
          return Optional.of(
              new TrialStart(took, Json.text(reply.get(), "implementation_version", "?")));
        }
      }
      return Optional.empty();
    } catch (GeneralSecurityException | Wire.Malformed e) {
      throw new IOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }

  private static String said(Path log) {
    try {
      String text = Files.readString(log, StandardCharsets.UTF_8).strip();
      return text.isEmpty()
          ? "it wrote nothing"
          : "it wrote: " + text.substring(0, Math.min(MOST_WORDS, text.length()));
    } catch (IOException e) {
      return "what it wrote cannot be read: " + e.getMessage();
    }
  }

  private static void remove(Path folder) {
    if (folder == null) {
      return;
    }
    try {
      for (String name : List.of("log.txt", "connection.json")) {
        Files.deleteIfExists(folder.resolve(name));
      }
      Files.delete(folder);
    } catch (IOException e) {
      // It lies in the system's folder for temporary files, which the system empties.
      return;
    }
  }
}
