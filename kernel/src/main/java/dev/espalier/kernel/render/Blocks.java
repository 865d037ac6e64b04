package dev.espalier.kernel.render;

import dev.espalier.engine.Model;
import dev.espalier.engine.data.Augmentation;
import dev.espalier.engine.data.DataSet;
import dev.espalier.engine.data.Task;
import dev.espalier.engine.run.Result;
import dev.espalier.engine.run.Result.Cell;
import dev.espalier.engine.run.Result.ChartSpec;
import dev.espalier.engine.run.Result.FigureKind;
import dev.espalier.engine.run.Result.Unit;
import dev.espalier.kernel.render.Block.Facts.Fact;
import dev.espalier.kernel.render.Block.Grid;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Decides what is said of each result and in which words; the layout is decided elsewhere. */
final class Blocks {
  /** Of a matrix in words, and of lines. */
  private static final int MOST_COLUMNS = 12;

  private static final int MOST_ROWS = 20;
  private static final int MOST_NAMED_ROWS = 120;

  private Blocks() {}

  static List<Block> of(Result result) {
    if (result instanceof Result.ModelResult r) {
      return model(r);
    } else if (result instanceof Result.DataResult r) {
      return data(r.name(), r.data());
    } else if (result instanceof Result.TableResult r) {
      return table(r);
    } else if (result instanceof ChartSpec r) {
      return chart(r);
    } else if (result instanceof Result.Check r) {
      return List.of(check(r));
    } else if (result instanceof Result.Checks r) {
      return checks(r);
    } else if (result instanceof Result.NothingFound r) {
      List<Block> blocks = new ArrayList<>(table(r.trials()));
      blocks.addAll(checks(r.closest()));
      return blocks;
    } else if (result instanceof Result.Written r) {
      return List.of(
          new Block.Line(
              "wrote " + r.what() + " to " + r.file() + " (" + Figures.bytes(r.bytes()) + ")"));
    } else if (result instanceof Result.ReportRequest r) {
      return List.of(new Block.Line("report to " + r.file()));
    } else if (result instanceof Result.NoteResult r) {
      return List.of(new Block.Prose(r.markdown()));
    } else if (result instanceof Result.BlueprintResult r) {
      return List.of(
          new Block.Heading(r.name(), "blueprint, not trained"), new Block.Line(r.description()));
    }
    throw new IllegalStateException("no rendering for " + result.getClass());
  }

  private static List<Block> model(Result.ModelResult r) {
    List<Block> blocks = new ArrayList<>();
    blocks.add(new Block.Heading(r.name(), r.cached() ? "model, cached" : "model"));
    if (!r.effect().isBlank()) {
      blocks.add(new Block.Line(r.effect()));
    }
    Model model = r.model();
    model.stopped().ifPresent(s -> blocks.add(new Block.Line(s)));
    List<String> last = new ArrayList<>();
    if (!model.history().isEmpty()) {
      Model.Epoch end = model.history().get(model.history().size() - 1);
      String before = model.isAsTrained() ? "" : "before this: ";
      last.add(
          before + model.history().size() + (model.history().size() == 1 ? " epoch" : " epochs"));
      last.add("loss " + Figures.loss(end.loss()));
      if (!Double.isNaN(end.validationAccuracy())) {
        last.add("validation accuracy " + Figures.percentage(end.validationAccuracy()));
      }
    }
    if (!r.cached() && model.provenance().seconds() > 0) {
      last.add("made in " + Figures.duration(model.provenance().seconds()));
    }
    if (!last.isEmpty()) {
      blocks.add(new Block.Line(String.join(", ", last)));
    }
    return blocks;
  }

  private static List<Block> data(String name, DataSet data) {
    List<Fact> facts = new ArrayList<>();
    if (!name.equals(data.name())) {
      facts.add(new Fact("from", data.name()));
    }
    facts.add(
        new Fact(
            "samples",
            data.shape().length == 3
                ? data.shape()[0]
                    + (data.shape()[0] == 1 ? " channel, " : " channels, ")
                    + data.shape()[1]
                    + "×"
                    + data.shape()[2]
                : Figures.count(data.shape()[0]) + " features"));
    facts.add(
        data.task() instanceof Task.Regression regression
            ? new Fact("targets", listed(regression.targets()))
            : new Fact("classes", listed(data.classes())));
    facts.add(
        new Fact(
            "splits",
            Figures.count(data.train().size())
                + " training, "
                + Figures.count(data.validation().size())
                + " validation, "
                + Figures.count(data.test().size())
                + " test"));
    if (!data.augmentations().isEmpty()) {
      facts.add(
          new Fact(
              "augmented by",
              data.augmentations().stream()
                  .map(Blocks::augmentation)
                  .collect(Collectors.joining(", "))));
    }
    return List.of(new Block.Heading(name, "data"), new Block.Facts(facts));
  }

