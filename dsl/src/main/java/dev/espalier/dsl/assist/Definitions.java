package dev.espalier.dsl.assist;

import dev.espalier.dsl.Scope;
import dev.espalier.dsl.Span;
import dev.espalier.dsl.syntax.Name;
import dev.espalier.dsl.syntax.Statement;
import dev.espalier.dsl.syntax.Syntax;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The names that sentences give meanings, as far as their words tell. */
final class Definitions {
  /** A name, where it stands, and what it will stand for. */
  record Definition(Name name, Scope.Kind kind) {}

  private Definitions() {}

  static List<Definition> of(Syntax.Item item, String text) {
    return item instanceof Syntax.Item.Parsed parsed
        ? of(parsed.statement())
        : of((Syntax.Item.Refused) item, text);
  }

  private static List<Definition> of(Statement statement) {
    List<Definition> out = new ArrayList<>();
    if (statement instanceof Statement.Data s) {
      out.add(new Definition(s.name(), Scope.Kind.DATA));
    } else if (statement instanceof Statement.Model s) {
      out.add(new Definition(s.name(), kind(s)));
    } else if (statement instanceof Statement.Let s) {
      out.add(new Definition(s.name(), Scope.Kind.VALUE));
    } else if (statement instanceof Statement.Pipeline s) {
      s.stages()
          .forEach(t -> t.name().ifPresent(n -> out.add(new Definition(n, Scope.Kind.MODEL))));
    } else if (statement instanceof Statement.Compare s) {
      s.name().ifPresent(n -> out.add(new Definition(n, Scope.Kind.TABLE)));
    } else if (statement instanceof Statement.Sweep s) {
      s.name().ifPresent(n -> out.add(new Definition(n, Scope.Kind.TABLE)));
    } else if (statement instanceof Statement.Recipe s) {
      out.add(new Definition(s.name(), Scope.Kind.RECIPE));
    } else if (statement instanceof Statement.Target s) {
      out.add(new Definition(s.name(), Scope.Kind.TARGET));
    } else if (statement instanceof Statement.Compress s) {
      s.name().ifPresent(n -> out.add(new Definition(n, Scope.Kind.MODEL)));
    }
    return out;
  }

  private static Scope.Kind kind(Statement.Model s) {
    if (s.body() instanceof Statement.ModelBody.From from) {
      return from.format().map(f -> f.text().equals("torchscript")).orElse(false)
          ? Scope.Kind.TEACHER
          : Scope.Kind.MODEL;
    }
    return Scope.Kind.BLUEPRINT;
  }

  /** The names of a sentence that does not parse; its first word tells what they stand for. */
  private static List<Definition> of(Syntax.Item.Refused item, String text) {
    String sentence = text.substring(item.span().start(), item.span().end());
    String verb = sentence.split("\\s", 2)[0];
    Scope.Kind kind =
        switch (verb) {
          case "data" -> Scope.Kind.DATA;
          case "model" -> sentence.contains(" from ") ? Scope.Kind.MODEL : Scope.Kind.BLUEPRINT;
          case "let" -> Scope.Kind.VALUE;
          case "compare", "sweep" -> Scope.Kind.TABLE;
          case "recipe" -> Scope.Kind.RECIPE;
          case "target" -> Scope.Kind.TARGET;
          default -> Scope.Kind.MODEL;
        };
    List<Definition> out = new ArrayList<>();
    for (String name : item.names()) {
      place(sentence, name)
          .map(at -> new Span(item.span().start() + at, item.span().start() + at + name.length()))
          .ifPresent(span -> out.add(new Definition(new Name(name, span), kind)));
    }
    return out;
  }

  private static Optional<Integer> place(String sentence, String name) {
    Matcher matcher =
        Pattern.compile("(?:^\\w+|\\bas)\\s+(" + Pattern.quote(name) + ")(?![\\w-])")
            .matcher(sentence);
    return matcher.find() ? Optional.of(matcher.start(1)) : Optional.empty();
  }

  /** Whether a sentence leaves a model without a name, which is then `it`. */
  static boolean makesIt(Syntax.Item item) {
    return item instanceof Syntax.Item.Parsed parsed
        && parsed.statement() instanceof Statement.Pipeline p
        && p.stages().get(p.stages().size() - 1).name().isEmpty();
  }
}
