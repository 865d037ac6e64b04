package dev.espalier.engine.operator;

import dev.espalier.engine.graph.Graph;
import dev.espalier.engine.graph.Node;
import dev.espalier.engine.graph.Tensor;
import dev.espalier.engine.graph.ValueInfo;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What one evaluation of a model costs, counted exactly from its graph. */
public final class Cost {
  private Cost() {}

  /**
   * Multiply-accumulates of one sample, zeros counted as any other number: what a dense runtime
   * computes.
   */
  public static long macs(Graph graph) {
    Shapes shapes = Shapes.infer(graph, 1);
    long sum = 0;
    for (Node node : graph.nodes()) {
      if (node.inputs().stream().anyMatch(shapes::isActivation)) {
        sum =
            Math.addExact(
                sum, Operators.of(node).macs(node, shapes.inputsOf(node), shapes.outputsOf(node)));
      }
    }
    return sum;
  }

  /**
   * The most bytes of activations alive at once, in the graph's order: a value lives from its node
   * to its last reader; inputs live from the start, outputs to the end. Weights are not counted. A
   * view (Reshape, Dropout, Identity) has no memory of its own; an elementwise function writes over
   * its input when nothing else reads that; between QuantizeLinear and DequantizeLinear only the
   * integers exist. Every element counts with the width of its type.
   */
  public static long peakActivationBytes(Graph graph, long batch) {
    Shapes shapes = Shapes.infer(graph, batch);
    int end = graph.nodes().size();
    Map<String, Integer> readers = new HashMap<>();
    for (Node node : graph.nodes()) {
      node.inputs().forEach(i -> readers.merge(i, 1, Integer::sum));
    }
    graph.outputs().forEach(o -> readers.merge(o.name(), 1, Integer::sum));

    Map<String, Block> blocks = new HashMap<>();
    List<Block> all = new ArrayList<>();
    for (ValueInfo input : graph.inputs()) {
      if (shapes.isActivation(input.name())) {
        Block block = new Block(0, bytes(shapes, input.name()), true);
        blocks.put(input.name(), block);
        all.add(block);
      }
    }
    for (int step = 0; step < end; step++) {
      Node node = graph.nodes().get(step);
      for (String input : node.inputs()) {
        Block block = blocks.get(input);
        if (block != null) {
          block.last = step;
        }
      }
      for (int i = 0; i < node.outputs().size(); i++) {
        String output = node.outputs().get(i);
        boolean mask = i > 0 && node.operator().equals("Dropout");
        if (output.isEmpty() || mask || !shapes.isActivation(output)) {
          continue;
        }
        Block before = blocks.get(node.input(0));
        boolean another = readers.getOrDefault(node.input(0), 0) > 1;
        // The floats that a QuantizeLinear reads exist when the user gave them or another reads
        // them.
        boolean real = another || (before != null && before.given);
        boolean shared =
            i == 0
                && before != null
                && !(real && node.operator().equals("QuantizeLinear"))
                && switch (Operators.of(node).memory()) {
                  case OWN -> false;
                  case VIEW -> true;
                  case IN_PLACE -> !another && before.views == 0;
                };
        if (shared) {
          before.views += another ? 1 : 0;
          if (node.operator().equals("QuantizeLinear")) {
            before.bytes = bytes(shapes, output);
          }
          blocks.put(output, before);
        } else {
          Block block = new Block(step, bytes(shapes, output), false);
          blocks.put(output, block);
          all.add(block);
        }
      }
    }
    for (ValueInfo output : graph.outputs()) {
      Block block = blocks.get(output.name());
      if (block != null) {
        block.last = end;
      }
    }
    long peak = 0;
    for (int step = 0; step <= end; step++) {
      long alive = 0;
      for (Block block : all) {
        alive += block.first <= step && step <= block.last ? block.bytes : 0;
      }
      peak = Math.max(peak, alive);
    }
    return peak;
  }

  private static long bytes(Shapes shapes, String value) {
    return Math.multiplyExact(Tensor.count(shapes.of(value)), shapes.typeOf(value).bytes());
  }

  /** A piece of memory and when it is in use. */
  private static final class Block {
    final int first;
    final boolean given;
    int last;
    long bytes;
    int views;

    Block(int first, long bytes, boolean given) {
      this.given = given;
      this.first = first;
      this.last = first;
      this.bytes = bytes;
    }
  }
}
