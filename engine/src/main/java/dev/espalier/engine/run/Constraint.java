package dev.espalier.engine.run;

/**
 * One demand of a target.
 *
 * @param bound in the metric's own unit (a fraction, bytes, seconds, joules)
 * @param text as written: {@code size at most 100 KB}
 */
public record Constraint(Metric metric, Operation.Bound bound, String text) {}
