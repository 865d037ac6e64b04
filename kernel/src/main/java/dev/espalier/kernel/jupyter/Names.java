package dev.espalier.kernel.jupyter;

import dev.espalier.engine.EspalierException;
import dev.espalier.engine.Model;
import dev.espalier.engine.architecture.Architecture;
import dev.espalier.engine.data.DataSet;
import dev.espalier.engine.graph.Graph;
import dev.espalier.kernel.value.Plain;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.lang.model.SourceVersion;

/**
 * Names that Espalier and Java cells share.
 *
 * <p>A name of the Espalier scope becomes a Java variable of its value's type when a Java cell
 * first mentions it (hyphens become underscores); later its field is set directly, which takes
 * microseconds where a compiled assignment takes tens of milliseconds. A Java variable whose value
 * Espalier understands is bound there after the cell.
 */
final class Names {
  /** The joints of a sentence: no Espalier name may be one of these. */
  private static final Set<String> RESERVED =
      Set.of(
          "and", "as", "by", "except", "for", "from", "in", "into", "is", "of", "on", "over", "per",
          "then", "to", "using", "via", "vs", "with", "within");

  private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

  /** Values on their way into a cell. */
  private static final Map<Long, Object> HANDED = new ConcurrentHashMap<>();

  private static final AtomicLong TICKETS = new AtomicLong();

  private final Cells cells;
  private final CellLoader loader;

  /** The meaning, by Espalier name, that the Java variable was last given. */
  private final Map<String, Object> given = new HashMap<>();

  /** The value of each Java variable when both sides last agreed, by Java name. */
  private final Map<String, Object> agreed = new HashMap<>();

  /** The type each variable from Espalier was declared with, by Java name. */
  private final Map<String, String> declared = new HashMap<>();

  /** Compiles and runs declarations. */
  interface Compiler {
    /** Throws when JShell refuses them, which is this kernel's fault. */
    void declare(String source);
  }

  Names(Cells cells, CellLoader loader) {
    this.cells = cells;
    this.loader = loader;
  }

  /** Java names of everything in the Espalier scope, with the name there. */
  Map<String, String> all() {
    Map<String, String> byJava = new LinkedHashMap<>();
    List<String> names = new ArrayList<>(cells.meanings().keySet());
    // A name that needs no change keeps it.
    names.stream().filter(n -> n.indexOf('-') < 0).forEach(n -> byJava.put(java(n), n));
    names.stream().filter(n -> n.indexOf('-') >= 0).forEach(n -> byJava.putIfAbsent(java(n), n));
    return byJava;
  }

  /**
   * The Java type of everything in the Espalier scope whose type is known, by Java name; without
   * what Java has already as a variable, whose own type says more.
   */
  Map<String, String> types() {
    Map<String, Object> meanings = cells.meanings();
    Map<String, String> types = new LinkedHashMap<>();
    all()
        .forEach(
            (java, name) -> {
              if (loader.variable(java) == null || given.get(name) != meanings.get(name)) {
                cells.type(name).ifPresent(t -> types.put(java, type(t)));
              }
            });
    return types;
  }

  /** What the Espalier scope says of a Java name. */
  Optional<String> describe(String java) {
    return Optional.ofNullable(all().get(java)).flatMap(cells::describe);
  }

  /** What a Java variable holds; null when there is none. */
  Object current(String java) {
    Field field = loader.variable(java);
    return field == null ? null : get(field);
  }

  static String java(String name) {
    String java = name.replace('-', '_');
    return SourceVersion.isKeyword(java, SourceVersion.RELEASE_17) || java.equals("_")
        ? java + "_"
        : java;
  }

  /** Takes a value that {@link #toJava} handed over; called by the declarations it writes. */
  static Object take(long ticket) {
    return HANDED.remove(ticket);
  }

