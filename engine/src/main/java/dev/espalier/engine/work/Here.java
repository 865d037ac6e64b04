package dev.espalier.engine.work;

import dev.espalier.engine.EspalierException;
import dev.espalier.engine.Progress;
import dev.espalier.engine.run.Runner;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Does jobs one after another in this process. */
public final class Here implements Workers {
  private final Runner runner;

  public Here(Runner runner) {
    this.runner = runner;
  }

  @Override
  public int count() {
    return 1;
  }

  @Override
  public void work(List<Job> jobs, Feedback feedback) {
    Bench bench = new Bench(runner);
    Map<Integer, String> failed = new HashMap<>();
    for (Job job : jobs) {
      var broken = job.after().stream().filter(failed::containsKey).findFirst();
      if (broken.isPresent()) {
        failed.put(job.id(), failed.get(broken.get()));
        feedback.failed(job.id(), failed.get(job.id()));
        continue;
      }
      try {
        bench.work(
            job.model(), job.name(), job.sentence(), job.data(), progress(job.id(), feedback));
        feedback.done(job.id());
      } catch (EspalierException e) {
        failed.put(job.id(), Failure.reason(e));
        feedback.failed(job.id(), failed.get(job.id()));
      }
    }
  }

  private static Progress progress(int job, Feedback feedback) {
    return new Progress() {
      @Override
      public void on(Event event) {
        Bench.part(event).ifPresent(part -> feedback.reached(job, part));
      }

      @Override
      public boolean cancelled() {
        return feedback.cancelled();
      }
    };
  }
}
