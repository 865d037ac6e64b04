package dev.espalier.dsl.syntax;

import dev.espalier.dsl.Span;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Supplier;

/** Trees of statements by chance, of every sort that the language has. */
public final class AnyTree {
  private static final Span NOWHERE = new Span(0, 0);
  private static final List<String> NAMES =
      List.of(
          "a",
          "teacher",
          "lenet-300-100",
          "_x",
          "B2",
          "train",
          "model",
          "split",
          "meets",
          "set",
          "globally",
          "normalize",
          "it",
          "take",
          "rewind",
          "sweep",
          "minimize");
  private static final List<String> UNITS =
      List.of("epochs", "KB", "ms", "points", "rounds", "x3x224x224", "e5", "x", "relative");
  private static final List<String> DIGITS =
      List.of("0", "1", "30", "0.5", "1e-8", "1E3", "1_000", "50", "2.50", "9e+2");
  private static final List<String> TEXTS =
      List.of(
          "",
          "a",
          "a b",
          "with \"quotes\"",
          "\\",
          "\\n",
          "two\nlines",
          "\t",
          "# none",
          "größe 😀",
          "then {",
          "\"\"\"",
          "ends with \"",
          "$x",
          "fc*");

  private final SplittableRandom random;

  public AnyTree(long seed) {
    random = new SplittableRandom(seed);
  }

  /** One statement. */
  public Statement statement() {
    return statement(2);
  }

  private Statement statement(int depth) {
    return switch (random.nextInt(depth > 0 ? 18 : 17)) {
      case 0 -> new Statement.Version(plain(), NOWHERE);
      case 1 -> new Statement.Include(text(), NOWHERE);
      case 2 -> data();
      case 3, 4 -> model();
      case 5 -> new Statement.Target(name(), maybe(this::call), some(this::constraint), NOWHERE);
      case 6 -> new Statement.Recipe(name(), few(this::parameter), some(() -> stage()), NOWHERE);
      case 7 -> new Statement.Let(name(), value(2), NOWHERE);
      case 8 -> new Statement.Set(some(this::setting), NOWHERE);
      case 9, 10 -> new Statement.Pipeline(some(this::stage), NOWHERE);
      case 11 -> compress();
      case 12 ->
          new Statement.Compare(
              some(this::name),
              maybe(this::name),
              maybe(this::demand),
              maybe(this::name),
              few(this::setting),
              maybe(this::name),
              NOWHERE);
      case 13 ->
          random.nextBoolean()
              ? new Statement.Meets(name(), name(), NOWHERE)
              : new Statement.Expect(name(), name(), bound(), NOWHERE);
      case 14 ->
          new Statement.Chart(
              name(),
              maybe(this::name),
              few(this::name),
              maybe(this::name),
              few(this::setting),
              maybe(this::name),
              NOWHERE);
      case 15 ->
          random.nextBoolean()
              ? new Statement.Show(some(this::name), few(this::name), NOWHERE)
              : new Statement.Note(text(), NOWHERE);
      case 16 ->
          random.nextBoolean()
              ? new Statement.Report(text(), few(this::setting), NOWHERE)
              : new Statement.Export(
                  name(), maybe(this::name), text(), few(this::setting), NOWHERE);
      default ->
          new Statement.Sweep(
              some(this::axis),
              some(() -> statement(depth - 1)),
              few(this::setting),
              maybe(this::name),
              NOWHERE);
    };
  }

  private Statement data() {
    Statement.DataOrigin origin =
        switch (random.nextInt(3)) {
          case 0 -> new Statement.DataOrigin.BuiltIn(call());
          case 1 -> new Statement.DataOrigin.Files(Optional.empty(), List.of(text()));
          default -> new Statement.DataOrigin.Files(Optional.of(name()), some(this::text));
        };
    return new Statement.Data(name(), origin, few(this::dataClause), NOWHERE);
  }

  private Statement.DataClause dataClause() {
    return switch (random.nextInt(5)) {
      case 0 ->
          new Statement.DataClause.SplitInto(
              random.nextBoolean() ? List.of(plain(), plain()) : List.of(plain(), plain(), plain()),
              NOWHERE);
      case 1 -> new Statement.DataClause.Take(quantity(), NOWHERE);
      case 2 -> new Statement.DataClause.Normalize(NOWHERE);
      case 3 -> new Statement.DataClause.Augment(some(this::call), NOWHERE);
      default -> new Statement.DataClause.With(some(this::setting), NOWHERE);
    };
  }

