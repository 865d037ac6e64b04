package dev.espalier.engine.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.espalier.engine.EspalierException;
import dev.espalier.engine.Progress;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BasicDatasetTest {
  private static final String HOME = "/dataset/cv/ai/djl/basicdataset/mnist/";
  private static final EspalierException MISSING =
      EspalierException.program("not here", "", "", "");

  @TempDir Path cache;
  private Loopback server;
  private byte[] images;
  private byte[] labels;

  @BeforeEach
  void start() throws IOException {
    server = new Loopback();
    images = IdxSourceTest.gzip(IdxSourceTest.idx(new byte[3 * 4], 3, 2, 2));
    labels = IdxSourceTest.gzip(IdxSourceTest.idx(new byte[] {0, 1, 1}, 3));
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private static String sha1(byte[] bytes) {
    var digest = Fingerprint.digest("SHA-1");
    digest.update(bytes);
    return Fingerprint.hex(digest);
  }

  /** A description as DJL publishes them, with one relative and one absolute address. */
  private void publish(String imageSha1) {
    String json =
        """
        {"metadataVersion": "0.2", "resourceType": "dataset", "application": "cv",
         "groupId": "ai.djl.basicdataset", "artifactId": "mnist", "name": "MNIST",
         "artifacts": [{"version": "1.0", "snapshot": false, "files": {
           "train_data": {"uri": "1.0/images.gz", "sha1Hash": "%s", "size": %d},
           "train_labels": {"uri": "%s", "sha1Hash": "%s"}}}]}
        """
            .formatted(imageSha1, images.length, server.address("/far/labels.gz"), sha1(labels));
    server.serve(HOME + "metadata.json", json.getBytes(StandardCharsets.UTF_8));
    server.serve(HOME + "1.0/images.gz", images);
    server.serve("/far/labels.gz", labels);
  }

  private Map<String, Path> files(boolean offline) {
    return new BasicDataset(server.address("/"), cache)
        .files("mnist", offline, MISSING, Progress.NONE);
  }

  @Test
  void fetchesWhatIsPublishedOnce() {
    publish(sha1(images));
    Map<String, Path> files = files(false);
    DataSet data =
        new IdxSource(List.of(files.get("train_data"), files.get("train_labels")))
            .load(true, Progress.NONE);
    assertArrayEquals(new int[] {0, 1, 1}, data.train().labels());
    assertEquals(3, server.requests.size());
    assertEquals(files, files(true));
    assertEquals(3, server.requests.size(), "nothing is fetched twice");
  }

  @Test
  void offlineSaysWhatIsMissing() {
    publish(sha1(images));
    assertEquals(MISSING, assertThrows(EspalierException.class, () -> files(true)));
    assertEquals(List.of(), server.requests);
  }

  @Test
  void aDamagedFileInTheCacheIsFetchedAgain() throws IOException {
    publish(sha1(images));
    Path file = files(false).get("train_data");
    Files.write(file, new byte[] {1, 2, 3});
    assertEquals(MISSING, assertThrows(EspalierException.class, () -> files(true)));
    files(false);
    assertArrayEquals(images, Files.readAllBytes(file));
  }

  @Test
  void aFileThatIsNotThePublishedOneIsNotKept() throws IOException {
    publish(sha1(labels));
    EspalierException e = assertThrows(EspalierException.class, () -> files(false));
    assertTrue(e.what().contains("not the published one"), e.what());
    try (Stream<Path> list = Files.list(cache.resolve("mnist"))) {
      assertEquals(List.of("metadata.json"), list.map(f -> f.getFileName().toString()).toList());
    }
  }

  @Test
  void leftoversOfAKilledProcessAreRemoved() throws IOException {
    publish(sha1(images));
    Path left = cache.resolve("mnist/.images.gz.123.tmp");
    Files.createDirectories(left.getParent());
    Files.write(left, new byte[10]);
    files(false);
    assertFalse(Files.exists(left));
  }

  @Test
  void aHostileDescriptionIsRefused() {
    for (String json :
        List.of(
            "{",
            "[]",
            "{\"artifacts\": []}",
            "{\"artifacts\": [{\"version\": \"1.0\", \"files\": {\"a\": {\"uri\": \"1.0/..\"}}}]}",
            "{\"artifacts\": [{\"version\": \"1.0\", \"files\": {\"a\": {}}}]}")) {
      try (Loopback hostile = new Loopback()) {
        hostile.serve(HOME + "metadata.json", json.getBytes(StandardCharsets.UTF_8));
        Path fresh = cache.resolve(Integer.toHexString(json.hashCode()));
        EspalierException e =
            assertThrows(
                EspalierException.class,
                () ->
                    new BasicDataset(hostile.address("/"), fresh)
                        .files("mnist", false, MISSING, Progress.NONE));
        assertTrue(e.what().contains("description of the data set is damaged"), e.what());
      } catch (IOException e) {
        throw new AssertionError(e);
      }
    }
  }
}
