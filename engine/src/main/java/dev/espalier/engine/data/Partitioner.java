package dev.espalier.engine.data;

import dev.espalier.engine.Environment;
import dev.espalier.engine.EspalierException;
import dev.espalier.engine.Randomness;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.stream.Collectors;

/**
 * Splits, samples and normalizes loaded data.
 *
 * <ul>
 *   <li>The parts of {@code split a/b} and {@code split a/b/c} are percentages when they add up to
 *       100 (fractions when they add up to 1), and otherwise counts, which must add up to what
 *       there is. {@code a/b} divides the training part into training and validation and leaves the
 *       source's test part alone. {@code a/b/c} divides the training part into training, validation
 *       and test; a test part that the source brings is then not used.
 *   <li>Without {@code split}, a tenth of the training part (at most 5,000 samples) becomes
 *       validation; a source without a test part is divided 80/10/10. A source's own validation
 *       part is kept; {@code split} counts it as training samples to divide.
 *   <li>All parts are stratified: they have the classes in the proportions of the whole, as far as
 *       whole samples allow; of a regression they are drawn at random. The seed decides which
 *       sample goes where.
 *   <li>{@code take} then limits the training part, again stratified; validation and test keep
 *       their size.
 *   <li>{@code normalize} gives every channel (of flat samples, every feature) mean 0 and deviation
 *       1, measured on the training part that is left. A constant one is only shifted to 0.
 * </ul>
 */
public final class Partitioner {
  private static final int DEFAULT_VALIDATION = 5000;

  /** Which of the parts is for validation. */
  private static final int VALIDATION = 1;

  private Partitioner() {}

  /**
   * The data as {@code partition} asks for it.
   *
   * @param environment its seed decides the split and the sample
   * @throws EspalierException when the numbers do not fit the data
   */
  public static DataSet apply(DataSet data, Partition partition, Environment environment) {
    DataSet split = split(data, partition.split(), environment.seed());
    Split train = take(split, partition.take(), environment.seed());
    float[] scale = data.scale();
    float[] offset = data.offset();
    if (partition.normalize()) {
      int channels = data.shape().length > 1 ? (int) data.shape()[0] : data.width();
      double[][] moments = moments(train, channels);
      scale = new float[channels];
      offset = new float[channels];
      for (int c = 0; c < channels; c++) {
        double deviation = moments[1][c];
        scale[c] = (float) (deviation > 0 ? 1 / deviation : 1);
        offset[c] = (float) (-moments[0][c] * scale[c]);
      }
    }
    if (!partition.augmentations().isEmpty() && data.shape().length != 3) {
      throw EspalierException.program(
          "augment needs images",
          data.name(),
          "its samples are " + data.width() + " plain features, without height and width",
          "remove the augment clause");
    }
    return new DataSet(
        data.name(),
        data.shape(),
        data.task(),
        train,
        split.validation(),
        split.test(),
        scale,
        offset,
        partition.augmentations(),
        Fingerprint.of(
            "partition-1",
            data.fingerprint(),
            partition.split().toString(),
            Double.toString(partition.take()),
            Boolean.toString(partition.normalize()),
            partition.augmentations().toString(),
            Long.toString(environment.seed())));
  }

  private static DataSet split(DataSet data, List<Double> parts, long seed) {
    Split whole = data.train();
    if (whole.size() == 0) {
      throw EspalierException.program(
          "the data holds no training samples", data.name(), "", "name other data");
    }
    if (parts.isEmpty()) {
      if (data.validation().size() > 0) {
        if (data.test().size() > 0) {
          return data;
        }
        DataSet carved = carve(data, counts(data, List.of(90.0, 10.0), whole.size()), seed);
        return with(carved, carved.train(), data.validation(), carved.validation());
      }
      if (data.test().size() == 0) {
        return carve(data, counts(data, List.of(80.0, 10.0, 10.0), whole.size()), seed);
      }
      int validation = Math.min(DEFAULT_VALIDATION, whole.size() / 10);
      return carve(data, new int[] {whole.size() - validation, validation}, seed);
    }
    if (data.validation().size() > 0) {
      data = with(data, join(whole, data.validation()), whole.select(), data.test());
      whole = data.train();
    }
    return carve(data, counts(data, parts, whole.size()), seed);
  }

