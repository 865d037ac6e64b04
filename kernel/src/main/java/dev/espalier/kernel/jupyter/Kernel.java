package dev.espalier.kernel.jupyter;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.dflib.jjava.jupyter.kernel.BaseKernel;
import org.dflib.jjava.jupyter.kernel.JupyterIO;
import org.dflib.jjava.jupyter.kernel.LanguageInfo;
import org.dflib.jjava.jupyter.kernel.ReplacementOptions;
import org.dflib.jjava.jupyter.kernel.comm.CommManager;
import org.dflib.jjava.jupyter.kernel.display.DisplayData;
import org.dflib.jjava.jupyter.kernel.display.Renderer;
import org.dflib.jjava.jupyter.kernel.util.StringStyler;

/**
 * The language kernel: Espalier by default, Java in cells that start with {@code %%java}. It knows
 * nothing of sockets; {@link Dispatcher} brings it its requests.
 */
final class Kernel extends BaseKernel {
  private static final String MIME_TYPE = "text/x-espalier";

  private final Sentences sentences;
  private final JavaCells java;
  private final Assist assist;
  private final Values values;
  private final CellRunner runner;

  Kernel(Cells cells, JavaCells java, Rendering rendering, Streams streams, CellInput input) {
    super(
        "espalier",
        version(),
        // nbconvert knows no Espalier; as Python its comments, texts and numbers come out right.
        new LanguageInfo("espalier", "1", MIME_TYPE, ".esp", "python", "espalier", "script"),
        List.of(),
        null,
        new JupyterIO(StandardCharsets.UTF_8),
        new CommManager(),
        new Renderer(),
        null,
        null,
        false,
        new StringStyler.Builder().build());
    this.java = java;
    java.beside(cells);
    this.sentences = new Sentences(cells, new EspalierCells(cells, rendering), java, streams);
    this.values = new Values(this::getRenderer, rendering);
    this.runner = new CellRunner(cells, java, sentences, streams, input, values);
    this.assist = new Assist(cells);
  }

  private static String version() {
    String version = Kernel.class.getPackage().getImplementationVersion();
    return version == null ? "development" : version;
  }

  @Override
  public void onStartup() {
    // The base would make this the only kernel of the process.
  }

  @Override
  public void onShutdown(boolean isRestarting) {
    java.close();
  }

  /**
   * Runs a cell on the calling thread.
   *
   * @return what a Java cell's last expression gave, to be shown
   * @throws CellFailure when the cell is to be red
   */
  Optional<Bundle> execute(Request request, int number, String code) throws CellFailure {
    return runner.run(request, number, code).map(value -> values.show(value.value(), List.of()));
  }

  /** A cell's thread was left behind; it may still run, and what it does must not matter. */
  void leftBehind() {
    sentences.leftBehind();
  }

  /** The value of a Java expression, for {@code user_expressions}. */
  Bundle expression(Request request, String expression) throws CellFailure {
    return values.show(java.expression(request, expression).orElse(null), List.of());
  }

  @Override
  public Object evalRaw(String source) {
    Request request = Request.CURRENT.get();
    if (request == null) {
      throw new IllegalStateException("code can be evaluated only from within a cell");
    }
    try {
      return java.expression(request, source).orElse(null);
    } catch (CellFailure e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
  }

  @Override
  public void display(DisplayData data) {
    Notebook.display(data);
  }

  /** What may stand at {@code at}, a UTF-16 index. */
  Suggestions suggest(String code, int at) {
    Optional<Suggestions> magics = Magics.complete(code, at);
    if (magics.isPresent()) {
      return magics.get();
    }
    try {
      Cell cell = Cell.of(code);
      int cursor = at - cell.removed();
      if (cursor < 0) {
        return Suggestions.none(at);
      }
      Suggestions found =
          switch (cell.kind()) {
            case JAVA -> java.complete(cell.codeAlone(), cursor);
            case ESPALIER -> assist.complete(cell.codeAlone(), cursor);
            case POM, HELP -> Suggestions.none(cursor);
          };
      return found.shifted(cell.removed());
    } catch (CellFailure e) {
      return Suggestions.none(at);
    }
  }

  @Override
  public DisplayData inspect(String code, int at, boolean extraDetail) {
    Optional<String> magic = Magics.inspect(code, at);
    if (magic.isPresent()) {
      return new DisplayData(magic.get());
    }
    try {
      Cell cell = Cell.of(code);
      int cursor = at - cell.removed();
      if (cursor < 0) {
        return null;
      }
      return switch (cell.kind()) {
        case JAVA ->
            java.inspect(cell.codeAlone(), cursor, extraDetail).map(DisplayData::new).orElse(null);
        case ESPALIER -> assist.inspect(cell.codeAlone(), cursor).orElse(null);
        case POM, HELP -> null;
      };
    } catch (CellFailure e) {
      return null;
    }
  }

  /** Whether a cell may run as it stands. */
  Wholeness wholeness(String code) {
    try {
      Cell cell = Cell.of(code);
      if (cell.isJava() && cell.code().isBlank()) {
        // A console sends a cell line by line: the magic is its first.
        return Wholeness.incomplete("");
      }
      return switch (cell.kind()) {
        case JAVA -> java.wholeness(cell.codeAlone());
        case ESPALIER ->
            cell.timed() && cell.code().isBlank()
                ? Wholeness.incomplete("")
                : Assist.wholeness(cell.codeAlone());
        case POM -> cell.code().isBlank() ? Wholeness.incomplete("") : Wholeness.COMPLETE;
        case HELP -> Wholeness.COMPLETE;
      };
    } catch (CellFailure e) {
      return Wholeness.INVALID;
    }
  }

  @Override
  public String isComplete(String code) {
    return wholeness(code).status();
  }

  @Override
  public ReplacementOptions complete(String code, int at) {
    Suggestions found = suggest(code, at);
    return new ReplacementOptions(
        found.items().stream().map(Suggestions.Item::text).toList(), found.start(), found.end());
  }
}
