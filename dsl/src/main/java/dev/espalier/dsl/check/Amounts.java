package dev.espalier.dsl.check;

import dev.espalier.dsl.Code;
import dev.espalier.dsl.Edit;
import dev.espalier.dsl.Nearest;
import dev.espalier.dsl.Span;
import dev.espalier.dsl.syntax.Action;
import dev.espalier.dsl.syntax.Name;
import dev.espalier.dsl.syntax.Value;
import dev.espalier.engine.prune.Amount;
import dev.espalier.engine.run.Metric;
import dev.espalier.engine.run.Operation;
import dev.espalier.engine.run.Result;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Set;

/** Quantities: whether the unit is the right one, and how much it is. */
final class Amounts {
  private static final int MOST_EPOCHS = 100_000;
  private static final int MOST_ROUNDS = 1000;

  /** What a part may be of. */
  private static final List<String> PARTS = List.of("weights", "channels", "remaining");

  private final Program program;

  Amounts(Program program) {
    this.program = program;
  }

  /** {@code for 3 epochs}. */
  OptionalInt epochs(Value value) {
    return counted(value, Unit.Measure.EPOCHS, "training", MOST_EPOCHS);
  }

  /** {@code in 5 rounds}. */
  OptionalInt rounds(Value value) {
    return counted(value, Unit.Measure.ROUNDS, "pruning step by step", MOST_ROUNDS);
  }

  private OptionalInt counted(Value value, Unit.Measure measure, String what, int most) {
    Optional<Value.Quantity> given = quantity(value, measure.words());
    if (given.isEmpty()) {
      return OptionalInt.empty();
    }
    Value.Quantity q = given.get();
    if (q.percent()) {
      wrongUnit(q, what, measure, "percent");
      return OptionalInt.empty();
    }
    if (q.unit().isEmpty()) {
      program.report(
          Code.E306,
          q.span(),
          q.digits() + " what?",
          what + " is measured in " + measure.words(),
          q.digits() + " " + (q.number() == 1 ? measure.one() : measure.words()),
          value.span());
      return OptionalInt.empty();
    }
    Optional<Unit> unit = unit(q.unit().get(), q);
    if (unit.isEmpty()) {
      return OptionalInt.empty();
    }
    if (unit.get().measure() != measure) {
      wrongUnit(q, what, measure, unit.get().measure().words());
      return OptionalInt.empty();
    }
    if (q.number() != Math.rint(q.number()) || q.number() < 1 || q.number() > most) {
      program.report(
          Code.E304,
          q.span(),
          "`" + q.written() + "` is not possible",
          "give a whole number from 1 to " + most);
      return OptionalInt.empty();
    }
    return OptionalInt.of((int) q.number());
  }

  private void wrongUnit(Value.Quantity q, String what, Unit.Measure measure, String given) {
    program.report(
        Code.E302,
        q.span(),
        what + " is measured in " + measure.words() + ", not " + given,
        measure.advice());
  }

  /** A number with its unit, `$` names replaced; reports anything else. */
  Optional<Value.Quantity> quantity(Value value, String wanted) {
    Optional<Value> resolved = program.resolve(value);
    if (resolved.isEmpty()) {
      return Optional.empty();
    }
    if (resolved.get() instanceof Value.Quantity q) {
      if (Double.isInfinite(q.number())) {
        program.report(Code.E304, q.span(), "this number is too large", "too large");
        return Optional.empty();
      }
      return Optional.of(q);
    }
    program.report(
        Code.E305,
        value.span(),
        "a number is needed here, not " + shape(resolved.get()),
        "give " + wanted);
    return Optional.empty();
  }

  static String shape(Value value) {
    if (value instanceof Value.Text) {
      return "a text";
    } else if (value instanceof Value.ListOf) {
      return "a list";
    } else if (value instanceof Value.Call call) {
      return "`" + call.name().text() + "`";
    } else if (value instanceof Value.Quantity q) {
      return "`" + q.written() + "`";
    }
    return "this";
  }

  /** The unit of that word; a model's name there means that the order is wrong. */
  private Optional<Unit> unit(Name word, Value.Quantity q) {
    Optional<Unit> unit = Unit.of(word.text());
    if (unit.isPresent()) {
      return unit;
    }
    if (word.text().matches("percent|percents|pct") && !q.percent()) {
      program.report(
          Code.E307, word.span(), "a percentage is written with %", "", q.digits() + "%", q.span());
      return Optional.empty();
    }
    Optional<String> same =
        Unit.words().stream().filter(u -> u.equalsIgnoreCase(word.text())).findFirst();
    String label =
        same.or(() -> Nearest.to(word.text(), Unit.words()))
            .map(n -> "did you mean `" + n + "`?")
            .orElse("read as the unit of " + q.digits() + (q.percent() ? "%" : ""));
    program.report(
        Code.E307,
        word.span(),
        "unknown unit `" + word.text() + "`",
        label,
        Edit.replace(word.span(), same.or(() -> Nearest.clear(word.text(), Unit.words()))));
    return Optional.empty();
  }

