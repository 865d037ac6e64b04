package dev.espalier.kernel.doctor;

import dev.espalier.engine.Environment;
import dev.espalier.engine.EspalierException;
import dev.espalier.engine.Progress;
import dev.espalier.engine.data.BuiltIn;
import dev.espalier.engine.data.DataSet;
import dev.espalier.engine.data.DataSource;
import dev.espalier.engine.measure.Runtime;
import dev.espalier.engine.run.Store;
import dev.espalier.engine.train.NativeEngine;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Tries one thing in a process of its own and writes what it found, a line each: the state, a tab,
 * the text, a tab, what to do.
 */
public final class Probe {
  /** What can be tried. */
  enum Part {
    PYTORCH(
        "natives",
        "PyTorch",
        "give Java the libraries of this platform; a crash may mean a processor they do not know"),
    ONNX_RUNTIME(
        "natives",
        "ONNX Runtime",
        "give Java the libraries of this platform; a crash may mean a processor they do not know"),
    STORE("store", "the store", "name another folder: install --store DIR"),
    DATA("data", "the data sets", "see ESPALIER_DATA");

    private final String area;
    private final String what;
    private final String fix;

    Part(String area, String what, String fix) {
      this.area = area;
      this.what = what;
      this.fix = fix;
    }

    String area() {
      return area;
    }

    String what() {
      return what;
    }

    String fix() {
      return fix;
    }
  }

  private final Part part;
  private final PrintStream out;

  private Probe(Part part, PrintStream out) {
    this.part = part;
    this.out = out;
  }

  /** Takes the name of a part. */
  public static void main(String[] args) {
    PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    Probe probe = new Probe(Part.valueOf(args[0]), out);
    try {
      probe.run();
    } catch (EspalierException e) {
      probe.tell(
          Finding.State.WRONG, e.what() + (e.why().isEmpty() ? "" : ": " + e.why()), e.fix());
    }
    // Native libraries keep threads.
    java.lang.Runtime.getRuntime().halt(0);
  }

  private void run() {
    switch (part) {
      case PYTORCH -> {
        Environment environment = Environment.standard();
        tell(
            Finding.State.OK,
            NativeEngine.tried(environment)
                + ", on "
                + System.getProperty("os.name")
                + " "
                + System.getProperty("os.arch")
                + ", "
                + environment.threads()
                + " threads where the kernel is told no number",
            "");
      }
      case ONNX_RUNTIME -> tell(Finding.State.OK, "ONNX Runtime " + Runtime.version(), "");
      case STORE -> store();
      case DATA -> data();
    }
  }

  private void store() {
    Path place = Store.standardPlace();
    Optional<Store> store = Store.existing(place);
    if (store.isEmpty()) {
      tell(Finding.State.OK, "no steps are stored yet in " + place, "");
      return;
    }
    int entries = store.get().entries().size();
    try (Stream<Path> all = Files.walk(place)) {
      long bytes = all.filter(Files::isRegularFile).mapToLong(file -> file.toFile().length()).sum();
      tell(
          Files.isWritable(place) ? Finding.State.OK : Finding.State.WRONG,
          entries
              + (entries == 1 ? " model, " : " models, ")
              + String.format(Locale.ROOT, "%.1f MB, in ", bytes / 1e6)
              + place
              + (Files.isWritable(place) ? "" : ", which is read-only"),
          Files.isWritable(place) ? "" : part.fix());
    } catch (IOException e) {
      tell(Finding.State.WRONG, place + " cannot be read: " + e, part.fix());
    }
  }

  private void data() {
    String named = System.getenv("ESPALIER_DATA");
    if (named != null && !named.isBlank() && !Files.isDirectory(Path.of(named))) {
      tell(
          Finding.State.NOTE,
          "ESPALIER_DATA names " + named + ", which is no folder",
          "make it, or install with --data DIR");
    }
    tell(Finding.State.OK, "glyphs are drawn by the program and need no file", "");
    List<String> absent = new ArrayList<>();
    for (BuiltIn source : BuiltIn.all()) {
      data(source, absent);
    }
    if (!absent.isEmpty()) {
      tell(
          Finding.State.OK,
          "not here: "
              + String.join(", ", absent)
              + "; what can be downloaded is fetched when a program names it",
          "");
    }
  }

  private void data(BuiltIn source, List<String> absent) {
    if (!source.atHand()) {
      absent.add(source.title());
      return;
    }
    try {
      DataSet set = ((DataSource) source).load(true, Progress.NONE);
      tell(
          Finding.State.OK,
          source.title() + ": " + set.train().size() + " samples to train with, whole",
          "");
    } catch (EspalierException e) {
      tell(
          Finding.State.NOTE,
          source.title() + ": " + e.what() + (e.where().isEmpty() ? "" : ", " + e.where()),
          e.fix());
    }
  }

  private void tell(Finding.State state, String text, String fix) {
    out.println(state + "\t" + plain(text) + "\t" + plain(fix));
  }

  private static String plain(String text) {
    return text.replaceAll("[\\t\\r\\n]+", " ");
  }

  /** The findings in what a probe wrote. */
  static List<Finding> read(Part part, String written) {
    List<Finding> findings = new ArrayList<>();
    for (String line : written.lines().toList()) {
      String[] fields = line.split("\t", -1);
      for (Finding.State state : Finding.State.values()) {
        if (fields.length == 3 && fields[0].equals(state.name())) {
          findings.add(new Finding(part.area(), state, fields[1], fields[2]));
        }
      }
    }
    return findings;
  }
}
