package dev.espalier.kernel.cli;

import dev.espalier.dsl.Step;
import dev.espalier.dsl.plan.StepText;
import dev.espalier.engine.run.Controls;
import dev.espalier.engine.run.Forecast;
import dev.espalier.engine.run.Forecast.Estimate;
import dev.espalier.engine.run.Operation;
import dev.espalier.engine.run.Reseeded;
import dev.espalier.kernel.render.Figures;
import dev.espalier.kernel.render.Text;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** A plan as lines: each operation with whether it is stored, and else what it would take. */
final class PlanText {
  private final Forecast forecast;
  private final int width;
  private final StringBuilder out = new StringBuilder();
  private final Set<String> counted = new HashSet<>();
  private double seconds;
  private int estimated;
  private int unknown;
  private int stored;

  PlanText(Forecast forecast, int width) {
    this.forecast = forecast;
    this.width = width;
  }

  String of(List<Step> steps) {
    List<StepText.Line> lines = StepText.lines(steps);
    Set<Operation> toDo = forecast.toDo(steps.stream().map(Step::operation).toList());
    int digits = Integer.toString(lines.size()).length();
    for (StepText.Line line : lines) {
      String number = String.format(Locale.ROOT, "%" + digits + "d  ", line.number());
      String name = line.name().map(n -> n + ": ").orElse("");
      out.append(cut(number + name + line.text())).append('\n');
      String margin = " ".repeat(number.length());
      status(line.operation(), toDo).ifPresent(s -> out.append(margin).append(s).append('\n'));
      if (line.operation() instanceof Operation.Compare compare) {
        besides(compare, margin, toDo);
      } else if (line.operation() instanceof Operation.Sweep sweep) {
        runs(sweep, margin, lines);
      }
    }
    return out.append('\n').append(left()).append('\n').toString();
  }

  /** What becomes of an operation; empty for what is only shown or written. */
  private Optional<String> status(Operation operation, Set<Operation> toDo) {
    if (operation instanceof Operation.Compare
        || operation instanceof Operation.Expect
        || operation instanceof Operation.Meets) {
      return Optional.of("measured in every run; not estimated");
    } else if (operation instanceof Operation.LoadData) {
      return Optional.of("loaded when it is needed; not stored");
    } else if (operation instanceof Operation.FromOnnx
        || operation instanceof Operation.FromTorchScript) {
      return Optional.of("read from its file; not stored");
    } else if (!(operation instanceof Operation.ModelMaking)) {
      return Optional.empty();
    } else if (!toDo.contains(operation)) {
      if (!forecast.isStored(operation)) {
        return Optional.of("not needed: what follows from it is stored");
      }
      stored++;
      return Optional.of("stored");
    }
    if (operation instanceof Operation.Search search) {
      return Optional.of(search(search));
    }
    return Optional.of(estimate(operation));
  }

  /** Trials differ; none trains a model larger than the one it starts from. */
  private String search(Operation.Search search) {
    unknown++;
    Estimate e =
        forecast.of(
            new Operation.Finetune(
                search.model(), search.data(), search.training(), search.environment()));
    String trials =
        search.seconds() > 0
            ? "as many trials as " + Figures.duration(search.seconds()) + " allow, each"
            : search.trials() + (search.trials() == 1 ? " trial" : " trials");
    return e.basis() == Forecast.Basis.UNKNOWN
        ? trials + "; unknown how long: " + e.detail()
        : trials
            + " of about "
            + Figures.duration(e.seconds())
            + " at most, one after another (as training the model itself would take)";
  }

  private String estimate(Operation operation) {
    Estimate e = forecast.of(operation);
    if (e.basis() == Forecast.Basis.UNKNOWN) {
      unknown++;
      return "unknown: " + e.detail();
    }
    estimated++;
    seconds += e.seconds();
    String memory = e.peakBytes() == 0 ? "memory unknown" : "up to " + bytes(e.peakBytes());
    String from =
        e.basis() == Forecast.Basis.MEASURED_BEFORE
            ? "measured before, " + (e.runs() == 1 ? "once" : e.runs() + " times")
            : "scaled from " + e.detail();
    return "about " + Figures.duration(e.seconds()) + ", " + memory + " (" + from + ")";
  }

