package dev.espalier.dsl.syntax;

import dev.espalier.dsl.Span;
import java.math.BigDecimal;
import java.util.List;
import java.util.Optional;

/** What stands where a value may stand. */
public sealed interface Value {
  Span span();

  /** The same value standing elsewhere: what {@code $name} means at its place of use. */
  Value at(Span place);

  /**
   * A number with what it counts.
   *
   * @param digits as written, with the sign
   * @param unit a unit, or the word after {@code %} ({@code 1% relative})
   */
  record Quantity(String digits, double number, boolean percent, Optional<Name> unit, Span span)
      implements Value {
    @Override
    public Quantity at(Span place) {
      return new Quantity(digits, number, percent, unit.map(u -> new Name(u.text(), place)), place);
    }

    /** The number, or the part of one that a percentage is: 99.9% is exactly the double 0.999. */
    public double fraction() {
      if (!percent) {
        return number;
      }
      return Double.isInfinite(number) || digits.length() > 40
          ? number / 100
          : new BigDecimal(digits.replace("_", "")).movePointLeft(2).doubleValue();
    }

    /** Whether a unit is more sizes, as in {@code 3x224x224}: it has no space before it. */
    public static boolean isSizes(String unit) {
      return unit.matches("x[0-9][0-9x]*");
    }

    /** As it would be written. */
    public String written() {
      return digits
          + (percent ? "%" : "")
          + unit.map(u -> (percent || !isSizes(u.text()) ? " " : "") + u.text()).orElse("");
    }
  }

  /** {@code $name}; the name without the sign. */
  record Parameter(String name, Span span) implements Value {
    @Override
    public Parameter at(Span place) {
      return new Parameter(name, place);
    }
  }

  /**
   * {@code $recipe(50%)}: what a name behind a {@code $} stands for, given values of its own. Only
   * {@code apply} takes it.
   */
  record Applied(Parameter recipe, List<Argument> arguments, Span span) implements Value {
    public Applied {
      arguments = List.copyOf(arguments);
    }

    @Override
    public Applied at(Span place) {
      return new Applied(
          recipe.at(place), arguments.stream().map(a -> a.at(place)).toList(), place);
    }
  }

  /** A text in quotes, escapes resolved. */
  record Text(String text, Span span) implements Value {
    @Override
    public Text at(Span place) {
      return new Text(text, place);
    }
  }

  /** A word, with arguments or without: {@code adam}, {@code mlp(30)}, {@code yes}. */
  record Call(Name name, List<Argument> arguments, boolean parenthesised, Span span)
      implements Value {
    public Call {
      arguments = List.copyOf(arguments);
    }

    /** Whether it may be a plain name. */
    public boolean isName() {
      return !parenthesised;
    }

    @Override
    public Call at(Span place) {
      return new Call(
          new Name(name.text(), place),
          arguments.stream().map(a -> a.at(place)).toList(),
          parenthesised,
          place);
    }
  }

  /** {@code [1, 2]}. */
  record ListOf(List<Value> items, Span span) implements Value {
    public ListOf {
      items = List.copyOf(items);
    }

    @Override
    public ListOf at(Span place) {
      return new ListOf(items.stream().map(i -> i.at(place)).toList(), place);
    }
  }

  /** An argument of a call, named or by position. */
  record Argument(Optional<Name> name, Value value) {
    public Span span() {
      return name.map(n -> n.span().to(value.span())).orElse(value.span());
    }

    Argument at(Span place) {
      return new Argument(name.map(n -> new Name(n.text(), place)), value.at(place));
    }
  }
}
