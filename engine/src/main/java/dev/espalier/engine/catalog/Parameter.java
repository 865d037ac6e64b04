package dev.espalier.engine.catalog;

import dev.espalier.engine.EspalierException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * One thing a word takes.
 *
 * @param name as written in a program
 * @param type what kind of value it is
 * @param javaType the record component's type
 * @param preset the default as written in a program; empty when it must be given
 * @param kinds for {@link Type#WORD}, the kinds of word accepted
 * @param choices for {@link Type#CHOICE}, the words accepted
 */
public record Parameter(
    String name,
    Type type,
    Class<?> javaType,
    String doc,
    Optional<String> preset,
    double min,
    double max,
    boolean minExcluded,
    boolean maxExcluded,
    String unit,
    boolean rest,
    List<Kind> kinds,
    List<String> choices) {

  /** The unit of whole numbers that may also be joined: 3x224x224. */
  public static final String BY = "x";

  /** What kind of value a parameter takes, and the Java class a value of it has. */
  public enum Type {
    /** A whole number: Integer or Long. */
    INTEGER("a whole number"),
    /** A number: Double. */
    REAL("a number"),
    /** A number from 0 to 1, or a percentage: Double. */
    FRACTION("a percentage"),
    /** yes or no: Boolean. */
    FLAG("yes or no"),
    /** String. */
    TEXT("a text in quotes"),
    /** One of a few words: the enum's constant. */
    CHOICE("one of a few words"),
    /** List of Integer. */
    INTEGERS("whole numbers"),
    /** List of Double. */
    REALS("numbers"),
    /** A word of the catalog: its record. */
    WORD("a word");

    private final String words;

    Type(String words) {
      this.words = words;
    }

    /** As people say it. */
    public String words() {
      return words;
    }
  }

  public Parameter {
    kinds = List.copyOf(kinds);
    choices = List.copyOf(choices);
  }

  /** The default's value. Throws when the parameter must be given. */
  public Object presetValue() {
    String text =
        preset.orElseThrow(
            () ->
                EspalierException.program(
                    "`" + name + "` must be given", "", doc, "add `" + name + " …`"));
    return switch (type) {
      case INTEGER -> checked(Long.parseLong(text));
      case REAL -> Double.parseDouble(text);
      case FRACTION ->
          text.endsWith("%")
              // As the language reads it: 99.99% is exactly the double 0.9999.
              ? new BigDecimal(text.substring(0, text.length() - 1)).movePointLeft(2).doubleValue()
              : Double.parseDouble(text);
      case FLAG -> text.equals("yes");
      case TEXT -> text.equals("none") ? "" : text;
      case CHOICE -> constant(text);
      case INTEGERS, REALS -> presetList(text);
      case WORD -> Catalog.standard().find(kinds, text).orElseThrow().make(Map.of());
    };
  }

  /**
   * The value as the record wants it.
   *
   * @throws EspalierException when it is of another type or out of range
   */
  public Object checked(Object value) {
    switch (type) {
      case INTEGER -> {
        if (value instanceof Number n && n.doubleValue() == Math.rint(n.doubleValue())) {
          inRange(n.doubleValue());
          return javaType == int.class ? (Object) Math.toIntExact(n.longValue()) : n.longValue();
        }
      }
      case REAL, FRACTION -> {
        if (value instanceof Number n && !Double.isNaN(n.doubleValue())) {
          inRange(n.doubleValue());
          return n.doubleValue();
        }
      }
      case FLAG -> {
        if (value instanceof Boolean) {
          return value;
        }
      }
      case TEXT -> {
        if (value instanceof String) {
          return value;
        }
      }
      case CHOICE -> {
        if (javaType.isInstance(value)) {
          return value;
        }
        if (value instanceof String s && choices.contains(s)) {
          return constant(s);
        }
      }
      case INTEGERS, REALS -> {
        if (value instanceof List<?> list) {
          List<Object> out = new ArrayList<>();
          for (Object item : list) {
            if (!(item instanceof Number n)
                || (type == Type.INTEGERS && n.doubleValue() != Math.rint(n.doubleValue()))) {
              throw wrongType(item);
            }
            inRange(n.doubleValue());
            out.add(
                type == Type.INTEGERS ? (Object) Math.toIntExact(n.longValue()) : n.doubleValue());
          }
          return List.copyOf(out);
        }
      }
      case WORD -> {
        if (javaType.isInstance(value)) {
          return value;
        }
      }
    }
    throw wrongType(value);
  }

  /** The range in words: {@code from 0 to 1}, {@code above 0}; empty when anything goes. */
  public String range() {
    if (type == Type.CHOICE) {
      return String.join(", ", choices);
    }
    String low =
        min == Double.NEGATIVE_INFINITY ? "" : (minExcluded ? "above " : "at least ") + plain(min);
    String high =
        max == Double.POSITIVE_INFINITY ? "" : (maxExcluded ? "below " : "at most ") + plain(max);
    return low.isEmpty() || high.isEmpty() ? low + high : low + " and " + high;
  }

  private String plain(double bound) {
    if (type == Type.FRACTION) {
      return plainNumber(bound * 100) + "%";
    }
    return plainNumber(bound);
  }

  private static String plainNumber(double v) {
    return v == Math.rint(v) && Math.abs(v) < 1e15 ? Long.toString((long) v) : Double.toString(v);
  }

  private void inRange(double v) {
    boolean low = minExcluded ? v > min : v >= min;
    boolean high = maxExcluded ? v < max : v <= max;
    if (!low || !high) {
      throw EspalierException.program(
          "`" + name + "` cannot be " + plain(v), "", doc, "give a value " + range());
    }
  }

  private EspalierException wrongType(Object value) {
    return EspalierException.program(
        "`" + name + "` takes " + type.words() + ", not `" + value + "`",
        "",
        doc,
        range().isEmpty() ? "" : "give " + range());
  }

  private Object constant(String text) {
    String wanted = text.replace('-', '_').toUpperCase(Locale.ROOT);
    for (Object constant : javaType.getEnumConstants()) {
      if (((Enum<?>) constant).name().equals(wanted)) {
        return constant;
      }
    }
    throw new IllegalStateException(javaType + " has no constant " + wanted);
  }

  private Object presetList(String text) {
    List<Number> out = new ArrayList<>();
    for (String item : text.equals("none") ? new String[0] : text.split("[ ,]+")) {
      if (type == Type.INTEGERS) {
        out.add(Integer.valueOf(item));
      } else {
        out.add(Double.valueOf(item));
      }
    }
    return List.copyOf(out);
  }
}
