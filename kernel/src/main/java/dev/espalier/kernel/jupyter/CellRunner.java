package dev.espalier.kernel.jupyter;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import dev.espalier.engine.StandardPlace;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Runs cells of every kind, part by part. */
final class CellRunner {
  private static final long MOST_BYTES = 64L << 20;
  private static final int DEEPEST = 8;

  private final Cells cells;
  private final JavaCells java;
  private final Sentences sentences;
  private final Streams streams;
  private final CellInput input;
  private final Values values;
  private final Libraries libraries;

  CellRunner(
      Cells cells,
      JavaCells java,
      Sentences sentences,
      Streams streams,
      CellInput input,
      Values values) {
    this.cells = cells;
    this.java = java;
    this.sentences = sentences;
    this.streams = streams;
    this.input = input;
    this.values = values;
    this.libraries = new Libraries(java, streams);
  }

  /**
   * Runs a cell on the calling thread.
   *
   * @return what a Java cell's last expression gave, to be shown
   * @throws CellFailure when the cell is to be red
   */
  Optional<JavaCells.Value> run(Request request, int number, String text) throws CellFailure {
    request.number(number);
    CellPage page = new CellPage(request, streams, input, values, sentences);
    request.page(page);
    // What sentences gave stands above already.
    return run(request, number, text, 0).filter(v -> !page.shown(v.value()));
  }

  private Optional<JavaCells.Value> run(Request request, int number, String text, int depth)
      throws CellFailure {
    return run(request, number, Cell.of(text), depth);
  }

  private Optional<JavaCells.Value> run(Request request, int number, Cell cell, int depth)
      throws CellFailure {
    Times times = new Times();
    try {
      return switch (cell.kind()) {
        case HELP -> {
          help(request, cell.argument() + " " + cell.code().strip());
          yield Optional.empty();
        }
        case POM -> {
          libraries.pom(request, cell.code(), "cell " + number, cell.firstLine());
          yield Optional.empty();
        }
        case ESPALIER, JAVA -> parts(request, number, cell, times, depth);
      };
    } finally {
      if (cell.timed()) {
        times.print();
      }
    }
  }

  /** The whole of a cell by the clock, and what of it was user code. */
  private static final class Times {
    private final Stopwatch all = Stopwatch.started();
    private final Stopwatch code = new Stopwatch();
    private boolean compiled;

    /** Adds what a piece of Java ran. */
    void ran(Stopwatch watch) {
      code.add(watch);
      compiled = true;
    }

    void print() {
      all.stop();
      System.out.println(compiled ? code.lines(all.wall() - code.wall()) : all.lines(0));
    }
  }

  private Optional<JavaCells.Value> parts(
      Request request, int number, Cell cell, Times times, int depth) throws CellFailure {
    Optional<JavaCells.Value> last = Optional.empty();
    for (Cell.Part part : cell.parts()) {
      if (request.stopped()) {
        throw CellFailure.interrupted("");
      }
      last = Optional.empty();
      if (part instanceof Cell.Part.Line line) {
        last = line(request, number, line, depth);
      } else if (part instanceof Cell.Part.Code code) {
        Times own = new Times();
        try {
          last = code(request, number, cell, code, own);
        } finally {
          times.code.add(own.code);
          times.compiled |= own.compiled;
          if (code.timed()) {
            own.print();
          }
        }
      }
    }
    return last;
  }

  private Optional<JavaCells.Value> code(
      Request request, int number, Cell cell, Cell.Part.Code code, Times times) throws CellFailure {
    int line = cell.line(code.from());
    if (cell.isJava()) {
      try {
        return java.execute(request, number, code.text(), line);
      } finally {
        times.ran(java.ran());
        sentences.remember(number);
      }
    }
    // Blank lines in the place of what stands above, so that messages count lines as the cell does.
    sentences.run(request, number, "\n".repeat(line - 1) + code.text());
    return Optional.empty();
  }

