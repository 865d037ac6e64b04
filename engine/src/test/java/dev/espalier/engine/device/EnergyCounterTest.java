package dev.espalier.engine.device;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.espalier.engine.EspalierException;
import dev.espalier.engine.Progress;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EnergyCounterTest {
  @TempDir Path folder;

  private Path zone(String directory, String name, long microjoules, long range)
      throws IOException {
    Path zone = Files.createDirectories(folder.resolve(directory));
    Files.writeString(zone.resolve("name"), name + "\n");
    Files.writeString(zone.resolve("energy_uj"), microjoules + "\n");
    Files.writeString(zone.resolve("max_energy_range_uj"), range + "\n");
    return zone;
  }

  private static void set(Path zone, long microjoules) {
    try {
      Files.writeString(zone.resolve("energy_uj"), microjoules + "\n");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void packagesAreAddedUpWithoutTheirParts() throws IOException {
    Path first = zone("intel-rapl:0", "package-0", 1_000_000, 1L << 40);
    Path second = zone("intel-rapl:1", "package-1", 5_000_000, 1L << 40);
    zone("intel-rapl:0:0", "core", 7, 1L << 40);
    zone("intel-rapl:2", "psys", 9, 1L << 40);
    EnergyCounter counter = EnergyCounter.in(folder);
    assertTrue(counter.isThere());
    EnergyCounter.Reading before = counter.now();
    set(first, 3_000_000);
    set(second, 5_500_000);
    assertEquals(2.5, counter.joules(before, counter.now()), 1e-12);
  }

  @Test
  void aCounterThatBeganAgainIsNoLoss() throws IOException {
    Path zone = zone("intel-rapl:0", "package-0", 262_143_000_000L, 262_143_328_850L);
    EnergyCounter counter = EnergyCounter.in(folder);
    EnergyCounter.Reading before = counter.now();
    set(zone, 671_150);
    assertEquals(1.0, counter.joules(before, counter.now()), 1e-12);
  }

  @Test
  void whatTheIdleMachineTakesIsLeftOut() throws IOException {
    Path zone = zone("intel-rapl:0", "package-0", 0, 1L << 40);
    EnergyCounter counter = EnergyCounter.in(folder);
    long[] shown = {0};
    EnergyMeasurement measured =
        EnergyMeasurement.of(
            counter, () -> set(zone, shown[0] += 2_000_000), Duration.ofMillis(40), Progress.NONE);
    // The folder's counter moves with the work alone: the idle machine takes nothing.
    assertEquals(0, measured.idleWatts());
    assertEquals(2, measured.joules(), 1e-9);
    assertEquals(shown[0] / 2_000_000, measured.repetitions());
  }

  @Test
  void withoutCountersItSaysWhy() throws IOException {
    EnergyCounter none = EnergyCounter.in(folder.resolve("nothing"));
    assertFalse(none.isThere());
    assertTrue(none.why().contains("there is no "), none.why());
    assertFalse(EnergyCounter.in(folder).isThere());
    assertTrue(EnergyCounter.in(folder).why().contains("this processor"));
    EspalierException refused =
        assertThrows(
            EspalierException.class,
            () -> EnergyMeasurement.of(none, () -> {}, Duration.ofMillis(1), Progress.NONE));
    assertEquals("energy cannot be measured on this machine", refused.what());
    assertTrue(refused.why().contains("there is no "));
  }

  @Test
  void damagedCountersAreNoNumbers() throws IOException {
    Path zone = zone("intel-rapl:0", "package-0", 1, 1L << 40);
    Files.writeString(zone.resolve("energy_uj"), "many\n");
    EnergyCounter counter = EnergyCounter.in(folder);
    assertFalse(counter.isThere());
    assertTrue(counter.why().contains("cannot be read"), counter.why());
  }

  @Test
  void countersThatStandStillAreNoMeasurement() throws IOException {
    zone("intel-rapl:0", "package-0", 5, 1L << 40);
    EnergyCounter counter = EnergyCounter.in(folder);
    EspalierException refused =
        assertThrows(
            EspalierException.class,
            () -> EnergyMeasurement.of(counter, () -> {}, Duration.ofMillis(5), Progress.NONE));
    assertTrue(refused.why().contains("stood still"));
  }
}
