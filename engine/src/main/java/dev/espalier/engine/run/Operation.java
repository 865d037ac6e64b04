package dev.espalier.engine.run;

import dev.espalier.engine.Environment;
import dev.espalier.engine.Model;
import dev.espalier.engine.architecture.Architecture;
import dev.espalier.engine.data.DataSource;
import dev.espalier.engine.data.Partition;
import dev.espalier.engine.distill.DistillMethod;
import dev.espalier.engine.prune.PruneSpec;
import dev.espalier.engine.quantize.QuantizeSpec;
import dev.espalier.engine.train.TrainSettings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One step of a plan, as data: what to make, from what, with every setting. Operations nest and so
 * form a directed acyclic graph; equal operations make equal results.
 */
public sealed interface Operation {

  /** The operations whose results this one needs, in order. */
  List<Operation> inputs();

  /** An operation that makes a model. */
  sealed interface ModelMaking extends Operation {}

  /** An operation that shows, checks or writes something; it is never stored. */
  sealed interface Output extends Operation {}

  /** Loads a data set. The seed decides the split and the sample. */
  record LoadData(String name, DataSource source, Partition partition, Environment environment)
      implements Operation {
    @Override
    public List<Operation> inputs() {
      return List.of();
    }
  }

  /** An architecture without trained weights. */
  record Blueprint(String name, Architecture architecture) implements Operation {
    @Override
    public List<Operation> inputs() {
      return List.of();
    }
  }

  /**
   * The architecture of a trained model with fresh weights: what training from scratch starts at.
   */
  record FreshCopy(Operation model) implements Operation {
    @Override
    public List<Operation> inputs() {
      return List.of(model);
    }
  }

  /**
   * A trained model from an ONNX file.
   *
   * @param input the shape of one sample that it shall take; empty as the file, or the data, has it
   * @param classes outputs of a fresh last layer; 0 keeps the file's
   * @param seed of that layer's first weights
   * @param data whose samples fill the dimensions that the file leaves open; empty for none
   */
  record FromOnnx(
      String name, Path file, List<Integer> input, int classes, long seed, Optional<Operation> data)
      implements ModelMaking {
    public FromOnnx {
      input = List.copyOf(input);
    }

    /** The model as the file has it. */
    public FromOnnx(String name, Path file) {
      this(name, file, List.of(), 0, 0, Optional.empty());
    }

    /** The same with the data whose samples it shall take. */
    public FromOnnx on(Operation samples) {
      return new FromOnnx(name, file, input, classes, seed, Optional.of(samples));
    }

    @Override
    public List<Operation> inputs() {
      return data.stream().toList();
    }
  }

  /** A TorchScript program from a file; it can only teach. */
  record FromTorchScript(String name, Path file) implements Operation {
    @Override
    public List<Operation> inputs() {
      return List.of();
    }
  }

  /**
   * A value that a Java cell or program supplies: a {@link Model}, a {@code DataSet} or an {@link
   * Architecture}.
   *
   * @param fingerprint identifies the value for keys
   */
  record Given(String name, Object value, String fingerprint) implements ModelMaking {
    @Override
    public List<Operation> inputs() {
      return List.of();
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Given g && g.fingerprint.equals(fingerprint);
    }

    @Override
    public int hashCode() {
      return fingerprint.hashCode();
    }
  }

  /** Trains a blueprint from its initialisation. */
  record Train(Operation blueprint, Operation data, TrainSettings settings, Environment environment)
      implements ModelMaking {
    @Override
    public List<Operation> inputs() {
      return List.of(blueprint, data);
    }
  }

  /** Trains a trained model further; zeros of pruned weights stay. */
  record Finetune(Operation model, Operation data, TrainSettings settings, Environment environment)
      implements ModelMaking {
    @Override
    public List<Operation> inputs() {
      return List.of(model, data);
    }
  }

  /** Trains a student (a blueprint, or a copy of a trained model) from teachers. */
  record Distill(
      List<Operation> teachers,
      Operation student,
      Operation data,
      DistillMethod method,
      TrainSettings settings,
      Environment environment)
      implements ModelMaking {
    public Distill {
      teachers = List.copyOf(teachers);
    }

    @Override
    public List<Operation> inputs() {
      List<Operation> all = new ArrayList<>(teachers);
      all.add(student);
      all.add(data);
      return all;
    }
  }

