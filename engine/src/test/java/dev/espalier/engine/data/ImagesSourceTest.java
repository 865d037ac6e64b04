package dev.espalier.engine.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.espalier.engine.Progress;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImagesSourceTest {
  @TempDir Path folder;

  private static BufferedImage plain(int width, int height, int type, int rgb) {
    BufferedImage image = new BufferedImage(width, height, type);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        image.setRGB(x, y, rgb);
      }
    }
    return image;
  }

  private static byte[] encoded(BufferedImage image, String format) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    assertTrue(ImageIO.write(image, format, out));
    return out.toByteArray();
  }

  private static byte[] color(int rgb) throws IOException {
    return encoded(plain(4, 2, BufferedImage.TYPE_INT_RGB, rgb), "png");
  }

  private static byte[] gray(int value) throws IOException {
    BufferedImage image = new BufferedImage(4, 2, BufferedImage.TYPE_BYTE_GRAY);
    int[] row = new int[8];
    Arrays.fill(row, value);
    image.getRaster().setPixels(0, 0, 4, 2, row);
    return encoded(image, "png");
  }

  private Path put(String name, byte[] bytes) throws IOException {
    Path file = folder.resolve("set").resolve(name);
    Files.createDirectories(file.getParent());
    return Files.write(file, bytes);
  }

  private ImagesSource source() {
    return source(folder.resolve("set"));
  }

  private static ImagesSource source(Path path) {
    return new ImagesSource(path, 0, 0, FileFormat.Colors.AUTO);
  }

  private Path zip(Map<String, byte[]> entries) throws IOException {
    Path file = folder.resolve("set.zip");
    try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
      for (var entry : entries.entrySet()) {
        zip.putNextEntry(new ZipEntry(entry.getKey()));
        zip.write(entry.getValue());
      }
    }
    return file;
  }

  private static Map<String, byte[]> two() throws IOException {
    Map<String, byte[]> entries = new LinkedHashMap<>();
    entries.put("set/b/1.png", color(0x0000ff));
    entries.put("set/a/1.png", color(0xff0000));
    return entries;
  }

  @Test
  void readsFoldersOfClassesInOrder() throws IOException {
    put("dog/2.png", color(0x000300));
    put("dog/1.png", color(0x000200));
    put("cat/9.png", color(0x000100));
    put("README.txt", "pictures".getBytes(StandardCharsets.UTF_8));
    put("dog/.DS_Store", new byte[] {1});
    DataSet data = source().load(true, Progress.NONE);
    assertEquals(List.of("cat", "dog"), data.classes());
    assertArrayEquals(new long[] {3, 2, 4}, data.shape());
    assertArrayEquals(new int[] {0, 1, 1}, data.train().labels());
    for (int i = 0; i < 3; i++) {
      byte[] expected = new byte[24];
      Arrays.fill(expected, 8, 16, (byte) (i + 1));
      assertArrayEquals(expected, Arrays.copyOfRange(data.train().pixels(), 24 * i, 24 * i + 24));
    }
  }

  @Test
  void readsTrainValidationAndTest() throws IOException {
    for (String part : List.of("train", "val", "test")) {
      put(part + "/a/1.png", color(1));
      put(part + "/b/1.png", color(2));
    }
    put("train/b/2.png", color(3));
    DataSet data = source().load(true, Progress.NONE);
    assertEquals(3, data.train().size());
    assertEquals(2, data.validation().size());
    assertEquals(2, data.test().size());
    assertEquals("images", FileFormat.guess(folder.resolve("set")).orElseThrow());
  }

  @Test
  void classesThatAreNumbersAreOrderedAsNumbers() throws IOException {
    put("10/1.png", color(1));
    put("9/1.png", color(1));
    assertEquals(List.of("9", "10"), source().load(true, Progress.NONE).classes());
  }

  @Test
  void aZipReadsAsTheFolderItWasMadeFrom() throws IOException {
    put("a/1.png", color(0xff0000));
    put("b/1.png", color(0x0000ff));
    DataSet unpacked = source().load(true, Progress.NONE);
    DataSet packed = source(zip(two())).load(true, Progress.NONE);
    assertEquals(unpacked.classes(), packed.classes());
    assertArrayEquals(unpacked.train().pixels(), packed.train().pixels());
    assertArrayEquals(unpacked.train().labels(), packed.train().labels());
  }

  @Test
  void grayImagesStayGrayAndKeepTheirValues() throws IOException {
    put("a/1.png", gray(10));
    put("b/1.png", gray(200));
    DataSet data = source().load(true, Progress.NONE);
    assertArrayEquals(new long[] {1, 2, 4}, data.shape());
    assertEquals(10, data.train().pixels()[0] & 0xff);
    assertEquals(200, data.train().pixels()[8] & 0xff);
  }

  @Test
  void colorsCanBeAskedFor() throws IOException {
    put("a/1.png", color(0x64c832));
    put("b/1.png", gray(200));
    DataSet gray =
        new ImagesSource(folder.resolve("set"), 0, 0, FileFormat.Colors.GRAY)
            .load(true, Progress.NONE);
    assertArrayEquals(new long[] {1, 2, 4}, gray.shape());
    // 0.299·100 + 0.587·200 + 0.114·50
    assertEquals(153, gray.train().pixels()[0] & 0xff);
    DataSet rgb =
        new ImagesSource(folder.resolve("set"), 0, 0, FileFormat.Colors.RGB)
            .load(true, Progress.NONE);
    assertArrayEquals(new long[] {3, 2, 4}, rgb.shape());
    assertEquals(200, rgb.train().pixels()[24] & 0xff);
    assertEquals(200, rgb.train().pixels()[24 + 8] & 0xff);
  }

  @Test
  void readsEveryFormat() throws IOException {
    int rgb = 0x20a040;
    put("a/1.png", color(rgb));
    put("a/2.bmp", encoded(plain(4, 2, BufferedImage.TYPE_INT_RGB, rgb), "bmp"));
    put("a/3.gif", encoded(plain(4, 2, BufferedImage.TYPE_INT_RGB, rgb), "gif"));
    put("a/4.jpg", encoded(plain(4, 2, BufferedImage.TYPE_INT_RGB, rgb), "jpeg"));
    put("b/1.png", encoded(plain(4, 2, BufferedImage.TYPE_INT_ARGB, 0xff20a040), "png"));
    put("b/2.png", encoded(plain(4, 2, BufferedImage.TYPE_INT_ARGB, 0x0020a040), "png"));
    DataSet data = source().load(true, Progress.NONE);
    for (int i = 0; i < 5; i++) {
      // JPEG and GIF's palette lose a little.
      assertEquals(0x20, data.train().pixels()[24 * i] & 0xff, 4, "image " + i);
      assertEquals(0xa0, data.train().pixels()[24 * i + 8] & 0xff, 4, "image " + i);
      assertEquals(0x40, data.train().pixels()[24 * i + 16] & 0xff, 4, "image " + i);
    }
    assertEquals(255, data.train().pixels()[24 * 5] & 0xff, "transparent is white");
  }

  @Test
  void otherSizesAreBroughtToTheFirstOrTheGivenOne() throws IOException {
    put("a/1.png", color(0x808080));
    put("b/1.png", encoded(plain(40, 20, BufferedImage.TYPE_INT_RGB, 0x646464), "png"));
    put("b/2.png", encoded(plain(1, 1, BufferedImage.TYPE_INT_RGB, 0x323232), "png"));
    DataSet data = source().load(true, Progress.NONE);
    assertArrayEquals(new long[] {3, 2, 4}, data.shape());
    for (int i = 24; i < 48; i++) {
      assertEquals(0x64, data.train().pixels()[i] & 0xff);
      assertEquals(0x32, data.train().pixels()[i + 24] & 0xff);
    }
    DataSet given =
        new ImagesSource(folder.resolve("set"), 3, 5, FileFormat.Colors.AUTO)
            .load(true, Progress.NONE);
    assertArrayEquals(new long[] {3, 5, 3}, given.shape());
  }

  @Test
  void halvingAveragesPixels() throws IOException {
    BufferedImage stripes = new BufferedImage(8, 2, BufferedImage.TYPE_BYTE_GRAY);
    for (int x = 0; x < 8; x += 2) {
      stripes.getRaster().setSample(x, 0, 0, 200);
      stripes.getRaster().setSample(x, 1, 0, 200);
    }
    Picture half = new PictureReader().read(encoded(stripes, "png"), "stripes");
    byte[] out = new byte[4];
    half.write(4, 1, true, out, 0);
    // The triangle filter takes in the neighbours too, so the ends differ a little.
    assertEquals(100, out[1] & 0xff, 1);
    assertEquals(100, out[2] & 0xff, 1);
  }

  @Test
  void moreImagesThanOneChunkKeepTheirPlaces() throws IOException {
    Map<String, byte[]> entries = new LinkedHashMap<>();
    byte[][] shades = new byte[256][];
    for (int v = 0; v < 256; v++) {
      shades[v] = gray(v);
    }
    for (int i = 0; i < 1200; i++) {
      entries.put(String.format("c%d/%05d.png", i % 2, i), shades[i % 256]);
    }
    DataSet data = source(zip(entries)).load(true, Progress.NONE);
    for (int i = 0; i < 1200; i++) {
      int original = i < 600 ? 2 * i : 2 * (i - 600) + 1;
      assertEquals(original % 256, data.train().pixels()[8 * i] & 0xff);
      assertEquals(original % 2, data.train().labels()[i]);
    }
  }

  @Test
  void fingerprintFollowsNamesAndContent() throws IOException {
    put("a/1.png", color(1));
    Path b = put("b/1.png", color(2));
    String before = source().fingerprint();
    assertEquals(before, source().fingerprint());
    Files.write(b, encoded(plain(4, 4, BufferedImage.TYPE_INT_RGB, 3), "png"));
    String changed = source().fingerprint();
    assertNotEquals(before, changed);
    put("b/2.png", color(2));
    assertNotEquals(changed, source().fingerprint());
  }

  @Test
  void refusesFilesThatAreNoImages() throws IOException {
    put("a/1.png", color(1));
    put("b/1.png", "I am text".getBytes(StandardCharsets.UTF_8));
    Refusal.of(source(), "this is no image", "1.png");
    put("b/1.png", new byte[0]);
    assertEquals("the file is empty", Refusal.of(source(), "this is no image", "1.png").why());
  }

  @Test
  void refusesTruncatedImagesOfEveryFormat() throws IOException {
    BufferedImage noisy = new BufferedImage(64, 64, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < 64 * 64; i++) {
      noisy.setRGB(i % 64, i / 64, i * 0x9e3779b1);
    }
    put("a/1.png", encoded(noisy, "png"));
    for (String format : List.of("png", "jpeg", "gif", "bmp")) {
      byte[] whole = encoded(noisy, format);
      for (int length : new int[] {5, 20, whole.length / 2, whole.length * 9 / 10}) {
        Path file = put("b/1." + format, Arrays.copyOf(whole, length));
        Refusal.of(source(), "the image cannot be decoded", "1." + format);
        Files.delete(file);
      }
    }
  }

  @Test
  void refusesAnImageThatClaimsToBeHuge() throws IOException {
    byte[] png = color(1);
    // Width and height in the header chunk, and its checksum made right again.
    ByteBuffer.wrap(png).putInt(16, 100_000).putInt(20, 100_000);
    CRC32 crc = new CRC32();
    crc.update(png, 12, 17);
    ByteBuffer.wrap(png).putInt(29, (int) crc.getValue());
    put("a/1.png", color(1));
    put("b/1.png", png);
    var e = Refusal.of(source(), "the image is too large", "1.png");
    assertTrue(e.why().contains("100000×100000"), e.why());
  }

  @Test
  void refusesFoldersThatAreNotLaidOutByClass() throws IOException {
    Refusal.of(source(Files.createDirectory(folder.resolve("empty"))), "no training", "empty");
    put("1.png", color(1));
    put("a/1.png", color(1));
    Refusal.of(source(), "lies in no class folder", "1.png");
  }

  @Test
  void refusesOneClassAndFoldersWithinClasses() throws IOException {
    put("a/1.png", color(1));
    Refusal.of(source(), "same class", "set");
    put("b/c/1.png", color(1));
    Refusal.of(source(), "folder within a class folder", "1.png");
  }

  @Test
  void refusesATestClassWithoutTrainingImages() throws IOException {
    put("train/a/1.png", color(1));
    put("train/b/1.png", color(1));
    put("test/c/1.png", color(1));
    var e = Refusal.of(source(), "the class `c` has no training images", "test/c/1.png");
    assertEquals("the classes of training are: a, b", e.why());
  }

  @Test
  void refusesAFolderBesideTrainAndTest() throws IOException {
    put("train/a/1.png", color(1));
    put("train/b/1.png", color(1));
    put("other/a/1.png", color(1));
    Refusal.of(source(), "the folder `other` is no part", "other/a/1.png");
  }

  @Test
  void refusesALinkThatLeavesTheFolder() throws IOException {
    put("a/1.png", color(1));
    put("b/1.png", color(1));
    Path outside = Files.write(folder.resolve("secret.png"), color(1));
    Files.createSymbolicLink(folder.resolve("set/b/2.png"), outside);
    Refusal.of(source(), "a link leaves the folder", "2.png");
    Files.delete(folder.resolve("set/b/2.png"));
    Path elsewhere = Files.createDirectories(folder.resolve("elsewhere/deep"));
    Files.write(elsewhere.resolve("1.png"), color(1));
    Files.createSymbolicLink(folder.resolve("set/c"), folder.resolve("elsewhere"));
    Refusal.of(source(), "a link leaves the folder", "set/c");
  }

  @Test
  void refusesEntriesThatLeaveTheirFolder() throws IOException {
    for (String name :
        List.of("../evil/1.png", "/etc/1.png", "a/../../1.png", "a\\..\\1.png", "C:/a/1.png")) {
      Map<String, byte[]> entries = two();
      entries.put(name, color(1));
      Refusal.of(source(zip(entries)), "leaves the archive's folder", name);
    }
  }

  @Test
  void refusesZipBombs() throws IOException {
    Map<String, byte[]> entries = two();
    entries.put("set/a/2.bmp", new byte[40_000_000]);
    Refusal.of(source(zip(entries)), "far more than it can rightly hold", "set/a/2.bmp");
    Map<String, byte[]> large = two();
    large.put("set/a/2.bmp", new byte[ImageTree.LARGEST_FILE + 1]);
    Refusal.of(source(zip(large)), "too large", "set/a/2.bmp");
  }

  @Test
  void refusesAZipWhoseSizesLie() throws IOException {
    Map<String, byte[]> entries = two();
    byte[] noise = new byte[200_000];
    new java.util.Random(1).nextBytes(noise);
    entries.put("set/a/2.png", noise);
    Path file = zip(entries);
    byte[] bytes = Files.readAllBytes(file);
    // In the central directory, the entry's unpacked size is set to 10.
    for (int i = bytes.length - 22; i > 0; i--) {
      ByteBuffer at = ByteBuffer.wrap(bytes).order(java.nio.ByteOrder.LITTLE_ENDIAN);
      if (at.getInt(i) == 0x02014b50 && at.getInt(i + 24) == 200_000) {
        at.putInt(i + 24, 10);
      }
    }
    Files.write(file, bytes);
    Refusal.of(source(file), "", "set/a/2.png");
  }

  @Test
  void refusesATruncatedZipAndAnotherFile() throws IOException {
    byte[] whole = Files.readAllBytes(zip(two()));
    for (int length : new int[] {0, 10, whole.length / 2, whole.length - 1}) {
      Path cut = Files.write(folder.resolve("cut.zip"), Arrays.copyOf(whole, length));
      Refusal.of(source(cut), "no zip archive, or it is damaged", "cut.zip");
    }
    Refusal.of(source(folder.resolve("gone.zip")), "no such file", "gone.zip");
  }

  @Test
  void refusesADamagedEntry() throws IOException {
    Map<String, byte[]> entries = two();
    byte[] noise = new byte[5000];
    new java.util.Random(1).nextBytes(noise);
    entries.put("set/a/0.png", noise);
    Path file = zip(entries);
    byte[] bytes = Files.readAllBytes(file);
    for (int i = bytes.length / 2; i < bytes.length / 2 + 50; i++) {
      bytes[i] ^= 0x55;
    }
    Files.write(file, bytes);
    Refusal.of(source(file), "", "set/a/0.png");
  }
}
