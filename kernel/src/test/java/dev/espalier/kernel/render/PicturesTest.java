package dev.espalier.kernel.render;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.espalier.engine.run.Result.ChartSpec;
import dev.espalier.engine.run.Result.ChartSpec.Axis;
import dev.espalier.engine.run.Result.ChartSpec.Series;
import dev.espalier.engine.run.Result.ChartSpec.Style;
import dev.espalier.engine.run.Result.Unit;
import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.lang.reflect.Field;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.internal.chartpart.Chart;

@Timeout(60)
class PicturesTest {
  private static final int BLUE = 0xFF0072B2;

  static Stream<ChartSpec> charts() {
    return Stream.of(Samples.training(), Samples.size(), Samples.weights());
  }

  @ParameterizedTest
  @MethodSource("charts")
  void picturesHaveTheSizeAskedForAndShowTheSeries(ChartSpec chart) throws Exception {
    BufferedImage image = image(Pictures.png(chart, 640, 400));
    assertEquals(640, image.getWidth());
    assertEquals(400, image.getHeight());
    assertTrue(pixels(image, BLUE) > 50, "the first series is drawn in blue");
    assertEquals(1280, image(Pictures.png(chart, 640, 400, 2)).getWidth());
  }

  @ParameterizedTest
  @MethodSource("charts")
  void theSameChartGivesTheSamePixels(ChartSpec chart) {
    assertArrayEquals(Pictures.png(chart, 320, 200), Pictures.png(chart, 320, 200));
    assertEquals(Pictures.svg(chart, 320, 200), Pictures.svg(chart, 320, 200));
  }

  @Test
  void fewColoursAreKeptAsTheyAreAndManyAsTheCommonestOfThoseAlike() throws Exception {
    BufferedImage flat = new BufferedImage(40, 10, BufferedImage.TYPE_INT_RGB);
    BufferedImage shaded = new BufferedImage(256, 3000, BufferedImage.TYPE_INT_RGB);
    for (int x = 0; x < 40; x++) {
      flat.setRGB(x, x % 10, x % 2 == 0 ? 0x0072B2 : 0xD55E00);
    }
    for (int x = 0; x < 256; x++) {
      for (int y = 0; y < 3000; y++) {
        shaded.setRGB(x, y, y < 2999 ? 0x0072B2 : x << 16 | x << 8 | 255 - x);
      }
    }
    BufferedImage flatAgain = image(PalettePng.of(flat));
    for (int x = 0; x < 40; x++) {
      assertEquals(flat.getRGB(x, x % 10), flatAgain.getRGB(x, x % 10));
      assertEquals(flat.getRGB(x, (x + 1) % 10), flatAgain.getRGB(x, (x + 1) % 10));
    }
    BufferedImage again = image(PalettePng.of(shaded));
    assertEquals(BLUE, again.getRGB(99, 7));
    for (int x = 0; x < 256; x++) {
      int gap = (again.getRGB(x, 2999) & 0xff) - (shaded.getRGB(x, 2999) & 0xff);
      assertTrue(Math.abs(gap) < 16, "at " + x + " off by " + gap);
    }
  }

  @ParameterizedTest
  @MethodSource("charts")
  void svgIsWellFormedAndLoadsNothing(ChartSpec chart) throws Exception {
    String svg = Pictures.svg(chart, 640, 400);
    var factory = DocumentBuilderFactory.newInstance();
    factory.setFeature("http://apache.org/xml/features/nonvalidating/load-external-dtd", false);
    var document =
        factory
            .newDocumentBuilder()
            .parse(new ByteArrayInputStream(svg.getBytes(StandardCharsets.UTF_8)));
    assertEquals(
        "svg",
        document.getDocumentElement().getLocalName() == null
            ? document.getDocumentElement().getTagName()
            : document.getDocumentElement().getLocalName());
    assertFalse(svg.contains("<script"), "no script");
    assertFalse(svg.contains("href=\"http"), "nothing loaded");
  }

  @Test
  void everyLabelOfASparseChartIsShown() {
    List<String> labels =
        Samples.size().series().stream().flatMap(s -> s.labels().stream()).toList();
    assertEquals(labels, Pictures.labels(Samples.size(), 640, 400));
  }

