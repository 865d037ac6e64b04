package dev.espalier.kernel.value;

import java.lang.reflect.Array;
import java.util.Collection;
import java.util.Iterator;
import java.util.Map;
import java.util.Optional;

/** A value as text, however large it is: of a collection only the first elements are looked at. */
public final class Plain {
  /** The longest text that is shown of a value. */
  public static final int LONGEST = 100_000;

  private static final int MOST_ELEMENTS = 1000;
  private static final int DEEPEST = 20;

  /** Where rows of an array are put below one another. */
  private static final int WIDTH = 80;

  private final StringBuilder out = new StringBuilder();
  private final int longest;
  private int elements;

  private Plain(int longest) {
    this.longest = longest;
  }

  /** The value, cut with a note where it is too long; runs the user's {@code toString}. */
  public static String of(Object value) {
    String text = of(value, LONGEST);
    return value != null && value.getClass().isArray() && text.length() > WIDTH
        ? rows(value, text)
        : text;
  }

  /** As {@link #of(Object)}, in at most {@code longest} characters and a note. */
  public static String of(Object value, int longest) {
    Plain plain = new Plain(longest);
    plain.append(value, 0);
    return cut(plain.out.toString(), longest);
  }

  /** A text, cut with a note where it is too long. */
  static String cut(String text, int longest) {
    if (text.length() <= longest) {
      return text;
    }
    int end = Character.isHighSurrogate(text.charAt(longest - 1)) ? longest - 1 : longest;
    return text.substring(0, end) + "… (" + text.length() + " characters)";
  }

  /** An array of arrays with a row a line, below its shape. */
  private static String rows(Object array, String text) {
    if (array.getClass().getComponentType().isArray() && text.startsWith("[[")) {
      return shape(array) + "\n" + text.replace("], [", "],\n [");
    }
    return text;
  }

  private static String shape(Object array) {
    StringBuilder shape = new StringBuilder();
    Class<?> type = array.getClass();
    while (type.isArray()) {
      type = type.getComponentType();
    }
    shape.append(type.getSimpleName());
    Object at = array;
    while (at != null && at.getClass().isArray()) {
      int length = Array.getLength(at);
      shape.append('[').append(length).append(']');
      at = length > 0 ? Array.get(at, 0) : null;
    }
    return shape.toString();
  }

  private void append(Object value, int depth) {
    if (value == null) {
      out.append("null");
    } else if (depth > DEEPEST) {
      out.append('…');
    } else if (value.getClass().isArray()) {
      array(value, depth);
    } else if (value instanceof Collection<?> c && ofJava(value)) {
      collection(c, depth);
    } else if (value instanceof Map<?, ?> m && ofJava(value)) {
      map(m, depth);
    } else if (value instanceof Optional<?> o) {
      out.append(o.isPresent() ? "Optional[" : "Optional.empty");
      if (o.isPresent()) {
        append(o.get(), depth + 1);
        out.append(']');
      }
    } else {
      out.append(safe(value));
    }
  }

  /** Collections of other makers may print themselves as something else. */
  private static boolean ofJava(Object value) {
    return value.getClass().getName().startsWith("java.util.");
  }

  /** The user's own text of a value. */
  static String safe(Object value) {
    try {
      return String.valueOf(value);
    } catch (RuntimeException | StackOverflowError | LinkageError e) {
      return value.getClass().getSimpleName()
          + " (its toString threw "
          + e.getClass().getName()
          + ")";
    }
  }

  /** Whether there is room for another element. */
  private boolean full() {
    return elements++ >= MOST_ELEMENTS || out.length() >= longest;
  }

  private void array(Object array, int depth) {
    int length = Array.getLength(array);
    out.append('[');
    for (int i = 0; i < length; i++) {
      if (i > 0) {
        out.append(", ");
      }
      if (full()) {
        out.append("… ").append(length - i).append(" more");
        break;
      }
      append(Array.get(array, i), depth + 1);
    }
    out.append(']');
  }

  private void collection(Collection<?> all, int depth) {
    out.append('[');
    int i = 0;
    for (Iterator<?> it = all.iterator(); it.hasNext(); i++) {
      out.append(i > 0 ? ", " : "");
      if (full()) {
        out.append("… ").append(all.size() - i).append(" more");
        break;
      }
      Object element = it.next();
      if (element == all) {
        out.append("(this collection)");
      } else {
        append(element, depth + 1);
      }
    }
    out.append(']');
  }

  private void map(Map<?, ?> all, int depth) {
    out.append('{');
    int i = 0;
    for (Map.Entry<?, ?> entry : all.entrySet()) {
      out.append(i > 0 ? ", " : "");
      if (full()) {
        out.append("… ").append(all.size() - i).append(" more");
        break;
      }
      i++;
      append(entry.getKey(), depth + 1);
      out.append('=');
      if (entry.getValue() == all) {
        out.append("(this map)");
      } else {
        append(entry.getValue(), depth + 1);
      }
    }
    out.append('}');
  }
}
