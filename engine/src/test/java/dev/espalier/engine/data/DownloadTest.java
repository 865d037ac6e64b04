package dev.espalier.engine.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.espalier.engine.EspalierException;
import dev.espalier.engine.Progress;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DownloadTest {
  private static final long MOST = 1 << 20;

  @TempDir Path folder;
  private Loopback server;
  private final byte[] content = new byte[300_000];

  @BeforeEach
  void start() throws IOException {
    server = new Loopback();
    new java.util.Random(1).nextBytes(content);
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

  private Path target() {
    return folder.resolve("cache/file.gz");
  }

  private EspalierException refused(Download.Item item) throws IOException {
    EspalierException e =
        assertThrows(
            EspalierException.class, () -> new Download(Progress.NONE, 300).to(item, target()));
    assertEquals(EspalierException.Blame.RUN, e.blame());
    assertEquals(item.from().toString(), e.where());
    assertNothingLeft();
    return e;
  }

  private void assertNothingLeft() throws IOException {
    if (Files.exists(target().getParent())) {
      try (Stream<Path> list = Files.list(target().getParent())) {
        assertEquals(List.of(), list.toList());
      }
    }
  }

  private Download.Item item(long size, String sha1) {
    return new Download.Item(server.address("/file.gz"), size, sha1, MOST);
  }

  @Test
  void fetchesAFileAndTellsOfIt() throws IOException {
    server.serve("/file.gz", content);
    List<Progress.Event> events = new ArrayList<>();
    new Download(events::add).to(item(content.length, sha1(content)), target());
    assertArrayEquals(content, Files.readAllBytes(target()));
    var last = (Progress.Event.Amount) events.get(events.size() - 1);
    assertEquals("downloading file.gz", last.what());
    assertEquals(content.length, last.done());
    assertEquals(content.length, last.total());
  }

  @Test
  void refusesAWrongChecksumAndKeepsTheOldFile() throws IOException {
    server.serve("/file.gz", content);
    String other = sha1(new byte[1]);
    var e = refused(item(content.length, other));
    assertTrue(e.what().contains("not the published one"), e.what());
    assertTrue(e.why().contains(other), e.why());
    Files.createDirectories(target().getParent());
    Files.write(target(), new byte[] {7});
    assertThrows(
        EspalierException.class,
        () -> new Download(Progress.NONE).to(item(content.length, other), target()));
    assertArrayEquals(new byte[] {7}, Files.readAllBytes(target()));
  }

  @Test
  void refusesWhatIsCutShort() throws IOException {
    server.answer(
        "/file.gz",
        exchange -> {
          exchange.sendResponseHeaders(200, content.length);
          exchange.getResponseBody().write(content, 0, 100_000);
          exchange.getResponseBody().flush();
        });
    refused(item(content.length, sha1(content)));
  }

  @Test
  void refusesFewerOrMoreBytesThanWerePublished() throws IOException {
    server.serve("/file.gz", content);
    assertTrue(
        refused(item(content.length + 1, "")).what().contains("cut short"), "fewer than published");
    assertTrue(
        refused(item(content.length - 1, "")).what().contains("more than was published"),
        "more than published");
  }

  @Test
  void boundsFilesOfUnknownSize() throws IOException {
    server.answer(
        "/file.gz",
        exchange -> {
          // Chunked: the length is not announced.
          exchange.sendResponseHeaders(200, 0);
          for (int i = 0; i < 20; i++) {
            exchange.getResponseBody().write(content);
          }
        });
    assertTrue(refused(item(0, "")).what().contains("more than was published"));
  }

  @Test
  void saysWhatTheServerAnswers() throws IOException {
    server.answer("/file.gz", exchange -> exchange.sendResponseHeaders(404, -1));
    assertEquals("it answers 404", refused(item(0, "")).why());
  }

  @Test
  void givesUpOnAServerThatIsSilent() throws Exception {
    CountDownLatch over = new CountDownLatch(1);
    server.answer(
        "/file.gz",
        exchange -> {
          exchange.sendResponseHeaders(200, content.length);
          exchange.getResponseBody().write(content, 0, 1000);
          exchange.getResponseBody().flush();
          await(over);
        });
    try {
      assertTrue(refused(item(content.length, "")).why().contains("in time"));
    } finally {
      over.countDown();
    }
  }

  @Test
  void saysWhenNobodyAnswers() throws IOException {
    URI gone = server.address("/file.gz");
    server.close();
    var e = refused(new Download.Item(gone, 0, "", MOST));
    assertTrue(e.what().contains("cannot be reached"), e.what());
    assertTrue(e.fix().contains("ESPALIER_DATA"), e.fix());
  }

  @Test
  void fetchesOnlyByHttpsOrFromThisMachine() throws IOException {
    for (String address :
        List.of("http://example.org/file.gz", "ftp://127.0.0.1/f", "file:///etc/passwd")) {
      var e = refused(new Download.Item(URI.create(address), 0, "", MOST));
      assertTrue(e.what().contains("not fetched"), e.what());
    }
  }

  @Test
  void stopsWhenAskedAndLeavesNothing() throws IOException {
    server.serve("/file.gz", content);
    Progress stop =
        new Progress() {
          private boolean started;

          @Override
          public void on(Event event) {
            started = true;
          }

          @Override
          public boolean cancelled() {
            return started;
          }
        };
    assertThrows(
        Progress.Cancelled.class,
        () -> new Download(stop).to(item(content.length, sha1(content)), target()));
    assertNothingLeft();
  }

  @Test
  void aKilledProcessLeavesNoHalfFileInPlace() throws Exception {
    CountDownLatch sent = new CountDownLatch(1);
    CountDownLatch over = new CountDownLatch(1);
    server.answer(
        "/file.gz",
        exchange -> {
          exchange.sendResponseHeaders(200, content.length);
          exchange.getResponseBody().write(content, 0, 200_000);
          exchange.getResponseBody().flush();
          sent.countDown();
          await(over);
        });
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Fetching.class.getName(),
                server.address("/file.gz").toString(),
                target().toString())
            .inheritIO()
            .start();
    try {
      assertTrue(sent.await(30, TimeUnit.SECONDS));
      // Until the temporary file is there, the kill would prove nothing.
      for (int i = 0; i < 300 && temporaries().isEmpty(); i++) {
        Thread.sleep(20);
      }
      assertEquals(1, temporaries().size());
    } finally {
      process.destroyForcibly().waitFor();
      over.countDown();
    }
    assertFalse(Files.exists(target()));
  }

  private List<Path> temporaries() throws IOException {
    if (!Files.isDirectory(target().getParent())) {
      return List.of();
    }
    try (Stream<Path> list = Files.list(target().getParent())) {
      return list.toList();
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** The process that is killed. */
  static final class Fetching {
    private Fetching() {}

    public static void main(String[] arguments) {
      new Download(Progress.NONE)
          .to(new Download.Item(URI.create(arguments[0]), 0, "", MOST), Path.of(arguments[1]));
    }
  }
}
