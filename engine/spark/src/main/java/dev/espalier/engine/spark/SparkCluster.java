package dev.espalier.engine.spark;

import dev.espalier.engine.EspalierException;
import dev.espalier.engine.Progress;
import dev.espalier.engine.run.Store;
import dev.espalier.engine.work.Cluster;
import dev.espalier.engine.work.Workers;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;

/** Apache Spark: in this process, or a cluster of its own by the master's URL. */
public final class SparkCluster implements Cluster {
  private static final int ANSWER_MILLIS = 5_000;
  private static final int EXECUTOR_SECONDS = 60;
  private static final int POLL_MILLIS = 100;
  private static final String SCHEME = "spark://";

  @Override
  public Workers at(String address, Store store, int threads) {
    opened(address);
    boolean local = address.startsWith("local");
    SparkConf conf =
        new SparkConf()
            .setMaster(address)
            .setAppName("espalier")
            .setIfMissing("spark.ui.enabled", "false")
            .set("spark.task.cpus", Integer.toString(threads));
    if (local) {
      conf.setIfMissing("spark.driver.host", "127.0.0.1")
          .setIfMissing("spark.driver.bindAddress", "127.0.0.1");
      if (slots(address) < threads) {
        throw EspalierException.program(
            "the runs do not fit these workers",
            "with workers \"" + address + "\"",
            "a run takes " + threads + " threads, and there is room for " + slots(address),
            "say \"local[" + threads + "]\", or with threads 1");
      }
    } else {
      answers(address);
      conf.setIfMissing("spark.jars", Jars.needed());
    }
    JavaSparkContext context;
    try {
      context = new JavaSparkContext(conf);
    } catch (RuntimeException e) {
      throw unreachable(address, String.valueOf(e.getMessage()), e);
    }
    int slots = local ? slots(address) : executors(context, address);
    return new SparkWorkers(context, store, Math.max(1, slots / threads));
  }

  /** Spark's own scripts open packages of Java to it; a Java started otherwise does not. */
  private static void opened(String address) {
    Module base = Object.class.getModule();
    Module here = SparkCluster.class.getModule();
    if (!base.isExported("sun.nio.ch", here)
        || !base.isOpen("java.nio", here)
        || !base.isOpen("java.lang.invoke", here)
        || !base.isOpen("java.util", here)) {
      throw EspalierException.program(
          "Apache Spark cannot run in this Java",
          "with workers \"" + address + "\"",
          "it reaches into packages that Java " + Runtime.version().feature() + " keeps closed",
          "start Java with --add-exports java.base/sun.nio.ch=ALL-UNNAMED"
              + " --add-opens java.base/java.nio=ALL-UNNAMED"
              + " --add-opens java.base/java.lang.invoke=ALL-UNNAMED"
              + " --add-opens java.base/java.util=ALL-UNNAMED");
    }
  }

  /** Tasks at once of a {@code local} master. */
  private static int slots(String address) {
    String inside = address.replaceAll("local\\[?|]", "");
    if (inside.equals("*")) {
      return Runtime.getRuntime().availableProcessors();
    }
    return inside.isEmpty() ? 1 : Integer.parseInt(inside);
  }

  /** Asks for a connection first: Spark itself would try for a minute. */
  private static void answers(String address) {
    IOException last = null;
    for (String master : address.substring(SCHEME.length()).split(",")) {
      int colon = master.lastIndexOf(':');
      int port = Integer.parseInt(master.substring(colon + 1));
      if (port < 1 || port > 65_535) {
        throw unreachable(address, port + " is no port", null);
      }
      try (Socket socket = new Socket()) {
        InetSocketAddress place = new InetSocketAddress(master.substring(0, colon), port);
        if (place.isUnresolved()) {
          throw new IOException("there is no machine " + master.substring(0, colon));
        }
        socket.connect(place, ANSWER_MILLIS);
        return;
      } catch (IOException e) {
        last = e;
      }
    }
    throw unreachable(address, last == null ? "" : String.valueOf(last.getMessage()), last);
  }

  /** Waits for the first executor; its cores are there when it is. */
  private static int executors(JavaSparkContext context, String address) {
    long end = System.nanoTime() + EXECUTOR_SECONDS * 1_000_000_000L;
    try {
      // The driver itself is one of those counted.
      while (context.sc().getExecutorMemoryStatus().size() < 2) {
        if (System.nanoTime() > end) {
          context.stop();
          throw unreachable(
              address, "none of its executors came within " + EXECUTOR_SECONDS + " s", null);
        }
        Thread.sleep(POLL_MILLIS);
      }
      return context.defaultParallelism();
    } catch (IllegalStateException e) {
      // Spark stops itself when executors end again and again.
      throw unreachable(address, "its executors end as soon as they start; see their logs", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      context.stop();
      throw new Progress.Cancelled();
    }
  }

  private static EspalierException unreachable(String address, String why, Throwable cause) {
    return EspalierException.run(
        "Apache Spark does not start",
        "with workers \"" + address + "\"",
        why,
        "see that the master runs and has free cores, or say with workers 2",
        cause);
  }
}
