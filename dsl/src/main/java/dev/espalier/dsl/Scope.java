package dev.espalier.dsl;

import dev.espalier.engine.Environment;
import dev.espalier.engine.run.Operation;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The names a program may use, immutable: each stands for the operation that makes it.
 *
 * @param bindings by name, oldest first
 * @param it the last unnamed model
 * @param environment as the last {@code set} left it
 * @param threadsSet whether a {@code set threads} is why it has its threads
 */
public record Scope(
    Map<String, Binding> bindings,
    Optional<Binding> it,
    Environment environment,
    boolean threadsSet) {

  /** What a name stands for. */
  public enum Kind {
    DATA,
    BLUEPRINT,
    MODEL,
    /** A program of another framework, which can only teach. */
    TEACHER,
    TABLE,
    /** What models have to keep to; the value is the {@code Target}, the operation is absent. */
    TARGET,
    /** Steps to do to a model; the operation is absent. */
    RECIPE,
    /** A value of {@code let}; the operation is absent. */
    VALUE
  }

  /**
   * A name's meaning.
   *
   * @param operation absent for values and recipes
   * @param data for models, the data they were made with, which pipelines pass on
   * @param value for {@code let}, {@code target} and recipes
   * @param sparsity for models, the level reached as far as can be known without running
   * @param quantized for models, whether they hold integers
   * @param line where it was defined, from 1; 0 from Java
   */
  public record Binding(
      String name,
      Kind kind,
      Optional<Operation> operation,
      Optional<Operation> data,
      Optional<Object> value,
      double sparsity,
      boolean quantized,
      int line) {}

  public Scope {
    bindings = Collections.unmodifiableMap(new LinkedHashMap<>(bindings));
  }

  public static Scope empty(Environment environment) {
    return new Scope(Map.of(), Optional.empty(), environment, false);
  }

  public Optional<Binding> find(String name) {
    return Optional.ofNullable(bindings.get(name));
  }

  public Scope with(Binding binding) {
    Map<String, Binding> all = new LinkedHashMap<>(bindings);
    all.remove(binding.name());
    all.put(binding.name(), binding);
    return new Scope(all, it, environment, threadsSet);
  }

  /** The same with another last unnamed model. */
  public Scope withIt(Binding last) {
    return new Scope(bindings, Optional.of(last), environment, threadsSet);
  }

  public Scope with(Environment changed) {
    return new Scope(bindings, it, changed, threadsSet);
  }
}
