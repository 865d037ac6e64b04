package dev.espalier.dsl.check;

import dev.espalier.dsl.syntax.Value;
import java.lang.reflect.RecordComponent;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;

/** The {@code $} names that stand in a piece of a program. */
final class Parameters {
  private Parameters() {}

  /**
   * Every name behind a {@code $}, once, in the order of the text.
   *
   * @param tree a record of the syntax tree, or a collection of them
   */
  static Set<String> in(Object tree) {
    Set<String> names = new LinkedHashSet<>();
    collect(tree, names);
    return names;
  }

  private static void collect(Object tree, Set<String> names) {
    if (tree instanceof Value.Parameter p) {
      names.add(p.name());
    } else if (tree instanceof Optional<?> optional) {
      optional.ifPresent(v -> collect(v, names));
    } else if (tree instanceof Iterable<?> list) {
      list.forEach(v -> collect(v, names));
    } else if (tree instanceof Record record) {
      for (RecordComponent component : record.getClass().getRecordComponents()) {
        try {
          component.getAccessor().setAccessible(true);
          collect(component.getAccessor().invoke(record), names);
        } catch (ReflectiveOperationException e) {
          throw new IllegalStateException(e);
        }
      }
    }
  }
}
