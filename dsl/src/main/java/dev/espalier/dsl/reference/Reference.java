package dev.espalier.dsl.reference;

import dev.espalier.dsl.Code;
import dev.espalier.dsl.Diagnostic;
import dev.espalier.dsl.Espalier;
import dev.espalier.dsl.Example;
import dev.espalier.dsl.Scope;
import dev.espalier.dsl.Source;
import dev.espalier.dsl.assist.Vocabulary;
import dev.espalier.dsl.check.Unit;
import dev.espalier.engine.Environment;
import dev.espalier.engine.catalog.Catalog;
import dev.espalier.engine.catalog.Entry;
import dev.espalier.engine.catalog.Kind;
import dev.espalier.engine.catalog.Parameter;
import dev.espalier.engine.run.Metric;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** The pages of the reference, as Markdown. */
public final class Reference {
  /** Kinds of words that have a page, with its name. */
  private static final Map<Kind, String> PAGES = new LinkedHashMap<>();

  static {
    PAGES.put(Kind.ARCHITECTURE, "architectures");
    PAGES.put(Kind.LAYER, "layers");
    PAGES.put(Kind.DATA, "data-sets");
    PAGES.put(Kind.FORMAT, "formats");
    PAGES.put(Kind.AUGMENTATION, "augmentations");
    PAGES.put(Kind.OPTIMIZER, "optimizers");
    PAGES.put(Kind.SCHEDULE, "schedules");
    PAGES.put(Kind.DISTILLATION, "distillation");
    PAGES.put(Kind.CRITERION, "criteria");
    PAGES.put(Kind.QUANTIZATION, "quantization");
    PAGES.put(Kind.DEVICE, "devices");
  }

  private final Catalog catalog = Catalog.standard();
  private final GrammarText grammar = new GrammarText();
  private final Map<Code, Diagnostic> shown = new LinkedHashMap<>();
  private final Map<String, String> pages = new LinkedHashMap<>();

  private Reference() {
    for (Code code : Code.values()) {
      mistake(code).ifPresent(d -> shown.put(code, d));
    }
  }

  /** The words that begin a sentence, in the grammar's order. */
  public static List<String> verbs() {
    return List.copyOf(new GrammarText().verbs().keySet());
  }

  /** All pages by file name, the index first. */
  public static Map<String, String> pages() {
    return new Reference().all();
  }

  private Map<String, String> all() {
    Map<String, GrammarText.Alternative> verbs = grammar.verbs();
    pages.put("index.md", index(verbs.keySet()));
    verbs.forEach((verb, rule) -> pages.put(verb + ".md", verb(verb, rule)));
    PAGES.forEach((kind, page) -> pages.put(page + ".md", words(kind)));
    pages.put("metrics.md", metrics());
    pages.put("units.md", units());
    pages.put("errors.md", errors());
    pages.put(
        "grammar.md",
        "# Grammar\n\nWords in quotes stand as they are. `?` is at most once, `*` any number of"
            + " times, `+` at least once. `NUMBER` has digits and perhaps a fraction or an exponent,"
            + " `IDENTIFIER` is a name, `PARAM` one behind `$`, `STRING` a text in quotes on one"
            + " line, `TEXT` one between `\"\"\"`; `NEWLINE` is a line end and `SEMI` a"
            + " semicolon.\n\n```ebnf\n"
            + grammar.whole()
            + "```\n");
    return pages;
  }

  // ---- index

  private String index(Collection<String> verbs) {
    StringBuilder out = new StringBuilder("# The Espalier language\n\n");
    out.append("A program is a list of sentences. A line ends a sentence, unless the next one is");
    out.append(" indented deeper or starts with `then`. Comments start with `#`.\n\n");
    out.append("## Sentences\n\n");
    out.append("| begins with | |\n| --- | --- |\n");
    for (String verb : verbs) {
      out.append("| [").append(verb).append("](").append(verb).append(".md) | ");
      out.append(Markdown.text(doc(verb))).append(" |\n");
    }
    out.append("\n## Joints\n\n| word | | as in |\n| --- | --- | --- |\n");
    for (Vocabulary.Word joint : Vocabulary.joints()) {
      out.append("| ").append(Markdown.code(joint.text())).append(" | ");
      out.append(Markdown.text(joint.doc())).append(" | ");
      out.append(Markdown.code(joint.example())).append(" |\n");
    }
    out.append("\n## Words\n\n");
    PAGES.forEach(
        (kind, page) ->
            out.append("- [")
                .append(heading(page))
                .append("](")
                .append(page)
                .append(".md): ")
                .append(
                    catalog.all(kind).stream()
                        .map(e -> Markdown.code(e.name()))
                        .collect(Collectors.joining(", ")))
                .append('\n'));
    out.append("- [Metrics](metrics.md), [units](units.md)\n\n");
    out.append("## More\n\n- [Messages](errors.md)\n- [Grammar](grammar.md)\n");
    return out.toString();
  }