  /**
   * A percentage as a fraction, above 0 and below 1.
   *
   * @param sentence what the sentence would be with the amount after the model, for the fix
   */
  OptionalDouble part(Value value, String verb, String subject) {
    Optional<Value.Quantity> given = quantity(value, "a percentage");
    if (given.isEmpty()) {
      return OptionalDouble.empty();
    }
    Value.Quantity q = given.get();
    if (q.unit().isPresent()) {
      Name unit = q.unit().get();
      String amount = q.digits() + (q.percent() ? "%" : "");
      if (isModel(unit.text())) {
        program.report(
            Code.E102,
            unit.span(),
            "the amount comes after the model",
            "read as a unit, and `" + unit.text() + "` is a model",
            verb + " " + unit.text() + " " + amount);
        return OptionalDouble.empty();
      }
      if (q.percent() && PARTS.contains(unit.text())) {
        program.report(
            Code.E307,
            unit.span(),
            "what to prune comes after `of`",
            "",
            amount + " of " + unit.text(),
            q.span());
        return OptionalDouble.empty();
      }
      if (Nearest.to(unit.text(), List.of("globally")).isPresent()) {
        program.report(
            Code.E307,
            unit.span(),
            "unknown unit `" + unit.text() + "`",
            "did you mean `globally`?",
            List.of(new Edit(unit.span(), "globally")));
        return OptionalDouble.empty();
      }
      Optional<Unit> known = unit(unit, q);
      if (known.isEmpty()) {
        return OptionalDouble.empty();
      }
      boolean budget =
          Set.of(Unit.Measure.SIZE, Unit.Measure.MACS, Unit.Measure.FLOP)
              .contains(known.get().measure());
      String title = "how much to prune is a percentage";
      String label = "not " + known.get().measure().words();
      if (budget && !q.percent() && program.isWritten(value.span())) {
        program.report(
            Code.E308,
            q.span(),
            title,
            label,
            verb + subject + " to " + q.written(),
            List.of(Edit.insert(value.span().start(), "to ")));
      } else {
        program.report(Code.E308, q.span(), title, label);
      }
      return OptionalDouble.empty();
    }
    if (!q.percent()) {
      String meant =
          q.number() > 0 && q.number() < 1 ? plain(q.number() * 100) + "%" : q.digits() + "%";
      program.report(
          Code.E308, q.span(), "how much to prune is a percentage", "", meant, value.span());
      return OptionalDouble.empty();
    }
    if (q.number() <= 0 || q.number() >= 100) {
      program.report(
          Code.E304,
          q.span(),
          q.number() >= 100
              ? "pruning " + q.digits() + "% leaves nothing"
              : "pruning " + q.digits() + "% does nothing",
          "give more than 0% and less than 100%");
      return OptionalDouble.empty();
    }
    return OptionalDouble.of(q.fraction());
  }

  /** {@code to 20 MB}, {@code to 0.5 GFLOP}, {@code to 50% of MACs}: what pruning may leave. */
  Optional<Amount.Budget> budget(Action.Amount.Budget given) {
    Optional<Value.Quantity> quantity = quantity(given.most(), "a size or an amount of arithmetic");
    if (quantity.isEmpty()) {
      return Optional.empty();
    }
    Value.Quantity q = quantity.get();
    if (q.number() <= 0 || (q.percent() && q.number() >= 100)) {
      program.report(
          Code.E304,
          q.span(),
          "pruning to `" + q.written() + "` is not possible",
          q.percent() ? "give more than 0% and less than 100%" : "give more than 0");
      return Optional.empty();
    }
    if (q.percent()) {
      return share(given, q);
    }
    if (given.of().isPresent()) {
      program.report(
          Code.E308,
          given.span(),
          "a part of something is a percentage",
          "",
          q.unit().isPresent() ? q.written() : q.digits() + "% of " + given.of().get().text(),
          given.span());
      return Optional.empty();
    }
    if (q.unit().isEmpty()) {
      program.report(
          Code.E306,
          q.span(),
          q.digits() + " what?",
          "use KB, MB, MMACs, MFLOP",
          q.digits() + " MB");
      return Optional.empty();
    }
    Optional<Unit> unit = unit(q.unit().get(), q);
    if (unit.isEmpty()) {
      return Optional.empty();
    }
    double amount = q.number() * unit.get().factor();
    return switch (unit.get().measure()) {
      case SIZE -> Optional.of(new Amount.Budget(Amount.Measure.BYTES, amount, false));
      case MACS -> Optional.of(new Amount.Budget(Amount.Measure.MACS, amount, false));
      // One multiplication and one addition.
      case FLOP -> Optional.of(new Amount.Budget(Amount.Measure.MACS, amount / 2, false));
      default -> {
        program.report(
            Code.E302,
            q.span(),
            "`prune … to` takes a size or an amount of arithmetic, not "
                + unit.get().measure().words(),
            "use KB, MB, MMACs, MFLOP, or `50% of MACs`");
        yield Optional.empty();
      }
    };
  }

