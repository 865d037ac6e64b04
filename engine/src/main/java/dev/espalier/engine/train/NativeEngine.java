package dev.espalier.engine.train;

import ai.djl.Device;
import ai.djl.engine.Engine;
import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.jni.JniUtils;
import com.sun.jna.NativeLibrary;
import dev.espalier.engine.Environment;
import dev.espalier.engine.EspalierException;
import dev.espalier.engine.Progress;
import dev.espalier.engine.Randomness;
import java.util.Locale;
import java.util.TreeSet;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;

/**
 * The one place where DJL and its PyTorch natives are loaded, and where work on them begins and
 * ends.
 *
 * <p>The number of threads, the state of the random generator and the record of operations for
 * gradients belong to the process or the thread, not to a model. So one piece of work runs at a
 * time; another thread waits for it.
 */
public final class NativeEngine {
  private static final ReentrantLock LOCK = new ReentrantLock(true);
  private static final int M_TRIM_THRESHOLD = -1;

  /** Bytes of the largest block that every glibc keeps when it is freed. */
  static final int KEPT_BLOCK = 1 << 25;

  private static final int M_MMAP_THRESHOLD = -3;
  private static Engine engine;

  private NativeEngine() {}

  /**
   * Does work that needs arrays; everything made on the manager it is given is freed at the end,
   * however it ends.
   *
   * @param environment threads and device; its seed starts PyTorch's generator
   * @param step what is being done, for messages
   * @throws EspalierException when the natives cannot be loaded, when memory runs out, or when
   *     PyTorch refuses something
   */
  public static <T> T work(Environment environment, String step, Function<NDManager, T> work) {
    if (!environment.device().equals("cpu")) {
      throw EspalierException.program(
          "training on `" + environment.device() + "` is not possible",
          step,
          "this build carries PyTorch for the CPU only",
          "set device cpu");
    }
    if (environment.threads() < 1) {
      throw EspalierException.program(
          "training needs at least 1 thread, not " + environment.threads(), step, "", "");
    }
    LOCK.lock();
    try {
      Engine loaded = load(step);
      boolean recorded = JniUtils.isGradMode();
      try (NDManager manager = loaded.newBaseManager(Device.cpu())) {
        JniUtils.setGradMode(false);
        // OpenMP keeps the number for each calling thread, so it is set wherever work begins.
        JniUtils.setNumThreads(environment.threads());
        loaded.setRandomSeed((int) Randomness.seed(environment.seed(), "pytorch"));
        return work.apply(manager);
      } catch (OutOfMemoryError e) {
        throw outOfMemory(step, e);
      } catch (EngineException e) {
        throw refused(step, e);
      } finally {
        JniUtils.setGradMode(recorded);
      }
    } finally {
      LOCK.unlock();
    }
  }

  /**
   * Starts PyTorch's generator anew for an epoch of the work that runs, so that what it draws then
   * does not depend on the epochs before.
   *
   * @param epoch from 1 for the second; the first draws from where the work began
   */
  static void reseed(Environment environment, int epoch) {
    engine.setRandomSeed((int) Randomness.seed(environment.seed(), "pytorch epoch " + epoch));
  }

  /** The version of PyTorch; loads it. */
  public static String version() {
    LOCK.lock();
    try {
      return load("version").getVersion();
    } finally {
      LOCK.unlock();
    }
  }

  /**
   * Loads PyTorch, multiplies two matrices with it and says what it is built with.
   *
   * @return as in {@code PyTorch 2.7.1 with MKL, MKLDNN, OPENMP}
   * @throws EspalierException when the natives cannot be loaded or count wrongly
   */
  public static String tried(Environment environment) {
    int side = 64;
    float corner =
        work(
            environment,
            "trying PyTorch",
            manager -> {
              NDArray ones = manager.ones(new Shape(side, side));
              return ones.matMul(ones).getFloat(side - 1, side - 1);
            });
    if (corner != side) {
      throw EspalierException.run(
          "PyTorch's native libraries count wrongly on this processor",
          "trying PyTorch",
          "a sum of " + side + " ones gave " + corner,
          "");
    }
    return "PyTorch "
        + version()
        + " with "
        + String.join(", ", new TreeSet<>(JniUtils.getFeatures()));
  }

  private static Engine load(String step) {
    if (engine != null) {
      return engine;
    }
    System.setProperty("ai.djl.offline", System.getProperty("ai.djl.offline", "true"));
    System.setProperty("ai.djl.pytorch.num_interop_threads", "1");
    keepFreedMemory();
    spinBriefly();
    NativeExit.loaded();
    try {
      engine = Engine.getEngine("PyTorch");
    } catch (RuntimeException | LinkageError e) {
      throw EspalierException.run(
          "PyTorch's native libraries cannot be loaded",
          step,
          firstLine(e),
          "they lie in the jar pytorch-native-cpu for "
              + System.getProperty("os.name")
              + " "
              + System.getProperty("os.arch")
              + " and are unpacked to ~/.djl.ai (or DJL_CACHE_DIR), which must be writable",
          e);
    }
    return engine;
  }

  /**
   * Tells glibc to keep large freed blocks instead of giving them back to the system: every batch
   * of a convolution network frees and takes the same megabytes, and mapping them anew each time
   * costs up to half the speed.
   */
  private static void keepFreedMemory() {
    if (!System.getProperty("os.name").toLowerCase(Locale.ROOT).contains("linux")) {
      return;
    }
    try {
      var mallopt = NativeLibrary.getInstance("c").getFunction("mallopt");
      // glibc before 2.37 refuses more than 32 MiB.
      if (mallopt.invokeInt(new Object[] {M_MMAP_THRESHOLD, 1 << 30}) == 0) {
        mallopt.invokeInt(new Object[] {M_MMAP_THRESHOLD, KEPT_BLOCK});
      }
      mallopt.invokeInt(new Object[] {M_TRIM_THRESHOLD, Integer.MAX_VALUE});
    } catch (UnsatisfiedLinkError e) {
      // Another C library: it works as well, only slower.
      return;
    }
  }

  /**
   * Tells OpenMP's threads to wait for each other by spinning for microseconds, then asleep. By
   * default they spin for milliseconds: alone on the machine nothing is gained by it, and beside
   * another busy program, which takes a core away, training was seen to slow down thirty times.
   * Whoever has set the policy keeps it.
   */
  private static void spinBriefly() {
    if (System.getenv("OMP_WAIT_POLICY") != null
        || !System.getProperty("os.name").toLowerCase(Locale.ROOT).contains("linux")) {
      return;
    }
    // With a C library that cannot be asked it works as well, only less kindly to its neighbours.
    NativeVariable.set("GOMP_SPINCOUNT", "2000");
  }

  private static EspalierException refused(String step, EngineException e) {
    String text = String.valueOf(e.getMessage());
    if (text.contains("not enough memory")
        || text.contains("alloc")
        || text.contains("out of memory")) {
      return outOfMemory(step, e);
    }
    if (e.getCause() instanceof Progress.Cancelled cancelled) {
      throw cancelled;
    }
    return EspalierException.run("PyTorch refused an operation", step, firstLine(e), "", e);
  }

  private static EspalierException outOfMemory(String step, Throwable e) {
    return EspalierException.run(
        "memory ran out",
        step,
        firstLine(e),
        "take a smaller batch, a smaller network or fewer samples; or give Java more with -Xmx",
        e);
  }

  static String firstLine(Throwable e) {
    String text = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    return text.lines().findFirst().orElse("");
  }
}
