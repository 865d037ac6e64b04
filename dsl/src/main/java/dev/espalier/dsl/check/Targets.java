package dev.espalier.dsl.check;

import dev.espalier.dsl.Code;
import dev.espalier.dsl.Edit;
import dev.espalier.dsl.Nearest;
import dev.espalier.dsl.Scope;
import dev.espalier.dsl.Scope.Binding;
import dev.espalier.dsl.Span;
import dev.espalier.dsl.check.Subjects.Subject;
import dev.espalier.dsl.syntax.Name;
import dev.espalier.dsl.syntax.Statement;
import dev.espalier.engine.catalog.Kind;
import dev.espalier.engine.device.Device;
import dev.espalier.engine.device.ThisMachine;
import dev.espalier.engine.run.Constraint;
import dev.espalier.engine.run.Metric;
import dev.espalier.engine.run.Operation;
import dev.espalier.engine.run.Operation.Bound;
import dev.espalier.engine.run.Target;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.Set;

/** Targets: their constraints, the names of targets, and {@code expect … meets}. */
final class Targets {
  /** What may be nothing, or less. */
  private static final Set<Metric> MAY_BE_ZERO =
      EnumSet.of(Metric.ERRORS, Metric.MSE, Metric.MAE, Metric.R2, Metric.SPARSITY);

  private final Program program;
  private final WordMaker words;
  private final Amounts amounts;
  private final Subjects subjects;
  private final Metrics metrics;
  private final Reach reach;

  Targets(
      Program program,
      WordMaker words,
      Amounts amounts,
      Subjects subjects,
      Metrics metrics,
      Reach reach) {
    this.program = program;
    this.words = words;
    this.amounts = amounts;
    this.subjects = subjects;
    this.metrics = metrics;
    this.reach = reach;
  }

  /** {@code target mcu is cortex-m4 { … }}. */
  void target(Statement.Target s) {
    int before = program.failures();
    Optional<Device> device =
        s.device().isPresent()
            ? words.make(Kind.DEVICE, s.device().get()).map(Device.class::cast)
            : Optional.of(new ThisMachine());
    List<Constraint> constraints = constraints(s.constraints(), device);
    if (program.failures() > before) {
      program.breakName(s.name().text());
      return;
    }
    program.bind(
        s.name(),
        new Binding(
            s.name().text(),
            Scope.Kind.TARGET,
            Optional.empty(),
            Optional.empty(),
            Optional.of(new Target(s.name().text(), device, constraints)),
            0,
            false,
            program.line(s.name().span())));
    program.declares(s.name());
  }

  /** {@code expect tiny meets mcu}. */
  void meets(Statement.Meets s) {
    int before = program.failures();
    Optional<Subject> subject = subjects.trained(s.subject());
    Optional<Target> target = named(s.target());
    if (subject.isPresent() && target.isPresent()) {
      Operation.Named model = new Operation.Named(subject.get().shown(), subject.get().operation());
      speaks(target.get(), List.of(model), s.target().span());
      if (program.failures() == before) {
        reach.meets(s.target(), target.get(), model);
        program.step(
            s.span(),
            new Operation.Meets(
                program.words(s.span()), model, target.get(), program.environment()),
            Optional.empty());
      }
    }
  }

  /** Reports constraints that say nothing of one of the models. */
  void speaks(Target target, List<Operation.Named> models, Span span) {
    for (Constraint constraint : target.constraints()) {
      metrics.speaks(new Name(constraint.metric().word(), span), models);
    }
  }

  /** What a demand asks for: a target by its name, or constraints in place on this machine. */
  Optional<Target> of(Statement.Demand demand) {
    if (demand instanceof Statement.Demand.Named n) {
      return named(n.target());
    }
    List<Statement.Constraint> all = ((Statement.Demand.Constraints) demand).all();
    int before = program.failures();
    List<Constraint> constraints = constraints(all, Optional.empty());
    return program.failures() > before
        ? Optional.empty()
        : Optional.of(
            new Target(
                program.words(span(all.get(0)).to(span(all.get(all.size() - 1)))),
                Optional.empty(),
                constraints));
  }

  /** The target of that name; empty with the mistake reported. */
  Optional<Target> named(Name name) {
    Optional<Binding> binding = program.find(name.text());
    if (binding.isPresent() && binding.get().value().orElse(null) instanceof Target target) {
      return Optional.of(target);
    }
    if (program.isBroken(name.text())) {
      program.fail();
      return Optional.empty();
    }
    List<String> known = program.names(Set.of(Scope.Kind.TARGET));
    if (binding.isPresent()) {
      program.report(
          Code.E205,
          name.span(),
          "`" + name.text() + "` is " + Program.kindWords(binding.get().kind()) + ", not a target",
          known.isEmpty()
              ? "say what is demanded first: target " + name.text() + "-target { … }"
              : "targets: " + WordMaker.listed(known));
      return Optional.empty();
    }
    boolean device = words.catalog().find(Kind.DEVICE, name.text()).isPresent();
    program.report(
        Code.E204,
        name.span(),
        "unknown name `" + name.text() + "`",
        device
            ? "that is a device; say what is demanded on it: target mcu is "
                + name.text()
                + " { … }"
            : Nearest.to(name.text(), known)
                .map(n -> "did you mean `" + n + "`?")
                .orElse("say what is demanded first: target " + name.text() + " { … }"),
        Edit.replace(name.span(), Nearest.clear(name.text(), known)));
    program.breakName(name.text());
    return Optional.empty();
  }