  @Test
  void crowdedLabelsAreLeftOutRatherThanPiledUp() {
    List<Double> same = Collections.nCopies(60, 0.5);
    List<String> labels = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      labels.add("a rather long label number " + i);
    }
    int shown = Pictures.labels(points(same, same, List.of(), labels, false), 640, 400).size();
    assertTrue(shown >= 1 && shown < 60, shown + " shown");
  }

  /** Of many trials close together those that nothing beats are named before all others. */
  @ParameterizedTest
  @ValueSource(ints = {20, 40, 80})
  void theFrontierOfACrowdIsNamedFirst(int count) {
    ChartSpec trials = Samples.trials(count);
    List<String> frontier = trials.frontier().orElseThrow().labels();
    List<String> shown = Pictures.labels(trials, 640, 400);
    assertEquals(Set.copyOf(frontier), Set.copyOf(shown.subList(0, frontier.size())));
    assertTrue(shown.size() > count / 2, shown.size() + " of " + count);
    assertTrue(Pictures.labels(trials, 320, 200).size() < shown.size());
  }

  @ParameterizedTest
  @EnumSource(Style.class)
  @Timeout(60)
  void whatCannotBeDrawnIsLeftOut(Style style) throws Exception {
    double nan = Double.NaN;
    double infinite = Double.POSITIVE_INFINITY;
    List<List<Double>> values =
        List.of(
            List.of(),
            List.of(1.0),
            List.of(3.0, 3.0, 3.0),
            List.of(0.0, 0.0),
            List.of(nan, infinite, -infinite),
            List.of(nan, 1.0, infinite, 2.0),
            List.of(-1.0, 0.0, 1.0),
            List.of(1e-300, 1e300),
            List.of(1.0, 10.0, 100.0));
    List<Double> drawable = List.of(1.0, 10.0, 100.0);
    for (boolean logarithmic : new boolean[] {false, true}) {
      for (List<Double> odd : values) {
        draws(style, odd, drawable, logarithmic);
        draws(style, drawable, odd, logarithmic);
        draws(style, odd, odd, logarithmic);
      }
    }
  }

  private static void draws(Style style, List<Double> x, List<Double> y, boolean logarithmic)
      throws Exception {
    ChartSpec chart =
        new ChartSpec(
            "t",
            new Axis("x", Unit.BYTES, logarithmic),
            new Axis("y", Unit.FRACTION, logarithmic),
            style,
            List.of(new Series("s", x, y, List.of(Double.NaN, 0.1), List.of("a"))),
            List.of());
    assertEquals(200, image(Pictures.png(chart, 200, 150)).getWidth());
  }

  @Test
  void seriesOfOneNameAndOfHostileNamesAreAllDrawn() throws Exception {
    List<Series> series = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      String name = i % 3 == 0 ? "" : i % 3 == 1 ? Samples.HOSTILE : "same".repeat(40);
      series.add(
          new Series(name, List.of(1.0, 2.0), List.of(i + 1.0, i + 2.0), List.of(), List.of()));
    }
    ChartSpec chart =
        new ChartSpec(
            Samples.HOSTILE.repeat(10),
            new Axis(Samples.HOSTILE, Unit.COUNT, false),
            new Axis(Samples.HOSTILE, Unit.NONE, false),
            Style.LINES,
            series,
            List.of());
    assertEquals(640, image(Pictures.png(chart, 640, 400)).getWidth());
    assertFalse(Pictures.svg(chart, 640, 400).contains("<script"), "names are escaped");
  }

  @Test
  void ticksStandAtRoundNumbersWhateverTheDistancesOfTheValues() throws Exception {
    List<Double> even = IntStream.rangeClosed(0, 100).mapToObj(i -> i / 100.0).toList();
    for (ChartSpec chart :
        List.of(
            line(List.of(0.18333333, 0.20833333), Unit.FRACTION),
            line(even, Unit.FRACTION),
            points(List.of(51_400.0), List.of(0.1996), List.of(0.011), List.of("t"), false))) {
      List<String> ticks = ticks(chart);
      assertTrue(ticks.contains("20%"), ticks.toString());
      assertTrue(ticks.size() >= 5 && ticks.size() <= 12, ticks.toString());
      assertTrue(ticks.stream().allMatch(t -> t.length() <= 5), ticks.toString());
    }
  }

  @Test
  void halfAChannelIsNoTick() throws Exception {
    List<String> ticks = ticks(line(List.of(10.0), Unit.COUNT));
    assertTrue(ticks.containsAll(List.of("9", "10", "11")), ticks.toString());
    assertTrue(ticks.stream().allMatch(t -> t.matches("\\d+")), ticks.toString());
  }

  private static ChartSpec line(List<Double> y, Unit unit) {
    List<Double> x = IntStream.rangeClosed(1, y.size()).mapToObj(i -> (double) i).toList();
    return new ChartSpec(
        "t",
        new Axis("x", Unit.COUNT, false),
        new Axis("y", unit, false),
        Style.LINES,
        List.of(new Series("s", x, y, List.of(), List.of())),
        List.of());
  }

  /** What stands at the vertical axis, from its foot. Pictures hold outlines, no letters. */
  private static List<String> ticks(ChartSpec chart) throws Exception {
    XYChart plot = XyPlot.of(chart, 640, 400).chart();
    plot.paint(new BufferedImage(640, 400, BufferedImage.TYPE_INT_RGB).createGraphics(), 640, 400);
    Object axes = read(Chart.class, "axisPair", plot);
    Object axis = read(axes.getClass(), "yAxis", axes);
    Object ticks = read(axis.getClass(), "axisTickCalculator", axis);
    Object labels = read(ticks.getClass().getSuperclass(), "tickLabels", ticks);
    return ((List<?>) labels)
        .stream()
            .filter(Objects::nonNull)
            .map(Object::toString)
            .map(label -> label.replace("\u200b", "").strip())
            .filter(label -> !label.isEmpty())
            .toList();
  }

  private static Object read(Class<?> type, String field, Object from) throws Exception {
    Field found = type.getDeclaredField(field);
    found.setAccessible(true);
    return found.get(from);
  }

  private static ChartSpec points(
      List<Double> x, List<Double> y, List<Double> errors, List<String> labels, boolean log) {
    return new ChartSpec(
        "t",
        new Axis("x", Unit.BYTES, log),
        new Axis("y", Unit.FRACTION, false),
        Style.POINTS,
        List.of(new Series("s", x, y, errors, labels)),
        List.of());
  }

  private static BufferedImage image(byte[] png) throws Exception {
    return ImageIO.read(new ByteArrayInputStream(png));
  }

  private static int pixels(BufferedImage image, int colour) {
    int n = 0;
    for (int y = 0; y < image.getHeight(); y++) {
      for (int x = 0; x < image.getWidth(); x++) {
        n += image.getRGB(x, y) == colour ? 1 : 0;
      }
    }
    return n;
  }
}
