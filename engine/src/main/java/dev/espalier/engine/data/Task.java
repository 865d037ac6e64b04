package dev.espalier.engine.data;

import dev.espalier.engine.EspalierException;
import dev.espalier.engine.graph.Graph;
import java.util.List;

/** What a model learns to say of a sample; the loss and the metrics follow from it. */
public sealed interface Task {
  /** Metadata of a graph that has a task of its own, whatever its data knows: its word. */
  String KEY = "espalier.task";

  /** The value of {@link #KEY} for {@link Reconstruction}. */
  String RECONSTRUCTION = "reconstruction";

  /** How many numbers a model gives for a sample. */
  int outputs();

  /** As people say it: {@code a regression of price}. */
  String describe();

  /**
   * Which of several classes: cross-entropy over as many logits. Of two classes one logit is
   * enough: that of the second class, with the cross-entropy of its sigmoid.
   *
   * @param classes names in the order of the labels
   */
  record Classification(List<String> classes) implements Task {
    public Classification {
      classes = List.copyOf(classes);
    }

    @Override
    public int outputs() {
      return classes.size();
    }

    @Override
    public String describe() {
      return "a classification";
    }
  }

  /**
   * One or more quantities: the mean of their squared errors.
   *
   * @param targets names of the quantities, in their order
   */
  record Regression(List<String> targets) implements Task {
    public Regression {
      targets = List.copyOf(targets);
    }

    @Override
    public int outputs() {
      return targets.size();
    }

    @Override
    public String describe() {
      return "a regression of " + String.join(", ", targets);
    }
  }

  /**
   * The network input itself, value by value: the mean of the squared errors.
   *
   * @param outputs values of one sample
   */
  record Reconstruction(int outputs) implements Task {
    @Override
    public String describe() {
      return "a reconstruction of the input";
    }
  }

  /** The task of a model on data: the model's own, else what the data has answers to. */
  static Task of(Graph graph, DataSet data) {
    return RECONSTRUCTION.equals(graph.metadata().get(KEY))
        ? new Reconstruction(data.width())
        : data.task();
  }

  /**
   * Refuses what only classes have.
   *
   * @param what that has no meaning for any other task: {@code soft targets}
   * @param where the step
   */
  default void needsClasses(String what, String where) {
    if (!(this instanceof Classification)) {
      throw EspalierException.program(
          what + " needs classes",
          where,
          "this is " + describe() + ", whose answers are quantities",
          "use a classifier and data with classes");
    }
  }
}