  private Optional<Amount.Budget> share(Action.Amount.Budget given, Value.Quantity q) {
    Map<String, Amount.Measure> measures =
        Map.of(
            "MACs", Amount.Measure.MACS,
            "size", Amount.Measure.BYTES,
            "parameters", Amount.Measure.PARAMETERS);
    if (given.of().isEmpty()) {
      program.report(
          Code.E306,
          q.span(),
          q.digits() + "% of what?",
          "of MACs, of size, or of parameters",
          q.digits() + "% of MACs");
      return Optional.empty();
    }
    Name of = given.of().get();
    Amount.Measure measure = measures.get(of.text());
    if (measure == null) {
      program.report(
          Code.E201,
          of.span(),
          "`" + of.text() + "` is nothing to prune to a part of",
          Nearest.to(of.text(), measures.keySet())
              .map(n -> "did you mean `" + n + "`?")
              .orElse("there is: MACs, parameters, size"),
          Edit.replace(of.span(), Nearest.clear(of.text(), measures.keySet())));
      return Optional.empty();
    }
    return Optional.of(new Amount.Budget(measure, q.fraction(), true));
  }

  private boolean isModel(String name) {
    return program
            .find(name)
            .map(
                b ->
                    b.kind() == dev.espalier.dsl.Scope.Kind.MODEL
                        || b.kind() == dev.espalier.dsl.Scope.Kind.BLUEPRINT)
            .orElse(false)
        || program.isBroken(name)
        || name.equals("it");
  }

  /** A value of a metric, in the metric's own unit: a fraction, bytes, seconds, a count. */
  OptionalDouble of(Metric metric, Value value) {
    Optional<Value.Quantity> given = quantity(value, "a value of " + metric.word());
    if (given.isEmpty()) {
      return OptionalDouble.empty();
    }
    Value.Quantity q = given.get();
    Optional<Unit.Measure> measure = Unit.of(metric.unit());
    if (metric.unit() == Result.Unit.FRACTION) {
      return fraction(metric, q);
    }
    if (q.percent()) {
      String what = measure.map(m -> "measured in " + m.words()).orElse(plainly(metric));
      program.report(
          Code.E302,
          q.span(),
          metric.word() + " is " + what + ", not percent",
          measure
              .map(Unit.Measure::advice)
              .orElse(metric.unit() == Result.Unit.COUNT ? "give a whole number" : "leave % out"));
      return OptionalDouble.empty();
    }
    if (measure.isEmpty()) {
      if (q.unit().isPresent()) {
        Optional<Unit> unit = unit(q.unit().get(), q);
        unit.ifPresent(
            u ->
                program.report(
                    Code.E302,
                    q.span(),
                    metric.word() + " is " + plainly(metric) + ", not " + u.measure().words(),
                    meant(u.measure(), "give a number without a unit")));
        return OptionalDouble.empty();
      }
      return notNegative(q, q.number());
    }
    if (q.unit().isEmpty()) {
      program.report(
          Code.E306,
          q.span(),
          q.digits() + " what?",
          metric.word()
              + " is measured in "
              + measure.get().words()
              + "; "
              + measure.get().advice());
      return OptionalDouble.empty();
    }
    Optional<Unit> unit = unit(q.unit().get(), q);
    if (unit.isEmpty()) {
      return OptionalDouble.empty();
    }
    if (unit.get().measure() != measure.get()) {
      program.report(
          Code.E302,
          q.span(),
          metric.word()
              + " is measured in "
              + measure.get().words()
              + ", not "
              + unit.get().measure().words(),
          meant(unit.get().measure(), measure.get().advice()));
      return OptionalDouble.empty();
    }
    return notNegative(q, q.number() * unit.get().factor());
  }

  /** What a metric without a unit is. */
  private static String plainly(Metric metric) {
    return metric.unit() == Result.Unit.COUNT ? "a count" : "a plain number";
  }

