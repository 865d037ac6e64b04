package dev.espalier.dsl.check;

import dev.espalier.dsl.Code;
import dev.espalier.dsl.syntax.Statement;
import dev.espalier.dsl.syntax.Value;
import java.util.List;
import java.util.OptionalLong;

/** How many runs a sweep takes: the product of its axes. */
final class Sweeps {
  /** More runs are a slip of the hand. */
  private static final long MOST = 10_000;

  private Sweeps() {}

  /** Reports a sweep of too many runs, as far as its values are written out. */
  static boolean tooLarge(Program program, Statement.Sweep sweep) {
    OptionalLong cells = cells(sweep);
    if (cells.isEmpty() || cells.getAsLong() <= MOST) {
      return false;
    }
    Statement.Axis first = sweep.axes().get(0);
    Statement.Axis last = sweep.axes().get(sweep.axes().size() - 1);
    program.report(
        Code.E403,
        first.name().span().to(last.values().get(last.values().size() - 1).span()),
        String.format(
            java.util.Locale.ROOT,
            "this sweep is of %,d runs of %d %s each",
            cells.getAsLong(),
            sweep.body().size(),
            sweep.body().size() == 1 ? "sentence" : "sentences"),
        String.format(java.util.Locale.ROOT, "at most %,d; sweep fewer values", MOST));
    return true;
  }

  /** Empty where an axis is not written in numbers. */
  private static OptionalLong cells(Statement.Sweep sweep) {
    long product = 1;
    for (Statement.Axis axis : sweep.axes()) {
      OptionalLong values = values(axis);
      if (values.isEmpty()) {
        return OptionalLong.empty();
      }
      product = Math.min(Long.MAX_VALUE / 1_000_000_000, product) * values.getAsLong();
    }
    return OptionalLong.of(product);
  }

  private static OptionalLong values(Statement.Axis axis) {
    List<Value> all = axis.values();
    if (!axis.range()) {
      boolean list = all.size() == 1 && all.get(0) instanceof Value.ListOf;
      boolean named = all.stream().anyMatch(v -> v instanceof Value.Parameter);
      return named
          ? OptionalLong.empty()
          : OptionalLong.of(list ? ((Value.ListOf) all.get(0)).items().size() : all.size());
    }
    double[] numbers = new double[3];
    numbers[2] = 1;
    for (int i = 0; i < all.size(); i++) {
      if (!(all.get(i) instanceof Value.Quantity q)) {
        return OptionalLong.empty();
      }
      numbers[i] = q.number();
    }
    double steps = Math.floor((numbers[1] - numbers[0]) / numbers[2]) + 1;
    return steps >= 1 && steps < 1e9
        ? OptionalLong.of((long) steps)
        : steps >= 1e9 ? OptionalLong.of(1_000_000_000) : OptionalLong.empty();
  }
}
