package dev.espalier.engine.catalog;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;

/** Every word of the language, read off the annotated records that implement them. */
public final class Catalog {
  private static final class Standard {
    static final Catalog INSTANCE = new Catalog(found());

    private static List<Class<? extends Record>> found() {
      List<Class<? extends Record>> words = new ArrayList<>();
      // The engine's own loader: a notebook's threads may carry another one.
      ServiceLoader.load(WordList.class, WordList.class.getClassLoader())
          .forEach(list -> words.addAll(list.words()));
      return words;
    }
  }

  private final Map<Kind, Map<String, Entry>> entries = new LinkedHashMap<>();
  private final Map<Class<?>, Entry> byType = new LinkedHashMap<>();

  /** A catalog of the given annotated records. */
  public Catalog(List<Class<? extends Record>> words) {
    for (Class<? extends Record> word : words) {
      Entry entry = read(word);
      Map<String, Entry> ofKind = entries.computeIfAbsent(entry.kind(), k -> new LinkedHashMap<>());
      if (ofKind.put(entry.name(), entry) != null) {
        throw new IllegalStateException("two words " + entry.name() + " of " + entry.kind());
      }
      byType.put(word, entry);
    }
  }

  /** The words that this engine has. */
  public static Catalog standard() {
    return Standard.INSTANCE;
  }

  /** All words of a kind, in the catalog's order. */
  public Collection<Entry> all(Kind kind) {
    return entries.getOrDefault(kind, Map.of()).values();
  }

  /** The word of that name or alias. */
  public Optional<Entry> find(Kind kind, String name) {
    Map<String, Entry> ofKind = entries.getOrDefault(kind, Map.of());
    Entry exact = ofKind.get(name);
    if (exact != null) {
      return Optional.of(exact);
    }
    return ofKind.values().stream().filter(e -> e.aliases().contains(name)).findFirst();
  }

  /** The first word of that name among several kinds. */
  public Optional<Entry> find(Collection<Kind> kinds, String name) {
    return kinds.stream().flatMap(kind -> find(kind, name).stream()).findFirst();
  }

  /** The word that a record stands for. */
  public Entry of(Record record) {
    Entry entry = byType.get(record.getClass());
    if (entry == null) {
      throw new IllegalArgumentException(record.getClass() + " is no word of the catalog");
    }
    return entry;
  }

  private static Entry read(Class<? extends Record> type) {
    Word word = type.getAnnotation(Word.class);
    if (word == null) {
      throw new IllegalStateException(type + " lacks @Word");
    }
    List<Parameter> parameters = new ArrayList<>();
    for (RecordComponent component : type.getRecordComponents()) {
      parameters.add(read(type, component));
    }
    return new Entry(
        word.name(),
        word.kind(),
        word.doc(),
        word.source(),
        List.of(word.aliases()),
        parameters,
        type);
  }

  private static Parameter read(Class<?> type, RecordComponent component) {
    Setting setting = component.getAnnotation(Setting.class);
    if (setting == null) {
      throw new IllegalStateException(type + "." + component.getName() + " lacks @Setting");
    }
    Class<?> java = component.getType();
    Parameter.Type kind;
    List<String> choices = new ArrayList<>();
    if (setting.of().length > 0) {
      kind = Parameter.Type.WORD;
    } else if (java == int.class || java == long.class) {
      kind = Parameter.Type.INTEGER;
    } else if (java == double.class) {
      kind = setting.fraction() ? Parameter.Type.FRACTION : Parameter.Type.REAL;
    } else if (java == boolean.class) {
      kind = Parameter.Type.FLAG;
    } else if (java == String.class) {
      kind = Parameter.Type.TEXT;
    } else if (java.isEnum()) {
      kind = Parameter.Type.CHOICE;
      for (Object constant : java.getEnumConstants()) {
        choices.add(((Enum<?>) constant).name().toLowerCase(Locale.ROOT).replace('_', '-'));
      }
    } else if (java == List.class && component.getGenericType() instanceof ParameterizedType list) {
      kind =
          list.getActualTypeArguments()[0] == Integer.class
              ? Parameter.Type.INTEGERS
              : Parameter.Type.REALS;
    } else {
      throw new IllegalStateException(type + "." + component.getName() + " has type " + java);
    }
    return new Parameter(
        setting.name().isEmpty() ? hyphenated(component.getName()) : setting.name(),
        kind,
        java,
        setting.doc(),
        setting.preset().isEmpty() ? Optional.empty() : Optional.of(setting.preset()),
        setting.min(),
        setting.max(),
        setting.minExcluded(),
        setting.maxExcluded(),
        setting.unit(),
        setting.rest(),
        List.of(setting.of()),
        choices);
  }

  private static String hyphenated(String camelCase) {
    return camelCase.replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
  }
}
