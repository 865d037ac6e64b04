package dev.espalier.engine.study;

import dev.espalier.engine.Model;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** One teacher or several, whose softened probabilities are averaged. */
public record Teachers(List<Teacher> all) {
  /** What can teach. */
  public sealed interface Teacher {}

  /** A trained model. */
  public record Trained(Model model) implements Teacher {}

  /** A TorchScript program in a file. */
  public record Script(Path file) implements Teacher {}

  public Teachers {
    all = List.copyOf(all);
  }

  /** Trained models. */
  public static Teachers of(Model... models) {
    List<Teacher> all = new ArrayList<>();
    for (Model model : models) {
      all.add(new Trained(model));
    }
    return new Teachers(all);
  }

  /** These and a trained model. */
  public Teachers and(Model model) {
    return with(new Trained(model));
  }

  /** These and a TorchScript program. */
  public Teachers and(Path script) {
    return with(new Script(script));
  }

  private Teachers with(Teacher other) {
    List<Teacher> more = new ArrayList<>(all);
    more.add(other);
    return new Teachers(more);
  }
}
