package dev.espalier.engine.data;

import dev.espalier.engine.EspalierException;
import dev.espalier.engine.Progress;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;

/**
 * A table of comma-separated values (RFC 4180, UTF-8), plain or gzip: one sample a line, one column
 * with its class or some with the quantities to predict, all others numbers.
 *
 * <p>The first line is a header when a feature column in it holds no number. Classes are texts, or
 * whole numbers; they are numbered in the order of the numbers, or of the alphabet. Labels with a
 * fraction are refused: they are quantities, and belong into a {@code target}.
 *
 * @param label the label column: a name from the header, a number counted from 1, or {@code last}
 * @param target the target columns of a regression, named alike, with commas between; empty is a
 *     classification by {@code label}
 */
public record CsvSource(Path file, String label, String target) implements DataSource {
  private static final int LONGEST_LINE = 1 << 24;
  private static final int MOST_COLUMNS = 100_000;

  /** A classification by one column. */
  public CsvSource(Path file, String label) {
    this(file, label, "");
  }

  @Override
  public String fingerprint() {
    return target.isEmpty()
        ? Fingerprint.of("csv", Fingerprint.of(file), label)
        : Fingerprint.of("csv", Fingerprint.of(file), "target", target);
  }

  @Override
  public boolean isRegression() {
    return !target.isEmpty();
  }

  @Override
  public DataSet load(boolean offline, Progress progress) {
    Table table = DataFile.read(file, in -> new Reading(this, in, progress).table());
    if (!target.isEmpty()) {
      int columns = table.names().size();
      Split none = Split.ofTargets(table.width(), new float[0], columns, new float[0]);
      return new DataSet(
          Naming.stem(file),
          new long[] {table.width()},
          new Task.Regression(table.names()),
          Split.ofTargets(table.width(), table.values(), columns, table.targets()),
          none,
          none,
          new float[] {1},
          new float[] {0},
          List.of(),
          fingerprint());
    }
    List<String> classes = classes(table.labels());
    Map<String, Integer> number = new LinkedHashMap<>();
    for (int c = 0; c < classes.size(); c++) {
      number.put(classes.get(c), c);
    }
    int[] labels = table.labels().stream().mapToInt(number::get).toArray();
    Split none = Split.ofValues(table.width(), new float[0], new int[0]);
    return new DataSet(
        Naming.stem(file),
        new long[] {table.width()},
        classes,
        Split.ofValues(table.width(), table.values(), labels),
        none,
        none,
        new float[] {1},
        new float[] {0},
        List.of(),
        fingerprint());
  }

  /** What was read; {@code labels} of a classification, {@code targets} of a regression. */
  private record Table(
      int width, float[] values, List<String> labels, List<String> names, float[] targets) {}

  private List<String> classes(List<String> labels) {
    List<String> distinct = labels.stream().distinct().toList();
    boolean numbers = distinct.stream().allMatch(CsvSource::isWhole);
    if (!numbers && distinct.stream().allMatch(CsvSource::isNumber)) {
      throw EspalierException.program(
          "the label column holds numbers with fractions",
          file + ", column " + label,
          "that is regression, not classification",
          "say so: with target \"NAME\"; or name the column of the class: with label \"NAME\"");
    }
    if (distinct.size() > Limits.CLASSES) {
      throw EspalierException.program(
          "the label column holds more than " + Limits.CLASSES + " different values",
          file + ", column " + label,
          distinct.size() + " in " + labels.size() + " lines; is it the class?",
          "name the column that holds the class: with label \"NAME\"");
    }
    if (distinct.size() < 2) {
      throw Labels.onlyOneClass(file + ", column " + label);
    }
    return numbers
        ? distinct.stream().sorted((a, b) -> Long.compare(whole(a), whole(b))).toList()
        : distinct.stream().sorted().toList();
  }

  private static boolean isWhole(String text) {
    return text.matches("[+-]?\\d{1,15}(\\.0*)?");
  }

  private static long whole(String text) {
    return (long) Double.parseDouble(text);
  }

  private static boolean isNumber(String text) {
    if (text.isEmpty() || "fFdD".indexOf(text.charAt(text.length() - 1)) >= 0) {
      return false;
    }
    try {
      Double.parseDouble(text);
      return true;
    } catch (NumberFormatException e) {
      return false;
    }
  }

  /** An array that grows as far as arrays may. */
  private static final class Floats {
    private float[] values = new float[1024];
    private int filled;

    void add(float value, Supplier<String> where) {
      if (filled == values.length) {
        long wanted = Math.max(filled + 1L, Math.min(Limits.ARRAY, 2L * filled));
        values = Arrays.copyOf(values, Limits.arrayLength(wanted, where.get()));
      }
      values[filled++] = value;
    }

