package dev.espalier.kernel.jupyter;

import com.google.gson.JsonParseException;
import dev.espalier.engine.Environment;
import dev.espalier.engine.EspalierException;
import dev.espalier.engine.run.Store;
import dev.espalier.engine.train.NativeExit;
import dev.espalier.kernel.session.Session;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.regex.Pattern;
import org.dflib.jjava.jupyter.kernel.KernelConnectionProperties;

/**
 * A kernel as a process. Jupyter starts this class itself: the command line's option parser would
 * double the time until the kernel answers.
 */
public final class KernelMain {
  private static final long MAX_FILE_BYTES = 64 << 10;
  private static final Pattern THREADS = Pattern.compile("[1-9][0-9]{0,2}|10[01][0-9]|102[0-4]");

  /** The version of Jupyter's messaging protocol that is spoken. */
  public static final String PROTOCOL = "5.5";

  private KernelMain() {}

  /** Takes the path of the connection file. */
  public static void main(String[] args) {
    if (args.length != 1) {
      System.err.println("usage: KernelMain CONNECTION-FILE");
      System.exit(2);
    }
    try {
      run(Path.of(args[0]));
    } catch (EspalierException e) {
      System.err.println(e.getMessage());
      System.exit(e.blame() == EspalierException.Blame.PROGRAM ? 2 : 3);
    }
  }

  /**
   * Serves the front end that wrote the file, and ends the process when it says so.
   *
   * @throws EspalierException when the file cannot be read or asks for what is not served
   */
  public static void run(Path connectionFile) {
    // Halt: no library's shutdown hook and no thread of a cell may hold the process.
    run(read(connectionFile), KernelMain::halt);
  }

  /** Serves until the front end ends the kernel; then calls {@code onEnd} and returns. */
  static void run(KernelConnectionProperties properties, Runnable onEnd) {
    CountDownLatch ended = new CountDownLatch(1);
    PrintStream log = System.err;
    // First, since it takes longest.
    JavaCells java = JavaCells.starting(log);
    Dispatcher dispatcher =
        new Dispatcher(
            properties,
            wire(properties),
            new SessionCells(new Session(Store.standardPlace(), environment(System.getenv()))),
            java,
            new ScreenRendering(),
            log,
            () -> {
              onEnd.run();
              ended.countDown();
            });
    endWithParent();
    try {
      ended.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      dispatcher.close();
    }
  }

  /**
   * What the kernel starts with until a {@code set}: {@code ESPALIER_THREADS} and {@code
   * ESPALIER_OFFLINE} ({@code yes} or {@code no}) of an environment.
   *
   * @throws EspalierException (program) when a variable has no such value
   */
  static Environment environment(Map<String, String> variables) {
    Environment usual = Environment.standard();
    String threads = variables.getOrDefault("ESPALIER_THREADS", "").strip();
    String offline = variables.getOrDefault("ESPALIER_OFFLINE", "").strip();
    if (!threads.isEmpty() && !THREADS.matcher(threads).matches()) {
      throw EspalierException.program(
          "`" + threads + "` is no number of threads",
          "the environment variable ESPALIER_THREADS",
          "",
          "set it to a number from 1 to 1024, or leave it out");
    }
    if (!offline.isEmpty() && !offline.equals("yes") && !offline.equals("no")) {
      throw EspalierException.program(
          "`" + offline + "` is neither yes nor no",
          "the environment variable ESPALIER_OFFLINE",
          "",
          "set it to yes, to download nothing, or leave it out");
    }
    return new Environment(
        usual.seed(),
        threads.isEmpty() ? usual.threads() : Integer.parseInt(threads),
        usual.device(),
        offline.equals("yes"));
  }

  /** A front end that was killed cannot say goodbye; its kernel would hold its memory for ever. */
  private static void endWithParent() {
    String parent = System.getenv("JPY_PARENT_PID");
    if (parent == null || !parent.matches("[0-9]{1,18}")) {
      return;
    }
    ProcessHandle.of(Long.parseLong(parent)).ifPresent(p -> p.onExit().thenRun(KernelMain::halt));
  }

  private static void halt() {
    NativeExit.leave(0);
    Runtime.getRuntime().halt(0);
  }

  private static Wire wire(KernelConnectionProperties properties) {
    try {
      return new Wire(properties.createHMACGenerator());
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      throw EspalierException.program(
          "`" + properties.getSignatureScheme() + "` is no signature scheme known here",
          "connection file, field signature_scheme",
          String.valueOf(e.getMessage()),
          "use hmac-sha256",
          e);
    }
  }

  static KernelConnectionProperties read(Path file) {
    String text;
    try {
      if (Files.size(file) > MAX_FILE_BYTES) {
        throw EspalierException.program(
            "this is no connection file", file.toString(), "it is too large", "");
      }
      text = Files.readString(file, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw EspalierException.program(
          "the connection file cannot be read",
          file.toString(),
          e.toString(),
          "Jupyter writes this file and names it when it starts a kernel",
          e);
    }
    KernelConnectionProperties properties;
    try {
      properties = KernelConnectionProperties.parse(text);
    } catch (JsonParseException | NumberFormatException e) {
      throw EspalierException.program(
          "this is no connection file", file.toString(), "it is no JSON of its shape", "", e);
    }
    if (properties == null || properties.getIp() == null || properties.getTransport() == null) {
      throw EspalierException.program(
          "this is no connection file", file.toString(), "it lacks ip or transport", "");
    }
    for (int port :
        new int[] {
          properties.getShellPort(),
          properties.getControlPort(),
          properties.getStdinPort(),
          properties.getIopubPort(),
          properties.getHbPort()
        }) {
      if (port < 1 || port > 65535) {
        throw EspalierException.program(
            "this is no connection file", file.toString(), port + " is no port", "");
      }
    }
    return properties;
  }
}