  private Statement model() {
    Statement.ModelBody body =
        switch (random.nextInt(3)) {
          case 0 -> new Statement.ModelBody.Is(call(), few(this::setting));
          case 1 -> new Statement.ModelBody.From(maybe(this::name), text(), few(this::setting));
          default -> new Statement.ModelBody.Block(some(() -> layer(2)), NOWHERE);
        };
    return new Statement.Model(name(), body, NOWHERE);
  }

  private Statement.Layer layer(int depth) {
    return depth > 0 && random.nextInt(4) == 0
        ? new Statement.Layer.Nested(
            name(), some(() -> layer(depth - 1)), maybe(this::name), NOWHERE)
        : new Statement.Layer.Single(call(), maybe(this::name), NOWHERE);
  }

  private Statement compress() {
    Optional<Name> objective = maybe(this::name);
    return new Statement.Compress(
        subject(),
        demand(),
        few(this::name),
        objective,
        objective.isPresent() && random.nextBoolean(),
        maybe(this::name),
        maybe(this::goal),
        few(this::setting),
        maybe(this::name),
        NOWHERE);
  }

  private Statement.Axis axis() {
    return random.nextBoolean()
        ? new Statement.Axis(name(), some(() -> value(1)), false)
        : new Statement.Axis(
            name(),
            random.nextBoolean()
                ? List.of(value(1), value(1))
                : List.of(value(1), value(1), value(1)),
            true);
  }

  private Statement.Demand demand() {
    return random.nextBoolean()
        ? new Statement.Demand.Named(name())
        : new Statement.Demand.Constraints(some(this::constraint));
  }

  private Statement.Constraint constraint() {
    return new Statement.Constraint(name(), bound());
  }

  private Statement.Bound bound() {
    return random.nextBoolean()
        ? new Statement.Bound.Limit(random.nextBoolean(), value(1), NOWHERE)
        : new Statement.Bound.Within(quantity(), name(), NOWHERE);
  }

  // ---- pipelines

  private Statement.Stage stage() {
    return new Statement.Stage(action(), maybe(this::name), NOWHERE);
  }

  private Action action() {
    return switch (random.nextInt(8)) {
      case 0 -> new Action.Train(verb("train"), maybe(this::subject), few(this::training));
      case 1 -> new Action.Finetune(verb("finetune"), maybe(this::subject), few(this::training));
      case 2 ->
          new Action.Distill(verb("distill"), few(this::subject), subject(), few(this::distilling));
      case 3, 4 ->
          new Action.Prune(verb("prune"), maybe(this::subject), amount(), few(this::pruning));
      case 5 ->
          new Action.Quantize(
              verb("quantize"),
              maybe(this::subject),
              goalOrCall(),
              few(
                  () ->
                      random.nextInt(3) == 0
                          ? new Clause.Per(name(), List.of(), NOWHERE)
                          : shrinking()));
      case 6 ->
          new Action.Factorize(
              verb("factorize"), maybe(this::subject), goalOrCall(), few(this::shrinking));
      default ->
          new Action.Apply(
              verb("apply"),
              random.nextInt(4) == 0 ? applied() : subject(),
              maybe(this::subject),
              random.nextBoolean()
                  ? List.of()
                  : List.of(new Clause.With(some(this::setting), NOWHERE)));
    };
  }

  private static Name verb(String word) {
    return new Name(word, NOWHERE);
  }

  private Action.Amount amount() {
    return switch (random.nextInt(3)) {
      case 0 -> new Action.Amount.Part(goal(), maybe(this::name), NOWHERE);
      case 1 -> new Action.Amount.Pattern(plain(), plain(), NOWHERE);
      default ->
          new Action.Amount.Until(
              some(() -> new Action.Amount.Budget(goal(), maybe(this::name), NOWHERE)), NOWHERE);
    };
  }