  /**
   * Prunes.
   *
   * @param data for finetuning between rounds; empty when nothing trains
   * @param settings of that finetuning
   */
  record Prune(
      Operation model,
      Optional<Operation> data,
      PruneSpec spec,
      TrainSettings settings,
      Environment environment)
      implements ModelMaking {
    @Override
    public List<Operation> inputs() {
      List<Operation> all = new ArrayList<>();
      all.add(model);
      data.ifPresent(all::add);
      return all;
    }
  }

  /**
   * A training step up to one of its epochs: what it had reached when the user stopped it. The seed
   * decides every epoch, so this names one model; it is never taken for the whole step's.
   *
   * @param step what was stopped
   * @param epoch its last whole epoch, from 1
   * @param epochs that were wanted
   */
  record StoppedAfter(Operation step, int epoch, int epochs) implements ModelMaking {
    @Override
    public List<Operation> inputs() {
      return step.inputs();
    }
  }

  /** Quantizes, calibrating on the training split. */
  record Quantize(Operation model, Operation data, QuantizeSpec spec, Environment environment)
      implements ModelMaking {
    @Override
    public List<Operation> inputs() {
      return List.of(model, data);
    }
  }

  /**
   * The best model that a search finds: what recipes of pruning, distilling and quantizing make of
   * a trained model, chosen on the validation split.
   *
   * @param model what is compressed
   * @param target what the result has to keep to
   * @param using the steps that recipes may have: {@code distill}, {@code prune}, {@code quantize}
   * @param objective what is sought among recipes that keep to the target
   * @param trials how many recipes are tried at most
   * @param seconds after which no more are begun, by the clock; 0 is no such limit. With one, what
   *     comes out depends on how fast the machine is
   * @param training of every step that trains; its epochs are those of the result
   */
  record Search(
      Operation model,
      Operation data,
      Target target,
      List<String> using,
      Metric objective,
      boolean maximize,
      int trials,
      double seconds,
      StatementSettings.Searching settings,
      TrainSettings training,
      Environment environment)
      implements ModelMaking {
    public Search {
      using = List.copyOf(using);
      if (trials < 1 || !(seconds >= 0)) {
        throw new IllegalArgumentException(trials + " trials in " + seconds + " s");
      }
    }

    @Override
    public List<Operation> inputs() {
      List<Operation> all = new ArrayList<>();
      all.add(model);
      all.add(data);
      target.others().forEach(o -> all.add(o.model()));
      return all;
    }
  }

  /** A model with the name the program gave it. */
  record Named(String name, Operation model) {}

  /**
   * Measures models side by side on the test split.
   *
   * @param data empty takes each model's own
   * @param metric what decides the verdict ({@code accuracy}); empty takes what the models' task is
   *     judged by
   * @param controls whether the controls of an honest comparison are added
   * @param batch of the latency measurement
   * @param threads of the latency measurement
   * @param target what the models have to keep to; those that do not, lose
   * @param seeds how often each model and control is made: as it is, and with the next {@code seeds
   *     − 1} seeds; see {@link Reseeded}
   */
  record Compare(
      List<Named> models,
      Optional<Operation> data,
      Optional<Target> target,
      String metric,
      boolean controls,
      int batch,
      int threads,
      int seeds,
      Environment environment)
      implements Output {
    public Compare {
      models = List.copyOf(models);
    }

    @Override
    public List<Operation> inputs() {
      List<Operation> all = new ArrayList<>(models.stream().map(Named::model).toList());
      data.ifPresent(all::add);
      target.ifPresent(t -> t.others().forEach(o -> all.add(o.model())));
      return all;
    }
  }

  /**
   * Shows what is known of something.
   *
   * @param aspects metrics, {@code layers}, or empty for a summary
   * @param subjects models, data sets, blueprints or earlier comparisons
   */
  record Show(List<String> aspects, List<Named> subjects, Environment environment)
      implements Output {
    public Show {
      aspects = List.copyOf(aspects);
      subjects = List.copyOf(subjects);
    }

    @Override
    public List<Operation> inputs() {
      return subjects.stream().map(Named::model).toList();
    }
  }

