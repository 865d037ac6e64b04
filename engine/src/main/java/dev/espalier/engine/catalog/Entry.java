package dev.espalier.engine.catalog;

import dev.espalier.engine.EspalierException;
import java.lang.reflect.InvocationTargetException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A word of the language with what it takes.
 *
 * @param type the annotated record
 */
public record Entry(
    String name,
    Kind kind,
    String doc,
    String source,
    List<String> aliases,
    List<Parameter> parameters,
    Class<? extends Record> type) {

  public Entry {
    aliases = List.copyOf(aliases);
    parameters = List.copyOf(parameters);
  }

  /** The parameter of that name. */
  public Optional<Parameter> parameter(String parameterName) {
    return parameters.stream().filter(p -> p.name().equals(parameterName)).findFirst();
  }

  /**
   * Makes the record from values by parameter name; those left out take their defaults.
   *
   * @throws EspalierException when a value is missing, of another type, or out of range
   */
  public Record make(Map<String, ?> values) {
    for (String given : values.keySet()) {
      if (parameter(given).isEmpty()) {
        throw EspalierException.program(
            "`" + name + "` has no setting `" + given + "`",
            "",
            "",
            name
                + " takes: "
                + String.join(", ", parameters.stream().map(Parameter::name).toList()));
      }
    }
    Object[] arguments = new Object[parameters.size()];
    for (int i = 0; i < arguments.length; i++) {
      Parameter p = parameters.get(i);
      Object value = values.get(p.name());
      arguments[i] = value != null ? p.checked(value) : p.presetValue();
    }
    try {
      var constructor =
          type.getDeclaredConstructor(
              parameters.stream().map(Parameter::javaType).toArray(Class<?>[]::new));
      return constructor.newInstance(arguments);
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof EspalierException refused) {
        throw refused;
      }
      throw EspalierException.program(
          "`" + name + "` cannot be made so", "", String.valueOf(e.getCause().getMessage()), "", e);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("catalog word " + name + " has no such constructor", e);
    }
  }

  /** By the name: what a word takes would be read in full for every look into a map. */
  @Override
  public int hashCode() {
    return name.hashCode();
  }
}
