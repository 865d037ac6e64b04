package dev.espalier.dsl;

import dev.espalier.engine.run.Operation;
import java.util.Optional;

/**
 * One thing to do, in the order of the program.
 *
 * @param sentence the statement as written
 * @param source where it stands
 * @param span where in the source
 * @param operation the engine's operation, every default filled in
 * @param name what the program calls its result; empty for outputs and unnamed steps
 */
public record Step(
    String sentence, Source source, Span span, Operation operation, Optional<String> name) {}
