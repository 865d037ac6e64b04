package dev.espalier.kernel.jupyter;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The words with a percent sign that cells may hold: what each takes and what it is for. */
enum Magic {
  JAVA(
      List.of("%%java"),
      "%%java",
      "the rest of this cell is Java",
      """
      As the first line of a cell, with nothing behind it. The cell is compiled and run by JShell: \
      statements, declarations, imports and expressions in any order; the last expression is \
      shown. Names are shared with Espalier cells both ways: a hyphen in a name becomes an \
      underscore, as in `lenet_small`. `display(value)` shows a value at once, \
      `espalier("show teacher")` runs a sentence and gives its result."""),
  ESPALIER(
      List.of("%%espalier"),
      "%%espalier",
      "the rest of this cell is Espalier, which it is without this line too",
      "As the first line of a cell, with nothing behind it."),
  TIME_CELL(
      List.of("%%time"),
      "%%time",
      "says how long this cell took",
      """
      As the first line of a cell of either language; `%%java` follows on the next line. CPU time \
      is that of all threads of the kernel."""),
  POM(
      List.of("%%pom", "%%loadFromPOM"),
      "%%pom",
      "adds the libraries of a Maven pom, or of a part of one, to Java cells",
      """
      The rest of the cell is XML: `<dependencies>`, `<repositories>`, single `<dependency>` \
      elements, or a whole `<project>`."""),
  HELP_CELL(
      List.of("%%help"),
      "%%help [WORDS]",
      "explains words of the language",
      "As `%help`; the words may stand in the lines below."),
  TIME(
      List.of("%time"),
      "%time CODE",
      "runs a statement, or shows an expression, and says how long it took",
      "CPU time is that of all threads of the kernel. Compiling is told apart."),
  HELP(
      List.of("%help"),
      "%help [WORDS]",
      "explains words of the language, and what cells can do",
      "`%help prune`, `%help prune by magnitude`, `%help %maven`, `%help E101`."),
  WHO(
      List.of("%who", "%whos", "%names"),
      "%who",
      "lists the names in scope, with their kind, their size and where they are from",
      "Names of both languages, those that Java cells alone know included."),
  MAVEN(
      List.of("%maven", "%addMavenDependency", "%addMavenDependencies"),
      "%maven GROUP:ARTIFACT[:EXTENSION[:CLASSIFIER]]:VERSION ...",
      "adds libraries, with all that they need, to Java cells",
      """
      They are taken from the local Maven repository or downloaded to it; `settings.xml` says \
      where from. Several stand behind one another. Java started with `-Doffline=true` downloads \
      nothing."""),
  MAVEN_REPO(
      List.of("%mavenRepo", "%addMavenRepo"),
      "%mavenRepo NAME URL",
      "adds a place that `%maven` and `%%pom` take libraries from",
      ""),
  LOAD_POM(List.of("%loadFromPOM"), "%loadFromPOM FILE", "as `%%pom`, with the XML in a file", ""),
  JARS(
      List.of("%jars", "%addJar"),
      "%jars FILE ...",
      "adds jars to the class path of Java cells",
      "A file, a folder (its jars), or a pattern: `%jars lib/*.jar`."),
  CLASSPATH(
      List.of("%classpath"),
      "%classpath FOLDER ...",
      "adds folders of classes, or jars, to the class path of Java cells",
      "Without a folder it lists what was added."),
  LOAD(
      List.of("%load"),
      "%load FILE",
      "runs a file as if it stood in the cell",
      "A `.java` or `.jsh` file as Java, `.esp` as Espalier, the code cells of an `.ipynb`."),
  LIST(List.of("%lsmagic", "%magic"), "%lsmagic", "lists the words with a percent sign", "");

  private final List<String> names;
  private final String use;
  private final String line;
  private final String more;

  Magic(List<String> names, String use, String line, String more) {
    this.names = names;
    this.use = use;
    this.line = line;
    this.more = more;
  }

  /** As it is written, the usual name first. */
  List<String> names() {
    return names;
  }

  /** Whether it stands at the head of a cell and is about all of it. */
  boolean cell() {
    return names.get(0).startsWith("%%");
  }

  /** A line about it. */
  String line() {
    return line;
  }

  String use() {
    return use;
  }

  /** What it is for, at length. */
  String help() {
    StringBuilder out = new StringBuilder(use).append(" — ").append(line);
    if (!more.isEmpty()) {
      out.append('\n').append(more);
    }
    if (names.size() > 1) {
      out.append("\nalso written ").append(String.join(", ", names.subList(1, names.size())));
    }
    return out.toString();
  }

  /** The magic of that name. */
  static Optional<Magic> named(String word) {
    for (Magic magic : values()) {
      if (magic.names.contains(word)) {
        return Optional.of(magic);
      }
    }
    return Optional.empty();
  }

  /** Every name of every magic. */
  static List<String> all() {
    List<String> all = new ArrayList<>();
    for (Magic magic : values()) {
      all.addAll(magic.names);
    }
    return all;
  }
}
