package dev.espalier.kernel.install;

import dev.espalier.kernel.jupyter.KernelMain;
import dev.espalier.kernel.jupyter.Rehearsal;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

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
  private static final int REHEARSAL_SECONDS = 90;
  private static final int CHECK_SECONDS = 20;

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
        Child.Ended ended = rehearse(command, settings);
        if (!ended.well() || !Files.isRegularFile(made)) {
          notes.add(
              "No class archive: the rehearsal "
                  + ended.how()
                  + ". The kernel starts more slowly.");
          return Optional.empty();
        }
        Optional<String> misfit = misfit(made, jar, java, settings.flags());
        if (misfit.isPresent()) {
          notes.add(
              "No class archive: "
                  + misfit.get()
                  + ". The kernel starts more slowly; else it works.");
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
    }
  }

  /** The rehearsal keeps what it makes for itself. */
  private static Child.Ended rehearse(List<String> command, Settings settings) throws IOException {
    Path stage = Files.createTempDirectory("espalier-rehearsal");
    try {
      Map<String, String> variables = new LinkedHashMap<>(settings.variables());
      variables.put("ESPALIER_STORE", stage.toString());
      return Child.run(command, variables, REHEARSAL_SECONDS);
    } finally {
      try (Stream<Path> all = Files.walk(stage)) {
        for (Path file : all.sorted(Comparator.reverseOrder()).toList()) {
          Files.deleteIfExists(file);
        }
      }
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
   * Why Java would start without an archive; empty when it takes the kernel's classes from it.
   *
   * @param flags the kernel's options of Java, without those of the archive
   */
  static Optional<String> misfit(Path archive, Path jar, Path java, List<String> flags)
      throws IOException {
    String kernel = KernelMain.class.getName();
    // Without an argument the kernel says how it is called, and ends.
    Child.Ended tried = java(archive, jar, java, flags, "auto", "-Xlog:class+load", kernel);
    if (tried
        .out()
        .lines()
        .anyMatch(line -> line.contains(kernel + " ") && line.contains("shared objects file"))) {
      return Optional.empty();
    }
    // With "on" Java says what "auto" keeps to itself.
    Child.Ended strict = java(archive, jar, java, flags, "on", "-Xlog:disable", "-version");
    String said = strict.err() + strict.out();
    if (strict.well()) {
      return Optional.of(
          jar.toUri().toString().contains("%")
              ? "this Java shares no classes of a jar whose path has blanks or letters beyond"
                  + " ASCII: "
                  + jar
              : "Java takes no classes from it");
    }
    return Optional.of(
        said.lines()
            .filter(line -> line.contains("not the one") || line.contains("mismatch"))
            .findFirst()
            .or(() -> said.lines().filter(line -> !line.startsWith("An error has")).findFirst())
            .orElse("Java " + strict.how())
            .replaceFirst(" \\(hint:.*", ""));
  }

  private static Child.Ended java(
      Path archive,
      Path jar,
      Path java,
      List<String> flags,
      String share,
      String log,
      String started)
      throws IOException {
    List<String> command = new ArrayList<>();
    command.add(java.toString());
    command.add("-Xshare:" + share);
    command.add("-XX:SharedArchiveFile=" + archive);
    command.add(log);
    command.addAll(flags);
    command.add("-cp");
    command.add(jar.toString());
    command.add(started);
    return Child.run(command, Map.of(), CHECK_SECONDS);
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
}
