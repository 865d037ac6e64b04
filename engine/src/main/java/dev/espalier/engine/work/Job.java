package dev.espalier.engine.work;

import dev.espalier.engine.run.Operation;
import java.util.Optional;
import java.util.Set;

/**
 * One piece of work for a worker: a model to make, with all on its way that no other job makes.
 *
 * @param id its place among the jobs
 * @param model what to make; the result goes to the store
 * @param name what the program calls it; may be empty
 * @param sentence the source sentence, for provenance
 * @param data on whose validation split the model is then measured; empty for models that others
 *     only build on
 * @param after the jobs that must be done before
 */
public record Job(
    int id,
    Operation model,
    String name,
    String sentence,
    Optional<Operation> data,
    Set<Integer> after) {
  public Job {
    after = Set.copyOf(after);
  }
}
