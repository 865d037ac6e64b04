package dev.espalier.engine.spark;

import dev.espalier.engine.EspalierException;
import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import java.util.stream.Collectors;
import org.apache.spark.SparkContext;

/** The jars that executors on other machines need: all of this class path but Spark's own. */
final class Jars {
  private Jars() {}

  /** As the setting {@code spark.jars} takes them. */
  static String needed() {
    Path own = folderOfSpark();
    Set<Path> found = new LinkedHashSet<>();
    Deque<Path> open = new ArrayDeque<>();
    for (String part : System.getProperty("java.class.path").split(File.pathSeparator)) {
      if (!part.isEmpty()) {
        open.add(Path.of(part).toAbsolutePath().normalize());
      }
    }
    while (!open.isEmpty()) {
      Path jar = open.poll();
      if (Files.isDirectory(jar)) {
        throw EspalierException.program(
            "Espalier cannot be sent to a cluster",
            jar.toString(),
            "this part of the class path is a folder of classes",
            "run it from its jars: mvn -Pspark -DskipTests package");
      }
      if (!jar.getParent().equals(own) && Files.isRegularFile(jar) && found.add(jar)) {
        named(jar, open);
      }
    }
    return found.stream().map(p -> p.toUri().toString()).collect(Collectors.joining(","));
  }

  /** Adds those that a jar's manifest names. */
  private static void named(Path jar, Deque<Path> open) {
    try (JarFile file = new JarFile(jar.toFile())) {
      Manifest manifest = file.getManifest();
      String paths =
          manifest == null
              ? null
              : manifest.getMainAttributes().getValue(Attributes.Name.CLASS_PATH);
      if (paths != null) {
        for (String path : paths.trim().split(" +")) {
          open.add(Path.of(jar.toUri().resolve(path)).normalize());
        }
      }
    } catch (IOException | IllegalArgumentException e) {
      throw EspalierException.run(
          "a jar of the class path cannot be read",
          jar.toString(),
          String.valueOf(e.getMessage()),
          "",
          e);
    }
  }

  private static Path folderOfSpark() {
    try {
      return Path.of(SparkContext.class.getProtectionDomain().getCodeSource().getLocation().toURI())
          .getParent();
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }
}
