package dev.espalier.engine.data;

import dev.espalier.engine.EspalierException;
import dev.espalier.engine.Progress;
import dev.espalier.engine.WholeFile;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Locale;

/**
 * Fetches one file over HTTPS (or HTTP from this very machine), whole or not at all: bytes go to a
 * temporary file, which is moved to its place once their number and checksum are right.
 */
final class Download {
  private static final int CONNECT_MILLIS = 15_000;
  private static final int READ_MILLIS = 30_000;

  /**
   * What to fetch.
   *
   * @param size in bytes; 0 when not known
   * @param sha1 in hexadecimal; empty when none is published
   * @param most the most bytes that are taken
   */
  record Item(URI from, long size, String sha1, long most) {}

  private final Progress progress;
  private final int readMillis;

  Download(Progress progress) {
    this(progress, READ_MILLIS);
  }

  /**
   * @param readMillis how long the server may be silent
   */
  Download(Progress progress, int readMillis) {
    this.progress = progress;
    this.readMillis = readMillis;
  }

  /**
   * Fetches {@code item} to {@code target}.
   *
   * @throws EspalierException (run) naming the address when it cannot be fetched or is not what was
   *     published; {@code target} is then as it was
   * @throws Progress.Cancelled when the user stops it; likewise
   */
  void to(Item item, Path target) {
    if (!allowed(item.from())) {
      throw EspalierException.run(
          "the address is not fetched",
          item.from().toString(),
          "data is fetched by https only",
          "get the file yourself, and put it where ESPALIER_DATA points");
    }
    WholeFile.write(target, out -> copy(item, out));
  }

  private void copy(Item item, OutputStream out) throws IOException {
    HttpURLConnection connection = open(item);
    try (InputStream in = body(item, connection)) {
      String name = "downloading " + item.from().getPath().replaceAll(".*/", "");
      MessageDigest sha1 = Fingerprint.digest("SHA-1");
      long most = item.size() > 0 ? item.size() : item.most();
      long total = item.size() > 0 ? item.size() : connection.getContentLengthLong();
      byte[] buffer = new byte[1 << 16];
      long done = 0;
      for (int n = read(item, in, buffer); n >= 0; n = read(item, in, buffer)) {
        progress.check();
        done += n;
        if (done > most) {
          throw failed(
              item,
              "the server sends more than was published",
              String.format(Locale.ROOT, "%,d bytes were expected at most", most),
              null);
        }
        sha1.update(buffer, 0, n);
        out.write(buffer, 0, n);
        progress.on(new Progress.Event.Amount(name, done, total));
      }
      long promised = connection.getContentLengthLong();
      if ((item.size() > 0 && done != item.size()) || (promised >= 0 && done != promised)) {
        throw failed(
            item,
            "the download was cut short",
            String.format(
                Locale.ROOT,
                "%,d of %,d bytes came",
                done,
                item.size() > 0 ? item.size() : promised),
            null);
      }
      String got = Fingerprint.hex(sha1);
      if (!item.sha1().isEmpty() && !got.equalsIgnoreCase(item.sha1())) {
        throw failed(
            item,
            "the downloaded file is not the published one",
            "its SHA-1 is " + got + ", and " + item.sha1() + " was published",
            null);
      }
    } finally {
      connection.disconnect();
    }
  }

  private HttpURLConnection open(Item item) {
    try {
      HttpURLConnection connection = (HttpURLConnection) item.from().toURL().openConnection();
      connection.setConnectTimeout(CONNECT_MILLIS);
      connection.setReadTimeout(readMillis);
      // Bytes are counted as they are stored, so no encoding may come between.
      connection.setRequestProperty("Accept-Encoding", "identity");
      return connection;
    } catch (IOException e) {
      throw failed(item, "the server cannot be reached", reason(e), e);
    }
  }

  private InputStream body(Item item, HttpURLConnection connection) {
    try {
      int status = connection.getResponseCode();
      if (status != HttpURLConnection.HTTP_OK) {
        throw failed(item, "the server does not give the file", "it answers " + status, null);
      }
      return connection.getInputStream();
    } catch (IOException e) {
      throw failed(item, "the server cannot be reached", reason(e), e);
    }
  }

  // Separate from writing, so that a broken network is not told of as a full disk.
  private int read(Item item, InputStream in, byte[] buffer) {
    try {
      return in.read(buffer);
    } catch (IOException e) {
      throw failed(item, "the download broke off", reason(e), e);
    }
  }

  private static String reason(IOException e) {
    if (e instanceof UnknownHostException) {
      return "its name cannot be found; is there a network?";
    }
    if (e instanceof SocketTimeoutException) {
      return "it does not answer in time";
    }
    return String.valueOf(e.getMessage());
  }

  private static EspalierException failed(Item item, String what, String why, Exception cause) {
    return EspalierException.run(
        what,
        item.from().toString(),
        why,
        "run again; or get the file yourself, and put it where ESPALIER_DATA points",
        cause);
  }

  private static boolean allowed(URI address) {
    if ("https".equals(address.getScheme())) {
      return true;
    }
    String host = address.getHost();
    if (!"http".equals(address.getScheme()) || host == null) {
      return false;
    }
    // Only literal addresses and localhost: another name could resolve to anything.
    if (!host.equals("localhost") && !host.matches("127\\.[0-9.]+|\\[::1\\]")) {
      return false;
    }
    try {
      return InetAddress.getByName(host).isLoopbackAddress();
    } catch (UnknownHostException e) {
      return false;
    }
  }
}