  // ---- constraints

  private static Span span(Statement.Constraint c) {
    return c.metric().span().to(c.bound().span());
  }

  /** A limit with where it was written. */
  private record Written(double value, Statement.Constraint constraint) {}

  private List<Constraint> constraints(List<Statement.Constraint> given, Optional<Device> device) {
    List<Constraint> all = new ArrayList<>();
    Map<Metric, Written> lowest = new EnumMap<>(Metric.class);
    Map<Metric, Written> highest = new EnumMap<>(Metric.class);
    List<String> within = new ArrayList<>();
    for (Statement.Constraint c : given) {
      Optional<Metric> metric = metrics.of(c.metric());
      Optional<Bound> bound = bound(metric, c.bound());
      if (metric.isEmpty() || bound.isEmpty()) {
        continue;
      }
      Metric m = metric.get();
      if (bound.get() instanceof Bound.Limit limit) {
        Map<Metric, Written> same = limit.atLeast() ? lowest : highest;
        Map<Metric, Written> other = limit.atLeast() ? highest : lowest;
        Written written = new Written(limit.value(), c);
        if (same.containsKey(m)) {
          twice(c, m.word() + (limit.atLeast() ? " at least" : " at most"));
          continue;
        }
        same.put(m, written);
        if (other.containsKey(m) && contradict(lowest.get(m), highest.get(m), c)) {
          continue;
        }
        if (!limit.atLeast() && !possible(m, limit.value(), device, c)) {
          continue;
        }
      } else {
        String other = ((Bound.Within) bound.get()).other().name();
        if (within.contains(m.word() + " of " + other)) {
          twice(c, m.word() + " within … of " + other);
          continue;
        }
        within.add(m.word() + " of " + other);
      }
      all.add(new Constraint(m, bound.get(), text(c)));
    }
    return all;
  }

  /** In the words of the one style there is, whatever signs it was written with. */
  private String text(Statement.Constraint c) {
    return c.bound() instanceof Statement.Bound.Limit limit
        ? c.metric().text()
            + (limit.atLeast() ? " at least " : " at most ")
            + program.words(limit.value().span())
        : program.words(span(c));
  }

  private Optional<Bound> bound(Optional<Metric> metric, Statement.Bound bound) {
    if (bound instanceof Statement.Bound.Limit limit) {
      if (metric.isEmpty()) {
        return Optional.empty();
      }
      OptionalDouble value = amounts.of(metric.get(), limit.value());
      if (value.isEmpty()) {
        return Optional.empty();
      }
      if (value.getAsDouble() <= 0 && !MAY_BE_ZERO.contains(metric.get())) {
        program.report(
            Code.E304,
            limit.value().span(),
            limit.atLeast()
                ? "a floor of 0 under " + metric.get().word() + " demands nothing"
                : "no model has " + metric.get().word() + " 0",
            "give a value above 0");
        return Optional.empty();
      }
      return Optional.of(new Bound.Limit(limit.atLeast(), value.getAsDouble()));
    }
    Statement.Bound.Within within = (Statement.Bound.Within) bound;
    Optional<Subject> other = subjects.trained(within.other());
    if (metric.isEmpty() || other.isEmpty()) {
      return Optional.empty();
    }
    Operation.Named than = new Operation.Named(other.get().shown(), other.get().operation());
    int before = program.failures();
    metrics.speaks(new Name(metric.get().word(), bound.span()), List.of(than));
    return program.failures() > before
        ? Optional.empty()
        : amounts.within(metric.get(), within.margin(), than).map(w -> (Bound) w);
  }

  private void twice(Statement.Constraint c, String what) {
    program.report(Code.E118, span(c), "`" + what + "` is there twice", "leave the stricter one");
  }

  private boolean contradict(Written low, Written high, Statement.Constraint second) {
    if (low.value() <= high.value()) {
      return false;
    }
    Statement.Constraint first = low.constraint() == second ? high.constraint() : low.constraint();
    program.report(
        Code.E404,
        span(second),
        "no model can meet both constraints on " + second.metric().text(),
        "line "
            + program.line(first.metric().span())
            + " asks for `"
            + program.words(span(first))
            + "`");
    return true;
  }

  /** Whether a limit leaves any model, and is one at all on the device. */
  private boolean possible(
      Metric metric, double most, Optional<Device> device, Statement.Constraint c) {
    if ((metric == Metric.SIZE) && most < Target.SMALLEST_FILE) {
      program.report(
          Code.E405,
          c.bound().span(),
          "no model is that small",
          "an ONNX file without any weight takes more than " + Target.SMALLEST_FILE + " bytes");
      return false;
    }
    OptionalLong has =
        device.isEmpty()
            ? OptionalLong.empty()
            : metric == Metric.SIZE
                ? device.get().flash()
                : metric == Metric.MEMORY ? device.get().memory() : OptionalLong.empty();
    if (has.isPresent() && most > has.getAsLong()) {
      program.report(
          Code.E405,
          c.bound().span(),
          device.get().word()
              + " has less "
              + (metric == Metric.SIZE ? "flash" : "RAM")
              + " than that",
          String.format(
              Locale.ROOT,
              "it has %,d bytes; ask for less, or say that this one has more: %s(%s … KB)",
              has.getAsLong(),
              device.get().word(),
              metric == Metric.SIZE ? "flash" : "ram"));
      return false;
    }
    return true;
  }
}
