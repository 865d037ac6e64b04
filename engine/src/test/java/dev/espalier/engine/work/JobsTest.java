package dev.espalier.engine.work;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.espalier.engine.Environment;
import dev.espalier.engine.architecture.Mlp;
import dev.espalier.engine.data.Glyphs;
import dev.espalier.engine.data.Partition;
import dev.espalier.engine.prune.PruneSpec;
import dev.espalier.engine.run.Keys;
import dev.espalier.engine.run.Operation;
import dev.espalier.engine.train.TrainSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What several models come from is made once, before them. */
class JobsTest {
  private static final Environment ONE = new Environment(1, 1, "cpu", true);
  private static final Operation DATA =
      new Operation.LoadData("d", new Glyphs(100, 50, 0.5, 1), Partition.WHOLE, ONE);

  private static Operation trained(int width) {
    return new Operation.Train(
        new Operation.Blueprint("m", new Mlp(List.of(width))), DATA, TrainSettings.epochs(1), ONE);
  }

  private static Operation pruned(Operation model, double amount) {
    return new Operation.Prune(
        model, Optional.empty(), PruneSpec.weights(amount), TrainSettings.epochs(1), ONE);
  }

  private static List<Job> jobs(List<Operation> wanted, Set<String> stored) {
    List<Jobs.Wanted> all = new ArrayList<>();
    wanted.forEach(o -> all.add(new Jobs.Wanted(o, "m", Optional.of(DATA))));
    return Jobs.of(all, "", new Keys(), stored::contains);
  }

  @Test
  void aSharedStepIsOneJobThatTheOthersWaitFor() {
    Operation teacher = trained(5);
    List<Job> jobs = jobs(List.of(pruned(teacher, 0.5), pruned(teacher, 0.8)), Set.of());
    assertEquals(3, jobs.size());
    assertEquals(teacher, jobs.get(0).model());
    assertTrue(jobs.get(0).data().isEmpty(), "what is only built on is not measured");
    assertEquals(Set.of(0), jobs.get(1).after());
    assertEquals(Set.of(0), jobs.get(2).after());
  }

  @Test
  void stepsOfOneModelAloneAreOneJob() {
    List<Job> jobs = jobs(List.of(pruned(trained(5), 0.5), pruned(trained(6), 0.5)), Set.of());
    assertEquals(2, jobs.size());
    assertTrue(jobs.stream().allMatch(j -> j.after().isEmpty()));
  }

  @Test
  void whatIsStoredIsNotMadeAgain() {
    Operation teacher = trained(5);
    List<Job> jobs =
        jobs(List.of(pruned(teacher, 0.5), pruned(teacher, 0.8)), Set.of(new Keys().of(teacher)));
    assertEquals(2, jobs.size());
    assertTrue(jobs.stream().allMatch(j -> j.after().isEmpty()));
  }

  @Test
  void aModelThatIsWantedItselfAndBuiltOnIsOneJob() {
    Operation teacher = trained(5);
    Operation half = pruned(teacher, 0.5);
    List<Job> jobs = jobs(List.of(pruned(half, 0.8), half, half), Set.of());
    assertEquals(2, jobs.size());
    assertEquals(half, jobs.get(0).model());
    assertEquals(Set.of(0), jobs.get(1).after());
    assertTrue(jobs.get(0).data().isPresent());
  }

  @Test
  void whatIsOnlyToBeMadeIsNoJobWhenItIsThere() {
    Operation there = trained(5);
    Operation missing = pruned(there, 0.5);
    List<Jobs.Wanted> wanted =
        List.of(
            new Jobs.Wanted(there, "", Optional.empty()),
            new Jobs.Wanted(missing, "", Optional.empty()));
    Keys keys = new Keys();
    List<Job> jobs = Jobs.of(wanted, "", keys, Set.of(keys.of(there))::contains);
    assertEquals(List.of(missing), jobs.stream().map(Job::model).toList());
    assertTrue(jobs.get(0).data().isEmpty());
    assertEquals(Set.of(), jobs.get(0).after());
  }
}
