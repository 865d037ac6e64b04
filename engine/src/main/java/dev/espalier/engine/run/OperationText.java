package dev.espalier.engine.run;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import dev.espalier.engine.EspalierException;
import dev.espalier.engine.Model;
import dev.espalier.engine.architecture.Architecture;
import dev.espalier.engine.architecture.LayerBlock;
import dev.espalier.engine.data.CsvSource;
import dev.espalier.engine.data.DataSet;
import dev.espalier.engine.data.IdxSource;
import dev.espalier.engine.data.ImagesSource;
import dev.espalier.engine.data.NpzSource;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * Operations as text, to be done by another process: JSON with every operation once, inputs before
 * what needs them, spoken of by their place.
 *
 * <p>The text names records of a closed list, which is what {@link Operation} is made of and the
 * words of this engine; it can neither name other classes nor run anything but the constructors of
 * those records. It is refused when it is longer than {@link #LONGEST}, deeper than {@link
 * #DEEPEST} or of more than {@link #MOST_VALUES} values.
 *
 * <p>Of what Java cells give, models go by their key (they are looked up in the store), and
 * architectures that are words of this engine as such; anything else cannot be sent.
 */
public final class OperationText {
  /** Characters of a text that is read. */
  public static final int LONGEST = 1 << 26;

  private static final int DEEPEST = 64;
  private static final int MOST_VALUES = 4_000_000;
  private static final String SORT = "is";
  private static final String MODEL = "model";
  private static final String DATA = "data";
  private static final Gson JSON = new GsonBuilder().disableHtmlEscaping().create();

  /** Implementations of interfaces that are open to Java programs. */
  private static final List<Class<?>> SOURCES_AND_BLOCKS =
      List.of(
          LayerBlock.class, CsvSource.class, IdxSource.class, NpzSource.class, ImagesSource.class);

  private static final Map<String, Class<?>> RECORDS = records();

  private OperationText() {}

  // ---- the closed list

  private static Map<String, Class<?>> records() {
    Map<String, Class<?>> found = new HashMap<>();
    add(Operation.class, found);
    new StandardWords().words().forEach(w -> add(w, found));
    SOURCES_AND_BLOCKS.forEach(c -> add(c, found));
    return found;
  }

  private static void add(Class<?> type, Map<String, Class<?>> found) {
    if (type.isSealed()) {
      for (Class<?> permitted : type.getPermittedSubclasses()) {
        add(permitted, found);
      }
    } else if (type.isRecord() && found.putIfAbsent(name(type), type) == null) {
      for (RecordComponent component : type.getRecordComponents()) {
        add(component.getGenericType(), found);
      }
    }
  }

  private static void add(Type type, Map<String, Class<?>> found) {
    if (type instanceof ParameterizedType parameterized) {
      for (Type argument : parameterized.getActualTypeArguments()) {
        add(argument, found);
      }
    } else if (type instanceof Class<?> c) {
      add(c, found);
    }
  }

  /** The class without the project's package: {@code run.Operation.Train}. */
  private static String name(Class<?> type) {
    String all = type.getName().replace('$', '.');
    return all.substring("dev.espalier.engine.".length());
  }

  // ---- writing

  /**
   * The operations as one text.
   *
   * @throws EspalierException (program) when one holds a value of a Java cell that cannot be sent
   */
  public static String write(List<? extends Operation> operations) {
    Writer writer = new Writer();
    JsonArray asked = new JsonArray();
    for (Operation operation : operations) {
      asked.add(writer.place(operation));
    }
    JsonObject all = new JsonObject();
    all.add("operations", writer.operations);
    all.add("asked", asked);
    return JSON.toJson(all);
  }

  private static final class Writer {
    private final JsonArray operations = new JsonArray();
    private final Map<Operation, Integer> places = new IdentityHashMap<>();

    int place(Operation operation) {
      Integer known = places.get(operation);
      if (known == null) {
        JsonObject written =
            operation instanceof Operation.Given given ? given(given) : record((Record) operation);
        known = operations.size();
        operations.add(written);
        places.put(operation, known);
      }
      return known;
    }

    private JsonObject given(Operation.Given given) {
      JsonObject out = new JsonObject();
      out.addProperty(SORT, name(Operation.Given.class));
      out.addProperty("name", given.name());
      out.addProperty("fingerprint", given.fingerprint());
      if (given.value() instanceof Model model) {
        out.addProperty(MODEL, model.key());
      } else if (given.value() instanceof DataSet data) {
        out.addProperty(DATA, Store.lendingName(data));
      } else if (given.value() instanceof Architecture a && RECORDS.containsValue(a.getClass())) {
        out.add("value", record((Record) a));
      } else {
        throw EspalierException.program(
            "`" + given.name() + "` cannot be sent to another process",
            given.name(),
            "it was made by a Java cell and lies in this process alone",
            "declare it in the language: data … from a file, or model … is");
      }
      return out;
    }

    private JsonObject record(Record record) {
      JsonObject out = new JsonObject();
      out.addProperty(SORT, name(record.getClass()));
      for (RecordComponent component : record.getClass().getRecordComponents()) {
        out.add(component.getName(), value(read(record, component)));
      }
      return out;
    }

    private JsonElement value(Object value) {
      if (value instanceof Operation operation) {
        return new JsonPrimitive(place(operation));
      } else if (value instanceof Record record) {
        if (!RECORDS.containsValue(record.getClass())) {
          throw EspalierException.program(
              "a " + record.getClass().getSimpleName() + " cannot be sent to another process",
              "",
              "it is no word of this engine",
              "use one that is");
        }
        return record(record);
      } else if (value instanceof Optional<?> optional) {
        JsonArray out = new JsonArray();
        optional.ifPresent(v -> out.add(value(v)));
        return out;
      } else if (value instanceof Collection<?> list) {
        JsonArray out = new JsonArray();
        list.forEach(v -> out.add(value(v)));
        return out;
      } else if (value instanceof Double || value instanceof Float) {
        // As text: JSON has no word for what is not a number.
        return new JsonPrimitive(value.toString());
      } else if (value instanceof Number n) {
        return new JsonPrimitive(n);
      } else if (value instanceof Boolean b) {
        return new JsonPrimitive(b);
      } else if (value instanceof Enum<?> e) {
        return new JsonPrimitive(e.name());
      } else if (value instanceof String || value instanceof Path) {
        return new JsonPrimitive(value.toString());
      }
      throw EspalierException.program(
          "a value of a Java program cannot be sent to another process",
          value == null ? "" : value.getClass().getName(),
          "it is no word of this engine",
          "use one that is");
    }
  }

  private static Object read(Record record, RecordComponent component) {
    try {
      component.getAccessor().setAccessible(true);
      return component.getAccessor().invoke(record);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  // ---- reading

  /**
   * The operations of a text.
   *
   * @param models looks up models that Java cells gave, by key
   * @param data looks up data that Java cells gave, by the name it is lent under
   * @throws EspalierException (run) when the text is not one that {@link #write} makes, or when a
   *     model or data is not found
   */
  public static List<Operation> read(
      String text,
      Function<String, Optional<Model>> models,
      Function<String, Optional<DataSet>> data) {
    if (text.length() > LONGEST) {
      throw refused("it is of more than " + LONGEST + " characters", null);
    }
    try {
      JsonObject all = JsonParser.parseString(text).getAsJsonObject();
      Reader reader = new Reader(models, data);
      for (JsonElement operation : all.getAsJsonArray("operations")) {
        reader.operations.add((Operation) reader.record(operation, Operation.class, 0));
      }
      List<Operation> out = new ArrayList<>();
      for (JsonElement place : all.getAsJsonArray("asked")) {
        out.add(reader.operation(place));
      }
      return out;
    } catch (EspalierException e) {
      throw e;
    } catch (JsonParseException
        | IllegalArgumentException
        | IllegalStateException
        | UnsupportedOperationException
        | NullPointerException
        | ClassCastException
        | ArithmeticException
        | StackOverflowError e) {
      throw refused(String.valueOf(e.getMessage()), e);
    }
  }

  private static EspalierException refused(String why, Throwable cause) {
    return EspalierException.run("the text describes no operations", "", why, "", cause);
  }

  private static final class Reader {
    private final Function<String, Optional<Model>> models;
    private final Function<String, Optional<DataSet>> data;
    private final List<Operation> operations = new ArrayList<>();
    private int values;

    Reader(Function<String, Optional<Model>> models, Function<String, Optional<DataSet>> data) {
      this.data = data;
      this.models = models;
    }

    Operation operation(JsonElement place) {
      int at = whole(place).intValueExact();
      if (at < 0 || at >= operations.size()) {
        throw new IllegalArgumentException("operation " + at + " is not there before its use");
      }
      return operations.get(at);
    }

    Object record(JsonElement json, Class<?> wanted, int depth) {
      JsonObject object = json.getAsJsonObject();
      String name = object.get(SORT).getAsString();
      Class<?> type = RECORDS.get(name);
      if (type == null || !wanted.isAssignableFrom(type)) {
        throw new IllegalArgumentException("`" + name + "` is not one of " + name(wanted));
      }
      if (type == Operation.Given.class) {
        return given(object, depth);
      }
      RecordComponent[] components = type.getRecordComponents();
      if (object.size() != components.length + 1) {
        throw new IllegalArgumentException("`" + name + "` has other parts");
      }
      Class<?>[] types = new Class<?>[components.length];
      Object[] arguments = new Object[components.length];
      for (int i = 0; i < components.length; i++) {
        types[i] = components[i].getType();
        JsonElement part = object.get(components[i].getName());
        arguments[i] = value(part, components[i].getGenericType(), depth + 1);
      }
      try {
        var constructor = type.getDeclaredConstructor(types);
        constructor.setAccessible(true);
        return constructor.newInstance(arguments);
      } catch (InvocationTargetException e) {
        if (e.getCause() instanceof EspalierException refused) {
          throw refused;
        }
        throw new IllegalArgumentException(name + ": " + e.getCause().getMessage(), e);
      } catch (ReflectiveOperationException e) {
        throw new IllegalStateException(e);
      }
    }

    private Operation.Given given(JsonObject object, int depth) {
      String name = object.get("name").getAsString();
      String fingerprint = object.get("fingerprint").getAsString();
      if (object.has("value")) {
        Object value = record(object.get("value"), Architecture.class, depth + 1);
        return new Operation.Given(name, value, fingerprint);
      }
      if (object.has(DATA)) {
        DataSet lent =
            data.apply(object.get(DATA).getAsString())
                .orElseThrow(
                    () ->
                        EspalierException.run(
                            "the data `" + name + "` is not there any more",
                            name,
                            "the process that had it took it back or has ended",
                            "run again"));
        return new Operation.Given(name, lent, fingerprint);
      }
      String key = object.get(MODEL).getAsString();
      Model model =
          models
              .apply(key)
              .orElseThrow(
                  () ->
                      EspalierException.run(
                          "the model `" + name + "` is not in the store",
                          name,
                          "its entry was removed or damaged while it was needed",
                          "run again"));
      return new Operation.Given(name, model, fingerprint);
    }

    private Object value(JsonElement json, Type type, int depth) {
      if (depth > DEEPEST || ++values > MOST_VALUES) {
        throw new IllegalArgumentException("it is too deep or too long");
      }
      if (type instanceof ParameterizedType parameterized) {
        List<Object> items = new ArrayList<>();
        for (JsonElement item : json.getAsJsonArray()) {
          items.add(value(item, parameterized.getActualTypeArguments()[0], depth + 1));
        }
        if (parameterized.getRawType() == List.class) {
          return List.copyOf(items);
        } else if (parameterized.getRawType() == Optional.class && items.size() < 2) {
          return items.stream().findFirst();
        }
        throw new IllegalArgumentException("a part is of another kind");
      }
      return single(json, (Class<?>) type, depth);
    }

    private Object single(JsonElement json, Class<?> type, int depth) {
      if (Operation.class.isAssignableFrom(type)) {
        Operation operation = operation(json);
        if (!type.isInstance(operation)) {
          throw new IllegalArgumentException("an input is of another kind");
        }
        return operation;
      } else if (type == int.class || type == Integer.class) {
        return whole(json).intValueExact();
      } else if (type == long.class || type == Long.class) {
        return whole(json).longValueExact();
      } else if (type == double.class || type == Double.class) {
        return Double.parseDouble(string(json));
      } else if (type == float.class || type == Float.class) {
        return Float.parseFloat(string(json));
      } else if (type == boolean.class || type == Boolean.class) {
        JsonPrimitive flag = json.getAsJsonPrimitive();
        if (!flag.isBoolean()) {
          throw new IllegalArgumentException("a part is neither true nor false");
        }
        return flag.getAsBoolean();
      } else if (type == String.class) {
        return string(json);
      } else if (type == Path.class) {
        return path(string(json));
      } else if (type.isEnum()) {
        return constant(type, string(json));
      }
      return record(json, type, depth);
    }

    private static java.math.BigDecimal whole(JsonElement json) {
      JsonPrimitive number = json.getAsJsonPrimitive();
      String digits = number.getAsString();
      if (!number.isNumber() || digits.length() > 20) {
        throw new IllegalArgumentException("a part is no whole number");
      }
      return new java.math.BigDecimal(digits);
    }

    private static String string(JsonElement json) {
      JsonPrimitive text = json.getAsJsonPrimitive();
      if (!text.isString()) {
        throw new IllegalArgumentException("a part is no text");
      }
      return text.getAsString();
    }

    private static Path path(String text) {
      try {
        return Path.of(text);
      } catch (InvalidPathException e) {
        throw new IllegalArgumentException("a part is no path", e);
      }
    }

    private static Object constant(Class<?> type, String name) {
      for (Object constant : type.getEnumConstants()) {
        if (((Enum<?>) constant).name().equals(name)) {
          return constant;
        }
      }
      throw new IllegalArgumentException("`" + name + "` is not one of " + name(type));
    }
  }
}
