package dev.espalier.dsl.assist;

import dev.espalier.dsl.Scope;
import dev.espalier.dsl.Source;
import dev.espalier.dsl.Span;
import dev.espalier.dsl.syntax.Syntax;
import java.util.ArrayList;
import java.util.List;

/**
 * A name that a program defines.
 *
 * @param place of the name
 * @param sentence the whole sentence's place
 */
public record Outline(String name, Scope.Kind kind, Span place, Span sentence) {
  /** What it stands for, as people say it. */
  public String words() {
    return Descriptions.kind(kind);
  }

  /** All names, in the order of the text. */
  public static List<Outline> of(Source source) {
    List<Outline> out = new ArrayList<>();
    for (Syntax.Item item : Syntax.read(source)) {
      for (Definitions.Definition d : Definitions.of(item, source.text())) {
        out.add(new Outline(d.name().text(), d.kind(), d.name().span(), item.span()));
      }
    }
    return out;
  }
}
