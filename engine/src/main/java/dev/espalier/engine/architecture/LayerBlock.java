package dev.espalier.engine.architecture;

import dev.espalier.engine.EspalierException;
import dev.espalier.engine.architecture.GraphBuilder.Flow;
import dev.espalier.engine.graph.Graph;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * {@code model NAME { … }}: layers one after another. Layers without a name of their own are called
 * by their word and a number ({@code conv1}, {@code dense2}), inside a residual block with its name
 * in front ({@code residual1-conv1}).
 */
public record LayerBlock(List<Entry> entries) implements Architecture {

  /**
   * A line of the block.
   *
   * @param name what {@code as} calls it
   */
  public record Entry(Layer layer, Optional<String> name) {}

  public LayerBlock {
    entries = List.copyOf(entries);
    if (entries.isEmpty()) {
      throw EspalierException.program(
          "a model needs at least one layer", "", "", "add `dense(10)`");
    }
  }

  /** Layers without names of their own. */
  public static LayerBlock of(Layer... layers) {
    return new LayerBlock(
        java.util.Arrays.stream(layers).map(l -> new Entry(l, Optional.empty())).toList());
  }

  @Override
  public Graph build(long[] input, int outputs) {
    Entry last = entries.get(entries.size() - 1);
    if (last.layer() instanceof Layer.Single s && s.isActivation()) {
      throw EspalierException.program(
          "a model cannot end with `" + last.layer().word() + "`",
          "the last layer",
          "its last numbers are logits, which the loss takes as they are",
          "remove it, or end with `dense(" + outputs + ")`");
    }
    Building building = new Building(input);
    Flow x = building.add(entries, "", building.g.input());
    if (x.isImage() && x.shape().equals(List.of((long) outputs, 1L, 1L))) {
      x = building.g.flatten(building.name("flatten", ""), x);
    }
    return building.g.build(x, outputs);
  }

  @Override
  public String describe() {
    return describe(entries);
  }

  private static String describe(List<Entry> entries) {
    return entries.stream()
        .map(
            e ->
                (e.layer() instanceof Layer.Residual r
                        ? Layer.Residual.WORD + " { " + describe(r.body()) + " }"
                        : e.layer().word() + size(e.layer()))
                    + e.name().map(n -> " as " + n).orElse(""))
        .collect(Collectors.joining(", "));
  }

  private static String size(Layer layer) {
    if (layer instanceof Layer.Dense d) {
      return "(" + d.units() + ")";
    }
    if (layer instanceof Layer.Conv c) {
      return "(" + c.filters() + ", kernel " + c.kernel() + ")";
    }
    return "";
  }

  /** One graph in the making, with the names already given. */
  private final class Building {
    private final GraphBuilder g;
    private final Set<String> taken = new HashSet<>();
    private final Map<String, Integer> numbers = new HashMap<>();

    Building(long[] input) {
      g = new GraphBuilder("model", GraphBuilder.Kernels.UNIFORM, input);
      reserve(entries);
    }

    private void reserve(List<Entry> all) {
      for (Entry entry : all) {
        entry
            .name()
            .ifPresent(
                n -> {
                  if (n.isBlank() || !taken.add(n)) {
                    throw EspalierException.program(
                        "two layers are called `" + n + "`",
                        "layer `" + n + "`",
                        "a layer is found by its name",
                        "give one of them another name with `as`");
                  }
                });
        if (entry.layer() instanceof Layer.Residual r) {
          reserve(r.body());
        }
      }
    }

    String name(String word, String prefix) {
      String stem = prefix + word;
      String candidate;
      do {
        candidate = stem + numbers.merge(stem, 1, Integer::sum);
      } while (!taken.add(candidate));
      return candidate;
    }

    Flow add(List<Entry> layers, String prefix, Flow x) {
      Flow y = x;
      for (Entry entry : layers) {
        String name = entry.name().orElseGet(() -> name(entry.layer().word(), prefix));
        if (entry.layer() instanceof Layer.Residual r) {
          y = residual(r, name, y);
        } else if (entry.layer() instanceof Layer.Single single) {
          y = single.addTo(g, name, y);
        }
      }
      return y;
    }

    private Flow residual(Layer.Residual block, String name, Flow x) {
      Flow y = add(block.body(), name + "-", x);
      Flow shortcut = y.shape().equals(x.shape()) ? x : projection(block, name, x, y);
      return g.add(name, y, shortcut);
    }

    private Flow projection(Layer.Residual block, String name, Flow x, Flow y) {
      String layer = name + "-shortcut";
      boolean normalised =
          block.body().stream().anyMatch(e -> e.layer() instanceof Layer.BatchNorm);
      Flow out;
      if (x.isImage() && y.isImage()) {
        out = g.conv(layer, x, y.channels(), 1, stride(name, x, y), 0, 1, !normalised);
      } else if (!x.isImage() && !y.isImage()) {
        out = g.dense(layer, x, y.channels());
      } else {
        throw unequal(name, x, y);
      }
      return normalised ? g.batchNorm(layer + "-bn", out) : out;
    }

    /** The stride that takes the height and width of {@code x} to those of {@code y}. */
    private int stride(String name, Flow x, Flow y) {
      long height = x.shape().get(1);
      long width = x.shape().get(2);
      for (int s = 1; s <= Math.max(height, width); s++) {
        if ((height - 1) / s + 1 == y.shape().get(1) && (width - 1) / s + 1 == y.shape().get(2)) {
          return s;
        }
      }
      throw unequal(name, x, y);
    }

    private EspalierException unequal(String name, Flow x, Flow y) {
      return EspalierException.program(
          "layer `" + name + "` cannot add its output to its input",
          "layer `" + name + "`",
          "its input is "
              + x.shape()
              + ", its output "
              + y.shape()
              + ", and no 1x1 convolution leads from one to the other",
          "keep height and width inside the block (`padding same`), or change them by a stride");
    }
  }
}