  private static String doc(String verb) {
    return Vocabulary.verbs().stream()
        .filter(w -> w.text().equals(verb))
        .map(Vocabulary.Word::doc)
        .findFirst()
        .orElse("not available in this version");
  }

  private static String heading(String page) {
    return page.substring(0, 1).toUpperCase(Locale.ROOT) + page.substring(1).replace('-', ' ');
  }

  // ---- verbs

  private String verb(String verb, GrammarText.Alternative rule) {
    Prose prose =
        Prose.of(verb)
            .orElseThrow(() -> new IllegalStateException("nothing is told of `" + verb + "`"));
    StringBuilder out = new StringBuilder("# ").append(verb).append("\n\n");
    boolean built = Vocabulary.verbs().stream().anyMatch(w -> w.text().equals(verb));
    if (!built) {
      out.append("**Not available in this version.** The sentence is known and refused as a");
      out.append(" whole, with what to write instead.\n\n");
    }
    out.append(prose.text()).append("\n\n");
    out.append("```ebnf\n").append(grammar.excerpt(rule)).append("```\n\n");
    out.append("The rest of the [grammar](grammar.md).\n");
    out.append(prose.examples().size() == 1 ? "\n## Example\n" : "\n## Examples\n");
    for (String example : prose.examples()) {
      out.append("\n```esp\n").append(example).append("```\n");
    }
    for (String name : prose.settings()) {
      Entry entry = catalog.find(Kind.SETTINGS, name).orElseThrow();
      out.append("\n## Settings: ").append(Markdown.prose(entry.doc())).append("\n\n");
      out.append(
          table(entry.parameters().stream().filter(p -> !p.name().equals("epochs")).toList()));
      entry
          .parameter("epochs")
          .filter(p -> !verb.equals("prune"))
          .flatMap(Parameter::preset)
          .ifPresent(
              epochs ->
                  out.append("\nHow long is said by `for`; without it, it is `for ")
                      .append(epochs)
                      .append(" epochs`.\n"));
    }
    for (String word : prose.words()) {
      Kind kind = Kind.valueOf(word.toUpperCase(Locale.ROOT));
      String page = PAGES.get(kind);
      out.append("\n## ").append(heading(page)).append("\n\n");
      for (Entry entry : catalog.all(kind)) {
        out.append("- [").append(entry.name()).append("](").append(page).append(".md#");
        out.append(entry.name()).append("): ").append(Markdown.prose(entry.doc())).append('\n');
      }
    }
    List<Code> codes = mistakesOf(verb);
    if (!codes.isEmpty()) {
      out.append("\n## Mistakes\n\n");
      for (Code code : codes) {
        out.append("- [").append(code.name()).append("](errors.md#");
        out.append(code.name().toLowerCase(Locale.ROOT)).append(") ");
        out.append(Markdown.prose(code.summary())).append('\n');
      }
    }
    return out.toString();
  }

  /** The codes whose example has its mistake in a line with this verb. */
  private List<Code> mistakesOf(String verb) {
    List<Code> out = new ArrayList<>();
    shown.forEach(
        (code, d) -> {
          List<String> lines = d.source().text().lines().toList();
          String line = lines.get(Math.min(d.line(), lines.size()) - 1);
          if (List.of(line.strip().split("[^a-z-]+")).contains(verb)) {
            out.add(code);
          }
        });
    return out;
  }

  private static Optional<Diagnostic> mistake(Code code) {
    return Example.of(code)
        .flatMap(
            example ->
                Espalier.check(
                        new Source("example", example.wrong(), Optional.empty()),
                        Scope.empty(Environment.standard()))
                    .diagnostics()
                    .stream()
                    .filter(d -> d.code().equals(code.name()))
                    .findFirst());
  }

