package dev.espalier.kernel.jupyter;

import dev.espalier.engine.EspalierException;
import dev.espalier.kernel.maven.Coordinate;
import dev.espalier.kernel.maven.Maven;
import dev.espalier.kernel.maven.Place;
import dev.espalier.kernel.maven.Resolved;
import dev.espalier.kernel.maven.Watch;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.jar.JarFile;

/** Libraries that the user adds to Java cells. */
final class Libraries {
  private static final int MOST_FILES = 10_000;
  private static final int MOST_CLASSES = 3000;
  private static final long POLL_MILLIS = 20;

  /** A transfer that is under way looks at its flag in between. */
  private static final long PATIENCE_MILLIS = 500;

  private final JavaCells java;
  private final Streams streams;
  private final Set<Path> added = new LinkedHashSet<>();
  private final List<Place> places = new ArrayList<>();

  /** Made when first asked for: its classes take a moment to load. */
  private Maven maven;

  Libraries(JavaCells java, Streams streams) {
    this.java = java;
    this.streams = streams;
  }

  // ---- Maven

  /** {@code %maven group:artifact:version ...}. */
  void maven(Request request, String words) throws CellFailure {
    List<Coordinate> wanted = new ArrayList<>();
    for (String word : words(Magic.MAVEN, "a library", words)) {
      wanted.add(read(() -> Coordinate.parse(word)));
    }
    search(request, (m, watch) -> m.find(wanted, places, watch));
  }

  /** {@code %mavenRepo name url}. */
  void repository(String words) throws CellFailure {
    List<String> parts = words(Magic.MAVEN_REPO, "a name and an address", words);
    if (parts.size() != 2) {
      throw Magics.misused(Magic.MAVEN_REPO, "`%mavenRepo` takes a name and an address");
    }
    Place place = read(() -> Place.of(parts.get(0), parts.get(1)));
    places.removeIf(p -> p.name().equals(place.name()));
    places.add(place);
  }

  /** {@code %%pom}. */
  void pom(Request request, String xml, String where, int firstLine) throws CellFailure {
    search(request, (m, watch) -> m.find(xml, where, firstLine, places, watch));
  }

  /** {@code %loadFromPOM file}. */
  void pomFile(Request request, String name) throws CellFailure {
    if (name.isEmpty()) {
      throw Magics.misused(Magic.LOAD_POM, "`%loadFromPOM` needs a file");
    }
    pom(request, CellRunner.read(Magic.LOAD_POM, name), name, 1);
  }

  private interface Search {
    Resolved in(Maven maven, Watch watch);
  }

  private interface Reading<T> {
    T read();
  }

  private static <T> T read(Reading<T> reading) throws CellFailure {
    try {
      return reading.read();
    } catch (EspalierException e) {
      throw refused(e);
    }
  }

  private static CellFailure refused(EspalierException e) {
    return Magics.failure(
        e.blame() == EspalierException.Blame.PROGRAM ? "ProgramError" : "RunError",
        e.getMessage().lines().toList());
  }

  private void search(Request request, Search search) throws CellFailure {
    Downloads downloads = new Downloads(new CellOutlet(request, streams));
    try {
      if (maven == null) {
        maven = Maven.standard();
      }
      Resolved found = beside(request, search, downloads);
      List<Resolved.Jar> jars = new ArrayList<>();
      List<String> notes = new ArrayList<>(found.notes());
      for (Resolved.Jar jar : found.jars()) {
        if (clear(request, jar, notes)) {
          jars.add(jar);
        }
      }
      java.addToClassPath(request, jars.stream().map(j -> j.file().toAbsolutePath()).toList());
      jars.forEach(j -> added.add(j.file().toAbsolutePath().normalize()));
      maven.added(jars);
      downloads.end(jars, notes);
    } catch (Maven.Stopped e) {
      downloads.stop("stopped");
      throw CellFailure.interrupted("");
    } catch (EspalierException e) {
      downloads.stop("failed");
      if (request.stopped()) {
        throw CellFailure.interrupted("");
      }
      throw refused(e);
    }
  }

  /** On a thread of its own: a connection that does not answer cannot be interrupted. */
  private Resolved beside(Request request, Search search, Downloads downloads) {
    Maven asked = maven;
    CompletableFuture<Resolved> answer = new CompletableFuture<>();
    Threads.daemon(
            "espalier-libraries",
            () -> {
              try {
                answer.complete(search.in(asked, downloads));
              } catch (RuntimeException | Error e) {
                answer.completeExceptionally(e);
              }
            })
        .start();
    while (true) {
      try {
        return answer.get(POLL_MILLIS, TimeUnit.MILLISECONDS);
      } catch (TimeoutException | InterruptedException e) {
        if (request.stopped() && request.millisSinceStop() > PATIENCE_MILLIS) {
          throw new Maven.Stopped();
        }
      } catch (ExecutionException e) {
        if (e.getCause() instanceof RuntimeException failure) {
          throw failure;
        }
        throw new IllegalStateException(e.getCause());
      }
    }
  }

