package dev.espalier.dsl.plan;

import dev.espalier.dsl.Step;
import dev.espalier.engine.Environment;
import dev.espalier.engine.architecture.Architecture;
import dev.espalier.engine.architecture.Layer;
import dev.espalier.engine.architecture.LayerBlock;
import dev.espalier.engine.data.DataSource;
import dev.espalier.engine.data.Partition;
import dev.espalier.engine.prune.Amount;
import dev.espalier.engine.prune.PruneSpec;
import dev.espalier.engine.quantize.QuantizeSpec;
import dev.espalier.engine.run.Operation;
import dev.espalier.engine.run.Target;
import dev.espalier.engine.train.TrainSettings;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The steps of a program as lines, one for each operation, with every setting written out.
 *
 * <p>Operations are numbered in the order in which they run, inputs first. One that the program
 * names is spoken of by its name, as long as the name means no other; any other is {@code #4}.
 */
public final class StepText {
  /**
   * One operation.
   *
   * @param number from 1, in running order
   * @param name what the program calls the result
   * @param operation what is done
   * @param text the operation in words, without number and name
   */
  public record Line(int number, Optional<String> name, Operation operation, String text) {
    /** {@code #3 small: distill teacher into …}. */
    @Override
    public String toString() {
      return "#" + number + name.map(n -> " " + n).orElse("") + ": " + text;
    }
  }

  /** What a name means that means several operations. */
  private static final Operation BOTH = new Operation.Note("");

  private final Map<Operation, Integer> numbers = new IdentityHashMap<>();
  private final Map<Operation, String> names = new IdentityHashMap<>();
  private final Map<String, Operation> meanings = new HashMap<>();
  private final List<Operation> order = new ArrayList<>();

  private StepText(List<Step> steps) {
    for (Step step : steps) {
      add(step.operation());
      step.name().ifPresent(n -> name(n, step.operation()));
    }
  }

  /** The operations of a program, each once, in the order in which they run. */
  public static List<Line> lines(List<Step> steps) {
    StepText text = new StepText(steps);
    List<Line> out = new ArrayList<>();
    for (Operation operation : text.order) {
      out.add(
          new Line(
              text.numbers.get(operation),
              Optional.ofNullable(text.names.get(operation)),
              operation,
              text.text(operation)));
    }
    return out;
  }

  private void add(Operation operation) {
    if (operation instanceof Operation.Blueprint || numbers.containsKey(operation)) {
      return;
    }
    inputs(operation).forEach(this::add);
    numbers.put(operation, order.size() + 1);
    order.add(operation);
    if (operation instanceof Operation.LoadData o) {
      name(o.name(), o);
    } else if (operation instanceof Operation.FromTorchScript o) {
      name(o.name(), o);
    } else if (operation instanceof Operation.FromOnnx o) {
      name(o.name(), o);
    } else if (operation instanceof Operation.Given o) {
      name(o.name(), o);
    }
  }

  /** Of the runs of a sweep, which are all alike, the first is written out. */
  private static List<Operation> inputs(Operation operation) {
    return operation instanceof Operation.Sweep s
        ? s.cells().get(0).models().stream().map(Operation.Named::model).toList()
        : operation.inputs();
  }

  private void name(String name, Operation operation) {
    if (names.putIfAbsent(operation, name) == null) {
      // Two operations of one name are both spoken of by number.
      meanings.merge(name, operation, (old, next) -> old == next ? old : BOTH);
    }
  }

  // ---- operations

  private String text(Operation operation) {
    if (operation instanceof Operation.LoadData o) {
      return "load "
          + source(o.source())
          + partition(o.partition())
          + "; seed "
          + o.environment().seed()
          + (o.environment().offline() ? ", offline" : "");
    } else if (operation instanceof Operation.Blueprint o) {
      return "blueprint " + architecture(o.architecture());
    } else if (operation instanceof Operation.FreshCopy o) {
      return "fresh weights for " + reference(o.model());
    } else if (operation instanceof Operation.FromOnnx o) {
      return "read onnx "
          + WordText.quoted(o.file().toString())
          + ", input "
          + (o.input().isEmpty() ? "as in the file" : joined("x", o.input()))
          + ", classes "
          + (o.classes() == 0 ? "as in the file" : o.classes() + ", seed " + o.seed())
          + o.data().map(d -> ", open sizes as in " + reference(d)).orElse("");
    } else if (operation instanceof Operation.FromTorchScript o) {
      return "read torchscript " + WordText.quoted(o.file().toString());
    } else if (operation instanceof Operation.StoppedAfter o) {
      return text(o.step()) + "; stopped after epoch " + o.epoch() + " of " + o.epochs();
    } else if (operation instanceof Operation.Given) {
      return "given by a Java cell";
    } else if (operation instanceof Operation.Train o) {
      return "train "
          + reference(o.blueprint())
          + " on "
          + reference(o.data())
          + training(o.settings())
          + environment(o.environment());
    } else if (operation instanceof Operation.Finetune o) {
      return "finetune "
          + reference(o.model())
          + " on "
          + reference(o.data())
          + training(o.settings())
          + environment(o.environment());
    } else if (operation instanceof Operation.Distill o) {
      return "distill "
          + joined(", ", o.teachers().stream().map(this::reference).toList())
          + " into "
          + reference(o.student())
          + " on "
          + reference(o.data())
          + " by "
          + WordText.of((Record) o.method())
          + training(o.settings())
          + environment(o.environment());
    } else if (operation instanceof Operation.Prune o) {
      return prune(o);
    } else if (operation instanceof Operation.Quantize o) {
      return quantize(o);
    }
    if (operation instanceof Operation.Search o) {
      return search(o);
    }
    return output((Operation.Output) operation);
  }

  private String prune(Operation.Prune o) {
    PruneSpec spec = o.spec();
    StringBuilder text = new StringBuilder("prune ").append(reference(o.model())).append(' ');
    String what = spec.channels() ? "channels" : "weights";
    text.append(
        spec.amount() instanceof Amount.Budgets
            ? what + " " + amount(spec.amount())
            : amount(spec.amount())
                + (spec.amount() instanceof Amount.OfRemaining ? " " : " of ")
                + what);
    text.append(" by ").append(WordText.of((Record) spec.criterion()));
    text.append(spec.globally() ? ", globally" : ", per layer");
    spec.overrides()
        .forEach(
            own -> text.append(", ").append(own.layer()).append(' ').append(amount(own.amount())));
    if (!spec.except().isEmpty()) {
      text.append(", except ").append(joined(", ", spec.except()));
    }
    text.append(", rounds ").append(spec.rounds());
    text.append(", epochs each round ").append(spec.roundEpochs());
    if (spec.channels()) {
      WordText.settings(spec.shape()).forEach(s -> text.append(", ").append(s));
    }
    o.data()
        .ifPresent(
            d -> text.append("; training on ").append(reference(d)).append(training(o.settings())));
    return text.append(environment(o.environment())).toString();
  }

  private String quantize(Operation.Quantize o) {
    QuantizeSpec spec = o.spec();
    return "quantize "
        + reference(o.model())
        + " to int8 by "
        + WordText.of(spec.method())
        + (spec.perChannel() ? ", per channel" : ", per tensor")
        + (spec.except().isEmpty() ? "" : ", except " + joined(", ", spec.except()))
        + ", calibrated on "
        + reference(o.data())
        + environment(o.environment());
  }

  private String output(Operation.Output operation) {
    if (operation instanceof Operation.Compare o) {
      return "compare "
          + named(o.models())
          + " on "
          + o.data().map(this::reference).orElse("the data of each")
          + o.target().map(t -> " for " + target(t)).orElse("")
          + " by "
          + (o.metric().isEmpty() ? "what the task is judged by" : o.metric())
          + ", controls "
          + (o.controls() ? "yes" : "no")
          + ", latency of batch "
          + o.batch()
          + " on threads "
          + o.threads()
          + ", seeds "
          + o.seeds()
          + environment(o.environment());
    } else if (operation instanceof Operation.Show o) {
      return "show "
          + (o.aspects().isEmpty() ? "a summary" : joined(", ", o.aspects()))
          + " of "
          + named(o.subjects())
          + environment(o.environment());
    } else if (operation instanceof Operation.Chart o) {
      return "chart "
          + o.y()
          + o.x().map(x -> " vs " + x).orElse("")
          + " of "
          + named(o.subjects())
          + ", "
          + String.join(", ", WordText.settings(o.look()))
          + environment(o.environment());
    } else if (operation instanceof Operation.Expect o) {
      return "expect "
          + o.metric()
          + " of "
          + named(o.subject())
          + " "
          + bound(o.bound())
          + environment(o.environment());
    } else if (operation instanceof Operation.Meets o) {
      return "expect "
          + named(o.subject())
          + " meets "
          + target(o.target())
          + environment(o.environment());
    } else if (operation instanceof Operation.Export o) {
      return "export "
          + named(o.subject())
          + " to "
          + o.format()
          + " "
          + WordText.quoted(o.file().toString());
    } else if (operation instanceof Operation.Report o) {
      return "report to "
          + WordText.quoted(o.file().toString())
          + (o.title().isEmpty() ? "" : ", title " + WordText.quoted(o.title()));
    } else if (operation instanceof Operation.Sweep o) {
      return sweep(o);
    } else if (operation instanceof Operation.TableChart o) {
      return "chart "
          + o.y()
          + " vs "
          + o.x()
          + " of "
          + named(o.table())
          + o.by().map(b -> " by " + b).orElse("")
          + ", "
          + String.join(", ", WordText.settings(o.look()));
    }
    return "note " + WordText.quoted(((Operation.Note) operation).text());
  }

  private String search(Operation.Search o) {
    return "compress "
        + reference(o.model())
        + " for "
        + target(o.target())
        + " using "
        + joined(", ", o.using())
        + (o.maximize() ? " maximize " : " minimize ")
        + o.objective().word()
        + " on "
        + reference(o.data())
        + " within "
        + (o.seconds() > 0 ? WordText.number(o.seconds()) + " s and " : "")
        + o.trials()
        + (o.trials() == 1 ? " trial" : " trials")
        + "; "
        + joined(", ", WordText.settings(o.settings()))
        + training(o.training())
        + environment(o.environment());
  }

  private String sweep(Operation.Sweep o) {
    List<String> axes = new ArrayList<>();
    for (Operation.Axis axis : o.axes()) {
      axes.add(
          axis.name()
              + " over "
              + joined(", ", axis.values().stream().map(Operation.AxisValue::text).toList()));
    }
    int runs = o.cells().size();
    return "sweep "
        + joined("; ", axes)
        + ": "
        + runs
        + (runs == 1 ? " run, " : " runs, the first of them ")
        + named(o.cells().get(0).models())
        + ", workers "
        + o.cluster()
            .map(c -> "of " + c)
            .orElse(o.workers() == 0 ? "as the processors allow" : "" + o.workers());
  }

  // ---- parts

  /** A target with its device and each constraint in the metric's own unit. */
  private String target(Target target) {
    return target.name()
        + target.device().map(d -> " on " + WordText.of((Record) d)).orElse("")
        + " { "
        + joined(
            ", ",
            target.constraints().stream()
                .map(c -> c.metric().word() + " " + bound(c.bound()))
                .toList())
        + " }";
  }

  private String reference(Operation operation) {
    if (operation instanceof Operation.Blueprint blueprint) {
      return architecture(blueprint.architecture());
    }
    Integer number = numbers.get(operation);
    String name = names.get(operation);
    return name != null && meanings.get(name) == operation ? name : "#" + number;
  }

  private String named(List<Operation.Named> models) {
    return joined(", ", models.stream().map(this::named).toList());
  }

  /** By the name used in that place, which a number explains where it is not the usual one. */
  private String named(Operation.Named named) {
    String usual = reference(named.model());
    return usual.equals(named.name()) ? usual : named.name() + " (" + usual + ")";
  }

  private static String architecture(Architecture architecture) {
    if (architecture instanceof LayerBlock block) {
      return layers(block.entries());
    }
    return architecture instanceof Record word ? WordText.of(word) : architecture.describe();
  }

  private static String layers(List<LayerBlock.Entry> entries) {
    List<String> lines = new ArrayList<>();
    for (LayerBlock.Entry entry : entries) {
      String layer =
          entry.layer() instanceof Layer.Residual residual
              ? "residual " + layers(residual.body())
              : WordText.of((Record) entry.layer());
      lines.add(layer + entry.name().map(n -> " as " + n).orElse(""));
    }
    return "{ " + joined(", ", lines) + " }";
  }

  private static String source(DataSource source) {
    return source instanceof Record record
        ? WordText.of(record)
        : source.getClass().getSimpleName();
  }

  private static String partition(Partition p) {
    StringBuilder text = new StringBuilder(", split ");
    text.append(
        p.split().isEmpty()
            ? "as it is"
            : joined("/", p.split().stream().map(WordText::number).toList()));
    text.append(", take ");
    if (p.take() == 0) {
      text.append("all");
    } else {
      text.append(p.take() < 1 ? WordText.percent(p.take()) : WordText.number(p.take()));
    }
    text.append(p.normalize() ? ", normalize" : "");
    if (!p.augmentations().isEmpty()) {
      text.append(", augment ");
      text.append(
          joined(", ", p.augmentations().stream().map(a -> WordText.of((Record) a)).toList()));
    }
    return text.toString();
  }

  private static String amount(Amount amount) {
    if (amount instanceof Amount.Level level) {
      return WordText.percent(level.fraction());
    } else if (amount instanceof Amount.OfRemaining part) {
      return WordText.percent(part.fraction()) + " of remaining";
    }
    List<String> budgets = new ArrayList<>();
    for (Amount.Budget budget : ((Amount.Budgets) amount).all()) {
      String measure =
          switch (budget.measure()) {
            case MACS -> "MACs";
            case BYTES -> "bytes";
            case PARAMETERS -> "parameters";
          };
      budgets.add(
          (budget.relative()
                  ? WordText.percent(budget.most()) + " of "
                  : WordText.number(budget.most()) + " ")
              + measure);
    }
    return "to " + joined(" and ", budgets);
  }

  private String bound(Operation.Bound bound) {
    if (bound instanceof Operation.Bound.Limit limit) {
      return (limit.atLeast() ? "at least " : "at most ") + WordText.number(limit.value());
    }
    Operation.Bound.Within within = (Operation.Bound.Within) bound;
    return "within "
        + (within.relative()
            ? WordText.percent(within.margin()) + " relative"
            : WordText.number(within.margin()))
        + " of "
        + named(within.other());
  }

  private static String training(TrainSettings settings) {
    return " with " + joined(", ", WordText.settings(settings));
  }

  private static String environment(Environment e) {
    return "; seed " + e.seed() + ", threads " + e.threads() + ", device " + e.device();
  }

  private static String joined(String separator, List<?> parts) {
    return String.join(separator, parts.stream().map(String::valueOf).toList());
  }
}
