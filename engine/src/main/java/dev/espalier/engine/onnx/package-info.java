/** Reads and writes ONNX files. The only place that sees the protobuf classes of the format. */
package dev.espalier.engine.onnx;
