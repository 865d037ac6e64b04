package dev.espalier.kernel.value;

import dev.espalier.kernel.render.Sheet;
import java.lang.reflect.Array;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Records, maps, and collections of them, as tables of their first rows. */
public final class Tables {
  private static final int MOST_ROWS = 50;
  private static final int MOST_COLUMNS = 40;
  private static final int LONGEST_CELL = 200;

  private Tables() {}

  /**
   * A value as a table.
   *
   * @param table the rows
   * @param better whether the table says more than the value's text, on a console too
   */
  public record Tabled(Sheet table, boolean better) {}

  /** The table that a value is; empty for anything else. */
  public static Optional<Tabled> of(Object value) {
    if (value instanceof Optional<?> o && o.isPresent()) {
      return of(o.get());
    }
    if (value instanceof Record record) {
      return record(record).map(t -> new Tabled(t, false));
    }
    if (value instanceof Map<?, ?> map && !map.isEmpty()) {
      return Optional.of(new Tabled(map(map), ofRecords(map.values())));
    }
    if (value instanceof Collection<?> c) {
      return rows(first(c), c.size()).map(t -> new Tabled(t, true));
    }
    if (value instanceof Object[] array) {
      List<Object> first = new ArrayList<>();
      for (int i = 0; i < Math.min(MOST_ROWS, array.length); i++) {
        first.add(Array.get(array, i));
      }
      return rows(first, array.length).map(t -> new Tabled(t, true));
    }
    return Optional.empty();
  }

  private static List<Object> first(Collection<?> all) {
    List<Object> first = new ArrayList<>();
    for (Object element : all) {
      first.add(element);
      if (first.size() == MOST_ROWS) {
        break;
      }
    }
    return first;
  }

  private static boolean ofRecords(Collection<?> values) {
    return columns(first(values)) != null;
  }

  private static List<String> more(int shown, long all) {
    return shown < all
        ? List.of("… and " + String.format(java.util.Locale.ROOT, "%,d", all - shown) + " more")
        : List.of();
  }

  // ---- one record, one map

  private static Optional<Sheet> record(Record record) {
    RecordComponent[] components = record.getClass().getRecordComponents();
    if (components.length == 0) {
      return Optional.empty();
    }
    List<List<String>> rows = new ArrayList<>();
    for (RecordComponent component : components) {
      rows.add(List.of(component.getName(), cell(component(record, component))));
    }
    return Optional.of(
        new Sheet(
            record.getClass().getSimpleName(),
            List.of("component", "value"),
            List.of(false, false),
            rows,
            List.of()));
  }

  private static Sheet map(Map<?, ?> map) {
    List<Object> keys = new ArrayList<>();
    List<Object> values = new ArrayList<>();
    for (Map.Entry<?, ?> entry : map.entrySet()) {
      keys.add(entry.getKey());
      values.add(entry.getValue());
      if (keys.size() == MOST_ROWS) {
        break;
      }
    }
    Columns columns = columns(values);
    List<String> heads = new ArrayList<>(List.of("key"));
    heads.addAll(columns == null ? List.of("value") : columns.heads());
    List<Boolean> numeric = new ArrayList<>(List.of(numbers(keys)));
    numeric.addAll(columns == null ? List.of(numbers(values)) : columns.numeric());
    List<List<String>> rows = new ArrayList<>();
    for (int i = 0; i < keys.size(); i++) {
      List<String> row = new ArrayList<>(List.of(cell(keys.get(i))));
      row.addAll(columns == null ? List.of(cell(values.get(i))) : columns.row(values.get(i)));
      rows.add(row);
    }
    return new Sheet("", heads, numeric, rows, more(rows.size(), map.size()));
  }

  private static boolean numbers(List<Object> values) {
    return values.stream().allMatch(v -> v instanceof Number);
  }

  // ---- many

  private static Optional<Sheet> rows(List<Object> first, long all) {
    Columns columns = columns(first);
    if (columns == null) {
      return Optional.empty();
    }
    return Optional.of(
        new Sheet(
            "",
            columns.heads(),
            columns.numeric(),
            first.stream().map(columns::row).toList(),
            more(first.size(), all)));
  }

  private interface Columns {
    List<String> heads();

    List<Boolean> numeric();

    List<String> row(Object value);
  }

  /** The columns of records of one class, or of maps with texts as keys; null for others. */
  private static Columns columns(List<Object> values) {
    Object sample = values.stream().filter(v -> v != null).findFirst().orElse(null);
    if (sample instanceof Record
        && values.stream().allMatch(v -> v == null || v.getClass() == sample.getClass())) {
      RecordComponent[] components = sample.getClass().getRecordComponents();
      return components.length == 0 || components.length > MOST_COLUMNS
          ? null
          : new OfRecords(List.of(components));
    }
    Set<String> keys = new LinkedHashSet<>();
    for (Object value : values) {
      if (!(value instanceof Map<?, ?> map)) {
        return null;
      }
      for (Object key : map.keySet()) {
        if (!(key instanceof String name) || (keys.add(name) && keys.size() > MOST_COLUMNS)) {
          return null;
        }
      }
    }
    return keys.isEmpty() ? null : new OfMaps(List.copyOf(keys), values);
  }

  private record OfRecords(List<RecordComponent> components) implements Columns {
    @Override
    public List<String> heads() {
      return components.stream().map(RecordComponent::getName).toList();
    }

    @Override
    public List<Boolean> numeric() {
      return components.stream().map(c -> isNumber(c.getType())).toList();
    }

    private static boolean isNumber(Class<?> type) {
      return Number.class.isAssignableFrom(type)
          || (type.isPrimitive() && type != boolean.class && type != char.class);
    }

    @Override
    public List<String> row(Object value) {
      return components.stream()
          .map(c -> value == null ? "null" : cell(component((Record) value, c)))
          .toList();
    }
  }

  private record OfMaps(List<String> heads, List<Object> values) implements Columns {
    @Override
    public List<Boolean> numeric() {
      return heads.stream()
          .map(
              head ->
                  values.stream()
                      .map(v -> ((Map<?, ?>) v).get(head))
                      .allMatch(v -> v == null || v instanceof Number))
          .toList();
    }

    @Override
    public List<String> row(Object value) {
      Map<?, ?> map = (Map<?, ?>) value;
      return heads.stream().map(h -> map.containsKey(h) ? cell(map.get(h)) : "").toList();
    }
  }

  private static Object component(Record record, RecordComponent component) {
    try {
      // A cell's classes are not public.
      component.getAccessor().setAccessible(true);
      return component.getAccessor().invoke(record);
    } catch (InvocationTargetException e) {
      return "(threw " + e.getCause().getClass().getName() + ")";
    } catch (ReflectiveOperationException | RuntimeException e) {
      return "(not to be read)";
    }
  }

  private static String cell(Object value) {
    return Plain.of(value, LONGEST_CELL).replaceAll("\\R", " ");
  }
}
