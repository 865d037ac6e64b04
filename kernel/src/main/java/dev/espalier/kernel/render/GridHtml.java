package dev.espalier.kernel.render;

import dev.espalier.kernel.render.Block.Grid;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Tables as HTML. One that is wider than a notebook's page is turned round when it has few rows, so
 * that they stand beside each other; else it is cut into tables below each other, each with the
 * first column, as in text.
 */
final class GridHtml {
  /** CSS pixels that a page of a notebook has for a table. */
  private static final int PAGE = 840;

  /** Of a letter or digit in the fonts of notebooks, at 13 pixels; about. */
  private static final double LETTER = 7.2;

  /** Of a letter in small print. */
  private static final double SMALL_LETTER = LETTER * 0.85;

  /** On both sides of a cell. */
  private static final double PADDING = 18;

  /** More rows than these are not read side by side. */
  private static final int MOST_BESIDE = 6;

  private GridHtml() {}

  static void append(StringBuilder out, Grid grid) {
    List<Integer> all = IntStream.range(0, grid.heads().size()).boxed().toList();
    if (width(grid, all) > PAGE) {
      int rows = grid.bands().stream().mapToInt(band -> band.rows().size()).sum();
      Grid turned = turned(grid);
      List<Integer> beside = IntStream.range(0, turned.heads().size()).boxed().toList();
      if (rows <= MOST_BESIDE && rows < all.size() && width(turned, beside) <= PAGE) {
        table(out, turned, beside);
        return;
      }
    }
    parts(grid).forEach(part -> table(out, grid, part));
  }

  /** The rows as columns; above those of a band stands its title. */
  private static Grid turned(Grid grid) {
    List<Grid.Head> heads = new ArrayList<>();
    heads.add(new Grid.Head("", List.of(), false));
    List<List<String>> rows = new ArrayList<>();
    for (Grid.Head head :
        grid.heads().subList(Math.min(1, grid.heads().size()), grid.heads().size())) {
      List<String> row = new ArrayList<>();
      row.add(
          head.title() + (head.small().isEmpty() ? "" : "\n" + String.join(", ", head.small())));
      rows.add(row);
    }
    for (Grid.Band band : grid.bands()) {
      for (List<String> row : band.rows()) {
        heads.add(
            new Grid.Head(row.get(0), band.titled() ? List.of(band.title()) : List.of(), true));
        for (int c = 1; c < row.size(); c++) {
          rows.get(c - 1).add(row.get(c));
        }
      }
    }
    return new Grid(heads, List.of(new Grid.Band("", rows)));
  }

  /**
   * The columns of each table that is no wider than a page, in as few and as even ones as may be.
   */
  private static List<List<Integer>> parts(Grid grid) {
    List<List<Integer>> fewest = parts(grid, PAGE);
    List<List<Integer>> best = fewest;
    for (double narrower = PAGE * 0.95; narrower > PAGE * 0.4; narrower -= PAGE * 0.05) {
      List<List<Integer>> parts = parts(grid, narrower);
      if (parts.size() > fewest.size()) {
        return best;
      }
      best = parts;
    }
    return best;
  }

  private static List<List<Integer>> parts(Grid grid, double page) {
    List<List<Integer>> parts = new ArrayList<>();
    List<Integer> part = new ArrayList<>();
    for (int c = 0; c < grid.heads().size(); c++) {
      List<Integer> longer = new ArrayList<>(part);
      longer.add(c);
      if (part.size() > 1 && width(grid, longer) > page) {
        parts.add(part);
        longer = new ArrayList<>(List.of(0, c));
      }
      part = longer;
    }
    parts.add(part);
    return parts;
  }

  /** About how wide these columns are, in CSS pixels. */
  private static double width(Grid grid, List<Integer> columns) {
    double width = 0;
    for (int c : columns) {
      Grid.Head head = grid.heads().get(c);
      double widest = head.title().length() * LETTER;
      for (String small : head.small()) {
        widest = Math.max(widest, small.length() * SMALL_LETTER);
      }
      for (Grid.Band band : grid.bands()) {
        for (List<String> row : band.rows()) {
          String[] lines = row.get(c).split("\n", -1);
          widest = Math.max(widest, lines[0].length() * LETTER);
          for (int i = 1; i < lines.length; i++) {
            widest = Math.max(widest, lines[i].length() * SMALL_LETTER);
          }
        }
      }
      width += widest + PADDING;
    }
    return width;
  }

  private static void table(StringBuilder out, Grid grid, List<Integer> columns) {
    out.append("<div style=\"overflow-x:auto\">\n");
    out.append("<table style=\"border-collapse:collapse;margin:.3em 0;");
    out.append("font-variant-numeric:tabular-nums\">\n<thead><tr>");
    for (int c : columns) {
      Grid.Head head = grid.heads().get(c);
      out.append("<th scope=\"col\" style=\"").append(Html.CELL);
      out.append("border-bottom:").append(Html.RULE).append(';').append(side(head)).append("\">");
      out.append(Html.escape(head.title()));
      head.small().forEach(small -> small(out, small));
      out.append("</th>");
    }
    out.append("</tr></thead>\n<tbody>\n");
    for (Grid.Band band : grid.bands()) {
      if (band.titled()) {
        out.append("<tr><th colspan=\"").append(columns.size()).append("\" style=\"");
        out.append(Html.CELL).append("text-align:left;border-top:").append(Html.RULE).append(';');
        out.append(Html.SMALL).append("\">").append(Html.escape(band.title()));
        out.append("</th></tr>\n");
      }
      String line = band.apart() && !band.titled() ? ";border-top:" + Html.RULE : "";
      for (List<String> row : band.rows()) {
        out.append("<tr>");
        for (int c : columns) {
          String tag = c == 0 ? "th" : "td";
          out.append('<').append(tag).append(c == 0 ? " scope=\"row\"" : "").append(" style=\"");
          out.append(Html.BODY).append(side(grid.heads().get(c))).append(line).append("\">");
          String[] lines = row.get(c).split("\n", -1);
          out.append(Html.escape(lines[0]));
          for (int i = 1; i < lines.length; i++) {
            small(out, lines[i]);
          }
          out.append("</").append(tag).append('>');
        }
        out.append("</tr>\n");
      }
    }
    out.append("</tbody></table>\n</div>\n");
  }

  private static String side(Grid.Head head) {
    return head.numeric() ? "text-align:right" : "text-align:left";
  }

  private static void small(StringBuilder out, String text) {
    out.append("<br><span style=\"").append(Html.SMALL).append("\">");
    out.append(Html.escape(text)).append("</span>");
  }
}