    float[] whole() {
      return Arrays.copyOf(values, filled);
    }
  }

  /** One pass over the file. */
  private static final class Reading {
    private final CsvSource source;
    private final BufferedReader reader;
    private final Progress progress;
    private int line;
    private int columns = -1;
    private final List<Integer> answers = new ArrayList<>();
    private final List<String> names = new ArrayList<>();
    private int labelColumn = -1;
    private boolean[] isAnswer;
    private final Floats values = new Floats();
    private final Floats targets = new Floats();
    private int samples;
    private final List<String> labels = new ArrayList<>();
    // Equal labels share one string.
    private final Map<String, String> known = new LinkedHashMap<>();

    Reading(CsvSource source, java.io.InputStream in, Progress progress) {
      this.source = source;
      this.progress = progress;
      this.reader =
          new BufferedReader(
              new InputStreamReader(
                  in,
                  StandardCharsets.UTF_8
                      .newDecoder()
                      .onMalformedInput(CodingErrorAction.REPORT)
                      .onUnmappableCharacter(CodingErrorAction.REPORT)),
              1 << 16);
    }

    Table table() throws java.io.IOException {
      try {
        List<String> first = record();
        if (first == null) {
          throw wrong("the file is empty", "", "");
        }
        columns = first.size();
        if (columns < 2) {
          throw wrong(
              "a line has only one column",
              "there must be a "
                  + (source.target.isEmpty() ? "label" : "target")
                  + " and at least one feature, separated by commas",
              "write the table with commas between the columns");
        }
        if (columns > MOST_COLUMNS) {
          throw wrong("the table has " + columns + " columns", "at most " + MOST_COLUMNS, "");
        }
        boolean header = locate(first);
        if (!header) {
          add(first);
        }
        for (List<String> fields = record(); fields != null; fields = record()) {
          add(fields);
        }
      } catch (CharacterCodingException e) {
        throw wrong("the text is not UTF-8", "", "save the file as UTF-8");
      }
      if (samples == 0) {
        throw wrong("the file holds no samples", "there is nothing below the header", "");
      }
      return new Table(columns - answers.size(), values.whole(), labels, names, targets.whole());
    }

    /** Finds the columns of the answers, and says whether the first line is a header. */
    private boolean locate(List<String> first) {
      boolean named = false;
      if (source.target.isEmpty()) {
        named = add(source.label, "label", first);
        labelColumn = answers.get(0);
      } else {
        for (String name : source.target.split(",", -1)) {
          named |= add(name.strip(), "target", first);
        }
      }
      if (answers.size() == columns) {
        throw wrong(
            "every column is a target",
            "the table has " + columns,
            "leave at least one column to predict from");
      }
      isAnswer = new boolean[columns];
      answers.forEach(column -> isAnswer[column] = true);
      boolean header = named;
      for (int i = 0; i < columns && !header; i++) {
        header = i != labelColumn && !isNumber(first.get(i));
      }
      for (int column : answers) {
        names.add(header ? first.get(column) : "column " + (column + 1));
      }
      return header;
    }

    /** Notes one column as an answer; whether it was found by its name in the header. */
    private boolean add(String name, String setting, List<String> first) {
      int column;
      boolean named = false;
      if (name.equals("last")) {
        column = columns - 1;
      } else if (name.matches("\\d{1,9}")) {
        column = Integer.parseInt(name) - 1;
        if (column < 0 || column >= columns) {
          throw wrong(
              "there is no column " + name,
              "the table has " + columns + " columns, counted from 1",
              "name another: with " + setting + " …");
        }
      } else {
        named = true;
        column = first.indexOf(name);
        if (column < 0) {
          throw wrong(
              "there is no column `" + name + "`",
              "the first line has: " + String.join(", ", first.subList(0, Math.min(20, columns))),
              "name one of these, a number from 1, or last");
        }
      }
      if (answers.contains(column)) {
        throw wrong("`" + name + "` is named twice", setting + " " + source.target, "name it once");
      }
      answers.add(column);
      return named;
    }

    private void add(List<String> fields) {
      if (fields.size() != columns) {
        throw wrong(
            "the line has " + fields.size() + " columns",
            "the first line has " + columns,
            "mend the line");
      }
      if (samples++ % 1000 == 0) {
        progress.check();
      }
      if (labelColumn >= 0) {
        addLabel(fields.get(labelColumn));
      } else {
        for (int column : answers) {
          targets.add(number(fields.get(column), column), this::where);
        }
      }
      for (int i = 0; i < columns; i++) {
        if (!isAnswer[i]) {
          values.add(number(fields.get(i), i), this::where);
        }
      }
    }