  private Clause training() {
    return switch (random.nextInt(3)) {
      case 0 -> new Clause.On(name(), NOWHERE);
      case 1 -> new Clause.For(goal(), NOWHERE);
      default -> new Clause.With(some(this::setting), NOWHERE);
    };
  }

  private Clause distilling() {
    return switch (random.nextInt(3)) {
      case 0 -> new Clause.By(method(), NOWHERE);
      case 1 -> new Clause.Via(some(this::subject), NOWHERE);
      default -> training();
    };
  }

  private Clause shrinking() {
    return switch (random.nextInt(3)) {
      case 0 -> new Clause.By(method(), NOWHERE);
      case 1 -> new Clause.Except(some(this::layerName), NOWHERE);
      default -> training();
    };
  }

  private Clause pruning() {
    return switch (random.nextInt(5)) {
      case 0 -> new Clause.Globally(NOWHERE);
      case 1 ->
          new Clause.Per(name(), few(() -> new Clause.LayerAmount(layerName(), goal())), NOWHERE);
      case 2 -> new Clause.In(goal(), maybe(this::goal), NOWHERE);
      case 3 -> new Clause.Rewind(call(), NOWHERE);
      default -> shrinking();
    };
  }

  private Name layerName() {
    return random.nextBoolean() ? name() : new Name(pick(TEXTS), NOWHERE);
  }

  // ---- values

  private Setting setting() {
    return new Setting(name(), value(2));
  }

  private Value value(int depth) {
    return switch (random.nextInt(depth > 0 ? 6 : 4)) {
      case 0, 1 -> quantity();
      case 2 -> parameter();
      case 3 -> text();
      case 4 -> call(depth - 1);
      default -> new Value.ListOf(few(() -> value(depth - 1)), NOWHERE);
    };
  }

  private Value.Call call() {
    return call(1);
  }

  private Value.Call call(int depth) {
    return random.nextBoolean()
        ? new Value.Call(name(), List.of(), false, NOWHERE)
        : new Value.Call(name(), few(() -> argument(depth)), true, NOWHERE);
  }

  private Value.Argument argument(int depth) {
    return new Value.Argument(maybe(this::name), value(depth));
  }

  private Value subject() {
    return random.nextInt(4) == 0 ? parameter() : call();
  }

  private Value method() {
    return random.nextInt(4) == 0 ? parameter() : call();
  }

  private Value goal() {
    return random.nextInt(4) == 0 ? parameter() : quantity();
  }

  private Value goalOrCall() {
    return random.nextBoolean() ? goal() : call();
  }

  private Value.Parameter parameter() {
    return new Value.Parameter(pick(NAMES), NOWHERE);
  }

  private Value.Applied applied() {
    return new Value.Applied(parameter(), few(() -> argument(1)), NOWHERE);
  }

  private Value.Text text() {
    return new Value.Text(pick(TEXTS), NOWHERE);
  }

  private Value.Quantity plain() {
    return quantity(pick(DIGITS), false, Optional.empty());
  }

  private Value.Quantity quantity() {
    return quantity(
        (random.nextInt(5) == 0 ? "-" : "") + pick(DIGITS),
        random.nextInt(3) == 0,
        maybe(() -> new Name(pick(UNITS), NOWHERE)));
  }

  private static Value.Quantity quantity(String digits, boolean percent, Optional<Name> unit) {
    return new Value.Quantity(
        digits, Double.parseDouble(digits.replace("_", "")), percent, unit, NOWHERE);
  }

  private Name name() {
    return new Name(pick(NAMES), NOWHERE);
  }

  private <T> T pick(List<T> from) {
    return from.get(random.nextInt(from.size()));
  }

  private <T> Optional<T> maybe(Supplier<T> of) {
    return random.nextBoolean() ? Optional.of(of.get()) : Optional.empty();
  }

  private <T> List<T> few(Supplier<? extends T> of) {
    return list(random.nextInt(4), of);
  }

  private <T> List<T> some(Supplier<? extends T> of) {
    return list(1 + random.nextInt(3), of);
  }

  private static <T> List<T> list(int length, Supplier<? extends T> of) {
    List<T> out = new ArrayList<>();
    for (int i = 0; i < length; i++) {
      out.add(of.get());
    }
    return out;
  }
}
