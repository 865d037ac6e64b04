package dev.espalier.dsl.syntax;

import dev.espalier.dsl.Span;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A tree as nested lists of all it holds but the places: equal lists are equal trees. */
public final class WithoutPlaces {
  private WithoutPlaces() {}

  public static Object of(Object node) {
    if (node instanceof List<?> list) {
      return list.stream().map(WithoutPlaces::of).toList();
    } else if (node instanceof Optional<?> optional) {
      return optional.map(WithoutPlaces::of);
    } else if (node instanceof Record record) {
      List<Object> out = new ArrayList<>();
      out.add(record.getClass().getSimpleName());
      for (RecordComponent component : record.getClass().getRecordComponents()) {
        if (component.getType() != Span.class) {
          try {
            component.getAccessor().setAccessible(true);
            out.add(of(component.getAccessor().invoke(record)));
          } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
          }
        }
      }
      return out;
    }
    return node;
  }
}