  /** Divides the training part into parts of these sizes: training, validation, maybe test. */
  private static DataSet carve(DataSet data, int[] counts, long seed) {
    int[] part = stratify(data, counts, seed, "split");
    Split[] splits = new Split[counts.length];
    for (int p = 0; p < counts.length; p++) {
      int[] chosen = new int[counts[p]];
      int n = 0;
      for (int i = 0; i < part.length; i++) {
        if (part[i] == p) {
          chosen[n++] = i;
        }
      }
      splits[p] = data.train().select(chosen);
    }
    return with(data, splits[0], splits[1], counts.length == 3 ? splits[2] : data.test());
  }

  private static int[] counts(DataSet data, List<Double> parts, int available) {
    String written = parts.stream().map(Partitioner::plain).collect(Collectors.joining("/"));
    if (parts.size() != 2 && parts.size() != 3) {
      throw EspalierException.program(
          "`split " + written + "` has " + parts.size() + " parts",
          data.name(),
          "two parts are training and validation, three are training, validation and test",
          "write split 80/20 or split 80/10/10");
    }
    double sum = 0;
    for (int p = 0; p < parts.size(); p++) {
      double part = parts.get(p);
      // Only validation may go without samples: then nothing is chosen by how well it does.
      if (!(part > 0 || part == 0 && p == VALIDATION) || Double.isInfinite(part)) {
        throw EspalierException.program(
            "a part of `split " + written + "` is " + plain(part),
            data.name(),
            "training and test must hold samples",
            "write split 80/20 or split 80/10/10");
      }
      sum += part;
    }
    double whole = Math.abs(sum - 100) < 1e-9 ? 100 : Math.abs(sum - 1) < 1e-9 ? 1 : 0;
    int[] counts = new int[parts.size()];
    if (whole > 0) {
      int given = 0;
      for (int p = 1; p < counts.length; p++) {
        counts[p] = (int) Math.round(available * parts.get(p) / whole);
        given += counts[p];
      }
      counts[0] = available - given;
    } else {
      if (sum != available || parts.stream().anyMatch(v -> v != Math.rint(v))) {
        throw EspalierException.program(
            "the parts of `split " + written + "` add up to " + plain(sum),
            data.name(),
            String.format(
                Locale.ROOT,
                "they must add up to 100 (percent) or to %,d, the samples there are to divide",
                available),
            sum < available
                ? "write percentages, or add the missing "
                    + plain(available - sum)
                    + "; `take` leaves training samples out"
                : "write percentages, or smaller parts");
      }
      for (int p = 0; p < counts.length; p++) {
        counts[p] = parts.get(p).intValue();
      }
    }
    for (int p = 0; p < counts.length; p++) {
      if (counts[p] < 0 || counts[p] == 0 && parts.get(p) > 0) {
        throw EspalierException.program(
            "`split " + written + "` leaves a part without samples",
            data.name(),
            "there are only " + available + " samples to divide",
            "use more data or more even parts");
      }
    }
    return counts;
  }

  private static Split take(DataSet data, double take, long seed) {
    Split train = data.train();
    if (take == 0) {
      return train;
    }
    if (!(take > 0) || (take >= 1 && take != Math.rint(take))) {
      throw EspalierException.program(
          "`take " + plain(take) + "` is no number of samples",
          data.name(),
          "it is a count, or a percentage",
          "write take 5000 or take 10%");
    }
    int count =
        take < 1 ? (int) Math.round(take * train.size()) : (int) Math.min(take, train.size());
    if (count < Math.max(1, data.classCount())) {
      throw EspalierException.program(
          data.classCount() == 0
              ? "`take` leaves no training samples"
              : "`take` leaves "
                  + count
                  + " training samples for "
                  + data.classCount()
                  + " classes",
          data.name(),
          data.classCount() == 0 ? "" : "every class needs at least one",
          "take more");
    }
    if (count == train.size()) {
      return train;
    }
    int[] part = stratify(data, new int[] {count, train.size() - count}, seed, "take");
    int[] chosen = new int[count];
    int n = 0;
    for (int i = 0; i < part.length; i++) {
      if (part[i] == 0) {
        chosen[n++] = i;
      }
    }
    return train.select(chosen);
  }

