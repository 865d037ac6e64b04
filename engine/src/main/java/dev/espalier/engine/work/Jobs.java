package dev.espalier.engine.work;

import dev.espalier.engine.run.Keys;
import dev.espalier.engine.run.Operation;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Cuts models that are wanted into jobs so that nothing is made twice: what several of them come
 * from is a job of its own, before theirs.
 */
public final class Jobs {
  /**
   * A model that is wanted.
   *
   * @param data on whose validation split it is measured; empty when it is only to be made
   */
  public record Wanted(Operation model, String name, Optional<Operation> data) {}

  private final Keys keys;
  private final Predicate<String> stored;
  private final Map<String, Operation> missing = new LinkedHashMap<>();
  private final Map<String, Set<String>> needs = new HashMap<>();
  private final Map<String, Integer> users = new HashMap<>();

  private Jobs(Keys keys, Predicate<String> stored) {
    this.keys = keys;
    this.stored = stored;
  }

  /**
   * The jobs, each behind those that it needs.
   *
   * @param stored whether the model of a key is there already
   */
  public static List<Job> of(
      Collection<Wanted> wanted, String sentence, Keys keys, Predicate<String> stored) {
    Jobs jobs = new Jobs(keys, stored);
    Map<String, Wanted> ends = new LinkedHashMap<>();
    for (Wanted one : wanted) {
      ends.putIfAbsent(keys.of(one.model()), one);
    }
    ends.values().forEach(w -> jobs.collect(w.model()));
    return jobs.cut(ends, sentence);
  }

  /** Takes note of what has to be made for a model, and of what needs what. */
  private void collect(Operation model) {
    String key = keys.of(model);
    if (needs.containsKey(key)) {
      return;
    }
    Set<String> inputs = new HashSet<>();
    needs.put(key, inputs);
    if (stored.test(key)) {
      return;
    }
    for (Operation input : model.inputs()) {
      for (Operation making : makings(input)) {
        String needed = keys.of(making);
        if (inputs.add(needed)) {
          users.merge(needed, 1, Integer::sum);
        }
        collect(making);
      }
    }
    missing.put(key, model);
  }

  /** The models that an input is, or is made from. */
  private static List<Operation> makings(Operation input) {
    if (input instanceof Operation.FreshCopy copy) {
      return List.of(copy.model());
    }
    boolean made =
        input instanceof Operation.ModelMaking
            && !(input instanceof Operation.Given)
            && !(input instanceof Operation.FromOnnx);
    return made ? List.of(input) : List.of();
  }

  private List<Job> cut(Map<String, Wanted> ends, String sentence) {
    Map<String, Integer> places = new HashMap<>();
    List<Job> jobs = new ArrayList<>();
    // Inputs were collected before what needs them.
    missing.forEach(
        (key, model) -> {
          if (!ends.containsKey(key) && users.getOrDefault(key, 0) < 2) {
            return;
          }
          jobs.add(job(key, model, Optional.ofNullable(ends.get(key)), places, jobs, sentence));
        });
    for (Map.Entry<String, Wanted> end : ends.entrySet()) {
      if (!places.containsKey(end.getKey()) && end.getValue().data().isPresent()) {
        // It is stored, and only has to be measured.
        Operation model = end.getValue().model();
        jobs.add(job(end.getKey(), model, Optional.of(end.getValue()), places, jobs, sentence));
      }
    }
    return jobs;
  }

  private Job job(
      String key,
      Operation model,
      Optional<Wanted> end,
      Map<String, Integer> places,
      List<Job> jobs,
      String sentence) {
    Set<Integer> after = new HashSet<>();
    before(key, places, after, new HashSet<>());
    int id = jobs.size();
    places.put(key, id);
    return new Job(
        id, model, end.map(Wanted::name).orElse(""), sentence, end.flatMap(Wanted::data), after);
  }

  /** The nearest jobs on the way to a model. */
  private void before(
      String key, Map<String, Integer> places, Set<Integer> after, Set<String> seen) {
    for (String needed : needs.get(key)) {
      if (!seen.add(needed)) {
        continue;
      }
      Integer place = places.get(needed);
      if (place != null) {
        after.add(place);
      } else {
        before(needed, places, after, seen);
      }
    }
  }
}
