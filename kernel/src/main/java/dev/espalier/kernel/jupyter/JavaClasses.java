package dev.espalier.kernel.jupyter;

import java.io.File;
import java.io.IOException;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleReader;
import java.lang.module.ModuleReference;
import java.lang.module.ResolvedModule;
import java.lang.reflect.Modifier;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.jar.JarFile;

/**
 * Every class and package that a Java cell could name, imported or not: those that the modules of
 * this Java export and those of the class path. Read when first asked, on a thread of its own.
 */
final class JavaClasses {
  private static final long PATIENCE_MILLIS = 700;
  private static final int MOST = 20;

  private final ClassLoader loader;
  private String classPath;
  private CompletableFuture<Index> index;

  /** Qualified names by simple name, and all packages with those around them. */
  private record Index(NavigableMap<String, List<String>> classes, Set<String> packages) {
    static final Index EMPTY = new Index(new TreeMap<>(), Set.of());
  }

  JavaClasses(ClassLoader loader, String classPath) {
    this.loader = loader;
    this.classPath = classPath;
  }

  /** Adds a jar or a folder, which the next question finds. */
  synchronized void add(String entry) {
    classPath = classPath + File.pathSeparator + entry;
    index = null;
  }

  /** Public classes of exactly this simple name, those of Java itself first. */
  List<String> named(String simpleName) {
    return accessible(index().classes().getOrDefault(simpleName, List.of()));
  }

  /** Public classes whose simple name starts so, those of Java itself first. */
  List<String> startingWith(String prefix) {
    List<String> all = new ArrayList<>();
    index().classes().subMap(prefix, prefix + Character.MAX_VALUE).values().forEach(all::addAll);
    return accessible(all);
  }

  /** The last parts of the packages right inside {@code around} that start so. */
  List<String> packagesIn(String around, String prefix) {
    String start = around.isEmpty() ? prefix : around + "." + prefix;
    int from = around.isEmpty() ? 0 : around.length() + 1;
    return index().packages().stream()
        .filter(p -> p.startsWith(start) && p.indexOf('.', from) < 0)
        .map(p -> p.substring(from))
        .toList();
  }

  boolean isPackage(String name) {
    return index().packages().contains(name);
  }

  private List<String> accessible(List<String> names) {
    return names.stream()
        .sorted(Comparator.comparingInt(JavaClasses::rank).thenComparing(n -> n))
        .filter(this::isPublic)
        .limit(MOST)
        .toList();
  }

  private static int rank(String name) {
    return name.startsWith("java.util.")
        ? 0
        : name.startsWith("java.")
            ? 1
            : name.startsWith("dev.espalier.") ? 2 : name.startsWith("javax.") ? 3 : 4;
  }

  private boolean isPublic(String name) {
    try {
      return Modifier.isPublic(Class.forName(name, false, loader).getModifiers());
    } catch (ClassNotFoundException | LinkageError e) {
      return false;
    }
  }

  private Index index() {
    CompletableFuture<Index> reading;
    synchronized (this) {
      if (index == null) {
        CompletableFuture<Index> made = new CompletableFuture<>();
        String entries = classPath;
        Threads.daemon("espalier-classes", () -> made.complete(read(entries))).start();
        index = made;
      }
      reading = index;
    }
    try {
      return reading.get(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
    } catch (TimeoutException | ExecutionException e) {
      return Index.EMPTY;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Index.EMPTY;
    }
  }

  private static Index read(String classPath) {
    NavigableMap<String, List<String>> classes = new TreeMap<>();
    Set<String> packages = new TreeSet<>();
    for (ResolvedModule module : ModuleLayer.boot().configuration().modules()) {
      module(module.reference(), classes, packages);
    }
    for (String entry : classPath.split(File.pathSeparator)) {
      Path path = Path.of(entry);
      if (Files.isDirectory(path)) {
        folder(path, classes, packages);
      } else if (entry.endsWith(".jar") && Files.isRegularFile(path)) {
        jar(path, classes, packages);
      }
    }
    return new Index(classes, packages);
  }

  private static void module(
      ModuleReference module, Map<String, List<String>> classes, Set<String> packages) {
    ModuleDescriptor descriptor = module.descriptor();
    Set<String> exported = new TreeSet<>();
    for (ModuleDescriptor.Exports e : descriptor.exports()) {
      if (!e.isQualified()) {
        exported.add(e.source());
      }
    }
    if (exported.isEmpty()) {
      return;
    }
    try (ModuleReader reader = module.open();
        var names = reader.list()) {
      names
          .filter(n -> n.endsWith(".class") && exported.contains(packageOf(n)))
          .forEach(n -> add(n, classes, packages));
    } catch (IOException e) {
      // What cannot be read cannot be offered; cells say why when they use it.
    }
  }

  private static String packageOf(String file) {
    int slash = file.lastIndexOf('/');
    return slash < 0 ? "" : file.substring(0, slash).replace('/', '.');
  }

  private static void folder(Path root, Map<String, List<String>> classes, Set<String> packages) {
    try {
      Files.walkFileTree(
          root,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
              add(root.relativize(file).toString().replace('\\', '/'), classes, packages);
              return FileVisitResult.CONTINUE;
            }
          });
    } catch (IOException e) {
      // As above.
    }
  }

  private static void jar(
      Path file, NavigableMap<String, List<String>> classes, Set<String> packages) {
    try (JarFile jar = new JarFile(file.toFile(), false)) {
      jar.stream().forEach(e -> add(e.getName(), classes, packages));
    } catch (IOException e) {
      // As above.
    }
  }

  private static void add(String file, Map<String, List<String>> classes, Set<String> packages) {
    if (!file.endsWith(".class") || file.indexOf('$') >= 0 || file.indexOf('-') >= 0) {
      return;
    }
    String name = file.substring(0, file.length() - ".class".length()).replace('/', '.');
    int dot = name.lastIndexOf('.');
    if (dot < 0) {
      return;
    }
    classes.computeIfAbsent(name.substring(dot + 1), k -> new ArrayList<>(1)).add(name);
    for (int end = dot; end > 0 && packages.add(name.substring(0, end)); ) {
      end = name.lastIndexOf('.', end - 1);
    }
  }
}
