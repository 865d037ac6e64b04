package dev.espalier.engine.data;

import dev.espalier.engine.EspalierException;
import dev.espalier.engine.Progress;
import dev.espalier.engine.data.ImageTree.Item;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Images (PNG, JPEG, GIF, BMP) in a folder for each class; these lie at the top, or below {@code
 * train}, {@code validation} and {@code test}. A zip archive of the same is read without unpacking
 * it to disk.
 *
 * <p>Classes are sorted by name, as numbers when all are whole numbers; images by name within their
 * class. All are brought to one size, and to gray (ITU-R BT.601 luma) or RGB. What is transparent
 * becomes white.
 *
 * @param width of all images in pixels; 0 takes that of the first
 * @param height of all images in pixels; 0 takes that of the first
 */
public record ImagesSource(Path path, int width, int height, FileFormat.Colors colors)
    implements DataSource {
  private static final int CHUNK = 256;

  @Override
  public String fingerprint() {
    List<String> parts =
        new ArrayList<>(
            List.of("images", Integer.toString(width), Integer.toString(height), colors.name()));
    if (Files.isDirectory(path)) {
      try (ImageTree tree = ImageTree.open(path)) {
        for (Item item : tree.items()) {
          parts.add(item.name());
          parts.add(Fingerprint.of(path.resolve(item.name())));
        }
      }
    } else {
      parts.add(Fingerprint.of(path));
    }
    return Fingerprint.of(parts.toArray(String[]::new));
  }

  @Override
  public DataSet load(boolean offline, Progress progress) {
    try (ImageTree tree = ImageTree.open(path)) {
      List<String> classes = tree.classes();
      Map<ImageTree.Part, List<Item>> parts = new LinkedHashMap<>();
      for (ImageTree.Part part : ImageTree.Part.values()) {
        parts.put(part, tree.items().stream().filter(i -> i.part() == part).toList());
      }
      Item first = parts.get(ImageTree.Part.TRAIN).get(0);
      Picture sample = new PictureReader().read(tree.bytes(first), tree.where(first));
      boolean gray =
          colors == FileFormat.Colors.AUTO ? sample.gray() : colors == FileFormat.Colors.GRAY;
      int channels = gray ? 1 : 3;
      int w = width == 0 ? sample.width() : width;
      int h = height == 0 ? sample.height() : height;
      Target target = new Target(w, h, channels);
      Map<ImageTree.Part, Split> splits = new LinkedHashMap<>();
      long done = 0;
      for (var part : parts.entrySet()) {
        splits.put(
            part.getKey(),
            decode(tree, part.getValue(), classes, target, done, tree.items().size(), progress));
        done += part.getValue().size();
      }
      return new DataSet(
          Naming.stem(path),
          new long[] {channels, h, w},
          classes,
          splits.get(ImageTree.Part.TRAIN),
          splits.get(ImageTree.Part.VALIDATION),
          splits.get(ImageTree.Part.TEST),
          new float[] {1f / 255},
          new float[] {0},
          List.of(),
          fingerprint());
    }
  }

  /** What every image becomes. */
  private record Target(int width, int height, int channels) {
    int values() {
      return Math.toIntExact(Limits.times((long) width * height, channels, "the image size"));
    }
  }

  private Split decode(
      ImageTree tree,
      List<Item> items,
      List<String> classes,
      Target target,
      long doneBefore,
      long total,
      Progress progress) {
    int each = target.values();
    byte[] pixels =
        new byte[Limits.arrayLength(Limits.times(items.size(), each, path.toString()), "")];
    int[] labels = new int[items.size()];
    Map<String, Integer> number = new LinkedHashMap<>();
    for (String c : classes) {
      number.put(c, number.size());
    }
    int threads = Math.min(8, Runtime.getRuntime().availableProcessors());
    ExecutorService workers =
        Executors.newFixedThreadPool(
            threads,
            task -> {
              Thread thread = new Thread(task, "image decoding");
              thread.setDaemon(true);
              return thread;
            });
    try {
      List<Future<?>> chunks = new ArrayList<>();
      for (int from = 0; from < items.size(); from += CHUNK) {
        int start = from;
        int end = Math.min(items.size(), from + CHUNK);
        chunks.add(
            workers.submit(
                () -> {
                  PictureReader reader = new PictureReader();
                  for (int i = start; i < end && !Thread.currentThread().isInterrupted(); i++) {
                    Item item = items.get(i);
                    labels[i] = number.get(item.label());
                    reader
                        .read(tree.bytes(item), tree.where(item))
                        .write(target.width, target.height, target.channels == 1, pixels, i * each);
                  }
                }));
      }
      // Waiting in order makes the first bad image the one that is told of, however threads race.
      for (int c = 0; c < chunks.size(); c++) {
        await(chunks.get(c), progress);
        progress.on(
            new Progress.Event.Amount(
                "images", doneBefore + Math.min(items.size(), (c + 1L) * CHUNK), total));
      }
    } finally {
      workers.shutdownNow();
    }
    return Split.ofPixels(each, pixels, labels);
  }

  private static void await(Future<?> chunk, Progress progress) {
    while (true) {
      progress.check();
      try {
        chunk.get(100, TimeUnit.MILLISECONDS);
        return;
      } catch (TimeoutException e) {
        // Still decoding; look again whether the user wants to stop.
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new Progress.Cancelled();
      } catch (ExecutionException e) {
        if (e.getCause() instanceof EspalierException refused) {
          throw refused;
        }
        if (e.getCause() instanceof RuntimeException failure) {
          throw failure;
        }
        if (e.getCause() instanceof Error error) {
          throw error;
        }
        throw new IllegalStateException(e.getCause());
      }
    }
  }
}
