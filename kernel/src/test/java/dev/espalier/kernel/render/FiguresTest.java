package dev.espalier.kernel.render;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.espalier.engine.run.Result.Figure;
import dev.espalier.engine.run.Result.FigureKind;
import dev.espalier.engine.run.Result.Unit;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FiguresTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "0.9844      | FRACTION | 98.44%",
        "1           | FRACTION | 100.00%",
        "0           | FRACTION | 0.00%",
        "0.99998     | FRACTION | 99.998%",
        "0.9999999   | FRACTION | > 99.9999%",
        "0.00001     | FRACTION | 0.001%",
        "-0.004      | FRACTION | -0.40%",
        "266610      | COUNT    | 266,610",
        "73.5        | COUNT    | 73.5",
        "1e30        | COUNT    | 1.00e+30",
        "0           | BYTES    | 0 B",
        "512         | BYTES    | 512 B",
        "26614       | BYTES    | 26.6 KB",
        "27000       | BYTES    | 27.0 KB",
        "999999      | BYTES    | 1.00 MB",
        "1067120     | BYTES    | 1.07 MB",
        "1.5e9       | BYTES    | 1.50 GB",
        "900         | MACS     | 900 MACs",
        "26600       | MACS     | 26.6 k MACs",
        "532800      | MACS     | 0.533 M MACs",
        "41200000    | MACS     | 41.2 M MACs",
        "0           | SECONDS  | 0 s",
        "0.000105    | SECONDS  | 105 µs",
        "0.000043    | SECONDS  | 43.0 µs",
        "0.00123     | SECONDS  | 1.23 ms",
        "0.9999      | SECONDS  | 1.00 s",
        "12.34       | SECONDS  | 12.3 s",
        "125         | SECONDS  | 2 min 5 s",
        "4320        | SECONDS  | 1 h 12 min",
        "0.5         | NONE     | 0.5",
        "3.14159     | NONE     | 3.142",
        "1234567     | NONE     | 1,234,567",
        "NaN         | COUNT    | unknown",
      })
  void valuesAreWrittenInTheirUnit(double value, Unit unit, String expected) {
    assertEquals(expected, Figures.format(value, unit));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "0.9844 | 0.9818 | 0.9867 | FRACTION | 98.44% [98.2, 98.7]",
        "0.9984 | 0.9981 | 0.9987 | FRACTION | 99.84% [99.81, 99.87]",
        "0.5    | 0.31   | 0.69   | FRACTION | 50.00% [31, 69]",
        "105e-6 | 101e-6 | 109e-6 | SECONDS  | 105 µs [101.0, 109.0]",
      })
  void intervalsStandInTheUnitOfTheValue(
      double value, double low, double high, Unit unit, String expected) {
    assertEquals(expected, Figures.format(new Figure(value, low, high, unit, FigureKind.MEASURED)));
  }

  @Property
  void aPercentageNeverClaimsAllOrNothingWronglyAndStaysClose(
      @ForAll @DoubleRange(min = 0, max = 1) double fraction) {
    String text = Figures.percentage(fraction);
    if (fraction != 1) {
      assertFalse(text.equals("100.00%"), text);
    }
    if (fraction != 0) {
      assertFalse(text.equals("0.00%"), text);
    }
    double shown = Double.parseDouble(text.replaceAll("[<>% ]", ""));
    assertTrue(Math.abs(shown - fraction * 100) <= 0.0051, text + " for " + fraction);
  }

  @Property
  void bytesAreReadBackToThreeDigits(
      @ForAll @LongRange(min = 1000, max = 900_000_000_000_000L) long bytes) {
    String[] parts = Figures.bytes(bytes).split(" ");
    double unit =
        switch (parts[1]) {
          case "KB" -> 1e3;
          case "MB" -> 1e6;
          case "GB" -> 1e9;
          default -> 1e12;
        };
    double shown = Double.parseDouble(parts[0].replace(",", "")) * unit;
    assertTrue(Math.abs(shown - bytes) <= bytes * 0.0051, parts[0] + parts[1] + " for " + bytes);
  }
}
