package dev.espalier.kernel.maven;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.eclipse.aether.artifact.Artifact;
import org.eclipse.aether.collection.DependencyCollectionContext;
import org.eclipse.aether.collection.DependencySelector;
import org.eclipse.aether.graph.Dependency;

/** Keeps out of a search what is there already, and names that no repository could hold. */
final class Gate {
  private final OwnLibraries own;
  private final Map<String, String> added;
  private final Map<String, String> notes = new LinkedHashMap<>();

  /**
   * @param added versions by what {@link Coordinate#identity} says, of libraries added before
   */
  Gate(OwnLibraries own, Map<String, String> added) {
    this.own = own;
    this.added = added;
  }

  /** Whether a library that another one needs is to be looked for. */
  private synchronized boolean open(Coordinate c) {
    String wrong = c.wrong();
    if (!wrong.isEmpty()) {
      notes.put(
          c.identity(),
          "a library that names `"
              + Coordinate.shortened(wrong)
              + "` as one it needs is not looked"
              + " for: that can be no name");
      return false;
    }
    String here = own.version(c.group(), c.artifact()).orElse(null);
    if (here != null) {
      note(c, here, "the kernel");
      return false;
    }
    if (own.isNative(c.group(), c.artifact())) {
      notes.put(
          c.identity(),
          c + " is not added: it is another build of what the kernel has loaded already");
      return false;
    }
    String before = added.get(c.identity());
    if (before != null) {
      note(c, before, "this notebook");
      return false;
    }
    return true;
  }

  private void note(Coordinate c, String here, String who) {
    notes.put(
        c.identity(),
        c.group()
            + ":"
            + c.artifact()
            + ": "
            + who
            + " has "
            + here
            + (here.equals(c.version())
                ? " already"
                : " already, and " + c.version() + " was wanted"));
  }

  /** What was kept out, a sentence each. */
  synchronized List<String> notes() {
    return new ArrayList<>(notes.values());
  }

  static Coordinate coordinate(Artifact a) {
    return new Coordinate(
        a.getGroupId(), a.getArtifactId(), a.getExtension(), a.getClassifier(), a.getVersion());
  }

  /** For the resolver; what is excluded elsewhere is asked first. */
  DependencySelector selector(DependencySelector before) {
    return new Selector(before);
  }

  private final class Selector implements DependencySelector {
    private final DependencySelector before;

    Selector(DependencySelector before) {
      this.before = before;
    }

    @Override
    public boolean selectDependency(Dependency dependency) {
      return before.selectDependency(dependency) && open(coordinate(dependency.getArtifact()));
    }

    @Override
    public DependencySelector deriveChildSelector(DependencyCollectionContext context) {
      DependencySelector derived = before.deriveChildSelector(context);
      return derived == before ? this : new Selector(derived);
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Selector s && s.before.equals(before);
    }

    @Override
    public int hashCode() {
      return before.hashCode();
    }
  }
}
