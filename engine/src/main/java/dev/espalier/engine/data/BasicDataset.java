package dev.espalier.engine.data;

import ai.djl.Application;
import ai.djl.basicdataset.BasicDatasets;
import ai.djl.repository.Artifact;
import ai.djl.repository.MRL;
import ai.djl.repository.Metadata;
import ai.djl.util.JsonUtils;
import com.google.gson.JsonParseException;
import dev.espalier.engine.EspalierException;
import dev.espalier.engine.Progress;
import dev.espalier.engine.StandardPlace;
import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Data sets as DJL's basicdataset publishes them: a metadata file names the data files with their
 * checksums. They are fetched once into a cache and checked at every use.
 *
 * <p>DJL's own fetching is not used: it keeps a file that was cut short, and it is switched off
 * together with the fetching of native libraries.
 */
final class BasicDataset {
  private static final long MOST_METADATA = 1 << 20;
  private static final long MOST_DATA = 1L << 30;
  private static final String VERSION = "1.0";

  private final URI repository;
  private final Path cache;

  /**
   * @param repository where the metadata lies
   * @param cache the folder for what was fetched
   */
  BasicDataset(URI repository, Path cache) {
    this.repository = repository;
    this.cache = cache;
  }

  /** DJL's repository, and the user's cache. */
  static BasicDataset standard() {
    return new BasicDataset(BasicDatasets.DJL_REPO_URL, cacheFolder());
  }

  /** {@code ESPALIER_CACHE}, or {@code ~/.cache/espalier}; data lies in {@code data} below. */
  static Path cacheFolder() {
    String set = setting("espalier.cache", "ESPALIER_CACHE");
    Path folder =
        set != null ? Path.of(set) : StandardPlace.home().resolve(".cache").resolve("espalier");
    return folder.resolve("data");
  }

  /** A system property, or else an environment variable; null when neither is set. */
  static String setting(String property, String variable) {
    String set = System.getProperty(property);
    set = set == null || set.isBlank() ? System.getenv(variable) : set;
    return set == null || set.isBlank() ? null : set;
  }

  /**
   * The data set's files by their name in the metadata ({@code train_data}), each checked.
   *
   * @param artifact {@code mnist}
   * @param missing what to say when the files are not in the cache and {@code offline} is set
   * @throws EspalierException when they cannot be had
   */
  Map<String, Path> files(
      String artifact, boolean offline, EspalierException missing, Progress progress) {
    Path folder = cache.resolve(artifact);
    Path description = folder.resolve("metadata.json");
    MRL mrl =
        MRL.dataset(
            BasicDatasets.REPOSITORY,
            Application.CV.ANY,
            BasicDatasets.GROUP_ID,
            artifact,
            VERSION);
    String path = mrl.toURI().getPath();
    URI home = repository.resolve(path.endsWith("/") ? path : path + "/");
    Download download = new Download(progress);
    if (!Files.exists(description)) {
      if (offline) {
        throw missing;
      }
      removeLeftovers(folder);
      URI from = home.resolve("metadata.json");
      download.to(new Download.Item(from, 0, "", MOST_METADATA), description);
    }
    Map<String, Path> files = new LinkedHashMap<>();
    for (var named : items(description).entrySet()) {
      Artifact.Item item = named.getValue();
      URI from = home.resolve(item.getUri());
      Path file = folder.resolve(fileName(from, description));
      String sha1 = item.getSha1Hash() == null ? "" : item.getSha1Hash();
      if (!Files.exists(file) || !matches(file, sha1)) {
        if (offline) {
          throw missing;
        }
        download.to(new Download.Item(from, Math.max(0, item.getSize()), sha1, MOST_DATA), file);
      }
      files.put(named.getKey(), file);
    }
    return files;
  }

  private static Map<String, Artifact.Item> items(Path description) {
    try (Reader reader = Files.newBufferedReader(description)) {
      Metadata metadata = JsonUtils.GSON.fromJson(reader, Metadata.class);
      List<Artifact> artifacts = metadata == null ? null : metadata.getArtifacts();
      if (artifacts == null || artifacts.isEmpty() || artifacts.get(0).getFiles() == null) {
        throw damaged(description, "it names no files", null);
      }
      Map<String, Artifact.Item> items = artifacts.get(0).getFiles();
      for (Artifact.Item item : items.values()) {
        if (item == null || item.getUri() == null) {
          throw damaged(description, "a file has no address", null);
        }
        URI.create(item.getUri());
      }
      return items;
    } catch (JsonParseException | IllegalArgumentException e) {
      throw damaged(description, String.valueOf(e.getMessage()), e);
    } catch (IOException e) {
      throw DataFile.unreadable(description, e);
    }
  }

  private static String fileName(URI from, Path description) {
    String path = String.valueOf(from.getPath());
    String name = path.substring(path.lastIndexOf('/') + 1);
    if (!name.matches("[A-Za-z0-9_][A-Za-z0-9._-]{0,100}")) {
      throw damaged(description, "`" + name + "` is no file name", null);
    }
    return name;
  }

  private static EspalierException damaged(Path description, String why, Exception cause) {
    return EspalierException.run(
        "the description of the data set is damaged",
        description.toString(),
        why,
        "delete it and run again",
        cause);
  }

  private static boolean matches(Path file, String sha1) {
    if (sha1.isEmpty()) {
      return true;
    }
    var digest = Fingerprint.digest("SHA-1");
    try (InputStream in = Files.newInputStream(file)) {
      byte[] buffer = new byte[1 << 16];
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        digest.update(buffer, 0, n);
      }
    } catch (IOException e) {
      throw DataFile.unreadable(file, e);
    }
    return Fingerprint.hex(digest).equals(sha1.toLowerCase(Locale.ROOT));
  }

  /** Removes temporary files that a killed process left. */
  private static void removeLeftovers(Path folder) {
    if (!Files.isDirectory(folder)) {
      return;
    }
    List<Path> leftovers = new ArrayList<>();
    try (Stream<Path> list = Files.list(folder)) {
      list.filter(f -> f.getFileName().toString().matches("\\..*\\.tmp")).forEach(leftovers::add);
      for (Path file : leftovers) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      // They only take space.
    }
  }
}
