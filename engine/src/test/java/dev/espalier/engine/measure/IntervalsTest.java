package dev.espalier.engine.measure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class IntervalsTest {
  /** Table I, method 3 of R. G. Newcombe, Statistics in Medicine 17 (1998) 857–872. */
  @ParameterizedTest
  @CsvSource({
    "81, 263, 0.2553, 0.3662",
    "15, 148, 0.0624, 0.1605",
    "0, 20, 0, 0.1611",
    "1, 29, 0.0061, 0.1718",
    "20, 20, 0.8389, 1"
  })
  void wilsonGivesThePublishedIntervals(long successes, long trials, double low, double high) {
    Intervals.Interval interval = Intervals.wilson(successes, trials);
    assertEquals(low, interval.low(), 5e-5);
    assertEquals(high, interval.high(), 5e-5);
  }

  /**
   * The airway data of Fagerland, Lydersen and Laake, Statistics in Medicine 33 (2014) 2850–2875:
   * of 21 children 1, 1, 7 and 12; Newcombe's interval is −0.507 to −0.026.
   */
  @Test
  void pairedGivesThePublishedInterval() {
    Intervals.Difference d = Intervals.paired(1, 1, 7, 12);
    assertEquals(-6 / 21.0, d.difference(), 1e-12);
    assertEquals(-0.507, d.interval().low(), 5e-4);
    assertEquals(-0.026, d.interval().high(), 5e-4);
    assertEquals(18 / 256.0, d.pValue(), 1e-12);
    assertTrue(d.isClear());
  }

  @Test
  void modelsThatAgreeEverywhereDoNotDiffer() {
    boolean[] correct = new boolean[1000];
    correct[3] = true;
    Intervals.Difference d = Intervals.paired(correct, correct.clone());
    assertEquals(0, d.difference());
    assertEquals(1, d.pValue());
    assertFalse(d.isClear());
  }

  @Test
  void pairingSeesWhatTwoSeparateIntervalsDoNot() {
    // 60 errors against 40, the 40 among the 60: the separate Wilson intervals overlap.
    Intervals.Interval worse = Intervals.wilson(9940, 10000);
    Intervals.Interval better = Intervals.wilson(9960, 10000);
    assertTrue(worse.high() > better.low());
    assertTrue(Intervals.paired(9940, 20, 0, 40).isClear());
  }

  @Test
  void mcNemarIsTheBinomialTail() {
    // 2 · (1 + 20 + 190 + 1140) / 2^20
    assertEquals(2 * 1351 / 1048576.0, Intervals.mcNemar(3, 17), 1e-12);
    assertEquals(1, Intervals.mcNemar(5, 5));
    assertEquals(1, Intervals.mcNemar(0, 0));
    assertEquals(Math.pow(0.5, 49), Intervals.mcNemar(0, 50), 1e-24);
  }

  @ParameterizedTest
  @CsvSource({"1, 12.7062", "2, 4.3027", "4, 2.7764", "9, 2.2622", "30, 2.0423", "1000, 1.9623"})
  void studentQuantilesAreThoseOfTheTables(int degrees, double quantile) {
    assertEquals(quantile, StudentT.quantile(0.025, degrees), 5e-5);
  }

  @Test
  void theMeanOfThreeSeeds() {
    Intervals.Mean mean = Intervals.mean(0.978, 0.980, 0.982);
    assertEquals(0.980, mean.mean(), 1e-12);
    assertEquals(0.980 - 4.3027 * 0.002 / Math.sqrt(3), mean.interval().low(), 1e-6);
    assertEquals(0.980 + 4.3027 * 0.002 / Math.sqrt(3), mean.interval().high(), 1e-6);
  }

  @Test
  void oneSeedHasNoInterval() {
    assertTrue(Double.isNaN(Intervals.mean(0.9).interval().low()));
  }

  @Test
  void nothingMeasuredIsRefused() {
    assertThrows(IllegalArgumentException.class, () -> Intervals.wilson(0, 0));
    assertThrows(IllegalArgumentException.class, () -> Intervals.mean());
  }
}
