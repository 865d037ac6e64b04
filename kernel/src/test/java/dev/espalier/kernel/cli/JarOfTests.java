package dev.espalier.kernel.cli;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;

/** The runnable jar as users have it, made of what the tests run on, its libraries linked. */
final class JarOfTests {
  private JarOfTests() {}

  /** Writes {@code espalier.jar} and {@code lib/}. */
  static Path in(Path folder) throws IOException {
    Path lib = Files.createDirectories(folder.resolve("lib"));
    try (Stream<Path> old = Files.list(lib)) {
      for (Path file : old.toList()) {
        Files.delete(file);
      }
    }
    List<String> libraries = new ArrayList<>();
    Path own = null;
    String path =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    for (String entry : path.split(File.pathSeparator)) {
      Path file = Path.of(entry).toAbsolutePath();
      if (entry.isBlank() || !Files.exists(file) || file.endsWith("test-classes")) {
        continue;
      }
      if (Files.exists(file.resolve("dev/espalier/kernel/cli/Main.class"))) {
        own = file;
        continue;
      }
      String name = libraries.size() + ".jar";
      if (Files.isDirectory(file)) {
        jar(lib.resolve(name), file, new Manifest());
      } else {
        Files.createSymbolicLink(lib.resolve(name), file);
      }
      libraries.add("lib/" + name);
    }
    Manifest manifest = new Manifest();
    manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
    manifest.getMainAttributes().put(Attributes.Name.MAIN_CLASS, Main.class.getName());
    manifest.getMainAttributes().put(Attributes.Name.CLASS_PATH, String.join(" ", libraries));
    Path jar = folder.resolve("espalier.jar");
    jar(jar, own, manifest);
    return jar;
  }

  private static void jar(Path target, Path classes, Manifest manifest) throws IOException {
    manifest.getMainAttributes().putIfAbsent(Attributes.Name.MANIFEST_VERSION, "1.0");
    try (OutputStream file = Files.newOutputStream(target);
        JarOutputStream out = new JarOutputStream(file, manifest);
        Stream<Path> all = Files.walk(classes)) {
      for (Path one : all.filter(Files::isRegularFile).sorted().toList()) {
        String name = classes.relativize(one).toString().replace(File.separatorChar, '/');
        if (!name.equals("META-INF/MANIFEST.MF")) {
          out.putNextEntry(new ZipEntry(name));
          Files.copy(one, out);
          out.closeEntry();
        }
      }
    }
  }
}