    private void addLabel(String label) {
      if (label.isEmpty()) {
        throw wrong("the label is missing", "column " + (labelColumn + 1) + " is empty", "");
      }
      labels.add(known.computeIfAbsent(label, l -> l));
      if (known.size() > Limits.CLASSES && isNumber(label)) {
        // Said at once, not after gigabytes: a thousand different numbers are no classes.
        throw wrong(
            "the label column holds more than " + Limits.CLASSES + " different values",
            "column " + (labelColumn + 1) + " looks like a quantity, not a class",
            "name it as such: with target \"NAME\"; or name the column that holds the class: with"
                + " label \"NAME\"");
      }
    }

    private float number(String text, int column) {
      if (!isNumber(text)) {
        throw wrong(
            text.isEmpty() ? "a value is missing" : "`" + brief(text) + "` is no number",
            "column " + (column + 1) + "; every column but the label must hold numbers",
            text.isEmpty() ? "fill it in or leave the line out" : "mend the line");
      }
      float value = Float.parseFloat(text);
      if (Float.isNaN(value) || Float.isInfinite(value)) {
        throw wrong(
            "`" + brief(text) + "` is not finite",
            "column " + (column + 1) + "; a network cannot learn from it",
            "replace it or leave the line out");
      }
      return value;
    }

    /** The fields of the next line that is not blank; null at the end. */
    private List<String> record() throws java.io.IOException {
      while (true) {
        String text = readLine();
        if (text == null) {
          return null;
        }
        if (!text.isBlank()) {
          return fields(text);
        }
      }
    }

    private List<String> fields(String first) throws java.io.IOException {
      String text = first;
      if (line == 1 && text.startsWith("\ufeff")) {
        text = text.substring(1);
      }
      List<String> fields = new ArrayList<>(Math.max(columns, 4));
      if (text.indexOf('"') < 0) {
        int from = 0;
        for (int comma = text.indexOf(','); comma >= 0; comma = text.indexOf(',', from)) {
          fields.add(text.substring(from, comma).strip());
          from = comma + 1;
        }
        fields.add(text.substring(from).strip());
        return fields;
      }
      StringBuilder field = new StringBuilder();
      int started = line;
      boolean quoted = false;
      boolean wasQuoted = false;
      int at = 0;
      while (true) {
        if (at == text.length()) {
          if (!quoted) {
            fields.add(wasQuoted ? field.toString() : field.toString().strip());
            return fields;
          }
          // A quoted field goes on in the next line.
          String next = readLine();
          if (next == null || field.length() > LONGEST_LINE) {
            line = started;
            throw wrong("a quoted field is never closed", "", "add the closing \"");
          }
          field.append('\n');
          text = next;
          at = 0;
          continue;
        }
        char c = text.charAt(at++);
        if (quoted) {
          if (c != '"') {
            field.append(c);
          } else if (at < text.length() && text.charAt(at) == '"') {
            field.append('"');
            at++;
          } else {
            quoted = false;
          }
        } else if (c == ',') {
          fields.add(wasQuoted ? field.toString() : field.toString().strip());
          field.setLength(0);
          wasQuoted = false;
        } else if (c == '"' && field.toString().isBlank() && !wasQuoted) {
          field.setLength(0);
          quoted = true;
          wasQuoted = true;
        } else if (!wasQuoted || !Character.isWhitespace(c)) {
          field.append(c);
        }
      }
    }

    /** The next line without its end; bounded, so that a file without line ends is refused. */
    private String readLine() throws java.io.IOException {
      StringBuilder text = new StringBuilder();
      int c = reader.read();
      if (c < 0) {
        return null;
      }
      line++;
      while (c >= 0 && c != '\n' && c != '\r') {
        if (text.length() == LONGEST_LINE) {
          throw wrong("the line is longer than " + LONGEST_LINE + " characters", "", "");
        }
        text.append((char) c);
        c = reader.read();
      }
      if (c == '\r') {
        reader.mark(1);
        if (reader.read() != '\n') {
          reader.reset();
        }
      }
      return text.toString();
    }

    private String where() {
      return String.format(Locale.ROOT, "%s, line %d", source.file, Math.max(1, line));
    }

    private EspalierException wrong(String what, String why, String fix) {
      return EspalierException.program(what, where(), why, fix);
    }

    private static String brief(String text) {
      return text.length() <= 40 ? text : text.substring(0, 40) + "…";
    }
  }
}
