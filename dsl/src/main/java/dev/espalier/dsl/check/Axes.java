package dev.espalier.dsl.check;

import dev.espalier.dsl.Code;
import dev.espalier.dsl.Scope.Binding;
import dev.espalier.dsl.Span;
import dev.espalier.dsl.syntax.Name;
import dev.espalier.dsl.syntax.Statement;
import dev.espalier.dsl.syntax.Value;
import dev.espalier.engine.run.Operation;
import dev.espalier.engine.run.Result;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** {@code amount over 50%, 80%}, {@code seed over 1 to 5}: swept names with all their values. */
final class Axes {
  /** The axis that seeds the sentences of its sweep. */
  static final String SEED = "seed";

  /** Decimal places and digits of what a range may be written with. */
  private static final int LONGEST_NUMBER = 40;

  /** A swept name with its values, resolved. */
  record Axis(Name name, List<Value> values, Span span) {}

  private final Program program;
  private final long most;

  /**
   * @param most values of one axis
   */
  Axes(Program program, long most) {
    this.program = program;
    this.most = most;
  }

  /** The axis with its values; empty with the mistakes reported. */
  Optional<Axis> of(Statement.Axis axis, Set<String> others) {
    int before = program.failures();
    name(axis.name(), others);
    Span span = axis.values().get(0).span().to(axis.values().get(axis.values().size() - 1).span());
    List<Value> values = new ArrayList<>();
    for (Value written : axis.values()) {
      Optional<Value> value = program.resolve(written);
      if (value.isPresent() && value.get() instanceof Value.ListOf list && !axis.range()) {
        values.addAll(list.items());
      } else {
        value.ifPresent(values::add);
      }
    }
    if (program.failures() > before) {
      return Optional.empty();
    }
    if (values.isEmpty()) {
      program.report(
          Code.E406,
          span,
          "`" + axis.name().text() + "` has no values",
          "a sweep over nothing has no runs");
      return Optional.empty();
    }
    if (axis.range()) {
      values = range(axis, values, span);
    }
    distinct(values);
    if (axis.name().text().equals(SEED)) {
      values.forEach(this::seed);
    }
    return program.failures() > before
        ? Optional.empty()
        : Optional.of(new Axis(axis.name(), values, axis.name().span().to(span)));
  }

  private void name(Name name, Set<String> others) {
    if (name.text().equals("it") || name.text().equals("itself")) {
      program.report(
          Code.E120,
          name.span(),
          "`" + name.text() + "` is a reserved word, not a name",
          "choose another name");
    } else if (others.contains(name.text())) {
      program.report(
          Code.E225,
          name.span(),
          "two axes are called `" + name.text() + "`",
          "give one of them another name");
    } else {
      Optional<Binding> hidden = program.find(name.text());
      hidden.ifPresent(
          b ->
              program.report(
                  Code.E225,
                  name.span(),
                  "`"
                      + name.text()
                      + "` has a meaning already"
                      + (b.line() > 0 ? " (line " + b.line() + ")" : ""),
                  "inside the sweep it could not be told from "
                      + Program.kindWords(b.kind())
                      + "; choose another name"));
    }
  }

  private void distinct(List<Value> values) {
    Set<String> seen = new HashSet<>();
    for (Value value : values) {
      if (!seen.add(Written.of(value))) {
        program.report(
            Code.E118,
            value.span(),
            "`" + Written.of(value) + "` is there twice",
            "each value is run once",
            program.isWritten(value.span())
                ? List.of(program.removalFromList(value.span()))
                : List.of());
        return;
      }
    }
  }

  private void seed(Value value) {
    boolean whole =
        value instanceof Value.Quantity q
            && !q.percent()
            && q.unit().isEmpty()
            && q.number() >= 0
            && q.number() <= 9e15
            && q.number() == Math.rint(q.number());
    if (!whole) {
      program.report(
          Code.E304,
          value.span(),
          "`seed` cannot be " + Written.of(value),
          "give whole numbers from 0 on: seed over 1 to 5");
    }
  }

  // ---- ranges