  // ---- words

  private String words(Kind kind) {
    StringBuilder out = new StringBuilder("# ").append(heading(PAGES.get(kind))).append("\n\n");
    for (Entry entry : catalog.all(kind)) {
      out.append("## ").append(entry.name()).append("\n\n");
      out.append(Markdown.prose(entry.doc())).append(".\n");
      if (!entry.aliases().isEmpty()) {
        out.append("\nAlso written ");
        out.append(entry.aliases().stream().map(Markdown::code).collect(Collectors.joining(", ")));
        out.append(".\n");
      }
      if (!entry.source().isEmpty()) {
        out.append("\nSource: ").append(Markdown.text(entry.source())).append(".\n");
      }
      if (!entry.parameters().isEmpty()) {
        out.append('\n').append(table(entry.parameters()));
      }
      out.append('\n');
    }
    return out.toString().stripTrailing() + "\n";
  }

  private static String table(List<Parameter> parameters) {
    StringBuilder out =
        new StringBuilder("| setting | takes | default | |\n| --- | --- | --- | --- |\n");
    for (Parameter p : parameters) {
      String range =
          p.type() == Parameter.Type.CHOICE
              ? p.choices().stream().map(Markdown::code).collect(Collectors.joining(", "))
              : Markdown.text(p.type().words())
                  + (p.range().isEmpty() ? "" : ", " + Markdown.text(p.range()))
                  + (p.unit().isEmpty() || p.unit().equals(Parameter.BY)
                      ? ""
                      : ", in " + Markdown.text(p.unit()))
                  + p.kinds().stream()
                      .map(PAGES::get)
                      .filter(page -> page != null)
                      .map(page -> " of [" + page + "](" + page + ".md)")
                      .collect(Collectors.joining());
      out.append("| ").append(Markdown.code(p.name())).append(" | ").append(range).append(" | ");
      out.append(p.preset().map(Markdown::code).orElse("must be given")).append(" | ");
      out.append(Markdown.prose(p.doc())).append(" |\n");
    }
    return out.toString();
  }

  private static String metrics() {
    StringBuilder out = new StringBuilder("# Metrics\n\n");
    out.append("What `expect`, `compare … by`, `chart` and `show` can measure.\n\n");
    out.append("| metric | better | |\n| --- | --- | --- |\n");
    for (Metric metric : Metric.values()) {
      out.append("| ").append(Markdown.code(metric.word())).append(" | ");
      out.append(metric.higherIsBetter() ? "higher" : "lower").append(" | ");
      out.append(Markdown.text(metric.doc())).append(" |\n");
    }
    out.append("\nFigures are of the test split, those of sweeps and searches of the validation");
    out.append(" split. On the device of a target, latency, energy and memory are modelled.\n");
    return out.toString();
  }

  private static String units() {
    StringBuilder out = new StringBuilder("# Units\n\n| measures | units |\n| --- | --- |\n");
    for (Unit.Measure measure : Unit.Measure.values()) {
      out.append("| ").append(Markdown.text(measure.words())).append(" | ");
      out.append(
          Unit.of(measure).stream()
              .map(u -> Markdown.code(u.word()))
              .collect(Collectors.joining(", ")));
      out.append(" |\n");
    }
    return out.append("\nKB is 1000 bytes, KiB 1024. One multiply-accumulate is two FLOP.")
        .append(" `%` is a level or a part; two percentages differ by points.\n")
        .toString();
  }

  private String errors() {
    StringBuilder out = new StringBuilder("# Messages\n\n");
    out.append("`espalier explain CODE` says the same on the command line.\n");
    for (Code code : Code.values()) {
      out.append("\n## ").append(code.name()).append("\n\n**");
      out.append(Markdown.prose(code.summary())).append(".** ");
      out.append(Markdown.prose(code.explanation())).append('\n');
      Example.of(code)
          .ifPresent(
              example -> {
                out.append("\nWrong:\n\n```esp\n").append(example.wrong()).append("```\n");
                out.append("\nRight:\n\n```esp\n").append(example.right()).append("```\n");
              });
    }
    return out.toString();
  }
}
