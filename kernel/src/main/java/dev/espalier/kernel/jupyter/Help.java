package dev.espalier.kernel.jupyter;

import dev.espalier.dsl.Code;
import dev.espalier.dsl.Nearest;
import dev.espalier.dsl.Scope;
import dev.espalier.dsl.Source;
import dev.espalier.dsl.assist.Hover;
import dev.espalier.dsl.assist.Vocabulary;
import dev.espalier.dsl.check.Unit;
import dev.espalier.dsl.explain.CodeText;
import dev.espalier.dsl.reference.Prose;
import dev.espalier.engine.catalog.Catalog;
import dev.espalier.engine.catalog.Entry;
import dev.espalier.engine.catalog.Kind;
import dev.espalier.engine.catalog.Parameter;
import dev.espalier.engine.run.Metric;
import dev.espalier.kernel.render.Markdown;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** Answers {@code help prune}: everything comes from the catalog and the reference. */
final class Help {
  private Help() {}

  /**
   * What is known of some words, as Markdown.
   *
   * @param words of the language, a name in scope, a magic, the code of a message, or nothing
   * @throws CellFailure when nothing is known of them
   */
  static String about(String words, Scope scope) throws CellFailure {
    String asked = words.strip().replaceAll("^`|`$", "").replaceAll("\\s+", " ");
    if (asked.isEmpty()) {
      return overview();
    }
    if (asked.startsWith("%")) {
      Optional<Magic> magic = Magic.named(asked);
      return fenced(magic.orElseThrow(() -> Magics.unknown(asked)).help());
    }
    Optional<Code> code = Code.of(asked.toUpperCase(Locale.ROOT));
    if (code.isPresent()) {
      return fenced(CodeText.of(code.get()));
    }
    String last = asked.substring(asked.lastIndexOf(' ') + 1);
    Optional<String> found = scope.find(asked).flatMap(b -> hover(asked, scope));
    if (found.isEmpty() && last.equals(asked)) {
      found = verb(asked);
    }
    if (found.isEmpty()) {
      found = hover(asked, scope);
    }
    if (found.isEmpty()) {
      found = word(last);
    }
    return found.orElseThrow(() -> unknown(last, scope));
  }

  /** The bundle for a page of Markdown. */
  static Bundle bundle(String markdown) {
    return Bundle.text(plain(markdown))
        .with("text/markdown", markdown)
        .html(Markdown.html(markdown));
  }

  private static String plain(String markdown) {
    return markdown
        .replaceAll("(?m)^```.*\\R?", "")
        .replaceAll("(?m)^#+ ", "")
        .replace("**", "")
        .replace("`", "")
        .stripTrailing();
  }

  private static String overview() {
    StringBuilder out =
        new StringBuilder("A cell holds sentences. Each begins with one of these words:\n\n");
    for (Vocabulary.Word verb : Vocabulary.verbs()) {
      out.append("- `").append(verb.text()).append("` ").append(verb.doc()).append('\n');
    }
    out.append("\n`help prune` tells of one of them, `help magnitude` of any word, `help E101`");
    out.append(" of a message. Words with a percent sign:\n\n");
    return out.append(magics()).toString();
  }

  /** The words with a percent sign, a line each. */
  static String magics() {
    StringBuilder out = new StringBuilder();
    for (Magic magic : Magic.values()) {
      out.append("- `").append(magic.use()).append("` ").append(magic.line()).append('\n');
    }
    return out.append("\n`%help %time` tells more of one of them.\n").toString();
  }

  private static String fenced(String text) {
    return "```\n" + text.stripTrailing() + "\n```\n";
  }

  private static Optional<String> hover(String sentence, Scope scope) {
    int last = sentence.lastIndexOf(' ') + 1;
    return Hover.at(new Source("help", sentence, Optional.empty()), last, scope)
        .map(Hover::markdown);
  }

  // ---- verbs

  private static Optional<String> verb(String verb) {
    return Prose.of(verb).map(prose -> verb(verb, prose));
  }

