package dev.espalier.kernel.jupyter;

import java.io.PrintStream;
import org.dflib.jjava.jupyter.kernel.KernelConnectionProperties;

/** A kernel over {@link ToyCells} in this process, and a front end that talks to it. */
record ToyKernel(ToyCells cells, Dispatcher dispatcher, Client client) implements AutoCloseable {
  static ToyKernel start() throws Exception {
    KernelConnectionProperties properties = Client.freePorts();
    ToyCells cells = new ToyCells();
    Dispatcher dispatcher =
        new Dispatcher(
            properties,
            new Wire(properties.createHMACGenerator()),
            cells,
            new TextRendering(),
            new PrintStream(System.err, true),
            () -> {});
    return new ToyKernel(cells, dispatcher, new Client(properties).ready());
  }

  @Override
  public void close() {
    client.close();
    dispatcher.close();
  }
}
