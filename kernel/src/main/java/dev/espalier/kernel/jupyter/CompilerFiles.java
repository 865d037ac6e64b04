package dev.espalier.kernel.jupyter;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import javax.tools.ForwardingJavaFileManager;
import javax.tools.JavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.StandardLocation;

/**
 * What the compiler of Java cells finds on the class path.
 *
 * <p>Left to itself it opens every jar and walks through it, and reads the manifest of each, before
 * it compiles the first line: about a fifth of the time until the first Java cell answers. Here a
 * library is opened when a package is asked for that only a library can hold. Whatever is added to
 * the class path later is left to the compiler.
 */
final class CompilerFiles extends ForwardingJavaFileManager<StandardJavaFileManager>
    implements StandardJavaFileManager {
  /** Names a part of the kernel's own class path. */
  private enum Part implements Location {
    /** Espalier itself. */
    OWN,
    /** The libraries that come with it. */
    LIBRARIES;

    @Override
    public String getName() {
      return "ESPALIER_" + name();
    }

    @Override
    public boolean isOutputLocation() {
      return false;
    }
  }

  private static final String OWN_PACKAGE = "dev.espalier";

  /** How the jars of Espalier are called. */
  private static final String OWN_JAR = "espalier";

  /** The package that JShell puts its wrappers into. */
  private static final String WRAPPERS = "REPL";

  private final Set<Path> kernels = new LinkedHashSet<>();

  /**
   * @param classPath the kernel's own
   */
  CompilerFiles(StandardJavaFileManager compilers, String classPath) {
    super(compilers);
    Set<Path> entries = expanded(classPath);
    List<Path> own = new ArrayList<>();
    List<Path> libraries = new ArrayList<>();
    for (Path entry : entries) {
      boolean ours = entry.getFileName().toString().startsWith(OWN_JAR) || Files.isDirectory(entry);
      (ours ? own : libraries).add(entry);
    }
    kernels.addAll(entries);
    try {
      compilers.setLocationFromPaths(Part.OWN, own);
      compilers.setLocationFromPaths(Part.LIBRARIES, libraries);
      // Else it takes the process's.
      compilers.setLocationFromPaths(StandardLocation.CLASS_PATH, List.of());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Opens the libraries, which the first question about one would wait for. */
  void openLibraries() throws IOException {
    fileManager.list(Part.LIBRARIES, "org", Set.of(JavaFileObject.Kind.CLASS), false);
  }

  /** The entries of a class path, and those that the manifests of its jars name. */
  private static Set<Path> expanded(String classPath) {
    Set<Path> entries = new LinkedHashSet<>();
    for (Path entry : split(classPath)) {
      if (entries.add(entry) && Files.isRegularFile(entry)) {
        for (String name : named(entry)) {
          Path beside = entry.resolveSibling(name);
          if (Files.exists(beside)) {
            entries.add(beside);
          }
        }
      }
    }
    return entries;
  }

  private static List<Path> split(String classPath) {
    List<Path> entries = new ArrayList<>();
    for (String entry : classPath.split(File.pathSeparator)) {
      try {
        Path path = Path.of(entry).toAbsolutePath();
        if (!entry.isEmpty() && path.getFileName() != null) {
          entries.add(path);
        }
      } catch (InvalidPathException e) {
        // Nothing can lie there.
        continue;
      }
    }
    return entries;
  }

  private static List<String> named(Path jar) {
    // The libraries' own manifests name nothing that is not there already.
    if (!jar.getFileName().toString().startsWith(OWN_JAR)) {
      return List.of();
    }
    try (JarFile file = new JarFile(jar.toFile())) {
      Manifest manifest = file.getManifest();
      String path =
          manifest == null
              ? null
              : manifest.getMainAttributes().getValue(Attributes.Name.CLASS_PATH);
      return path == null ? List.of() : Arrays.asList(path.trim().split(" +"));
    } catch (IOException e) {
      return List.of();
    }
  }

  // ---- the class path

  @Override
  public Iterable<JavaFileObject> list(
      Location location, String packageName, Set<JavaFileObject.Kind> kinds, boolean recurse)
      throws IOException {
    if (location != StandardLocation.CLASS_PATH) {
      return super.list(location, packageName, kinds, recurse);
    }
    List<JavaFileObject> found = new ArrayList<>();
    if (recurse || !neverThere(packageName)) {
      add(found, Part.OWN, packageName, kinds, recurse);
      if (recurse || found.isEmpty() || !isOwn(packageName)) {
        add(found, Part.LIBRARIES, packageName, kinds, recurse);
      }
    }
    add(found, location, packageName, kinds, recurse);
    return found;
  }

  private void add(
      List<JavaFileObject> found,
      Location location,
      String packageName,
      Set<JavaFileObject.Kind> kinds,
      boolean recurse)
      throws IOException {
    super.list(location, packageName, kinds, recurse).forEach(found::add);
  }

  /**
   * Whether no class path can hold classes of a package that code in a package can name: those of
   * Java itself, the nameless one, and JShell's.
   */
  private static boolean neverThere(String packageName) {
    return packageName.isEmpty()
        || packageName.equals("java")
        || packageName.startsWith("java.")
        || packageName.equals(WRAPPERS);
  }

  private static boolean isOwn(String packageName) {
    return packageName.startsWith(OWN_PACKAGE)
        && (packageName.length() == OWN_PACKAGE.length()
            || packageName.charAt(OWN_PACKAGE.length()) == '.');
  }

  @Override
  public String inferBinaryName(Location location, JavaFileObject file) {
    // The name does not depend on the part, and a class path that is empty has none to give.
    return super.inferBinaryName(
        location == StandardLocation.CLASS_PATH ? Part.OWN : location, file);
  }

  @Override
  public JavaFileObject getJavaFileForInput(
      Location location, String className, JavaFileObject.Kind kind) throws IOException {
    if (location == StandardLocation.CLASS_PATH) {
      for (Part part : Part.values()) {
        JavaFileObject found = super.getJavaFileForInput(part, className, kind);
        if (found != null) {
          return found;
        }
      }
    }
    return super.getJavaFileForInput(location, className, kind);
  }

  /** For annotation processors and plug-ins, of which cells have none: no jar is searched. */
  @Override
  public ClassLoader getClassLoader(Location location) {
    return location == StandardLocation.CLASS_PATH
        ? ClassLoader.getPlatformClassLoader()
        : super.getClassLoader(location);
  }

  /** JShell gives the process's class path with what was added to it. */
  @Override
  public boolean handleOption(String current, Iterator<String> remaining) {
    if (!current.equals("-classpath")) {
      return super.handleOption(current, remaining);
    }
    String processes = System.getProperty("java.class.path");
    Set<Path> added = new LinkedHashSet<>(split(remaining.next()));
    added.removeAll(split(processes));
    added.removeAll(kernels);
    try {
      fileManager.setLocationFromPaths(StandardLocation.CLASS_PATH, added);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return true;
  }

  @Override
  public Iterable<? extends Path> getLocationAsPaths(Location location) {
    if (location != StandardLocation.CLASS_PATH) {
      return fileManager.getLocationAsPaths(location);
    }
    List<Path> all = new ArrayList<>(kernels);
    fileManager.getLocationAsPaths(location).forEach(all::add);
    return all;
  }

  @Override
  public Iterable<? extends File> getLocation(Location location) {
    if (location != StandardLocation.CLASS_PATH) {
      return fileManager.getLocation(location);
    }
    List<File> all = new ArrayList<>();
    getLocationAsPaths(location).forEach(path -> all.add(path.toFile()));
    return all;
  }

  // ---- as the compiler has it

  @Override
  public Iterable<? extends JavaFileObject> getJavaFileObjectsFromFiles(
      Iterable<? extends File> files) {
    return fileManager.getJavaFileObjectsFromFiles(files);
  }

  @Override
  public Iterable<? extends JavaFileObject> getJavaFileObjectsFromPaths(
      Collection<? extends Path> paths) {
    return fileManager.getJavaFileObjectsFromPaths(paths);
  }

  @Override
  public Iterable<? extends JavaFileObject> getJavaFileObjects(File... files) {
    return fileManager.getJavaFileObjects(files);
  }

  @Override
  public Iterable<? extends JavaFileObject> getJavaFileObjects(Path... paths) {
    return fileManager.getJavaFileObjects(paths);
  }

  @Override
  public Iterable<? extends JavaFileObject> getJavaFileObjectsFromStrings(Iterable<String> names) {
    return fileManager.getJavaFileObjectsFromStrings(names);
  }

  @Override
  public Iterable<? extends JavaFileObject> getJavaFileObjects(String... names) {
    return fileManager.getJavaFileObjects(names);
  }

  @Override
  public void setLocation(Location location, Iterable<? extends File> files) throws IOException {
    fileManager.setLocation(location, files);
  }

  @Override
  public void setLocationFromPaths(Location location, Collection<? extends Path> paths)
      throws IOException {
    fileManager.setLocationFromPaths(location, paths);
  }

  @Override
  public void setLocationForModule(
      Location location, String moduleName, Collection<? extends Path> paths) throws IOException {
    fileManager.setLocationForModule(location, moduleName, paths);
  }

  @Override
  public Path asPath(javax.tools.FileObject file) {
    return fileManager.asPath(file);
  }

  @Override
  public void setPathFactory(PathFactory factory) {
    fileManager.setPathFactory(factory);
  }
}
