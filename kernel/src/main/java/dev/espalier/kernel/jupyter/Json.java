package dev.espalier.kernel.jupyter;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import java.util.Collection;

/** Reads fields that a peer may have left out or mistyped. */
final class Json {
  private Json() {}

  /** An object from alternating names and values: strings, numbers, booleans or JSON. */
  static JsonObject of(Object... namesAndValues) {
    JsonObject object = new JsonObject();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      object.add((String) namesAndValues[i], element(namesAndValues[i + 1]));
    }
    return object;
  }

  static JsonArray array(Collection<String> texts) {
    JsonArray array = new JsonArray();
    texts.forEach(array::add);
    return array;
  }

  static String text(JsonObject object, String name, String otherwise) {
    JsonElement e = object.get(name);
    return e instanceof JsonPrimitive p && p.isString() ? p.getAsString() : otherwise;
  }

  static boolean flag(JsonObject object, String name, boolean otherwise) {
    JsonElement e = object.get(name);
    return e instanceof JsonPrimitive p && p.isBoolean() ? p.getAsBoolean() : otherwise;
  }

  static int whole(JsonObject object, String name, int otherwise) {
    JsonElement e = object.get(name);
    if (!(e instanceof JsonPrimitive p) || !p.isNumber()) {
      return otherwise;
    }
    double value = p.getAsDouble();
    return value == Math.rint(value) && Math.abs(value) < Integer.MAX_VALUE
        ? (int) value
        : otherwise;
  }

  static JsonObject object(JsonObject object, String name) {
    return object.get(name) instanceof JsonObject o ? o : new JsonObject();
  }

  /** The fields of a reply that says that something failed. */
  static JsonObject error(String name, String title, Collection<String> traceback) {
    return of("status", "error", "ename", name, "evalue", title, "traceback", array(traceback));
  }

  private static JsonElement element(Object value) {
    if (value instanceof JsonElement e) {
      return e;
    }
    if (value instanceof Number n) {
      return new JsonPrimitive(n);
    }
    if (value instanceof Boolean b) {
      return new JsonPrimitive(b);
    }
    return new JsonPrimitive(String.valueOf(value));
  }
}
