package dev.espalier.kernel.render;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.espalier.engine.run.Result;
import dev.espalier.engine.run.Result.Cell;
import dev.espalier.engine.run.Result.Column;
import dev.espalier.engine.run.Result.Figure;
import dev.espalier.engine.run.Result.FigureKind;
import dev.espalier.engine.run.Result.Row;
import dev.espalier.engine.run.Result.Unit;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class RenderingTest {
  private static final Pattern PIXELS = Pattern.compile("base64,[A-Za-z0-9+/=]+");
  private static final Pattern EVENT_HANDLER = Pattern.compile("<[^>]*\\son[a-z]+\\s*=");

  static Stream<String> samples() {
    return Samples.all().keySet().stream();
  }

  @ParameterizedTest
  @MethodSource("samples")
  void textIsAsAgreed(String sample) throws Exception {
    Golden.check(sample + ".txt", Text.of(Samples.all().get(sample)));
  }

  @ParameterizedTest
  @MethodSource("samples")
  void htmlIsAsAgreed(String sample) throws Exception {
    String html = Html.of(Samples.all().get(sample));
    Golden.check(sample + ".html", PIXELS.matcher(html).replaceAll("base64,…"));
  }

  @ParameterizedTest
  @MethodSource("samples")
  void fragmentsRunAndLoadNothing(String sample) {
    for (String html :
        List.of(Html.of(Samples.all().get(sample)), Html.forPage(Samples.all().get(sample)))) {
      assertFalse(html.contains("<script"), html);
      assertFalse(html.contains("<style"), html);
      assertFalse(html.contains("<link"), html);
      assertFalse(html.contains("javascript:"), html);
      assertFalse(html.contains("src=\"http"), html);
      assertFalse(EVENT_HANDLER.matcher(html).find(), html);
    }
  }

  @Test
  void aModelThatIsItsOwnSeriesIsNamedOnceInARow() {
    Result.ChartSpec chart =
        new Result.ChartSpec(
            "accuracy",
            Result.ChartSpec.Axis.of("model", List.of("teacher", "half")),
            new Result.ChartSpec.Axis("accuracy", Unit.FRACTION, false),
            Result.ChartSpec.Style.POINTS,
            Stream.of(1, 2)
                .map(
                    i ->
                        new Result.ChartSpec.Series(
                            i == 1 ? "teacher" : "half",
                            List.of((double) i),
                            List.of(0.9),
                            List.of(),
                            List.of(i == 1 ? "teacher" : "half")))
                .toList(),
            List.of());
    String text = Text.of(chart);
    assertTrue(text.matches("(?s).*\\n +teacher +90.00%\\n +half +90.00%\\s*"), text);
  }

  @Test
  void hostileNamesAreShownAndDoNothing() {
    Result.TableResult table =
        new Result.TableResult(
            Samples.HOSTILE,
            List.of(new Column(Samples.HOSTILE, Samples.HOSTILE)),
            List.of(new Row(Samples.HOSTILE, List.of(new Cell.Text(Samples.HOSTILE)))),
            List.of(Samples.HOSTILE),
            List.of(Samples.HOSTILE),
            Optional.of(new Result.Verdict(Optional.empty(), Samples.HOSTILE)));
    List<Result> results =
        List.of(
            table,
            new Result.BlueprintResult(Samples.HOSTILE, Samples.HOSTILE),
            new Result.NoteResult(Samples.HOSTILE),
            Samples.model(Samples.HOSTILE, false),
            new Result.Check(
                Samples.HOSTILE,
                false,
                Figure.exact(1, Unit.NONE),
                Figure.exact(0, Unit.NONE),
                Samples.HOSTILE));
    for (Result result : results) {
      String html = Html.of(result);
      assertFalse(html.contains("<script"), html);
      assertTrue(html.contains("&lt;script&gt;"), html);
      assertFalse(html.contains("\u202e") && !(result instanceof Result.NoteResult), html);
      String text = Text.of(result);
      assertFalse(text.contains("\u001b"), text);
      assertFalse(text.contains("\u202e"), text);
      assertTrue(text.contains("<script>"), text);
    }
  }

  @Test
  void aWideTableIsCutIntoPartsThatFit() {
    for (int width : new int[] {60, 80, 100, 200}) {
      String text = Text.of(Samples.comparison(), width);
      assertTrue(
          text.lines().allMatch(line -> line.length() <= width),
          () -> "wider than " + width + ":\n" + text);
      assertEquals(1, text.split("teacher is better", -1).length - 1);
    }
    assertEquals(
        3, Text.of(Samples.comparison(), 80).split("random pruning", -1).length - 1, "parts at 80");
    assertEquals(1, Text.of(Samples.comparison(), 200).split("random pruning", -1).length - 1);
  }

  @Test
  void onAPageFewModelsStandSideBySideAndManyInTablesBelowEachOther() {
    String few = Html.of(Samples.comparison());
    assertEquals(1, few.split("<table", -1).length - 1, few);
    assertTrue(few.contains("text-align:right\">tiny</th>"), few);
    assertEquals(2, few.split(">controls</span>", -1).length - 1, few);
    assertTrue(few.contains("of 10,000, measured"), few);
    String many = Html.of(Samples.comparisonOfMany());
    assertEquals(2, many.split("<table", -1).length - 1, many);
    assertEquals(2, many.split("text-align:left\">both, from scratch</th>", -1).length - 1, many);
    for (String column : List.of("accuracy", "gzip", "peak memory", "MACs")) {
      assertEquals(1, many.split(">" + column + "<", -1).length - 1, column);
    }
  }

  @Test
  void kindsThatDifferWithinAColumnStandBesideTheFigures() {
    Result.TableResult table =
        new Result.TableResult(
            "",
            List.of(new Column("model", ""), new Column("latency", "")),
            List.of(
                new Row(
                    "",
                    List.of(
                        new Cell.Text("a"),
                        new Cell.Number(Figure.measured(105e-6, Unit.SECONDS)))),
                new Row(
                    "",
                    List.of(
                        new Cell.Text("b"),
                        new Cell.Number(
                            new Figure(
                                0.002,
                                Double.NaN,
                                Double.NaN,
                                Unit.SECONDS,
                                FigureKind.MODELLED))))),
            List.of(),
            List.of(),
            Optional.empty());
    assertTrue(Text.of(table).contains("105 µs (measured)"));
    assertTrue(Html.of(table).contains("2.00 ms (modelled)"));
  }

  @Test
  void notesKeepLinksThatAreSafeAndNameTheirPictures() {
    String html = Markdown.html(Samples.note().markdown());
    assertTrue(html.contains("<h1>Distilling on a laptop</h1>"), html);
    assertTrue(html.contains("href=\"https://arxiv.org/abs/1503.02531\""), html);
    assertTrue(html.contains("[picture: a picture]"), html);
    assertFalse(html.contains("javascript:"), html);
    assertFalse(html.contains("<img"), html);
    assertTrue(html.contains("&lt;script&gt;"), html);
  }

  @Test
  void deeplyNestedNotesDoNotBreakThePage() {
    String html = Markdown.html(">".repeat(200_000) + " a");
    assertTrue(html.contains("a"));
  }
}