  private List<Value> range(Statement.Axis axis, List<Value> ends, Span span) {
    List<Value.Quantity> numbers = new ArrayList<>();
    for (Value end : ends) {
      if (!(end instanceof Value.Quantity q)
          || q.digits().length() > LONGEST_NUMBER
          || Math.abs(q.number()) > 1e15) {
        program.report(
            Code.E305,
            end.span(),
            "a range goes from number to number, not " + Amounts.shape(end),
            "list the values with commas");
        return List.of();
      }
      numbers.add(q);
    }
    Value.Quantity from = numbers.get(0);
    Value.Quantity to = numbers.get(1);
    if (numbers.stream().anyMatch(q -> !unit(q).equals(unit(from)))) {
      Value.Quantity other =
          numbers.stream().filter(q -> !unit(q).equals(unit(from))).findFirst().orElseThrow();
      program.report(
          Code.E302,
          other.span(),
          "a range has one unit",
          "it starts at " + from.written() + ", and this is " + other.written());
      return List.of();
    }
    BigDecimal first = number(from);
    BigDecimal last = number(to);
    BigDecimal step = numbers.size() > 2 ? number(numbers.get(2)) : BigDecimal.ONE;
    if (step.signum() == 0) {
      program.report(
          Code.E304, numbers.get(2).span(), "a range cannot go in steps of 0", "it would not end");
      return List.of();
    }
    if (last.subtract(first).signum() * step.signum() < 0) {
      boolean plain = numbers.size() == 2;
      program.report(
          Code.E406,
          span,
          "this range runs the wrong way, and is empty",
          from.written() + " is " + (step.signum() > 0 ? "more" : "less") + " than " + to.written(),
          to.written() + " to " + from.written() + (plain ? "" : " by " + numbers.get(2).written()),
          span);
      return List.of();
    }
    BigDecimal runs = last.subtract(first).divide(step, 0, RoundingMode.DOWN).add(BigDecimal.ONE);
    if (runs.compareTo(BigDecimal.valueOf(most)) > 0) {
      tooMany(axis.name().span().to(span), runs.toBigInteger().toString());
      return List.of();
    }
    List<Value> values = new ArrayList<>();
    for (int i = 0; i < runs.intValueExact(); i++) {
      String digits =
          i == 0 ? from.digits() : first.add(step.multiply(BigDecimal.valueOf(i))).toPlainString();
      values.add(
          new Value.Quantity(
              digits,
              Double.parseDouble(digits.replace("_", "")),
              from.percent(),
              from.unit(),
              from.span()));
    }
    return values;
  }

  private void tooMany(Span span, String runs) {
    program.report(
        Code.E403,
        span,
        "this axis has " + runs.replaceAll("(?<=\\d)(?=(\\d{3})+$)", ",") + " values",
        String.format(java.util.Locale.ROOT, "at most %,d; sweep fewer values", most));
  }

  private static String unit(Value.Quantity q) {
    return (q.percent() ? "%" : "") + q.unit().map(Name::text).orElse("");
  }

  private static BigDecimal number(Value.Quantity q) {
    return new BigDecimal(q.digits().replace("_", ""));
  }

  // ---- for the engine

  /** The axis as the engine takes it. */
  static Operation.Axis engine(Axis axis) {
    return new Operation.Axis(
        axis.name().text(), axis.values().stream().map(Axes::engineValue).toList());
  }

  private static Operation.AxisValue engineValue(Value value) {
    String text = value instanceof Value.Text t ? t.text() : Written.of(value);
    if (!(value instanceof Value.Quantity q)) {
      return new Operation.AxisValue(text, Double.NaN, Result.Unit.NONE);
    }
    Optional<Unit> unit = q.unit().flatMap(u -> Unit.of(u.text()));
    if (q.percent()) {
      return new Operation.AxisValue(
          text, q.fraction(), unit.isEmpty() ? Result.Unit.FRACTION : Result.Unit.NONE);
    }
    double number = q.number() * unit.map(Unit::factor).orElse(1.0);
    Result.Unit measured =
        unit.isEmpty()
            ? Result.Unit.NONE
            : switch (unit.get().measure()) {
              case SIZE -> Result.Unit.BYTES;
              case TIME -> Result.Unit.SECONDS;
              case MACS -> Result.Unit.MACS;
              case ENERGY -> Result.Unit.JOULES;
              default -> Result.Unit.NONE;
            };
    return new Operation.AxisValue(text, number, measured);
  }
}
