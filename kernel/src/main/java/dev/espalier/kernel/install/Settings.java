package dev.espalier.kernel.install;

import dev.espalier.engine.EspalierException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How an installed kernel runs.
 *
 * @param heap the most memory for Java objects, such as {@code 4g}; tensors lie beside it
 * @param threads of training
 * @param store the folder that keeps finished steps
 * @param cache the folder for downloaded data
 * @param data the folder in which data sets are looked for first
 * @param offline whether the kernel downloads nothing
 * @param javaOptions more options of Java
 */
public record Settings(
    Optional<String> heap,
    Optional<Integer> threads,
    Optional<Path> store,
    Optional<Path> cache,
    Optional<Path> data,
    boolean offline,
    List<String> javaOptions) {
  private static final int MOST_THREADS = 1024;
  private static final long LEAST_HEAP = 128L << 20;
  private static final Pattern SIZE = Pattern.compile("([1-9][0-9]{0,8})([kmgt])b?");

  /** Options that would keep the kernel from starting, or that this command sets itself. */
  private static final Pattern NOT_OURS =
      Pattern.compile(
          "-(cp|classpath|jar|version|help|h|\\?|X|showversion|m)|--?(class-path|module|version"
              + "|help|list-modules|dry-run|module-path|describe-module)(=.*)?|-p|-d"
              + "|-XX:(SharedArchiveFile|ArchiveClassesAtExit|SharedClassListFile)=.*"
              + "|-Xshare:.*");

  public Settings {
    javaOptions = List.copyOf(javaOptions);
  }

  /** What Java and the engine do by themselves. */
  public static Settings usual() {
    return new Settings(
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        false,
        List.of());
  }

  /**
   * Refuses what cannot be meant.
   *
   * @param notes is given what the user should know, a sentence each
   * @throws EspalierException (program) naming the option
   */
  void check(Machine machine, List<String> notes) {
    heap.ifPresent(written -> checkHeap(written, machine, notes));
    threads.ifPresent(
        count -> {
          if (count < 1 || count > MOST_THREADS) {
            throw EspalierException.program(
                "--threads takes a number from 1 to " + MOST_THREADS + ", not " + count,
                "",
                "",
                "leave it out for the processors of the machine, at most 8");
          }
          if (count > machine.processors()) {
            notes.add(
                "--threads "
                    + count
                    + ": this machine has "
                    + machine.processors()
                    + " processors; more threads than that make training slower.");
          }
        });
    store.ifPresent(folder -> checkFolder("--store", folder));
    cache.ifPresent(folder -> checkFolder("--cache", folder));
    data.ifPresent(
        folder -> {
          checkFolder("--data", folder);
          if (!Files.exists(folder)) {
            notes.add("--data " + folder + ": there is no such folder yet.");
          }
        });
    for (String option : javaOptions) {
      if (!option.startsWith("-") || option.length() < 2 || NOT_OURS.matcher(option).matches()) {
        throw EspalierException.program(
            "`" + option + "` cannot be an option of the kernel's Java",
            "--java-option",
            option.startsWith("-")
                ? "the kernel would not start with it, or it is set by the installation"
                : "options start with a hyphen",
            "give one option each time, as in --java-option=-Xss2m");
      }
      if (heap.isPresent() && option.startsWith("-Xmx")) {
        throw EspalierException.program(
            "the size of the heap is given twice",
            "--java-option=" + option,
            "--heap " + heap.get() + " says it too",
            "use one");
      }
    }
  }

  private static void checkHeap(String written, Machine machine, List<String> notes) {
    long bytes =
        bytes(written)
            .orElseThrow(
                () ->
                    EspalierException.program(
                        "`" + written + "` is no size of memory",
                        "--heap",
                        "a size is a whole number with k, m, g or t behind it",
                        "write --heap 4g"));
    if (bytes < LEAST_HEAP) {
      throw EspalierException.program(
          "--heap " + written + " is too small",
          "--heap",
          "the kernel with a Java cell needs about 100 MB",
          "give at least 128m");
    }
    if (machine.memoryBytes() > 0 && bytes > machine.memoryBytes()) {
      notes.add(
          "--heap "
              + written
              + ": this machine has "
              + (machine.memoryBytes() >> 20)
              + " MB of memory; a heap that grows beyond it makes everything slow.");
    }
  }

  /** Bytes of a size such as {@code 4g}; empty when it is none. */
  static Optional<Long> bytes(String written) {
    Matcher matcher = SIZE.matcher(written.toLowerCase(Locale.ROOT));
    if (!matcher.matches()) {
      return Optional.empty();
    }
    int shift = 10 * (1 + "kmgt".indexOf(matcher.group(2)));
    long number = Long.parseLong(matcher.group(1));
    return number > Long.MAX_VALUE >> shift ? Optional.empty() : Optional.of(number << shift);
  }

  private static void checkFolder(String option, Path folder) {
    if (Files.exists(folder) && !Files.isDirectory(folder)) {
      throw EspalierException.program(
          "`" + folder + "` is no folder", option, "a file of that name is there", "");
    }
  }

  /** The options of Java, the usual ones of the kernel first. */
  List<String> flags() {
    List<String> flags = new ArrayList<>();
    // A quarter of the start of the default collector, and less memory beside the native engines.
    flags.add("-XX:+UseSerialGC");
    // A heap that starts at a 64th of the machine's memory fills that before it is first collected.
    flags.add("-Xms48m");
    // The Java compiler behind cells is busy for moments. What is hot for longer, as training is,
    // still gets the optimizing compiler: ten times its usual thresholds pass within milliseconds.
    flags.add("-XX:Tier4InvocationThreshold=50000");
    flags.add("-XX:Tier4MinInvocationThreshold=6000");
    flags.add("-XX:Tier4CompileThreshold=150000");
    flags.add("-XX:Tier4BackEdgeThreshold=400000");
    flags.add("-Djava.awt.headless=true");
    flags.add("-Dfile.encoding=UTF-8");
    heap.ifPresent(
        size -> flags.add("-Xmx" + size.toLowerCase(Locale.ROOT).replaceFirst("b$", "")));
    flags.addAll(javaOptions);
    return flags;
  }

  /** The variables that the kernel is started with. */
  Map<String, String> variables() {
    Map<String, String> variables = new LinkedHashMap<>();
    // More than one arena fragments the memory of training, and makes its speed a matter of luck.
    variables.put("MALLOC_ARENA_MAX", "1");
    // ONNX Runtime reports nothing to its makers; the kernel sees to it too, with more to load.
    variables.put("ORT_DISABLE_TELEMETRY", "1");
    threads.ifPresent(count -> variables.put("ESPALIER_THREADS", Integer.toString(count)));
    if (offline) {
      variables.put("ESPALIER_OFFLINE", "yes");
    }
    store.ifPresent(folder -> variables.put("ESPALIER_STORE", absolute(folder)));
    cache.ifPresent(folder -> variables.put("ESPALIER_CACHE", absolute(folder)));
    data.ifPresent(folder -> variables.put("ESPALIER_DATA", absolute(folder)));
    return variables;
  }

  private static String absolute(Path folder) {
    return folder.toAbsolutePath().normalize().toString();
  }
}
