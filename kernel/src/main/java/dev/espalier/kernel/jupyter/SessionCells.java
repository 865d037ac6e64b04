package dev.espalier.kernel.jupyter;

import dev.espalier.dsl.Scope;
import dev.espalier.dsl.Source;
import dev.espalier.engine.Model;
import dev.espalier.engine.architecture.Architecture;
import dev.espalier.engine.data.DataSet;
import dev.espalier.engine.run.Result;
import dev.espalier.engine.run.Target;
import dev.espalier.kernel.session.Host;
import dev.espalier.kernel.session.Session;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** The names and cells of one {@link Session}. */
final class SessionCells implements Cells {
  private final Session session;

  SessionCells(Session session) {
    this.session = session;
  }

  @Override
  public int execute(Source source, Host host) {
    return session.execute(source, host);
  }

  @Override
  public void leftBehind() {
    session.leaveBehind();
  }

  @Override
  public Scope scope() {
    return session.scope();
  }

  @Override
  public Map<String, Object> meanings() {
    return new LinkedHashMap<>(session.scope().bindings());
  }

  @Override
  public Optional<String> describe(String name) {
    return session.scope().find(name).map(SessionCells::describe);
  }

  private static String describe(Scope.Binding binding) {
    String kind = binding.kind().name().toLowerCase(Locale.ROOT);
    String value = binding.value().map(v -> ": " + v).orElse("");
    String line = binding.line() > 0 ? ", line " + binding.line() : "";
    return binding.name() + " — " + kind + value + line;
  }

  @Override
  public Optional<Class<?>> type(String name) {
    return session
        .scope()
        .find(name)
        .flatMap(
            binding ->
                switch (binding.kind()) {
                  case MODEL -> Optional.of(Model.class);
                  case DATA -> Optional.of(DataSet.class);
                  case BLUEPRINT -> Optional.of(Architecture.class);
                  case TABLE -> Optional.of(Result.TableResult.class);
                  case TEACHER, RECIPE -> Optional.empty();
                  case TARGET -> Optional.of(Target.class);
                  case VALUE -> session.value(name).map(Object::getClass);
                });
  }

  @Override
  public Optional<Object> value(String name) {
    return session.value(name);
  }

  @Override
  public Optional<DataSet> loaded(String name) {
    return session.loaded(name);
  }

  @Override
  public void bind(String name, Object value) {
    session.bind(name, value);
  }
}
