package dev.espalier.engine.work;

import dev.espalier.engine.EspalierException;
import dev.espalier.engine.run.Store;
import java.util.ServiceLoader;
import java.util.regex.Pattern;

/**
 * Workers of a cluster, which a jar of its own brings: found among the services of the class path,
 * so that nobody else has to carry it.
 */
public interface Cluster {
  /** Why an address is none, as a person is told. */
  String ADDRESSES =
      "\"spark://host:7077\" for a cluster, \"local[2]\" for Apache Spark in this process";

  /**
   * Workers for one call of {@link Workers#work}.
   *
   * @param address a master URL of Apache Spark
   * @param store where models come from and go to
   * @param threads that a job trains with
   * @throws EspalierException (run) when the cluster does not answer
   */
  Workers at(String address, Store store, int threads);

  /** Whether a text is a master URL that can be asked for. */
  static boolean isAddress(String text) {
    return Address.FORM.matcher(text).matches();
  }

  /**
   * The workers at an address.
   *
   * @throws EspalierException (program) when no jar on the class path knows clusters; (run) when
   *     the cluster does not answer
   */
  static Workers workers(String address, Store store, int threads) {
    return ServiceLoader.load(Cluster.class, Cluster.class.getClassLoader())
        .findFirst()
        .orElseThrow(
            () ->
                EspalierException.program(
                    "the workers of " + address + " cannot be reached",
                    "with workers \"" + address + "\"",
                    "Apache Spark is packed apart, and not on the class path",
                    "build it by `mvn -Pspark -DskipTests package`, put espalier-spark.jar and the"
                        + " jars of Spark on the class path, or say with workers 2"))
        .at(address, store, threads);
  }

  /** The forms of a master URL. */
  final class Address {
    private static final String HOST = "[A-Za-z0-9._-]{1,253}:[0-9]{1,5}";
    private static final Pattern FORM =
        Pattern.compile(
            "local(\\[([1-9][0-9]{0,3}|\\*)\\])?|spark://" + HOST + "(," + HOST + "){0,15}");

    private Address() {}
  }
}
