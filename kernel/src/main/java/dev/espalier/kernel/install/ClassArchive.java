package dev.espalier.kernel.install;

import dev.espalier.kernel.jupyter.Rehearsal;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/**
 * The classes of a usual start, read and checked once and mapped into memory afterwards
 * (application class-data sharing).
 *
 * <p>Each archive has a name of its own. A running kernel keeps the one it has mapped, on systems
 * too where a mapped file cannot be replaced; and whatever moment an installation is killed at,
 * {@code kernel.json} names an archive that is whole.
 */
final class ClassArchive {
  private static final Pattern NAME =
      Pattern.compile("espalier(-[0-9a-f]+)?\\.jsa|espalier\\.jsa\\w*\\.new");
  private static final long REHEARSAL_SECONDS = 90;
  private static final long CHECK_SECONDS = 20;

  private ClassArchive() {}

  /**
   * Runs the kernel once and keeps the classes it loaded; without them it starts all the same.
   *
   * @param notes is told why there is none
   */
  static Optional<Path> make(
      Path folder, Path jar, Path java, Settings settings, List<String> notes) {
    String base = "espalier-" + Long.toHexString(System.currentTimeMillis());
    Path made = folder.resolve("espalier.jsa" + Long.toHexString(System.nanoTime()) + ".new");
    try {
      try {
        List<String> command = new ArrayList<>();
        command.add(java.toString());
        command.add("-XX:ArchiveClassesAtExit=" + made);
        command.add("-Xlog:disable");
        command.addAll(settings.flags());
        command.add("-cp");
        command.add(jar.toString());
        command.add(Rehearsal.class.getName());
        int exit = run(command, settings.variables(), REHEARSAL_SECONDS);
        if (exit != 0 || !Files.isRegularFile(made)) {
          notes.add(
              "No class archive: the rehearsal "
                  + (exit == TOOK_TOO_LONG ? "took too long" : "ended with code " + exit)
                  + ". The kernel starts more slowly.");
          return Optional.empty();
        }
        Path archive = folder.resolve(base + ".jsa");
        Files.move(
            made, archive, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        return Optional.of(archive);
      } finally {
        Files.deleteIfExists(made);
      }
    } catch (IOException e) {
      notes.add("No class archive: " + e.getMessage() + ". The kernel starts more slowly.");
      return Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }

  /** The options with which Java uses an archive, and starts without it when it does not fit. */
  static List<String> use(Path archive) {
    return List.of(
        "-Xshare:auto",
        "-XX:SharedArchiveFile=" + archive,
        "-Xlog:disable",
        "-Xlog:all=error:stderr");
  }

  /**
   * Why Java would start without an archive; empty when it uses it.
   *
   * @param flags the kernel's options of Java, without those of the archive
   */
  static Optional<String> misfit(Path archive, Path jar, Path java, List<String> flags)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(java.toString());
    // With "on" Java refuses to start where "auto" would say nothing.
    command.add("-Xshare:on");
    command.add("-XX:SharedArchiveFile=" + archive);
    command.addAll(flags);
    command.add("-cp");
    command.add(jar.toString());
    command.add("-version");
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    process.getOutputStream().close();
    try (InputStream in = process.getInputStream()) {
      String said = new String(in.readNBytes(1 << 14), StandardCharsets.UTF_8);
      if (!process.waitFor(CHECK_SECONDS, TimeUnit.SECONDS)) {
        return Optional.of("Java did not answer in " + CHECK_SECONDS + " s");
      }
      return process.exitValue() == 0
          ? Optional.empty()
          : Optional.of(
              said.lines()
                  .filter(line -> line.contains("mismatch") || line.contains("not found"))
                  .findFirst()
                  .or(() -> said.lines().findFirst())
                  .orElse("Java ended with code " + process.exitValue())
                  .replaceFirst(" \\(hint:.*", ""));
    } finally {
      process.destroyForcibly();
    }
  }

  /** The archives in a folder, whole or not. */
  static List<Path> in(Path folder) throws IOException {
    List<Path> found = new ArrayList<>();
    try (DirectoryStream<Path> all = Files.newDirectoryStream(folder)) {
      for (Path file : all) {
        if (NAME.matcher(file.getFileName().toString()).matches()
            && Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
          found.add(file);
        }
      }
    }
    return found;
  }

  private static final int TOOK_TOO_LONG = -1;

  private static int run(List<String> command, Map<String, String> variables, long seconds)
      throws IOException, InterruptedException {
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().putAll(variables);
    builder.redirectOutput(ProcessBuilder.Redirect.DISCARD);
    Process process = builder.start();
    try {
      process.getOutputStream().close();
      return process.waitFor(seconds, TimeUnit.SECONDS) ? process.exitValue() : TOOK_TOO_LONG;
    } finally {
      process.destroyForcibly();
    }
  }
}
