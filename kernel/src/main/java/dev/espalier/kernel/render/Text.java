package dev.espalier.kernel.render;

import dev.espalier.engine.run.Result;
import dev.espalier.engine.run.Result.ChartSpec;
import dev.espalier.kernel.render.Block.Facts.Fact;
import dev.espalier.kernel.render.Block.Grid;
import java.util.ArrayList;
import java.util.List;

/**
 * Results as plain text, for terminals, pipes and the {@code text/plain} of a notebook. Lines end
 * with a newline; control characters in the user's own names come out as spaces.
 */
public final class Text {
  /** Columns that tables keep to when nothing better is known. */
  public static final int WIDTH = 100;

  private static final String GAP = "  ";

  private Text() {}

  /** As {@link #of(Result, int)} with {@link #WIDTH}. */
  public static String of(Result result) {
    return of(result, WIDTH);
  }

  /** The result; a table wider than {@code width} is set in several parts. */
  public static String of(Result result, int width) {
    return of(result instanceof ChartSpec chart ? Blocks.inWords(chart) : Blocks.of(result), width);
  }

  static String of(List<Block> blocks, int width) {
    StringBuilder out = new StringBuilder();
    blocks.forEach(block -> append(out, block, width));
    return out.toString();
  }

  private static void append(StringBuilder out, Block block, int width) {
    if (block instanceof Block.Heading h) {
      String subject = clean(h.subject());
      out.append(subject);
      if (!h.aside().isEmpty()) {
        out.append(subject.isEmpty() ? "" : " ").append('(').append(h.aside()).append(')');
      }
      out.append('\n');
    } else if (block instanceof Block.Line l) {
      wrap(out, "  ", clean(l.text()), width);
    } else if (block instanceof Block.Facts f) {
      facts(out, "  ", f.facts());
    } else if (block instanceof Grid g) {
      grid(out, g, width);
    } else if (block instanceof Block.Finding f) {
      wrap(out, "  • ", clean(f.text()), width);
    } else if (block instanceof Block.Decision d) {
      wrap(out, d.decided() ? "  ⇒ " : "  ≈ ", clean(d.text()), width);
    } else if (block instanceof Block.Remark r) {
      wrap(out, "  note: ", clean(r.text()), width);
    } else if (block instanceof Block.Outcome o) {
      out.append(o.passed() ? "✓ " : "✗ ").append(clean(o.text())).append('\n');
      facts(out, "  ", o.facts());
      if (!o.explanation().isBlank()) {
        wrap(out, "  ", clean(o.explanation()), width);
      }
    } else if (block instanceof Block.Prose p) {
      p.markdown()
          .strip()
          .lines()
          .forEach(line -> out.append(clean(line).stripTrailing()).append('\n'));
    } else if (block instanceof Block.Picture p) {
      Blocks.inWords(p.chart()).forEach(b -> append(out, b, width));
    }
  }

  private static void facts(StringBuilder out, String indent, List<Fact> facts) {
    int label = facts.stream().mapToInt(f -> f.label().length()).max().orElse(0);
    for (Fact f : facts) {
      out.append(indent).append(f.label()).append(" ".repeat(label - f.label().length() + 2));
      out.append(clean(f.value())).append('\n');
    }
  }

  private static void grid(StringBuilder out, Grid grid, int width) {
    int columns = grid.heads().size();
    if (columns == 0) {
      return;
    }
    int[] widths = new int[columns];
    List<List<String>> heads = new ArrayList<>();
    for (int c = 0; c < columns; c++) {
      for (Grid.Band band : grid.bands()) {
        for (List<String> row : band.rows()) {
          widths[c] = Math.max(widths[c], length(clean(row.get(c))));
        }
      }
      heads.add(head(grid.heads().get(c), Math.max(widths[c], 10)));
      for (String line : heads.get(c)) {
        widths[c] = Math.max(widths[c], length(line));
      }
    }
    // The first column names the rows, so each part of a table that is cut repeats it.
    int from = 1;
    boolean more = true;
    while (more) {
      List<Integer> part = new ArrayList<>(List.of(0));
      int used = 2 + widths[0];
      int c = from;
      while (c < columns && (part.size() == 1 || used + GAP.length() + widths[c] <= width)) {
        used += GAP.length() + widths[c];
        part.add(c++);
      }
      part(out, grid, heads, widths, part);
      from = c;
      more = from < columns;
      if (more) {
        out.append('\n');
      }
    }
  }