  /**
   * Draws.
   *
   * @param y the word of a {@link Chartable} or of a metric
   * @param x a metric; empty for charts that have their own axis
   */
  record Chart(
      String y,
      Optional<String> x,
      List<Named> subjects,
      StatementSettings.Drawing look,
      Environment environment)
      implements Output {
    public Chart {
      subjects = List.copyOf(subjects);
    }

    @Override
    public List<Operation> inputs() {
      return subjects.stream().map(Named::model).toList();
    }
  }

  /** A bound on a metric. */
  sealed interface Bound {
    /** At least or at most a value, in the metric's own unit (a fraction, bytes, seconds). */
    record Limit(boolean atLeast, double value) implements Bound {}

    /**
     * No further from another model than so much.
     *
     * @param relative whether {@code margin} is a part of the other's value; otherwise it is in the
     *     metric's own unit (0.01 is one point of accuracy)
     */
    record Within(double margin, boolean relative, Named other) implements Bound {}
  }

  /**
   * Checks; a failure is reported and does not stop the run.
   *
   * @param text the expectation as written
   */
  record Expect(String text, String metric, Named subject, Bound bound, Environment environment)
      implements Output {
    @Override
    public List<Operation> inputs() {
      return bound instanceof Bound.Within w
          ? List.of(subject.model(), w.other().model())
          : List.of(subject.model());
    }
  }

  /**
   * Checks everything that a target demands of a model, each on its own; a failure is reported and
   * does not stop the run.
   *
   * @param text the expectation as written
   */
  record Meets(String text, Named subject, Target target, Environment environment)
      implements Output {
    @Override
    public List<Operation> inputs() {
      List<Operation> all = new ArrayList<>();
      all.add(subject.model());
      target.others().forEach(o -> all.add(o.model()));
      return all;
    }
  }

  /**
   * Makes the models of every combination of values and lists what they came to, on the validation
   * split: a sweep is there to choose by.
   *
   * @param axes what varies, the slowest first
   * @param cells the combinations, the last axis varying fastest
   * @param workers processes at once; 0 takes as many as the processors allow
   * @param cluster the master URL of Apache Spark, whose workers do it; empty for this machine's
   * @param environment as it was where the sweep stands; each cell's operations hold their own
   */
  record Sweep(
      List<Axis> axes,
      List<SweepCell> cells,
      int workers,
      Optional<String> cluster,
      Environment environment)
      implements Output {
    /** By processes of this machine. */
    public Sweep(List<Axis> axes, List<SweepCell> cells, int workers, Environment environment) {
      this(axes, cells, workers, Optional.empty(), environment);
    }

    public Sweep {
      axes = List.copyOf(axes);
      cells = List.copyOf(cells);
    }

    @Override
    public List<Operation> inputs() {
      return cells.stream().flatMap(c -> c.models().stream()).map(Named::model).toList();
    }
  }

  /** A swept name with its values. */
  record Axis(String name, List<AxisValue> values) {
    public Axis {
      values = List.copyOf(values);
    }
  }

  /**
   * One value of an axis.
   *
   * @param text as written in a program
   * @param number in the unit's base (a fraction, bytes, seconds); NaN for words
   */
  record AxisValue(String text, double number, Result.Unit unit) {}

  /**
   * One combination.
   *
   * @param values the index of the value of every axis
   * @param models what the body makes of them
   */
  record SweepCell(List<Integer> values, List<Named> models) {
    public SweepCell {
      values = List.copyOf(values);
      models = List.copyOf(models);
    }
  }

  /**
   * Draws a column of a sweep's table against another.
   *
   * @param y a metric
   * @param x a metric, or an axis of numbers
   * @param table the sweep
   * @param by an axis, a line for each of its values
   */
  record TableChart(
      String y, String x, Named table, Optional<String> by, StatementSettings.Drawing look)
      implements Output {
    @Override
    public List<Operation> inputs() {
      return List.of(table.model());
    }
  }

  /** Writes a model as an ONNX file, or a table as CSV. */
  record Export(Named subject, String format, Path file) implements Output {
    @Override
    public List<Operation> inputs() {
      return List.of(subject.model());
    }
  }

  /** Asks the host to write everything so far as a page. */
  record Report(Path file, String title) implements Output {
    @Override
    public List<Operation> inputs() {
      return List.of();
    }
  }

  /** Text for the reader, in Markdown. */
  record Note(String text) implements Output {
    @Override
    public List<Operation> inputs() {
      return List.of();
    }
  }
}
