package dev.espalier.engine.device;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * The energy that the processor's packages have taken, by their own counters: RAPL as Linux shows
 * it (Documentation/power/powercap/powercap.rst: {@code energy_uj} counts microjoules up to {@code
 * max_energy_range_uj} and begins again at 0). Intel and AMD processors have it; reading it is
 * mostly left to the administrator (CVE-2020-8694), and virtual machines rarely pass it on.
 */
public final class EnergyCounter {
  private static final Path SYSTEM = Path.of("/sys/class/powercap");

  /** Whole packages: their parts, {@code intel-rapl:0:0}, are counted in them already. */
  private static final Pattern PACKAGE = Pattern.compile("intel-rapl:\\d+");

  private static final int LONGEST = 64;

  private record Zone(Path counter, BigInteger range) {}

  private final List<Zone> zones;
  private final String why;

  private EnergyCounter(List<Zone> zones, String why) {
    this.zones = List.copyOf(zones);
    this.why = why;
  }

  /** This machine's counters. */
  public static EnergyCounter system() {
    return in(SYSTEM);
  }

  /** The counters below a folder that looks as Linux's does. */
  static EnergyCounter in(Path folder) {
    List<Zone> zones = new ArrayList<>();
    if (!Files.isDirectory(folder)) {
      return new EnergyCounter(
          zones, "this system shows no counters of energy (there is no " + folder + ")");
    }
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
      for (Path zone : entries) {
        if (PACKAGE.matcher(zone.getFileName().toString()).matches()
            && read(zone.resolve("name")).startsWith("package")) {
          Path counter = zone.resolve("energy_uj");
          number(counter);
          zones.add(new Zone(counter, number(zone.resolve("max_energy_range_uj"))));
        }
      }
    } catch (AccessDeniedException e) {
      return new EnergyCounter(
          List.of(),
          "the counters of energy may not be read ("
              + e.getFile()
              + "): an administrator can allow it with chmod a+r");
    } catch (IOException | NumberFormatException e) {
      return new EnergyCounter(
          List.of(), "the counters of energy cannot be read: " + e.getMessage());
    }
    return new EnergyCounter(
        zones, zones.isEmpty() ? "this processor shows no counters of energy in " + folder : "");
  }

  /** Whether there is something to read. */
  public boolean isThere() {
    return !zones.isEmpty();
  }

  /** Why there is nothing to read; empty when there is. */
  public String why() {
    return why;
  }

  /** What the counters show. */
  public record Reading(List<BigInteger> microjoules) {
    public Reading {
      microjoules = List.copyOf(microjoules);
    }
  }

  /**
   * What they show now.
   *
   * @throws IOException when one cannot be read any more
   */
  public Reading now() throws IOException {
    List<BigInteger> values = new ArrayList<>();
    for (Zone zone : zones) {
      try {
        values.add(number(zone.counter()));
      } catch (NumberFormatException e) {
        throw new IOException(zone.counter() + " holds no number", e);
      }
    }
    return new Reading(values);
  }

  /** Joules from one reading to another, a counter having begun again once at most. */
  public double joules(Reading from, Reading to) {
    BigInteger sum = BigInteger.ZERO;
    for (int i = 0; i < zones.size(); i++) {
      BigInteger difference = to.microjoules().get(i).subtract(from.microjoules().get(i));
      if (difference.signum() < 0) {
        difference = difference.add(zones.get(i).range());
      }
      sum = sum.add(difference);
    }
    return sum.doubleValue() * 1e-6;
  }

  private static BigInteger number(Path file) throws IOException {
    return new BigInteger(read(file));
  }

  private static String read(Path file) throws IOException {
    byte[] bytes;
    try (var in = Files.newInputStream(file)) {
      bytes = in.readNBytes(LONGEST);
    }
    return new String(bytes, StandardCharsets.US_ASCII).strip();
  }
}
