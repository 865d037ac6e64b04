package dev.espalier.dsl.plan;

import dev.espalier.engine.catalog.Catalog;
import dev.espalier.engine.catalog.Parameter;
import dev.espalier.engine.catalog.Word;
import java.lang.reflect.RecordComponent;
import java.math.BigDecimal;
import java.math.MathContext;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Words of the catalog and their values as text, with every setting written out. */
public final class WordText {
  private WordText() {}

  /** {@code adam(lr 0.001, beta1 0.9, …)}; a record that is no word is named by its class. */
  public static String of(Record word) {
    List<String> settings = settings(word);
    String name =
        word.getClass().isAnnotationPresent(Word.class)
            ? Catalog.standard().of(word).name()
            : hyphenated(word.getClass().getSimpleName().replaceFirst("Source$", ""));
    return settings.isEmpty() ? name : name + "(" + String.join(", ", settings) + ")";
  }

  /** The settings of a word, {@code lr 0.001} each, in the catalog's order. */
  public static List<String> settings(Record word) {
    List<String> out = new ArrayList<>();
    RecordComponent[] components = word.getClass().getRecordComponents();
    boolean known = word.getClass().isAnnotationPresent(Word.class);
    List<Parameter> parameters = known ? Catalog.standard().of(word).parameters() : List.of();
    for (int i = 0; i < components.length; i++) {
      Object value = read(word, components[i]);
      if (!known) {
        out.add(hyphenated(components[i].getName()) + " " + value(value));
        continue;
      }
      Parameter parameter = parameters.get(i);
      if (parameter.rest()) {
        ((List<?>) value).forEach(item -> out.add(value(item)));
      } else {
        out.add(
            parameter.name()
                + " "
                + (parameter.type() == Parameter.Type.FRACTION
                    ? percent((Double) value)
                    : value(value)));
      }
    }
    return out;
  }

  /** A number as it would be written, without needless digits. */
  public static String number(double value) {
    if (Double.isNaN(value) || Double.isInfinite(value)) {
      return Double.toString(value);
    }
    BigDecimal exact = BigDecimal.valueOf(value).stripTrailingZeros();
    return exact.scale() <= 6 && exact.precision() - exact.scale() <= 15
        ? exact.toPlainString()
        : exact.toString().replace("E", "e");
  }

  /** 0.5 as {@code 50%}. */
  public static String percent(double fraction) {
    return Double.isNaN(fraction) || Double.isInfinite(fraction)
        ? fraction + "%"
        : BigDecimal.valueOf(fraction)
                // 99.99% is kept as 0.9998999999999999.
                .round(new MathContext(15))
                .movePointRight(2)
                .stripTrailingZeros()
                .toPlainString()
            + "%";
  }

  /** A text in quotes. */
  public static String quoted(String text) {
    return '"'
        + text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n").replace("\t", "\\t")
        + '"';
  }

  private static String value(Object value) {
    if (value instanceof Double d) {
      return number(d);
    } else if (value instanceof Boolean b) {
      return b ? "yes" : "no";
    } else if (value instanceof String s) {
      return quoted(s);
    } else if (value instanceof Path p) {
      return quoted(p.toString());
    } else if (value instanceof Enum<?> e) {
      return e.name().toLowerCase(Locale.ROOT).replace('_', '-');
    } else if (value instanceof List<?> list) {
      return "[" + String.join(", ", list.stream().map(WordText::value).toList()) + "]";
    } else if (value instanceof Record record) {
      return of(record);
    }
    return String.valueOf(value);
  }

  private static Object read(Record word, RecordComponent component) {
    try {
      component.getAccessor().setAccessible(true);
      return component.getAccessor().invoke(word);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String hyphenated(String camelCase) {
    return camelCase.replaceAll("(?<=.)([A-Z])", "-$1").toLowerCase(Locale.ROOT);
  }
}
