package dev.espalier.kernel.install;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** Another program, asked a question: it gets no input and so much time, then it is ended. */
public final class Child {
  private static final int MOST_BYTES = 4 << 20;

  private Child() {}

  /**
   * How a program ended.
   *
   * @param exit its code; empty when it was ended for taking too long
   * @param out what it wrote to standard output, in UTF-8
   * @param err what it wrote to standard error
   */
  public record Ended(Optional<Integer> exit, String out, String err) {
    public boolean well() {
      return exit.equals(Optional.of(0));
    }

    /** In words, for messages. */
    public String how() {
      return exit.map(code -> "ended with code " + code).orElse("did not end in time");
    }
  }

  /**
   * Runs a program to its end.
   *
   * @param variables added to this process's environment
   * @throws IOException when there is no such program
   */
  public static Ended run(List<String> command, Map<String, String> variables, int seconds)
      throws IOException {
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().putAll(variables);
    Process process = builder.start();
    Collector out = new Collector(process.getInputStream());
    Collector err = new Collector(process.getErrorStream());
    boolean ended = false;
    try {
      process.getOutputStream().close();
      ended = process.waitFor(seconds, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      // Also of one that has ended this would close the pipes, with what is still in them.
      if (!ended) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
      }
    }
    return new Ended(
        ended ? Optional.of(process.exitValue()) : Optional.empty(), out.text(), err.text());
  }

  /** The programs of a name on a search path, each file once, in its order. */
  public static List<Path> onPath(String name, Machine machine) {
    String separator = machine.isWindows() ? ";" : ":";
    String file = machine.isWindows() ? name + ".exe" : name;
    return Arrays.stream(machine.variable("PATH").orElse("").split(separator))
        .filter(folder -> !folder.isBlank())
        .map(folder -> Path.of(folder).resolve(file))
        .filter(Files::isExecutable)
        .filter(Files::isRegularFile)
        .collect(
            Collectors.toMap(Child::real, p -> p, (first, second) -> first, LinkedHashMap::new))
        .values()
        .stream()
        .toList();
  }

  private static Path real(Path file) {
    try {
      return file.toRealPath();
    } catch (IOException e) {
      return file;
    }
  }

  /** Reads to the end, beside the process, which would stop when a pipe is full. */
  private static final class Collector {
    private static final long PATIENCE_MILLIS = 2000;

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final Thread reader;

    Collector(InputStream in) {
      reader =
          new Thread(
              () -> {
                byte[] block = new byte[8192];
                try (in) {
                  for (int n = in.read(block); n >= 0; n = in.read(block)) {
                    synchronized (bytes) {
                      bytes.write(block, 0, Math.max(0, Math.min(n, MOST_BYTES - bytes.size())));
                    }
                  }
                } catch (IOException e) {
                  // The process was ended; what it wrote till then is enough.
                  return;
                }
              },
              "espalier-child");
      reader.setDaemon(true);
      reader.start();
    }

    String text() {
      try {
        // A grandchild may hold the pipe open for ever.
        reader.join(PATIENCE_MILLIS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      synchronized (bytes) {
        return bytes.toString(StandardCharsets.UTF_8);
      }
    }
  }
}
