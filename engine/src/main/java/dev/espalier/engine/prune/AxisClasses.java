package dev.espalier.engine.prune;

import dev.espalier.engine.prune.Coupling.Axis;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** Axes that stand for the same thing all over a graph (union-find), and which may not change. */
final class AxisClasses {
  private final Map<Axis, Axis> parent = new HashMap<>();
  private final Set<Axis> frozen = new HashSet<>();

  Axis of(Axis axis) {
    Axis root = axis;
    Axis up = parent.get(root);
    while (up != null) {
      root = up;
      up = parent.get(root);
    }
    Axis at = axis;
    while (!at.equals(root)) {
      Axis next = parent.put(at, root);
      at = next;
    }
    return root;
  }

  void join(Axis a, Axis b) {
    Axis left = of(a);
    Axis right = of(b);
    if (!left.equals(right)) {
      parent.put(right, left);
      if (frozen.remove(right)) {
        frozen.add(left);
      }
    }
  }

  /** Whether something new became frozen. */
  boolean freeze(Axis axis) {
    return frozen.add(of(axis));
  }

  boolean isFrozen(Axis axis) {
    return frozen.contains(of(axis));
  }
}