  /** Gives the Java variables that a cell's code mentions, and those it knows, their values. */
  void toJava(String code, Compiler compiler) {
    Set<String> mentioned =
        NAME.matcher(code).results().map(r -> r.group()).collect(Collectors.toSet());
    Map<String, Object> meanings = cells.meanings();
    Map<String, List<String>> declarations = new LinkedHashMap<>();
    for (Map.Entry<String, String> name : all().entrySet()) {
      String java = name.getKey();
      Object meaning = meanings.get(name.getValue());
      if (!(mentioned.contains(java) || declared.containsKey(java))
          || given.get(name.getValue()) == meaning) {
        continue;
      }
      Optional<Object> value = cells.value(name.getValue());
      given.put(name.getValue(), meaning);
      if (value.isEmpty()) {
        continue;
      }
      Object v = value.get();
      agreed.put(java, kept(v));
      String type = type(v.getClass());
      Field field = loader.variable(java);
      if (field != null && type.equals(declared.get(java)) && set(field, v)) {
        continue;
      }
      declared.put(java, type);
      long ticket = TICKETS.incrementAndGet();
      HANDED.put(ticket, v);
      declarations
          .computeIfAbsent(type, t -> new ArrayList<>())
          .add(java + " = (" + type + ") " + Guard.class.getName() + ".take(" + ticket + "L)");
    }
    // One statement a type: JShell compiles what stands in one statement together.
    declarations.forEach(
        (type, list) -> compiler.declare(type + " " + String.join(", ", list) + ";"));
  }

  /**
   * Binds the Java variables that changed and that Espalier understands.
   *
   * @return what could not be bound, a sentence each
   */
  List<String> fromJava(List<String> variables) {
    Map<String, String> known = all();
    List<String> refused = new ArrayList<>();
    for (String java : variables) {
      Field field = loader.variable(java);
      Object value = field == null ? null : get(field);
      if (value == null) {
        agreed.remove(java);
        continue;
      }
      if (same(agreed.get(java), value)) {
        continue;
      }
      agreed.put(java, kept(value));
      String name = known.getOrDefault(java, java);
      if (!shared(value) || RESERVED.contains(name) || !NAME.matcher(java).matches()) {
        continue;
      }
      try {
        cells.bind(name, value);
        given.put(name, cells.meanings().get(name));
        declared.put(java, field.getType().getCanonicalName());
      } catch (EspalierException e) {
        refused.add("`" + name + "` is not known to Espalier cells: " + e.getMessage());
      }
    }
    return refused;
  }

  private static boolean shared(Object value) {
    return value instanceof Architecture
        || value instanceof Model
        || value instanceof Graph
        || value instanceof DataSet
        || value instanceof Number
        || value instanceof String
        || value instanceof Boolean
        || contains(value);
  }

  /**
   * Why a Java variable is not known to Espalier; empty when there is no such variable, or it is
   * known.
   */
  Optional<String> apart(String name) {
    String java = java(name);
    Field field = loader.variable(java);
    if (field == null || all().containsKey(java)) {
      return Optional.empty();
    }
    Object value = get(field);
    return Optional.of(
        "`"
            + name
            + "` is a Java variable "
            + (value == null
                ? "that holds null, and"
                : "of type " + field.getType().getSimpleName() + ", which")
            + " sentences cannot use: numbers, texts, truth values, lists of them, models, data and"
            + " architectures are shared");
  }

  private static boolean same(Object a, Object b) {
    if (contains(b)) {
      return kept(b).equals(a);
    }
    return a == b
        || ((b instanceof Number || b instanceof String || b instanceof Boolean)
            && Objects.equals(a, b));
  }

  /** What is remembered of a value; of what may change its contents, a copy as text. */
  private static Object kept(Object value) {
    return contains(value) ? Plain.of(value) : value;
  }

  /** Whether it may hold something else than before and be the same object. */
  private static boolean contains(Object value) {
    return value instanceof List<?> || (value != null && value.getClass().isArray());
  }

  /** The most telling type that a cell can name. */
  private static String type(Class<?> type) {
    for (Class<?> known :
        List.of(Model.class, Graph.class, DataSet.class, Architecture.class, List.class)) {
      if (known.isAssignableFrom(type)) {
        return known.getCanonicalName();
      }
    }
    for (Class<?> c = type; c != null && c != Object.class; c = c.getSuperclass()) {
      if (accessible(c)) {
        return c.getCanonicalName();
      }
      for (Class<?> i : c.getInterfaces()) {
        if (accessible(i)) {
          return i.getCanonicalName();
        }
      }
    }
    return "Object";
  }

  private static boolean accessible(Class<?> c) {
    if (c.getCanonicalName() == null || !c.getModule().isExported(c.getPackageName())) {
      return false;
    }
    for (Class<?> at = c; at != null; at = at.getEnclosingClass()) {
      if (!Modifier.isPublic(at.getModifiers())) {
        return false;
      }
    }
    return true;
  }

  private static boolean set(Field field, Object value) {
    try {
      field.set(null, value);
      return true;
    } catch (IllegalAccessException | IllegalArgumentException e) {
      return false;
    }
  }

  private static Object get(Field field) {
    try {
      return field.get(null);
    } catch (IllegalAccessException e) {
      return null;
    }
  }
}