  private static String verb(String verb, Prose prose) {
    StringBuilder out = new StringBuilder("**").append(verb).append("**");
    Optional<Vocabulary.Word> built =
        Vocabulary.verbs().stream().filter(w -> w.text().equals(verb)).findFirst();
    out.append(built.map(w -> " " + w.doc()).orElse(": not available in this version"));
    out.append("\n\n").append(prose.text().strip().replaceAll("\\[([^\\]]+)\\]\\([^)]*\\)", "$1"));
    out.append('\n');
    for (String example : prose.examples()) {
      out.append("\n```espalier\n").append(example).append("```\n");
    }
    for (String name : prose.settings()) {
      Catalog.standard()
          .find(Kind.SETTINGS, name)
          .ifPresent(
              entry -> {
                out.append("\nsettings, after `with`:\n\n");
                entry.parameters().forEach(p -> out.append(parameter(p)));
              });
    }
    for (String kind : prose.words()) {
      Kind of = Kind.valueOf(kind.toUpperCase(Locale.ROOT));
      out.append('\n').append(of.words()).append(": ");
      List<String> names = new ArrayList<>();
      Catalog.standard().all(of).forEach(e -> names.add("`" + e.name() + "`"));
      out.append(String.join(", ", names)).append('\n');
    }
    return out.toString();
  }

  private static String parameter(Parameter p) {
    String takes =
        p.type() == Parameter.Type.CHOICE
            ? String.join(" or ", p.choices())
            : p.type().words() + (p.range().isEmpty() ? "" : ", " + p.range());
    return "- `"
        + p.name()
        + "` "
        + p.doc()
        + " ("
        + takes
        + p.preset().map(d -> "; default " + d).orElse("")
        + ")\n";
  }

  // ---- words

  private static Optional<String> word(String word) {
    List<String> found = new ArrayList<>();
    for (Kind kind : Kind.values()) {
      if (kind != Kind.SETTINGS) {
        Catalog.standard().find(kind, word).ifPresent(e -> found.add(entry(e)));
      }
    }
    for (Metric metric : Metric.values()) {
      if (metric.word().equals(word)) {
        found.add("**" + word + "** (metric): " + metric.doc());
      }
    }
    Vocabulary.joints().stream()
        .filter(j -> j.text().equals(word))
        .forEach(j -> found.add("**" + word + "**: " + j.doc() + ", as in `" + j.example() + "`"));
    for (Unit.Measure measure : Unit.Measure.values()) {
      if (Unit.of(measure).stream().anyMatch(u -> u.word().equals(word))) {
        found.add("**" + word + "** (unit): measures " + measure.words());
      }
    }
    List<String> owners = new ArrayList<>();
    for (Kind kind : Kind.values()) {
      for (Entry entry : Catalog.standard().all(kind)) {
        entry
            .parameter(word)
            .ifPresent(p -> owners.add("- of `" + entry.name() + "`: " + p.doc() + range(p)));
      }
    }
    if (!owners.isEmpty()) {
      found.add("**" + word + "** (setting)\n\n" + String.join("\n", owners));
    }
    return found.isEmpty() ? Optional.empty() : Optional.of(String.join("\n\n", found) + "\n");
  }

  private static String range(Parameter p) {
    return p.preset().map(d -> " (default " + d + ")").orElse("");
  }

  private static String entry(Entry entry) {
    StringBuilder out = new StringBuilder("**").append(entry.name()).append("** (");
    out.append(entry.kind().words()).append("): ").append(entry.doc()).append("\n\n");
    entry.parameters().forEach(p -> out.append(parameter(p)));
    if (!entry.source().isEmpty()) {
      out.append("\nsource: ").append(entry.source());
    }
    return out.toString().stripTrailing();
  }

  private static CellFailure unknown(String word, Scope scope) {
    Set<String> known = new LinkedHashSet<>(scope.bindings().keySet());
    Vocabulary.verbs().forEach(w -> known.add(w.text()));
    Vocabulary.joints().forEach(w -> known.add(w.text()));
    for (Kind kind : Kind.values()) {
      for (Entry entry : Catalog.standard().all(kind)) {
        if (kind != Kind.SETTINGS) {
          known.add(entry.name());
        }
        entry.parameters().forEach(p -> known.add(p.name()));
      }
    }
    for (Metric metric : Metric.values()) {
      known.add(metric.word());
    }
    List<String> lines = new ArrayList<>();
    lines.add("nothing is known of `" + word + "`");
    List<String> near = Nearest.all(word, known);
    if (!near.isEmpty()) {
      lines.add("did you mean `" + String.join("`, `", near) + "`?");
    }
    lines.add("`help` alone lists the words that begin a sentence.");
    return Magics.failure("NoHelp", lines);
  }
}