  private static String meant(Unit.Measure given, String advice) {
    return advice + given.metric().map(m -> "; or did you mean `" + m.word() + "`?").orElse("");
  }

  private OptionalDouble notNegative(Value.Quantity q, double value) {
    if (value < 0) {
      program.report(
          Code.E304, q.span(), "`" + q.written() + "` is below 0", "give a value at least 0");
      return OptionalDouble.empty();
    }
    return OptionalDouble.of(value);
  }

  private OptionalDouble fraction(Metric metric, Value.Quantity q) {
    if (q.unit().isPresent()) {
      Optional<Unit> unit = unit(q.unit().get(), q);
      unit.ifPresent(
          u ->
              program.report(
                  Code.E302,
                  q.span(),
                  metric.word() + " is a percentage, not " + u.measure().words(),
                  meant(u.measure(), "use %")));
      return OptionalDouble.empty();
    }
    double value = q.fraction();
    if (!q.percent() && value > 1) {
      program.report(
          Code.E306,
          q.span(),
          q.digits() + " what?",
          metric.word() + " is a percentage",
          q.digits() + "%",
          q.span());
      return OptionalDouble.empty();
    }
    if (value < 0 || value > 1) {
      program.report(
          Code.E304,
          q.span(),
          metric.word() + " cannot be " + q.written(),
          "give a value from 0% to 100%");
      return OptionalDouble.empty();
    }
    return OptionalDouble.of(value);
  }

  /** {@code within 0.3 points of teacher}. */
  Optional<Operation.Bound.Within> within(Metric metric, Value.Quantity q, Operation.Named other) {
    boolean fraction = metric.unit() == Result.Unit.FRACTION;
    if (Double.isInfinite(q.number()) || q.number() < 0) {
      program.report(
          Code.E304,
          q.span(),
          "`" + q.written() + "` cannot be a margin",
          "give a value at least 0");
      return Optional.empty();
    }
    Optional<Unit> unit = q.unit().isPresent() ? unit(q.unit().get(), q) : Optional.empty();
    if (q.unit().isPresent() && unit.isEmpty()) {
      return Optional.empty();
    }
    if (q.percent()) {
      if (unit.isEmpty()) {
        Span percent = q.span();
        program.report(
            Code.E301,
            percent,
            "% is ambiguous here",
            fraction
                ? other.name() + " is a percentage too"
                : "a part of " + other.name() + "'s " + metric.word() + "?",
            fraction
                ? "`"
                    + q.digits()
                    + (q.number() == 1 ? " point" : " points")
                    + "` (98 → "
                    + plain(98 - q.number())
                    + ") or `"
                    + q.digits()
                    + "% relative` (98 → "
                    + plain(98 * (1 - q.number() / 100))
                    + ")"
                : q.digits() + "% relative",
            fraction ? List.of() : List.of(Edit.insert(percent.end(), " relative")));
        return Optional.empty();
      }
      if (unit.get() != Unit.RELATIVE) {
        program.report(
            Code.E302,
            q.span(),
            "a percentage cannot be in " + unit.get().measure().words(),
            "write `" + q.digits() + "% relative`");
        return Optional.empty();
      }
      return Optional.of(new Operation.Bound.Within(q.fraction(), true, other));
    }
    if (unit.isPresent() && unit.get().measure() == Unit.Measure.RELATIVE) {
      program.report(
          Code.E306,
          q.span(),
          "a relative margin is a percentage",
          "",
          q.digits() + "% relative",
          q.span());
      return Optional.empty();
    }
    if (fraction) {
      if (unit.isEmpty()) {
        program.report(
            Code.E306,
            q.span(),
            q.digits() + " what?",
            "two percentages differ by points",
            q.digits() + (q.number() == 1 ? " point" : " points"),
            q.span());
        return Optional.empty();
      }
      if (unit.get().measure() != Unit.Measure.POINTS) {
        program.report(
            Code.E302,
            q.span(),
            metric.word() + " differs by points, not by " + unit.get().measure().words(),
            "use points or % relative");
        return Optional.empty();
      }
      return Optional.of(
          new Operation.Bound.Within(q.number() * Unit.POINT.factor(), false, other));
    }
    OptionalDouble margin = of(metric, q);
    return margin.isPresent()
        ? Optional.of(new Operation.Bound.Within(margin.getAsDouble(), false, other))
        : Optional.empty();
  }

  /** A number without needless digits. */
  static String plain(double v) {
    if (v == Math.rint(v) && Math.abs(v) < 1e15) {
      return Long.toString((long) v);
    }
    String text = String.format(Locale.ROOT, "%.6f", v);
    return text.replaceAll("0+$", "");
  }
}
