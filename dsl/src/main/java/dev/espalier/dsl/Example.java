package dev.espalier.dsl;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A kind of mistake shown.
 *
 * @param wrong a program with exactly this mistake
 * @param right the same done right
 */
public record Example(String wrong, String right) {
  private static final String FILE = "mistakes.txt";

  private static final String BEFORE =
      "data digits from glyphs\ntrain lenet-5 on digits for 2 epochs as teacher";

  private static final class All {
    static final Map<String, Example> BY_CODE = read();
  }

  /** The example of a code; empty when there is none. */
  public static Optional<Example> of(Code code) {
    return Optional.ofNullable(All.BY_CODE.get(code.name()));
  }

  private static Map<String, Example> read() {
    String text;
    try (InputStream in = Example.class.getResourceAsStream(FILE)) {
      text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Map<String, Example> all = new LinkedHashMap<>();
    String[] sections = text.split("(?m)^== ");
    for (int i = 1; i < sections.length; i++) {
      String[] head = sections[i].split("\n", 2);
      String[] parts = head[1].split("(?m)^-- right\n", 2);
      all.put(head[0].strip(), new Example(program(parts[0]), program(parts[1])));
    }
    return all;
  }

  private static String program(String text) {
    return text.replaceAll("(?m)^@$", BEFORE).strip() + "\n";
  }
}
