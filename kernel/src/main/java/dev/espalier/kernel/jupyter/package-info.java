/**
 * The Jupyter kernel: cells come in over ZeroMQ, results go out as displays.
 *
 * <p>This is the only package that sees the base kernel (jjava-jupyter) and its sockets. The base
 * gives the connection file, the signatures, the renderers of Java values and the shape of a
 * language kernel; the way of a message is this package's own:
 *
 * <pre>
 * socket → {@link dev.espalier.kernel.jupyter.Sockets} (one thread owns all sockets that receive)
 *        → {@link dev.espalier.kernel.jupyter.Wire} (frames, signature, JSON; what is malformed is dropped)
 *        → {@link dev.espalier.kernel.jupyter.Dispatcher} (cells one after the other on one thread; interrupts,
 *          completion and questions about the kernel are answered beside it)
 *        → {@link dev.espalier.kernel.jupyter.EspalierCells} or {@link dev.espalier.kernel.jupyter.JavaCells}
 *        → {@link dev.espalier.kernel.jupyter.Request} (replies and displays of one request)
 * </pre>
 */
package dev.espalier.kernel.jupyter;
