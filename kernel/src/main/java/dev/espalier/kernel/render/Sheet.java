package dev.espalier.kernel.render;

import java.util.ArrayList;
import java.util.List;

/**
 * A table of texts, as text and as HTML.
 *
 * @param title above it; may be empty
 * @param heads one a column
 * @param numeric for each column, whether it is set flush right
 * @param rows as long as {@code heads} each
 * @param notes below it, such as how many rows are left out
 */
public record Sheet(
    String title,
    List<String> heads,
    List<Boolean> numeric,
    List<List<String>> rows,
    List<String> notes) {
  public Sheet {
    heads = List.copyOf(heads);
    numeric = List.copyOf(numeric);
    rows = List.copyOf(rows);
    notes = List.copyOf(notes);
    for (List<String> row : rows) {
      if (row.size() != heads.size() || numeric.size() != heads.size()) {
        throw new IllegalArgumentException("a row of another width than the table's");
      }
    }
  }

  /** For consoles. */
  public String text() {
    return Text.of(blocks(), Text.WIDTH).stripTrailing();
  }

  /** A fragment in which every text is escaped. */
  public String html() {
    return Html.of(blocks(), Html.Pictured.PNG);
  }

  private List<Block> blocks() {
    List<Block> blocks = new ArrayList<>();
    if (!title.isEmpty()) {
      blocks.add(new Block.Heading("", title));
    }
    List<Block.Grid.Head> columns = new ArrayList<>();
    for (int i = 0; i < heads.size(); i++) {
      columns.add(new Block.Grid.Head(heads.get(i), List.of(), numeric.get(i)));
    }
    blocks.add(new Block.Grid(columns, List.of(new Block.Grid.Band("", rows))));
    notes.forEach(note -> blocks.add(new Block.Line(note)));
    return blocks;
  }
}
