/**
 * Jobs done by the executors of an Apache Spark cluster. Only texts cross between its processes:
 * operations as {@link dev.espalier.engine.run.OperationText}, models as their files' bytes.
 */
package dev.espalier.engine.spark;