  /** The models that a comparison adds by itself: from other seeds, and controls from all. */
  private void besides(Operation.Compare compare, String margin, Set<Operation> program) {
    List<Reseeded> seeds = new ArrayList<>();
    for (int s = 0; s < compare.seeds(); s++) {
      seeds.add(new Reseeded(s));
    }
    if (seeds.size() > 1) {
      for (Operation.Named model : compare.models()) {
        besides(
            margin + "other seeds, " + model.name() + ": ",
            seeds.stream().skip(1).map(r -> r.of(model.model())).toList(),
            program);
      }
    }
    for (Operation.Named model : compare.models()) {
      for (Controls.Control control : controls(compare, model)) {
        besides(
            margin + "control, " + model.name() + " " + control.label() + ": ",
            seeds.stream().map(r -> r.of(control.operation())).toList(),
            program);
      }
    }
  }

  /** The runs of a sweep behind the first, which has lines of its own, side by side. */
  private void runs(Operation.Sweep sweep, String margin, List<StepText.Line> lines) {
    lines.stream()
        .map(StepText.Line::operation)
        .filter(Operation.ModelMaking.class::isInstance)
        .forEach(o -> counted.add(forecast.identity(o)));
    int before = estimated + unknown;
    int unknownBefore = unknown;
    double secondsBefore = seconds;
    int there = 0;
    for (Operation model : sweep.inputs()) {
      if (forecast.isStored(model)) {
        there++;
        continue;
      }
      for (Operation o : forecast.inOrder(model)) {
        if (counted.add(forecast.identity(o))) {
          estimate(o);
        }
      }
    }
    int models = estimated + unknown - before;
    int open = unknown - unknownBefore;
    int processors = Runtime.getRuntime().availableProcessors();
    int workers = sweep.workers() == 0 ? processors : Math.min(sweep.workers(), processors);
    double sideBySide = (seconds - secondsBefore) / workers;
    seconds = secondsBefore + sideBySide;
    String said = there == 0 ? "" : there + " of its models stored; ";
    said += models == 0 ? "no other model to make" : models + " more models to make";
    if (models > open) {
      said += ", about " + Figures.duration(sideBySide) + " by " + workers;
      said += workers == 1 ? " worker" : " workers";
    }
    out.append(cut(margin + said + (open == 0 ? "" : ", " + open + " unknown"))).append('\n');
  }

  private static List<Controls.Control> controls(Operation.Compare compare, Operation.Named model) {
    return compare.controls() ? Controls.of(model) : List.of();
  }

  /** Models of one kind, each with all that it takes. */
  private void besides(String label, List<Operation> made, Set<Operation> program) {
    if (made.stream().allMatch(forecast::isStored)) {
      stored += made.size();
      out.append(cut(label + "stored")).append('\n');
      return;
    }
    int before = estimated + unknown;
    int unknownBefore = unknown;
    double secondsBefore = seconds;
    String said = "";
    for (Operation model : made) {
      for (Operation o : forecast.inOrder(model)) {
        if (!program.contains(o) && counted.add(forecast.identity(o))) {
          said = estimate(o);
        }
      }
    }
    int models = estimated + unknown - before;
    if (models == 0) {
      said = "made by then";
    } else if (models > 1) {
      int open = unknown - unknownBefore;
      said = models + " models to make";
      said += models == open ? "" : ", about " + Figures.duration(seconds - secondsBefore);
      said += open == 0 ? "" : ", " + open + " unknown";
    }
    out.append(cut(label + said)).append('\n');
  }

  private String left() {
    int toDo = estimated + unknown;
    if (toDo == 0) {
      return stored == 0 ? "left: no model to make" : "left: nothing to make, all is stored";
    }
    String all = toDo == 1 ? "1 model" : toDo + " models";
    if (estimated == 0) {
      return "left: " + all + " to make; no time can be told, as nothing like it has run here";
    }
    String sum = "left: " + all + " to make, about " + Figures.duration(seconds);
    return unknown == 0 ? sum : sum + " for " + estimated + " of them; " + unknown + " unknown";
  }

  private static String bytes(long bytes) {
    return bytes < 1_000_000_000
        ? Math.round(bytes / 1e6) + " MB"
        : String.format(Locale.ROOT, "%.1f GB", bytes / 1e9);
  }

  private String cut(String line) {
    String clean = Text.clean(line);
    return clean.codePointCount(0, clean.length()) <= width
        ? clean
        : clean.substring(0, clean.offsetByCodePoints(0, width - 1)) + "…";
  }
}
