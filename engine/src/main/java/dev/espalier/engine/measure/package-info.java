/** What a model is worth as deployed: measured from its exported bytes in ONNX Runtime. */
package dev.espalier.engine.measure;
