package dev.espalier.engine.measure;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import dev.espalier.engine.EspalierException;
import dev.espalier.engine.StandardPlace;
import dev.espalier.engine.WholeFile;
import dev.espalier.engine.train.NativeVariable;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.net.URLConnection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Keeps ONNX Runtime's native library unpacked in the cache. Left to itself the runtime unpacks 28
 * MB into a temporary folder in every process, and a process that is halted or killed leaves them
 * there.
 */
final class RuntimeLibrary {
  /** Where the runtime looks for its library, when it is told. */
  static final String PROPERTY = "onnxruntime.native.path";

  /**
   * Read by the runtime on all systems but Windows, once, when it starts
   * (https://github.com/microsoft/onnxruntime/pull/27379).
   */
  private static final String NO_TELEMETRY = "ORT_DISABLE_TELEMETRY";

  private static final List<String> NAMES = List.of("onnxruntime", "onnxruntime4j_jni");

  /** Taken from the system as it is used. */
  private static final long DEEP_STACK_BYTES = 256L << 20;

  private static volatile OrtEnvironment environment;

  private RuntimeLibrary() {}

  /**
   * The process's one environment, made by the first who asks. On a thread of its own with a deep
   * stack: the runtime matches the command line of the process with a recursive regular expression
   * when it starts, and a class path of 5,000 letters overflows the stack of an ordinary thread,
   * which ends the process without a word.
   */
  static synchronized OrtEnvironment environment() {
    if (environment == null) {
      AtomicReference<Throwable> failure = new AtomicReference<>();
      Thread deep =
          new Thread(null, RuntimeLibrary::make, "espalier-onnxruntime", DEEP_STACK_BYTES);
      deep.setDaemon(true);
      deep.setUncaughtExceptionHandler((thread, e) -> failure.set(e));
      deep.start();
      joined(deep);
      if (environment == null) {
        throw EspalierException.run(
            "ONNX Runtime cannot be started",
            "",
            String.valueOf(failure.get()),
            "look whether the folder for temporary files and ~/.cache can be written",
            failure.get());
      }
    }
    return environment;
  }

  private static void make() {
    prepare();
    // Nothing that runs here is anybody else's business. Without this the runtime writes an
    // identifier of the machine below the user's home and reports the process to its makers while
    // it starts, before it can be told not to.
    NativeVariable.set(NO_TELEMETRY, "1");
    environment =
        OrtEnvironment.getEnvironment(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL, "espalier");
    // Where the variable is not read.
    try {
      environment.setTelemetry(false);
    } catch (OrtException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Waits for the end of a thread that takes milliseconds, whoever interrupts meanwhile. */
  private static void joined(Thread thread) {
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** What goes wrong here leaves the runtime to itself. */
  private static void prepare() {
    if (System.getProperty(PROPERTY) != null) {
      return;
    }
    try {
      Path folder = unpacked(StandardPlace.cache().resolve("onnxruntime"));
      System.setProperty(PROPERTY, folder.toString());
    } catch (IOException | EspalierException e) {
      // A cache that cannot be written: the runtime unpacks for itself.
    }
  }

  /** The folder with the library of this platform, below {@code cache}. */
  static Path unpacked(Path cache) throws IOException {
    String platform = platform();
    Path folder = null;
    for (String name : NAMES) {
      String file = System.mapLibraryName(name);
      URL packed =
          OrtEnvironment.class.getResource("/ai/onnxruntime/native/" + platform + "/" + file);
      if (packed == null) {
        throw new IOException("no library for " + platform);
      }
      URLConnection connection = packed.openConnection();
      connection.setUseCaches(false);
      try (InputStream in = connection.getInputStream()) {
        long size = connection.getContentLengthLong();
        if (folder == null) {
          // Another version has another size or another date.
          folder = cache.resolve(platform + "-" + size + "-" + connection.getLastModified());
        }
        Path target = folder.resolve(file);
        if (!Files.isRegularFile(target) || Files.size(target) != size) {
          Files.createDirectories(folder);
          WholeFile.write(target, in::transferTo);
        }
      }
    }
    return folder;
  }

  /** As the runtime's jar calls it. */
  private static String platform() {
    String system = System.getProperty("os.name").toLowerCase(Locale.ROOT);
    String machine = System.getProperty("os.arch").toLowerCase(Locale.ROOT);
    String name =
        system.contains("win") && !system.contains("darwin")
            ? "win"
            : system.contains("mac") || system.contains("darwin") ? "osx" : "linux";
    boolean arm = machine.startsWith("aarch64") || machine.startsWith("arm64");
    return name + "-" + (arm ? "aarch64" : "x64");
  }
}
