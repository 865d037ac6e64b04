package dev.espalier.kernel.jupyter;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.dflib.jjava.jupyter.kernel.display.DisplayData;

/** What the code of a Java cell may ask of the notebook; {@link Notebook} is its face. */
interface Page {
  /**
   * Shows a value.
   *
   * @param as the MIME types wanted; all there are when empty
   * @param id of the display; empty for one that is not to be updated
   * @param update whether the display of that id is to be replaced
   */
  void show(Object value, List<String> as, String id, boolean update);

  /** A value in the forms it would be shown in. */
  DisplayData render(Object value, List<String> as);

  /** Takes away what the cell has shown, at once or when something is shown next. */
  void clear(boolean wait);

  /**
   * Runs sentences.
   *
   * @return what the last one gave
   */
  Optional<Object> espalier(String sentences);

  /**
   * Asks the user for a line.
   *
   * @throws IOException when the front end takes no input, or the cell is stopped meanwhile
   */
  String ask(String prompt, boolean secret) throws IOException;

  /** Decides how values of a type are shown from now on. */
  void renderer(Notebook.Renderer renderer);
}