  private static void part(
      StringBuilder out, Grid grid, List<List<String>> heads, int[] widths, List<Integer> part) {
    int lines = part.stream().mapToInt(c -> heads.get(c).size()).max().orElse(0);
    for (int i = 0; i < lines; i++) {
      List<String> line = new ArrayList<>();
      for (int c : part) {
        line.add(i < heads.get(c).size() ? heads.get(c).get(i) : "");
      }
      line(out, grid, widths, part, line);
    }
    List<String> rule = new ArrayList<>();
    part.forEach(c -> rule.add("─".repeat(widths[c])));
    line(out, grid, widths, part, rule);
    for (Grid.Band band : grid.bands()) {
      if (band.titled()) {
        out.append("  ── ").append(clean(band.title())).append('\n');
      } else if (band.apart()) {
        line(out, grid, widths, part, rule);
      }
      for (List<String> row : band.rows()) {
        line(out, grid, widths, part, part.stream().map(c -> clean(row.get(c))).toList());
      }
    }
  }

  private static void line(
      StringBuilder out, Grid grid, int[] widths, List<Integer> part, List<String> cells) {
    StringBuilder line = new StringBuilder("  ");
    for (int i = 0; i < cells.size(); i++) {
      int c = part.get(i);
      String fill = " ".repeat(widths[c] - length(cells.get(i)));
      line.append(i == 0 ? "" : GAP);
      if (grid.heads().get(c).numeric()) {
        line.append(fill).append(cells.get(i));
      } else {
        line.append(cells.get(i)).append(fill);
      }
    }
    out.append(line.toString().stripTrailing()).append('\n');
  }

  private static List<String> head(Grid.Head head, int width) {
    List<String> lines = new ArrayList<>(folded(clean(head.title()), width));
    head.small().forEach(s -> lines.addAll(folded(clean(s), width)));
    return lines;
  }

  private static void wrap(StringBuilder out, String lead, String text, int width) {
    String rest = " ".repeat(lead.length());
    boolean first = true;
    for (String line : folded(text, Math.max(20, width - lead.length()))) {
      out.append(first ? lead : rest).append(line).append('\n');
      first = false;
    }
  }

  /** The text in lines of at most {@code width}, cut between words; a longer word stays whole. */
  private static List<String> folded(String text, int width) {
    List<String> lines = new ArrayList<>();
    StringBuilder line = new StringBuilder();
    for (String word : text.strip().split(" +")) {
      if (line.length() > 0 && length(line) + 1 + length(word) > width) {
        lines.add(line.toString());
        line.setLength(0);
      }
      line.append(line.length() > 0 ? " " : "").append(word);
    }
    lines.add(line.toString());
    return lines;
  }

  private static int length(CharSequence text) {
    return (int) text.codePoints().count();
  }

  /** Names come from files: no escape sequence of theirs may reach the terminal. */
  public static String clean(String text) {
    StringBuilder out = new StringBuilder(text.length());
    text.codePoints()
        .forEach(
            c -> {
              int type = Character.getType(c);
              boolean steers =
                  type == Character.CONTROL
                      || type == Character.FORMAT
                      || type == Character.SURROGATE
                      || type == Character.LINE_SEPARATOR
                      || type == Character.PARAGRAPH_SEPARATOR;
              out.appendCodePoint(steers ? ' ' : c);
            });
    return out.toString();
  }
}
