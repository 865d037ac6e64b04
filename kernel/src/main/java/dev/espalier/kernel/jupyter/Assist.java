package dev.espalier.kernel.jupyter;

import dev.espalier.dsl.Source;
import dev.espalier.dsl.assist.Completeness;
import dev.espalier.dsl.assist.Completion;
import dev.espalier.dsl.assist.Hover;
import dev.espalier.dsl.assist.Suggestion;
import dev.espalier.kernel.render.Markdown;
import java.util.List;
import java.util.Optional;
import org.dflib.jjava.jupyter.kernel.display.DisplayData;

/** Completion and explanation in Espalier cells, in Jupyter's terms. */
final class Assist {
  private final Cells cells;

  Assist(Cells cells) {
    this.cells = cells;
  }

  /** What may stand at {@code cursor}, a UTF-16 index. */
  Suggestions complete(String code, int cursor) {
    List<Suggestion> found = Completion.at(cell(code), cursor, cells.scope());
    if (found.isEmpty()) {
      return Suggestions.none(cursor);
    }
    List<Suggestions.Item> items =
        found.stream().map(s -> new Suggestions.Item(s.text(), type(s.kind()))).toList();
    // All of them replace the same word.
    return new Suggestions(items, found.get(0).range().start(), found.get(0).range().end());
  }

  /** As JupyterLab has icons for. */
  private static String type(Suggestion.Kind kind) {
    return switch (kind) {
      case KEYWORD -> "keyword";
      case DATA, BLUEPRINT, MODEL, TEACHER, TABLE, TARGET, RECIPE -> "instance";
      case VALUE -> "statement";
      case ARCHITECTURE, LAYER -> "class";
      case METHOD, WORD -> "function";
      case SETTING -> "param";
      case METRIC, UNIT -> "property";
      case FILE, FOLDER -> "path";
    };
  }

  /** What is known of the word at {@code cursor}, in every form there is for it. */
  Optional<DisplayData> inspect(String code, int cursor) {
    return Hover.at(cell(code), cursor, cells.scope())
        .map(
            hover -> {
              DisplayData data = new DisplayData(hover.plain());
              data.putMarkdown(hover.markdown());
              data.putHTML(Markdown.html(hover.markdown()));
              return data;
            });
  }

  private static Source cell(String code) {
    return new Source("the cell", code, Optional.empty());
  }

  /** Whether a cell may run as it stands. */
  static Wholeness wholeness(String code) {
    Completeness found = Completeness.of(code);
    return switch (found.state()) {
      case COMPLETE -> Wholeness.COMPLETE;
      case INCOMPLETE -> Wholeness.incomplete(found.indent());
      case INVALID -> Wholeness.INVALID;
    };
  }
}
