package dev.espalier.kernel.report;

import dev.espalier.dsl.Diagnostic;
import dev.espalier.dsl.Source;
import dev.espalier.dsl.Step;
import dev.espalier.engine.run.Result;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a program (or the cells of a notebook) did, in order; what a report is made of.
 *
 * <p>Steps share their sources, so nothing is held twice. Not thread-safe.
 */
public final class Transcript {
  /**
   * One step and how it ended.
   *
   * @param result empty when it broke
   * @param failure what the user was told; empty when it did not break
   */
  public record Entry(Step step, Optional<Result> result, String failure) {}

  private final List<Entry> entries = new ArrayList<>();
  private final List<Source> sources = new ArrayList<>();
  private final List<Diagnostic> warnings = new ArrayList<>();

  /** A step is done. */
  public void result(Step step, Result result) {
    source(step.source());
    entries.add(new Entry(step, Optional.of(result), ""));
  }

  /** A step broke. */
  public void failed(Step step, RuntimeException failure) {
    source(step.source());
    entries.add(new Entry(step, Optional.empty(), String.valueOf(failure.getMessage())));
  }

  /** Something the checker said about a program that ran all the same. */
  public void warning(Diagnostic diagnostic) {
    warnings.add(diagnostic);
  }

  /** What was done, in order. */
  public List<Entry> entries() {
    return List.copyOf(entries);
  }

  /** The texts that the steps stand in, in the order in which they were first used. */
  public List<Source> sources() {
    return List.copyOf(sources);
  }

  /** What the checker warned of. */
  public List<Diagnostic> warnings() {
    return List.copyOf(warnings);
  }

  private void source(Source source) {
    if (!sources.contains(source)) {
      sources.add(source);
    }
  }
}
