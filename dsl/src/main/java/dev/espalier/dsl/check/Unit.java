package dev.espalier.dsl.check;

import dev.espalier.engine.run.Metric;
import dev.espalier.engine.run.Result;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** The units of the language, each with what it measures and how much of that it is. */
public enum Unit {
  B("B", Measure.SIZE, 1),
  BYTES("bytes", Measure.SIZE, 1),
  KB("KB", Measure.SIZE, 1e3),
  MB("MB", Measure.SIZE, 1e6),
  GB("GB", Measure.SIZE, 1e9),
  KIB("KiB", Measure.SIZE, 1024),
  MIB("MiB", Measure.SIZE, 1024.0 * 1024),
  GIB("GiB", Measure.SIZE, 1024.0 * 1024 * 1024),
  NS("ns", Measure.TIME, 1e-9),
  US("us", Measure.TIME, 1e-6),
  MS("ms", Measure.TIME, 1e-3),
  S("s", Measure.TIME, 1),
  MINUTE("minute", Measure.DURATION, 60),
  MINUTES("minutes", Measure.DURATION, 60),
  HOUR("hour", Measure.DURATION, 3600),
  HOURS("hours", Measure.DURATION, 3600),
  MACS("MACs", Measure.MACS, 1),
  KMACS("KMACs", Measure.MACS, 1e3),
  MMACS("MMACs", Measure.MACS, 1e6),
  GMACS("GMACs", Measure.MACS, 1e9),
  FLOP("FLOP", Measure.FLOP, 1),
  KFLOP("KFLOP", Measure.FLOP, 1e3),
  MFLOP("MFLOP", Measure.FLOP, 1e6),
  GFLOP("GFLOP", Measure.FLOP, 1e9),
  UJ("uJ", Measure.ENERGY, 1e-6),
  MJ("mJ", Measure.ENERGY, 1e-3),
  J("J", Measure.ENERGY, 1),
  EPOCH("epoch", Measure.EPOCHS, 1),
  EPOCHS("epochs", Measure.EPOCHS, 1),
  ROUND("round", Measure.ROUNDS, 1),
  ROUNDS("rounds", Measure.ROUNDS, 1),
  TRIAL("trial", Measure.TRIALS, 1),
  TRIALS("trials", Measure.TRIALS, 1),
  BIT("bit", Measure.BITS, 1),
  BITS("bits", Measure.BITS, 1),
  POINT("point", Measure.POINTS, 0.01),
  POINTS("points", Measure.POINTS, 0.01),
  RELATIVE("relative", Measure.RELATIVE, 1),
  PIXEL("pixel", Measure.PIXELS, 1),
  PIXELS("pixels", Measure.PIXELS, 1),
  SAMPLE("sample", Measure.SAMPLES, 1),
  SAMPLES("samples", Measure.SAMPLES, 1),
  IMAGES("images", Measure.SAMPLES, 1),
  UNITS("units", Measure.UNITS, 1);

  /** What a unit measures. */
  public enum Measure {
    SIZE("bytes", "use B, KB, MB"),
    TIME("time", "use ms, s"),
    DURATION("minutes", "use minutes, hours"),
    MACS("multiply-accumulates", "use MACs, KMACs, MMACs"),
    FLOP("floating-point operations", "use FLOP, MFLOP"),
    ENERGY("joules", "use mJ, J"),
    EPOCHS("epochs", "use epochs"),
    ROUNDS("rounds", "use rounds"),
    TRIALS("trials", "use trials"),
    BITS("bits", "use bits"),
    POINTS("points", "use points"),
    RELATIVE("a relative part", "use % relative"),
    PIXELS("pixels", "use pixels"),
    SAMPLES("samples", "use samples"),
    UNITS("units", "use units");

    private final String words;
    private final String advice;

    Measure(String words, String advice) {
      this.words = words;
      this.advice = advice;
    }

    public String words() {
      return words;
    }

    /** One of what is counted. */
    String one() {
      return words.endsWith("s") ? words.substring(0, words.length() - 1) : words;
    }

    /** Which units to use. */
    String advice() {
      return advice;
    }

    /** The first metric measured so. */
    Optional<Metric> metric() {
      return switch (this) {
        case SIZE -> Optional.of(Metric.SIZE);
        case TIME -> Optional.of(Metric.LATENCY);
        case MACS -> Optional.of(Metric.MACS);
        case ENERGY -> Optional.of(Metric.ENERGY);
        default -> Optional.empty();
      };
    }
  }

  private final String word;
  private final Measure measure;
  private final double factor;

  Unit(String word, Measure measure, double factor) {
    this.word = word;
    this.measure = measure;
    this.factor = factor;
  }

  public static Optional<Unit> of(String word) {
    return Arrays.stream(values()).filter(u -> u.word.equals(word)).findFirst();
  }

  /** The word of every unit. */
  public static List<String> words() {
    return Arrays.stream(values()).map(u -> u.word).toList();
  }

  /** As written in a program. */
  public String word() {
    return word;
  }

  /** The units of a measure. */
  public static List<Unit> of(Measure measure) {
    return Arrays.stream(values()).filter(u -> u.measure == measure).toList();
  }

  public Measure measure() {
    return measure;
  }

  double factor() {
    return factor;
  }

  /** What a metric's values are measured in; empty for counts and fractions. */
  public static Optional<Measure> of(Result.Unit unit) {
    return switch (unit) {
      case BYTES -> Optional.of(Measure.SIZE);
      case SECONDS -> Optional.of(Measure.TIME);
      case MACS -> Optional.of(Measure.MACS);
      case JOULES -> Optional.of(Measure.ENERGY);
      default -> Optional.empty();
    };
  }
}
