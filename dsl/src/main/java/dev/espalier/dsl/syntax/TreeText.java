package dev.espalier.dsl.syntax;

import dev.espalier.dsl.Span;
import java.lang.reflect.RecordComponent;
import java.util.List;
import java.util.Optional;

/**
 * A tree as indented lines, for reading: every record with its components by name, places left out.
 *
 * <p>Values and names stand as they are written; absent and empty components are left out.
 */
public final class TreeText {
  private final StringBuilder out = new StringBuilder();

  private TreeText() {}

  /** The tree of a statement, each line with its line end. */
  public static String of(Statement statement) {
    TreeText text = new TreeText();
    text.record((Record) statement, "", 0);
    return text.out.toString();
  }

  private void record(Record node, String label, int depth) {
    line(depth, label + node.getClass().getSimpleName());
    for (RecordComponent component : node.getClass().getRecordComponents()) {
      component(component.getName(), read(node, component), depth + 1);
    }
  }

  private void component(String name, Object value, int depth) {
    if (value instanceof Span) {
      return;
    }
    if (value instanceof Optional<?> optional) {
      optional.ifPresent(v -> component(name, v, depth));
    } else if (value instanceof List<?> list) {
      if (list.isEmpty()) {
        return;
      }
      line(depth, name + ":");
      for (Object item : list) {
        if (isShort(item)) {
          line(depth + 1, written(item));
        } else {
          record((Record) item, "", depth + 1);
        }
      }
    } else if (isShort(value)) {
      line(depth, name + ": " + written(value));
    } else {
      record((Record) value, name + ": ", depth);
    }
  }

  /** Whether it stands on one line, as it is written in a program. */
  private static boolean isShort(Object value) {
    return !(value instanceof Record)
        || value instanceof Name
        || value instanceof Value
        || value instanceof Setting;
  }

  private static String written(Object value) {
    if (value instanceof Name name) {
      // A layer's name may be a pattern.
      return name.text();
    } else if (value instanceof Value v) {
      return Printer.text(v);
    } else if (value instanceof Setting setting) {
      return Printer.text(setting);
    }
    return String.valueOf(value);
  }

  private static Object read(Record node, RecordComponent component) {
    try {
      component.getAccessor().setAccessible(true);
      return component.getAccessor().invoke(node);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  private void line(int depth, String text) {
    out.append("  ".repeat(depth)).append(text).append('\n');
  }
}