  private static String augmentation(Augmentation augmentation) {
    return augmentation.getClass().getSimpleName().toLowerCase(Locale.ROOT);
  }

  private static String listed(List<String> words) {
    int shown = 12;
    String names = words.stream().limit(shown).collect(Collectors.joining(" "));
    return words.size() + ": " + names + (words.size() > shown ? " …" : "");
  }

  private static List<Block> table(Result.TableResult r) {
    List<Block> blocks = new ArrayList<>();
    if (!r.title().isBlank()) {
      blocks.add(new Block.Heading(r.title(), ""));
    }
    blocks.add(grid(r));
    r.findings().forEach(f -> blocks.add(new Block.Finding(f)));
    r.verdict().ifPresent(v -> blocks.add(new Block.Decision(v.winner().isPresent(), v.text())));
    r.notes().forEach(n -> blocks.add(new Block.Remark(n)));
    return blocks;
  }

  private static Grid grid(Result.TableResult r) {
    int columns = r.columns().size();
    List<Grid.Head> heads = new ArrayList<>();
    List<Set<FigureKind>> kinds = new ArrayList<>();
    for (int c = 0; c < columns; c++) {
      Set<FigureKind> found = EnumSet.noneOf(FigureKind.class);
      boolean words = false;
      for (Result.Row row : r.rows()) {
        Cell cell = cellOf(row, c);
        if (cell instanceof Cell.Number n) {
          found.add(n.figure().kind());
        } else if (cell instanceof Cell.Text) {
          words = true;
        }
      }
      kinds.add(found);
      List<String> small = new ArrayList<>();
      if (!r.columns().get(c).detail().isBlank()) {
        small.add(r.columns().get(c).detail());
      }
      if (found.size() == 1) {
        small.add(Figures.kind(found.iterator().next()));
      }
      heads.add(
          new Grid.Head(r.columns().get(c).title(), small, !found.isEmpty() && (c > 0 || !words)));
    }
    Map<String, List<List<String>>> bands = new LinkedHashMap<>();
    for (Result.Row row : r.rows()) {
      List<String> cells = new ArrayList<>();
      for (int c = 0; c < columns; c++) {
        cells.add(cell(cellOf(row, c), kinds.get(c).size() > 1));
      }
      bands.computeIfAbsent(row.group(), g -> new ArrayList<>()).add(cells);
    }
    return new Grid(
        heads,
        bands.entrySet().stream().map(b -> new Grid.Band(b.getKey(), b.getValue())).toList());
  }

  private static Cell cellOf(Result.Row row, int column) {
    return column < row.cells().size() ? row.cells().get(column) : new Cell.Empty();
  }

  private static String cell(Cell cell, boolean withKind) {
    if (cell instanceof Cell.Number n) {
      return Figures.format(n.figure())
          + (withKind ? " (" + Figures.kind(n.figure().kind()) + ")" : "");
    }
    return cell instanceof Cell.Text t ? t.text() : "–";
  }

  private static List<Block> chart(ChartSpec chart) {
    List<Block> blocks = new ArrayList<>();
    blocks.add(new Block.Picture(chart));
    chart.notes().forEach(n -> blocks.add(new Block.Remark(n)));
    return blocks;
  }

  /** A matrix as a table; of many columns, some, evenly spread. */
  private static List<Block> matrix(ChartSpec chart) {
    List<String> names = chart.x().names();
    int step = Math.max(1, (names.size() + MOST_COLUMNS - 1) / MOST_COLUMNS);
    List<Grid.Head> heads = new ArrayList<>();
    heads.add(new Grid.Head(chart.y().title(), List.of(), false));
    for (int c = 0; c < names.size(); c += step) {
      heads.add(new Grid.Head(names.get(c), List.of(), true));
    }
    List<List<String>> rows = new ArrayList<>();
    for (ChartSpec.Series s : chart.series()) {
      List<String> row = new ArrayList<>();
      row.add(s.name());
      for (int c = 0; c < names.size(); c += step) {
        row.add(c < s.y().size() ? Figures.format(s.y().get(c), chart.y().unit()) : "");
      }
      rows.add(row);
    }
    return grid(chart, heads, rows);
  }

  /** Lines as a table, a column each; of many positions, some, evenly spread, and the last. */
  private static List<Block> lines(ChartSpec chart) {
    List<Double> all =
        chart.series().stream().flatMap(s -> s.x().stream()).distinct().sorted().toList();
    int most = chart.x().names().isEmpty() ? MOST_ROWS : MOST_NAMED_ROWS;
    int step = Math.max(1, (all.size() + most - 1) / most);
    List<Double> positions = new ArrayList<>();
    for (int i = all.size() - 1; i >= 0; i -= step) {
      positions.add(0, all.get(i));
    }
    List<Grid.Head> heads = new ArrayList<>();
    heads.add(new Grid.Head(chart.x().title(), List.of(), chart.x().names().isEmpty()));
    chart
        .series()
        .forEach(s -> heads.add(new Grid.Head(s.name(), List.of(chart.y().title()), true)));
    List<List<String>> rows = new ArrayList<>();
    for (double x : positions) {
      List<String> row = new ArrayList<>();
      row.add(position(chart.x(), x));
      for (ChartSpec.Series s : chart.series()) {
        int at = s.x().indexOf(x);
        row.add(at < 0 ? "" : value(s, at, chart.y().unit()));
      }
      rows.add(row);
    }
    return grid(chart, heads, rows);
  }

