package dev.espalier.dsl.reference;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What is told of a verb by hand, beside what the grammar and the catalog say.
 *
 * @param settings names of the settings that it takes itself
 * @param words kinds of words that it takes
 * @param text Markdown
 * @param examples programs
 */
public record Prose(List<String> settings, List<String> words, String text, List<String> examples) {
  private static final String FOLDER = "dev/espalier/dsl/reference/";
  private static final Pattern EXAMPLE = Pattern.compile("(?s)```esp\\n(.*?)```\\n?");

  public Prose {
    settings = List.copyOf(settings);
    words = List.copyOf(words);
    examples = List.copyOf(examples);
  }

  /** The prose of a verb; empty when it has none. */
  public static Optional<Prose> of(String verb) {
    return Resources.find(FOLDER + verb + ".md").map(Prose::read);
  }

  private static Prose read(String file) {
    String[] parts = file.split("(?m)^---\\n", 2);
    String[] head = parts[0].split("\\n");
    List<String> examples = new ArrayList<>();
    Matcher example = EXAMPLE.matcher(parts[1]);
    while (example.find()) {
      examples.add(example.group(1));
    }
    return new Prose(list(head[0]), list(head[1]), example.replaceAll("").strip(), examples);
  }

  private static List<String> list(String line) {
    return Arrays.stream(line.substring(line.indexOf(':') + 1).split(","))
        .map(String::strip)
        .filter(s -> !s.isEmpty())
        .toList();
  }
}