  /** The part of every training sample; those of a regression are all of one kind. */
  private static int[] stratify(DataSet data, int[] counts, long seed, String purpose) {
    return data.train().hasTargets()
        ? stratify(new int[data.train().size()], 1, counts, seed, purpose)
        : stratify(data.train().labels(), data.classCount(), counts, seed, purpose);
  }

  /**
   * The part of every sample. Each class is put in random order; then the classes are interleaved
   * in proportion, so that every stretch of the sequence has them in proportion, and the sequence
   * is cut.
   */
  private static int[] stratify(
      int[] labels, int classes, int[] counts, long seed, String purpose) {
    SplittableRandom random = Randomness.of(seed, purpose);
    int[] sizes = new int[classes];
    for (int label : labels) {
      sizes[label]++;
    }
    int[] order = Randomness.permutation(labels.length, random);
    double[] place = new double[labels.length];
    int[] met = new int[classes];
    // The k-th sample of a class with n samples stands at (k + u)/n of the way, u drawn once a
    // class, so that the classes' cuts are rounded independently.
    double[] u = new double[classes];
    for (int c = 0; c < classes; c++) {
      u[c] = random.nextDouble();
    }
    for (int i : order) {
      int c = labels[i];
      place[i] = (met[c]++ + u[c]) / sizes[c];
    }
    Integer[] sequence = new Integer[labels.length];
    Arrays.setAll(sequence, i -> i);
    Arrays.sort(
        sequence,
        (a, b) -> place[a] != place[b] ? Double.compare(place[a], place[b]) : a.compareTo(b));
    int[] part = new int[labels.length];
    int at = 0;
    for (int p = 0; p < counts.length; p++) {
      for (int k = 0; k < counts[p]; k++) {
        part[sequence[at++]] = p;
      }
    }
    return part;
  }

  /** Mean and deviation of each channel's raw values. */
  private static double[][] moments(Split train, int channels) {
    int width = train.width();
    int per = width / channels;
    double[] sum = new double[channels];
    double[] squares = new double[channels];
    float[] sample = new float[width];
    double n = (double) train.size() * per;
    for (int i = 0; i < train.size(); i++) {
      train.read(i, sample, 0);
      for (int j = 0; j < width; j++) {
        sum[j / per] += sample[j];
      }
    }
    double[] mean = new double[channels];
    for (int c = 0; c < channels; c++) {
      mean[c] = sum[c] / n;
    }
    // A second pass about the mean: the difference of large sums would lose the small deviations.
    for (int i = 0; i < train.size(); i++) {
      train.read(i, sample, 0);
      for (int j = 0; j < width; j++) {
        double d = sample[j] - mean[j / per];
        squares[j / per] += d * d;
      }
    }
    double[] deviation = new double[channels];
    for (int c = 0; c < channels; c++) {
      deviation[c] = Math.sqrt(squares[c] / n);
    }
    return new double[][] {mean, deviation};
  }

  private static Split join(Split a, Split b) {
    if (a.hasTargets()) {
      float[] values = joined(a.values(), b.values());
      return Split.ofTargets(
          a.width(), values, a.targets().length / a.size(), joined(a.targets(), b.targets()));
    }
    int[] labels = Arrays.copyOf(a.labels(), a.size() + b.size());
    System.arraycopy(b.labels(), 0, labels, a.size(), b.size());
    if (a.isPixels()) {
      byte[] pixels =
          Arrays.copyOf(
              a.pixels(),
              Limits.arrayLength((long) a.pixels().length + b.pixels().length, "the data"));
      System.arraycopy(b.pixels(), 0, pixels, a.pixels().length, b.pixels().length);
      return Split.ofPixels(a.width(), pixels, labels);
    }
    return Split.ofValues(a.width(), joined(a.values(), b.values()), labels);
  }

  private static float[] joined(float[] a, float[] b) {
    float[] all = Arrays.copyOf(a, Limits.arrayLength((long) a.length + b.length, "the data"));
    System.arraycopy(b, 0, all, a.length, b.length);
    return all;
  }

  private static DataSet with(DataSet data, Split train, Split validation, Split test) {
    return new DataSet(
        data.name(),
        data.shape(),
        data.task(),
        train,
        validation,
        test,
        data.scale(),
        data.offset(),
        data.augmentations(),
        data.fingerprint());
  }

  private static String plain(double v) {
    return v == Math.rint(v) && Math.abs(v) < 1e15 ? Long.toString((long) v) : Double.toString(v);
  }
}
