package dev.espalier.kernel.jupyter;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Function;
import org.dflib.jjava.jupyter.kernel.display.DisplayData;

/** What Java cells may ask of the notebook; all of it is imported into each of them. */
public final class Notebook {
  private Notebook() {}

  /**
   * A value that says itself how it looks. Its {@link #html} is trusted as it is: escape in it what
   * comes from elsewhere.
   */
  public interface Renderable {
    /** An HTML fragment without scripts. */
    String html();

    /** The form for text consoles. */
    default String text() {
      return toString();
    }
  }

  /** How values of a type are shown; see {@link Notebook#renderer}. */
  record Renderer(Class<?> type, String mimeType, Function<Object, ?> form) {}

  /** A sentence run by {@link #espalier} that is wrong, broke, or expected what did not hold. */
  public static final class Refused extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final String code;

    Refused(String code, String message) {
      super(message);
      this.code = code;
    }

    /** The code of the message, such as E201, or what kind of failure it was. */
    public String code() {
      return code;
    }
  }

  /**
   * Shows a value in the output of the cell: a chart or image as a picture, results and models of
   * Espalier and collections as tables, anything else as text.
   *
   * @return the display's id, for {@link #updateDisplay(String, Object)}
   * @throws IllegalStateException outside a cell
   */
  public static String display(Object value) {
    return display(value, new String[0]);
  }

  /**
   * Shows a value in some of its forms, or a text as what it is said to be: {@code
   * display("<b>bold" + "</b>", "text/html")}.
   *
   * @param as MIME types
   * @return the display's id
   * @throws IllegalArgumentException when the value has no such form
   * @throws IllegalStateException outside a cell
   */
  public static String display(Object value, String... as) {
    String id = UUID.randomUUID().toString();
    page().show(value, List.of(as), id, false);
    return id;
  }

  /** Shows a value where {@link #display} with this id showed another. */
  public static void updateDisplay(String id, Object value) {
    page().show(value, List.of(), Objects.requireNonNull(id, "id"), true);
  }

  /** As {@link #updateDisplay(String, Object)}, in some of the value's forms. */
  public static void updateDisplay(String id, Object value, String... as) {
    page().show(value, List.of(as), Objects.requireNonNull(id, "id"), true);
  }

  /** The forms in which {@link #display} would show a value, by MIME type. */
  public static DisplayData render(Object value, String... as) {
    return page().render(value, List.of(as));
  }

  /** Takes away what the cell has shown; with {@code wait}, when it shows something next. */
  public static void clearOutput(boolean wait) {
    page().clear(wait);
  }

  /**
   * Decides how values of a type are shown from now on: {@code renderer(Point.class, "text/html", p
   * -> "<b>" + p.x() + "</b>")}. What the function gives is trusted as it is.
   *
   * @param mimeType such as {@code text/html} or {@code image/svg+xml}; for {@code image/png} the
   *     function gives the bytes
   */
  @SuppressWarnings("unchecked")
  public static <T> void renderer(Class<T> type, String mimeType, Function<? super T, ?> form) {
    Objects.requireNonNull(form, "form");
    if (!mimeType.matches("[\\w.+-]+/[\\w.+-]+")) {
      throw new IllegalArgumentException("`" + mimeType + "` is no MIME type; try text/html");
    }
    page().renderer(new Renderer(type, mimeType, value -> form.apply((T) value)));
  }

  /**
   * Runs sentences of Espalier, shows them as an Espalier cell does, and gives what the last one
   * gave: a {@code Model}, a {@code DataSet}, a table or another result, a blueprint, or the value
   * of a {@code let}. The names of Java variables may stand in them.
   *
   * @return null when it gave nothing
   * @throws Refused when a sentence is wrong or fails; the message has the line and the caret
   */
  @SuppressWarnings("unchecked")
  public static <T> T espalier(String sentences) {
    // The caller says what it expects; a cast in its code fails with both types named.
    return (T) page().espalier(sentences).orElse(null);
  }

  /**
   * Asks the user for a line.
   *
   * @throws UncheckedIOException when the front end takes no input from cells, or the cell is
   *     stopped meanwhile
   */
  public static String input(String prompt) {
    return ask(prompt, false);
  }

  /** Asks for a line that is not shown while it is typed; throws what {@link #input} throws. */
  public static String password(String prompt) {
    return ask(prompt, true);
  }

  private static String ask(String prompt, boolean secret) {
    try {
      return page().ask(prompt, secret);
    } catch (IOException e) {
      throw new UncheckedIOException(e.getMessage(), e);
    }
  }

  private static Page page() {
    Request request = Request.CURRENT.get();
    if (request == null) {
      throw new IllegalStateException(
          "the notebook answers in a cell and in threads that a cell started");
    }
    return request.page();
  }
}
