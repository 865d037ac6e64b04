package dev.espalier.kernel.jupyter;

/** What Java cells may call to show something before their end; imported into each of them. */
public final class Notebook {
  private Notebook() {}

  /**
   * Shows a value in the output of the cell: a chart or image as a picture, results and models of
   * Espalier as tables, anything else as text.
   *
   * @throws IllegalStateException outside a cell
   */
  public static void display(Object value) {
    Request request = Request.CURRENT.get();
    if (request == null) {
      throw new IllegalStateException("display works in a cell and in threads that a cell started");
    }
    request.show(value);
  }
}