  /**
   * Whether a jar brings nothing that is there already. Classes are taken from the kernel first, so
   * a second copy of some does no harm; with native parts beside them, it may.
   */
  private boolean clear(Request request, Resolved.Jar jar, List<String> notes) throws CellFailure {
    ClassLoader loader = java.loader(request);
    String known = null;
    boolean natives = false;
    try (JarFile file = new JarFile(jar.file().toFile(), false)) {
      int looked = 0;
      for (var entries = file.entries(); entries.hasMoreElements(); ) {
        String name = entries.nextElement().getName();
        natives |= name.matches("(?i).*\\.(so|dll|dylib|jnilib)(\\.[0-9.]+)?");
        boolean ordinary =
            name.endsWith(".class") && !name.startsWith("META-INF/") && !name.contains("-info.");
        if (ordinary && known == null && looked++ < MOST_CLASSES) {
          known = loader.getResource(name) == null ? null : name;
        }
      }
    } catch (IOException e) {
      throw Magics.failure(
          "RunError", List.of(jar.coordinate() + " is no jar: " + jar.file(), e.toString()));
    }
    if (known == null) {
      return true;
    }
    String type = known.substring(0, known.length() - ".class".length()).replace('/', '.');
    if (natives) {
      notes.add(
          jar.coordinate()
              + " is not added: it has native parts, and its class "
              + type
              + " is there already");
      return false;
    }
    notes.add(
        jar.coordinate()
            + " brings classes that are there already, such as "
            + type
            + "; those that were there first are used");
    return true;
  }

  // ---- files

  /** {@code %jars lib/*.jar}. */
  void jars(Request request, String words) throws CellFailure {
    List<Path> found = new ArrayList<>();
    for (String word : words(Magic.JARS, "a file", words)) {
      for (Path path : matching(Magic.JARS, word)) {
        if (Files.isDirectory(path)) {
          found.addAll(matching(Magic.JARS, path + "/*.jar"));
        } else {
          found.add(path);
        }
      }
    }
    add(request, found);
  }

  /** {@code %classpath classes/}; alone it lists what was added. */
  void classPath(Request request, String words) throws CellFailure {
    if (words.isBlank()) {
      System.out.println(
          added.isEmpty()
              ? "nothing was added to the class path of Java cells"
              : String.join("\n", added.stream().map(Path::toString).toList()));
      return;
    }
    List<Path> found = new ArrayList<>();
    for (String word : words(Magic.CLASSPATH, "a folder", words)) {
      found.addAll(matching(Magic.CLASSPATH, word));
    }
    add(request, found);
  }

  private void add(Request request, List<Path> found) throws CellFailure {
    for (Path path : found) {
      if (!Files.isDirectory(path)) {
        readable(path);
      }
    }
    List<Path> fresh = new ArrayList<>();
    for (Path path : found) {
      Path absolute = path.toAbsolutePath().normalize();
      if (added.add(absolute)) {
        fresh.add(absolute);
        System.out.println("added " + absolute);
      } else {
        System.out.println("already there: " + absolute);
      }
    }
    java.addToClassPath(request, fresh);
  }

  /** Java would take any file and say nothing. */
  private static void readable(Path file) throws CellFailure {
    try (JarFile jar = new JarFile(file.toFile(), false)) {
      jar.size();
    } catch (IOException e) {
      throw Magics.failure("NoFile", List.of("`" + file + "` is no jar", e.getMessage()));
    }
  }

  private static List<String> words(Magic magic, String taken, String words) throws CellFailure {
    List<String> all = new ArrayList<>();
    for (String word : words.strip().split("\\s+")) {
      if (!word.isEmpty()) {
        all.add(word);
      }
    }
    if (all.isEmpty()) {
      throw Magics.misused(magic, "`" + magic.names().get(0) + "` needs " + taken);
    }
    return all;
  }

  /** The files that a name or a pattern of names in one folder stands for. */
  private static List<Path> matching(Magic magic, String name) throws CellFailure {
    try {
      String home = CellRunner.file(name).toString();
      Path path = Path.of(home.replace('*', 'x').replace('?', 'x'));
      if (home.indexOf('*') < 0 && home.indexOf('?') < 0) {
        if (Files.exists(path)) {
          return List.of(path);
        }
      } else {
        String normal = home.replace('\\', '/');
        int slash = normal.lastIndexOf('/');
        Path folder = Path.of(slash < 0 ? "" : slash == 0 ? "/" : normal.substring(0, slash));
        List<Path> found = new ArrayList<>();
        try (DirectoryStream<Path> all =
            Files.newDirectoryStream(folder, normal.substring(slash + 1))) {
          for (Path file : all) {
            found.add(file);
            if (found.size() > MOST_FILES) {
              throw Magics.misused(magic, "`" + name + "` stands for too many files");
            }
          }
        }
        if (!found.isEmpty()) {
          found.sort(null);
          return found;
        }
      }
    } catch (IOException | InvalidPathException e) {
      // Said below.
    }
    throw Magics.failure(
        "NoFile",
        List.of(
            "there is no `" + name + "`",
            "paths are as seen from " + Path.of("").toAbsolutePath()));
  }
}
