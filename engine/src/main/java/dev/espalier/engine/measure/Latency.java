package dev.espalier.engine.measure;

/**
 * How long one run of a model takes in ONNX Runtime, after warm-up.
 *
 * @param median seconds a run
 * @param p95 seconds that 95% of the runs stay within
 * @param batch samples a run
 * @param threads of ONNX Runtime
 * @param runs how many were timed
 */
public record Latency(double median, double p95, int batch, int threads, int runs) {}
