package dev.espalier.dsl;

import dev.espalier.engine.run.Operation;
import java.util.List;
import java.util.Optional;

/**
 * One thing to do, in the order of the program.
 *
 * @param sentence the statement as written
 * @param source where it stands
 * @param span where in the source
 * @param operation the engine's operation, every default filled in
 * @param name what the program calls its result; empty for outputs and unnamed steps
 * @param pipeline where the statement is a pipeline, all its stages in order, of which this step is
 *     one; else empty
 */
public record Step(
    String sentence,
    Source source,
    Span span,
    Operation operation,
    Optional<String> name,
    List<Stage> pipeline) {
  public Step {
    pipeline = List.copyOf(pipeline);
  }

  /** A step of a statement that is no pipeline. */
  public Step(
      String sentence, Source source, Span span, Operation operation, Optional<String> name) {
    this(sentence, source, span, operation, name, List.of());
  }

  /**
   * What {@code then} joins.
   *
   * @param name what the program calls its result; empty when it has no name
   */
  public record Stage(Operation operation, Optional<String> name) {}
}
