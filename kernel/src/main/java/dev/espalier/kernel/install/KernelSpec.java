package dev.espalier.kernel.install;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import dev.espalier.kernel.jupyter.KernelMain;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A {@code kernel.json} that starts Espalier.
 *
 * @param folder it lies in
 * @param command to start the kernel, with {@code {connection_file}} in it
 * @param environment variables that the kernel is started with
 * @param stamp of the jar when it was installed, see {@link #stamp}; empty in older installations
 */
public record KernelSpec(
    Path folder, List<String> command, Map<String, String> environment, String stamp) {
  private static final long MAX_BYTES = 1 << 20;
  private static final String ARCHIVE = "-XX:SharedArchiveFile=";

  public KernelSpec {
    command = List.copyOf(command);
    environment = Map.copyOf(environment);
  }

  /**
   * Reads a kernel's folder; empty when it holds no kernel of Espalier.
   *
   * @throws IOException when there is a {@code kernel.json} that cannot be read or is broken
   */
  public static Optional<KernelSpec> read(Path folder) throws IOException {
    Path file = folder.resolve("kernel.json");
    if (!Files.isRegularFile(file)) {
      return Optional.empty();
    }
    if (Files.size(file) > MAX_BYTES) {
      throw new IOException("kernel.json is too large");
    }
    try {
      JsonObject json =
          JsonParser.parseString(Files.readString(file, StandardCharsets.UTF_8)).getAsJsonObject();
      List<String> command = new ArrayList<>();
      for (JsonElement part : json.getAsJsonArray("argv")) {
        command.add(part.getAsString());
      }
      if (!command.contains(KernelMain.class.getName())) {
        return Optional.empty();
      }
      Map<String, String> environment = new LinkedHashMap<>();
      if (json.get("env") instanceof JsonObject variables) {
        variables.entrySet().forEach(e -> environment.put(e.getKey(), e.getValue().getAsString()));
      }
      String stamp =
          json.get("metadata") instanceof JsonObject metadata
                  && metadata.get("espalier") instanceof JsonObject own
                  && own.has("jar")
              ? own.get("jar").getAsString()
              : "";
      return Optional.of(new KernelSpec(folder, command, environment, stamp));
    } catch (JsonParseException
        | IllegalStateException
        | UnsupportedOperationException
        | ClassCastException
        | NullPointerException e) {
      throw new IOException("kernel.json is broken", e);
    }
  }

  /** The kernels of Espalier below one of Jupyter's data folders; broken ones are left out. */
  public static List<KernelSpec> below(Path dataFolder) {
    List<KernelSpec> found = new ArrayList<>();
    Path kernels = dataFolder.resolve("kernels");
    if (!Files.isDirectory(kernels)) {
      return found;
    }
    try (DirectoryStream<Path> all = Files.newDirectoryStream(kernels)) {
      for (Path folder : all) {
        try {
          read(folder).ifPresent(found::add);
        } catch (IOException e) {
          // Whose it is cannot be told.
        }
      }
    } catch (IOException e) {
      return found;
    }
    found.sort((a, b) -> a.folder().compareTo(b.folder()));
    return found;
  }

  /** The Java that starts it. */
  public Path java() {
    return Path.of(command.get(0));
  }

  /** The jar it is started from; empty when the command names none. */
  public Optional<Path> jar() {
    int at = command.indexOf("-cp");
    try {
      return at < 0 || at + 1 >= command.size()
          ? Optional.empty()
          : Optional.of(Path.of(command.get(at + 1)));
    } catch (InvalidPathException e) {
      return Optional.empty();
    }
  }

  /** The class archive it is started with. */
  public Optional<Path> archive() {
    return command.stream()
        .filter(part -> part.startsWith(ARCHIVE))
        .map(part -> Path.of(part.substring(ARCHIVE.length())))
        .findFirst();
  }

  /**
   * Why Java would start it without its class archive; empty when it uses it, or names none.
   *
   * @throws IOException when its Java cannot be run
   */
  public Optional<String> archiveMisfit() throws IOException {
    Optional<Path> jar = jar();
    if (archive().isEmpty() || jar.isEmpty()) {
      return Optional.empty();
    }
    List<String> flags =
        command.subList(1, command.indexOf("-cp")).stream()
            .filter(f -> f.startsWith("-") && !f.startsWith("-Xshare:"))
            .filter(f -> !f.startsWith(ARCHIVE) && !f.startsWith("-Xlog:"))
            .toList();
    return ClassArchive.misfit(archive().get(), jar.get(), java(), flags);
  }

  /** What tells one build of a jar from another: its size and time of change. */
  public static String stamp(Path jar) throws IOException {
    return Files.size(jar) + " bytes, " + Files.getLastModifiedTime(jar);
  }
}
