package dev.espalier.kernel.jupyter;

import dev.espalier.dsl.Scope;
import dev.espalier.dsl.Source;
import dev.espalier.engine.data.DataSet;
import dev.espalier.kernel.session.Host;
import java.util.Map;
import java.util.Optional;

/** The Espalier side of a notebook: runs cells and keeps their names. */
interface Cells {
  /**
   * Runs a cell.
   *
   * @return 0 done, 1 an expectation failed, 2 the program is wrong, 3 it broke
   */
  int execute(Source source, Host host);

  /**
   * The cell that runs now would not end when it was stopped: it goes on beside the next ones, and
   * what it still does must not reach their names.
   */
  default void leftBehind() {}

  /** The names in scope, as the language knows them. */
  Scope scope();

  /** Every name in scope with a token for its meaning: another token, another meaning. */
  Map<String, Object> meanings();

  /** What a name is, in a phrase; empty when unknown. */
  Optional<String> describe(String name);

  /** What kind of value a name has, without making it; empty when there is none for Java. */
  Optional<Class<?>> type(String name);

  /** The value of a name; empty when there is none yet. */
  Optional<Object> value(String name);

  /** The data set that a name stands for, if it is in memory; loads nothing. */
  default Optional<DataSet> loaded(String name) {
    return Optional.empty();
  }

  /**
   * Gives a name a value from Java.
   *
   * @throws dev.espalier.engine.EspalierException when it cannot have that value
   */
  void bind(String name, Object value);
}