  private static String position(ChartSpec.Axis axis, double x) {
    int at = (int) Math.rint(x);
    return at >= 1 && at <= axis.names().size()
        ? axis.names().get(at - 1)
        : Figures.format(x, axis.unit());
  }

  private static String value(ChartSpec.Series s, int i, Unit unit) {
    return Figures.format(s.y().get(i), unit)
        + (i < s.errors().size() && s.errors().get(i) > 0
            ? " ± " + margin(s.errors().get(i), unit)
            : "");
  }

  /** A chart's figures as a table, where no picture can be shown. */
  static List<Block> inWords(ChartSpec chart) {
    if (chart.style() == ChartSpec.Style.MATRIX) {
      return matrix(chart);
    }
    if (chart.style() == ChartSpec.Style.LINES) {
      return lines(chart);
    }
    List<List<String>> rows = new ArrayList<>();
    boolean labelled = chart.series().stream().anyMatch(s -> !s.labels().isEmpty());
    for (ChartSpec.Series s : chart.series()) {
      int n = Math.min(s.x().size(), s.y().size());
      if (chart.style() == ChartSpec.Style.POINTS) {
        for (int i = 0; i < n; i++) {
          List<String> row = new ArrayList<>();
          row.add(s.name());
          if (labelled) {
            row.add(i < s.labels().size() ? s.labels().get(i) : "");
          }
          row.add(position(chart.x(), s.x().get(i)));
          row.add(value(s, i, chart.y().unit()));
          rows.add(row);
        }
      } else if (n > 0) {
        rows.add(
            List.of(
                s.name(),
                Figures.format(s.x().get(0), chart.x().unit())
                    + " – "
                    + Figures.format(s.x().get(n - 1), chart.x().unit()),
                "at most "
                    + Figures.format(
                        s.y().stream().mapToDouble(d -> d).max().orElse(0), chart.y().unit())));
      }
    }
    List<Grid.Head> heads = new ArrayList<>();
    heads.add(new Grid.Head("", List.of(), false));
    if (labelled && chart.style() == ChartSpec.Style.POINTS) {
      heads.add(new Grid.Head("", List.of(), false));
    }
    heads.add(new Grid.Head(chart.x().title(), List.of(), chart.x().names().isEmpty()));
    heads.add(new Grid.Head(chart.y().title(), List.of(), true));
    if (chart.style() == ChartSpec.Style.POINTS && !rows.isEmpty()) {
      saidOnce(heads, rows);
    }
    return grid(chart, heads, rows);
  }

  /** Leaves out a column that says in every row what the next one says: a model's name, mostly. */
  private static void saidOnce(List<Grid.Head> heads, List<List<String>> rows) {
    for (int c = heads.size() - 3; c >= 0; c--) {
      int column = c;
      if (rows.stream().allMatch(r -> r.get(column).equals(r.get(column + 1)))) {
        heads.remove(column);
        rows.forEach(r -> r.remove(column));
      }
    }
  }

  private static List<Block> grid(ChartSpec chart, List<Grid.Head> heads, List<List<String>> rows) {
    List<Block> blocks = new ArrayList<>();
    blocks.add(new Block.Heading(chart.title(), "chart"));
    blocks.add(new Grid(heads, List.of(new Grid.Band("", rows))));
    chart.notes().forEach(note -> blocks.add(new Block.Remark(note)));
    return blocks;
  }

  private static String margin(double margin, Unit unit) {
    return unit == Unit.FRACTION
        ? Figures.format(margin * 100, Unit.NONE) + " points"
        : Figures.format(margin, unit);
  }

  private static List<Block> checks(Result.Checks r) {
    List<Block> blocks = new ArrayList<>();
    blocks.add(new Block.Outcome(r.passed(), r.text(), List.of(), r.summary()));
    r.all().forEach(c -> blocks.add(check(c)));
    return blocks;
  }

  private static Block check(Result.Check r) {
    List<Fact> facts =
        Arrays.asList(
            new Fact("wanted", Figures.format(r.wanted())),
            new Fact("got", Figures.format(r.got()) + " (" + Figures.kind(r.got().kind()) + ")"));
    return new Block.Outcome(r.passed(), r.text(), facts, r.explanation());
  }
}
