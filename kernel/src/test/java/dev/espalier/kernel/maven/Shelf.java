package dev.espalier.kernel.maven;

import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;

/** A Maven repository of small libraries, made in a folder and served on the loopback address. */
public final class Shelf implements AutoCloseable {
  private final Path folder;
  private final HttpServer server;

  /** What was asked of the server. */
  public final Set<String> asked = new ConcurrentSkipListSet<>();

  /** How long the server waits before each answer. */
  public final AtomicLong delayMillis = new AtomicLong();

  public Shelf(Path folder) throws IOException {
    this.folder = Files.createDirectories(folder);
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(
        Executors.newCachedThreadPool(
            body -> {
              Thread thread = new Thread(body);
              thread.setDaemon(true);
              return thread;
            }));
    server.createContext(
        "/",
        exchange -> {
          String path = exchange.getRequestURI().getPath();
          asked.add(path);
          try {
            Thread.sleep(delayMillis.get());
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
          Path file = folder.resolve(path.substring(1)).normalize();
          if (file.startsWith(folder) && Files.isRegularFile(file)) {
            byte[] bytes = Files.readAllBytes(file);
            boolean head = exchange.getRequestMethod().equals("HEAD");
            exchange.sendResponseHeaders(200, head ? -1 : bytes.length);
            if (!head) {
              exchange.getResponseBody().write(bytes);
            }
          } else {
            exchange.sendResponseHeaders(404, -1);
          }
          exchange.close();
        });
    server.start();
  }

  public String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort() + "/";
  }

  public String fileUrl() {
    return folder.toUri().toString();
  }

  /** Settings under which every repository is this one, with a local repository beside them. */
  public Path settings(Path at, String more) throws IOException {
    Files.createDirectories(at);
    return Files.writeString(
        at.resolve("settings.xml"),
        "<settings><localRepository>"
            + at.resolve("local")
            + "</localRepository>"
            + "<mirrors><mirror><id>shelf</id><mirrorOf>*</mirrorOf><url>"
            + url()
            + "</url></mirror></mirrors>"
            + more
            + "</settings>");
  }

  /** Puts a library with one class whose static {@code text()} gives its coordinates. */
  public void put(String coordinate, String... needs) throws IOException {
    Coordinate c = Coordinate.parse(coordinate);
    StringBuilder pom = new StringBuilder("<project><modelVersion>4.0.0</modelVersion>");
    pom.append("<groupId>").append(c.group()).append("</groupId><artifactId>");
    pom.append(c.artifact()).append("</artifactId><version>").append(c.version());
    pom.append("</version><dependencies>");
    for (String need : needs) {
      String[] n = need.split(":");
      pom.append("<dependency><groupId>").append(n[0]).append("</groupId><artifactId>");
      pom.append(n[1]).append("</artifactId><version>").append(n[2]);
      pom.append("</version></dependency>");
    }
    String type = type(c.artifact());
    put(
        c,
        pom.append("</dependencies></project>").toString(),
        compiled(c.group(), type, coordinate),
        c.group().replace('.', '/') + "/" + type + ".class");
  }

  private static String type(String artifact) {
    return Character.toUpperCase(artifact.charAt(0)) + artifact.substring(1).replaceAll("\\W", "");
  }

  /** Puts a library whose jar holds one entry. */
  public void put(Coordinate c, String pom, byte[] content, String entry) throws IOException {
    Path at =
        Files.createDirectories(
            folder.resolve(c.group().replace('.', '/')).resolve(c.artifact()).resolve(c.version()));
    String name = c.artifact() + "-" + c.version();
    write(at.resolve(name + ".pom"), pom.getBytes(StandardCharsets.UTF_8));
    ByteArrayOutputStream jar = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(jar)) {
      zip.putNextEntry(new ZipEntry(entry));
      zip.write(content);
      if (entry.endsWith(".class") && c.artifact().contains("native")) {
        zip.putNextEntry(new ZipEntry("linux/libthing.so"));
      }
    }
    String classifier = c.classifier().isEmpty() ? "" : "-" + c.classifier();
    write(at.resolve(name + classifier + ".jar"), jar.toByteArray());
    List<String> versions;
    try (Stream<Path> all = Files.list(at.getParent())) {
      versions =
          all.filter(Files::isDirectory).map(p -> p.getFileName().toString()).sorted().toList();
    }
    StringBuilder metadata = new StringBuilder("<metadata><groupId>").append(c.group());
    metadata.append("</groupId><artifactId>").append(c.artifact());
    metadata.append("</artifactId><versioning><versions>");
    versions.forEach(v -> metadata.append("<version>").append(v).append("</version>"));
    write(
        at.getParent().resolve("maven-metadata.xml"),
        metadata
            .append("</versions></versioning></metadata>")
            .toString()
            .getBytes(StandardCharsets.UTF_8));
  }

  /** Breaks a library's file behind the back of its checksum. */
  public void spoil(String path) throws IOException {
    Files.write(folder.resolve(path), new byte[] {1, 2, 3});
  }

  private static void write(Path file, byte[] bytes) throws IOException {
    Files.write(file, bytes);
    try {
      String sha1 = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-1").digest(bytes));
      Files.writeString(file.resolveSibling(file.getFileName() + ".sha1"), sha1);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private static byte[] compiled(String group, String type, String text) throws IOException {
    Path at = Files.createTempDirectory("shelf");
    Path source =
        Files.writeString(
            at.resolve(type + ".java"),
            "package "
                + group
                + "; public class "
                + type
                + " { public static String text() { return \""
                + text
                + "\"; } }");
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    if (compiler.run(null, null, null, "-d", at.toString(), source.toString()) != 0) {
      throw new IOException("the library does not compile");
    }
    return Files.readAllBytes(at.resolve(group.replace('.', '/')).resolve(type + ".class"));
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
