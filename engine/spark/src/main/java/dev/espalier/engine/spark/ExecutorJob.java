package dev.espalier.engine.spark;

import dev.espalier.engine.EspalierException;
import dev.espalier.engine.run.Operation;
import dev.espalier.engine.run.OperationText;
import dev.espalier.engine.run.Store;
import dev.espalier.engine.work.Job;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.Function;
import org.apache.spark.broadcast.Broadcast;

/**
 * One job, as an executor does it: a text comes in, a text goes out. Spark serialises this object
 * by Java's means; it holds texts alone.
 */
final class ExecutorJob implements Function<String, String> {
  private static final long serialVersionUID = 1L;

  private final ArrayList<String> keys;

  /** Models that the job needs, each fetched once by an executor, when it lacks it. */
  private final ArrayList<Broadcast<String>> models;

  /**
   * @param models by key
   */
  ExecutorJob(Map<String, Broadcast<String>> models) {
    this.keys = new ArrayList<>(models.keySet());
    this.models = new ArrayList<>(models.values());
  }

  @Override
  public String call(String text) {
    try {
      Parcel.Order order = Parcel.Order.read(text);
      ExecutorBench bench = ExecutorBench.of(order.session());
      for (int i = 0; i < keys.size(); i++) {
        if (!bench.store().has(keys.get(i))) {
          bench.store().unpack(Parcel.unpack(models.get(i).value()));
        }
      }
      return work(order, bench).text();
    } catch (EspalierException e) {
      return Parcel.Answer.failed(e.what() + (e.why().isEmpty() ? "" : ": " + e.why())).text();
    }
  }

  private static Parcel.Answer work(Parcel.Order order, ExecutorBench bench) {
    Store store = bench.store();
    List<Operation> operations = OperationText.read(order.operations(), store::find, name -> Optional.empty());
    Optional<Operation> data =
        operations.size() > 1 ? Optional.of(operations.get(1)) : Optional.empty();
    Job job = new Job(0, operations.get(0), order.name(), order.sentence(), data, Set.of());
    TaskContext task = TaskContext.get();
    Optional<String> failure = bench.work(job, () -> task != null && task.isInterrupted());
    if (failure.isPresent()) {
      return Parcel.Answer.failed(failure.get());
    }
    List<String> made = new ArrayList<>();
    for (String key : order.wanted()) {
      store.pack(key).map(Parcel::pack).ifPresent(made::add);
    }
    Map<String, String> notes = new LinkedHashMap<>();
    if (!order.figures().isEmpty()) {
      store.note(order.figures()).ifPresent(n -> notes.put(order.figures(), n));
    }
    return new Parcel.Answer("", made, notes);
  }
}
