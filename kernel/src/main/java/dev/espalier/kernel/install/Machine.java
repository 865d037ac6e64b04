package dev.espalier.kernel.install;

import com.sun.management.OperatingSystemMXBean;
import dev.espalier.engine.StandardPlace;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The machine that an installation is for.
 *
 * @param environment its environment variables
 * @param home the user's home folder
 * @param system its name as Java gives it: {@code Linux}, {@code Mac OS X}, {@code Windows 11}
 * @param memoryBytes its physical memory; 0 when unknown
 * @param processors that this process may use
 */
public record Machine(
    Map<String, String> environment, Path home, String system, long memoryBytes, int processors) {
  public Machine {
    environment = Map.copyOf(environment);
  }

  /** This one. */
  public static Machine here() {
    long memory =
        ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean known
            ? known.getTotalMemorySize()
            : 0;
    return new Machine(
        System.getenv(),
        StandardPlace.home(),
        System.getProperty("os.name"),
        memory,
        Runtime.getRuntime().availableProcessors());
  }

  /** An environment variable that is set to something. */
  public Optional<String> variable(String name) {
    return Optional.ofNullable(environment.get(name)).filter(v -> !v.isBlank());
  }

  public boolean isMac() {
    return system.toLowerCase(Locale.ROOT).contains("mac");
  }

  public boolean isWindows() {
    return system.toLowerCase(Locale.ROOT).contains("windows");
  }
}