  private Optional<JavaCells.Value> line(
      Request request, int number, Cell.Part.Line line, int depth) throws CellFailure {
    switch (line.magic()) {
      case HELP -> help(request, line.rest());
      case LIST -> show(request, Help.bundle(Help.magics()));
      case WHO -> show(request, NamesTable.of(request, cells, java, sentences));
      case MAVEN -> libraries.maven(request, line.rest());
      case MAVEN_REPO -> libraries.repository(line.rest());
      case LOAD_POM -> libraries.pomFile(request, line.rest());
      case JARS -> libraries.jars(request, line.rest());
      case CLASSPATH -> libraries.classPath(request, line.rest());
      case LOAD -> {
        return load(request, number, line.rest(), depth);
      }
      default -> throw Magics.misused(line.magic(), "it cannot stand here");
    }
    return Optional.empty();
  }

  private void help(Request request, String words) throws CellFailure {
    show(request, Help.bundle(Help.about(words, cells.scope())));
  }

  private void show(Request request, Bundle bundle) {
    streams.flush();
    request.publish("display_data", bundle.content(""));
  }

  // ---- files

  private Optional<JavaCells.Value> load(Request request, int number, String name, int depth)
      throws CellFailure {
    if (name.isEmpty()) {
      throw Magics.misused(Magic.LOAD, "`%load` needs a file");
    }
    if (depth >= DEEPEST) {
      throw Magics.misused(Magic.LOAD, "files load files, " + DEEPEST + " deep");
    }
    String text = read(Magic.LOAD, name);
    boolean isJava = name.matches(".*\\.(java|jsh|jshell)");
    if (!isJava && !name.endsWith(".esp") && !name.endsWith(".ipynb")) {
      throw Magics.misused(
          Magic.LOAD, "`" + name + "` ends with none of .java, .jsh, .jshell, .esp, .ipynb");
    }
    try {
      if (isJava) {
        return run(request, number, new Cell(Cell.Kind.JAVA, false, "", text, 1, 0), depth + 1);
      }
      Optional<JavaCells.Value> last = Optional.empty();
      for (String code : name.endsWith(".ipynb") ? codeCells(name, text) : List.of(text)) {
        last = run(request, number, code, depth + 1);
      }
      return last;
    } catch (CellFailure e) {
      List<String> lines = new ArrayList<>(e.traceback());
      lines.add("in the file " + name + ", whose lines these are");
      throw new CellFailure(e.name(), e.getMessage(), lines);
    }
  }

  /** The text of a file that a magic names. */
  static String read(Magic magic, String name) throws CellFailure {
    try {
      Path file = file(name);
      if (Files.size(file) > MOST_BYTES) {
        throw Magics.misused(magic, "`" + name + "` is larger than 64 MB");
      }
      return Files.readString(file, StandardCharsets.UTF_8);
    } catch (NoSuchFileException | InvalidPathException e) {
      throw unread("there is no file `" + name + "`");
    } catch (CharacterCodingException e) {
      throw unread("`" + name + "` is no text in UTF-8");
    } catch (AccessDeniedException e) {
      throw unread("`" + name + "` may not be read by you");
    } catch (IOException e) {
      throw unread("`" + name + "` cannot be read: " + e.getMessage());
    }
  }

  private static CellFailure unread(String why) {
    return Magics.failure(
        "NoFile", List.of(why, "paths are as seen from " + Path.of("").toAbsolutePath()));
  }

  /** The path that a user wrote; {@code ~} is the home folder, as in a shell. */
  static Path file(String name) {
    return name.startsWith("~/") ? StandardPlace.home().resolve(name.substring(2)) : Path.of(name);
  }

  private static List<String> codeCells(String name, String text) throws CellFailure {
    try {
      JsonObject book = JsonParser.parseString(text).getAsJsonObject();
      JsonArray all = book.getAsJsonArray("cells");
      List<String> codes = new ArrayList<>();
      for (JsonElement element : all) {
        JsonObject cell = element.getAsJsonObject();
        if (Json.text(cell, "cell_type", "").equals("code")) {
          JsonElement source = cell.get("source");
          StringBuilder code = new StringBuilder();
          if (source.isJsonArray()) {
            source.getAsJsonArray().forEach(l -> code.append(l.getAsString()));
          } else {
            code.append(source.getAsString());
          }
          codes.add(code.toString());
        }
      }
      return codes;
    } catch (JsonParseException
        | IllegalStateException
        | NullPointerException
        | UnsupportedOperationException e) {
      throw Magics.failure("NoFile", List.of("`" + name + "` is no notebook"));
    }
  }
}
