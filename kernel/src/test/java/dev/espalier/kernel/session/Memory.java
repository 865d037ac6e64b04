package dev.espalier.kernel.session;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.espalier.dsl.Diagnostic;
import dev.espalier.dsl.Step;
import dev.espalier.engine.run.Result;
import java.util.ArrayList;
import java.util.List;

/** Remembers everything it is told. */
public class Memory implements Host {
  public final List<Diagnostic> diagnostics = new ArrayList<>();
  public final List<Result> results = new ArrayList<>();
  public final List<Event> events = new ArrayList<>();
  public final List<RuntimeException> failures = new ArrayList<>();

  @Override
  public void diagnostic(Diagnostic diagnostic) {
    diagnostics.add(diagnostic);
  }

  @Override
  public void begin(Step step) {}

  @Override
  public void result(Step step, Result result) {
    results.add(result);
  }

  @Override
  public void failed(Step step, RuntimeException failure) {
    failures.add(failure);
  }

  @Override
  public void on(Event event) {
    events.add(event);
  }

  /** The only result of a kind. */
  public <T extends Result> T only(Class<T> type) {
    List<T> found = results.stream().filter(type::isInstance).map(type::cast).toList();
    assertEquals(1, found.size(), () -> type + " among " + results + failures);
    return found.get(0);
  }
}
