package dev.espalier.engine.run;

import dev.espalier.engine.EspalierException;
import dev.espalier.engine.Sha256;
import dev.espalier.engine.data.Partition;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * What is in a store already, and how long the rest would take: told from what past runs of this
 * machine took. Nothing is made, no model is read, nothing native is loaded.
 */
public final class Forecast {
  /** Where an estimate comes from. */
  public enum Basis {
    /** The same work, as much of it, was done on this machine. */
    MEASURED_BEFORE,
    /** The same work, more or less of it: scaled by epochs times samples. */
    SCALED,
    /** No such work is known of this machine. */
    UNKNOWN
  }

  /**
   * One operation.
   *
   * @param stored whether its result is there, so that nothing runs
   * @param seconds NaN when unknown
   * @param peakBytes of memory; 0 when unknown
   * @param runs how many past runs this is from
   * @param detail what it is scaled from, or why it is not known; may be empty
   */
  public record Estimate(
      boolean stored, Basis basis, double seconds, long peakBytes, int runs, String detail) {}

  private final Optional<Store> store;
  private final List<Effort> past;
  private final Map<String, Long> samples = new HashMap<>();
  private final Keys keys = new Keys();
  private final Map<Operation, Boolean> stored = new IdentityHashMap<>();

  /** From the store, if there is one. */
  public Forecast(Optional<Store> store) {
    this.store = store;
    List<Effort> all = store.map(Store::efforts).orElse(List.of());
    all.forEach(e -> samples.put(e.data(), e.samples()));
    String here = Effort.here();
    this.past = all.stream().filter(e -> e.machine().equals(here)).toList();
  }

  /** Whether the result is stored; what depends on a file that is not there yet is not. */
  public boolean isStored(Operation operation) {
    return stored.computeIfAbsent(
        operation,
        o -> {
          if (!(o instanceof Operation.ModelMaking) || o instanceof Operation.FromOnnx) {
            return false;
          }
          try {
            return store.isPresent() && store.get().has(keys.of(o));
          } catch (EspalierException e) {
            return false;
          }
        });
  }

  /**
   * The operations that would run, were these asked for in turn: those that are not stored, and of
   * their inputs those that are not.
   */
  public Set<Operation> toDo(List<Operation> asked) {
    Set<Operation> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    List<Operation> out = new ArrayList<>();
    asked.forEach(o -> inOrder(o, seen, out));
    Set<Operation> all = Collections.newSetFromMap(new IdentityHashMap<>());
    all.addAll(out);
    return all;
  }

  /** What would run to make one model, inputs first. */
  public List<Operation> inOrder(Operation model) {
    List<Operation> out = new ArrayList<>();
    inOrder(model, Collections.newSetFromMap(new IdentityHashMap<>()), out);
    return out;
  }

  private void inOrder(Operation operation, Set<Operation> seen, List<Operation> out) {
    if (!seen.add(operation) || isStored(operation)) {
      return;
    }
    operation.inputs().forEach(i -> inOrder(i, seen, out));
    if (operation instanceof Operation.ModelMaking) {
      out.add(operation);
    }
  }

  /** Equal for operations that make the same; what cannot be known yet is only itself. */
  public String identity(Operation operation) {
    try {
      return keys.of(operation);
    } catch (EspalierException e) {
      return Integer.toString(System.identityHashCode(operation));
    }
  }

  /** What is known of making a model. */
  public Estimate of(Operation operation) {
    if (isStored(operation)) {
      return new Estimate(true, Basis.MEASURED_BEFORE, 0, 0, 0, "");
    }
    try {
      return Work.of(operation, keys)
          .map(this::estimate)
          .orElseGet(() -> unknown("it is read from its file in every run"));
    } catch (EspalierException e) {
      return unknown("it depends on a file that is not there yet");
    }
  }

  private Estimate estimate(Work work) {
    String text = Sha256.of(work.text());
    List<Effort> alike = past.stream().filter(e -> e.work().equals(text)).toList();
    if (alike.isEmpty()) {
      return unknown("nothing like it has run on this machine");
    }
    int epochs = work.epochs();
    if (epochs == 0) {
      return measured(alike);
    }
    OptionalLong now = work.data().map(this::samples).orElse(OptionalLong.empty());
    if (now.isEmpty()) {
      return unknown("how many samples there are is not known before they are read");
    }
    List<Effort> same =
        alike.stream().filter(e -> e.epochs() == epochs && e.samples() == now.getAsLong()).toList();
    return same.isEmpty() ? scaled(alike, epochs, now.getAsLong()) : measured(same);
  }

  private static Estimate unknown(String why) {
    return new Estimate(false, Basis.UNKNOWN, Double.NaN, 0, 0, why);
  }

  private static Estimate measured(List<Effort> same) {
    return new Estimate(
        false,
        Basis.MEASURED_BEFORE,
        median(same.stream().mapToDouble(Effort::seconds).toArray()),
        peak(same),
        same.size(),
        "");
  }

  /** From the run whose epochs times samples are nearest; what surrounds the epochs stays. */
  private static Estimate scaled(List<Effort> alike, int epochs, long samples) {
    double amount = (double) epochs * samples;
    Optional<Effort> nearest =
        alike.stream()
            .filter(e -> e.epochs() > 0 && e.samples() > 0)
            .min(
                Comparator.comparingDouble(
                    e -> Math.abs(Math.log((double) e.epochs() * e.samples() / amount))));
    if (nearest.isEmpty()) {
      return unknown("nothing like it has run on this machine");
    }
    Effort one = nearest.get();
    List<Effort> equal =
        alike.stream()
            .filter(e -> e.epochs() == one.epochs() && e.samples() == one.samples())
            .toList();
    double ratio = amount / ((double) one.epochs() * one.samples());
    double seconds =
        median(
            equal.stream()
                .mapToDouble(e -> e.seconds() - e.training() + e.training() * ratio)
                .toArray());
    return new Estimate(
        false,
        Basis.SCALED,
        seconds,
        peak(equal),
        equal.size(),
        String.format(
            Locale.ROOT,
            "%,d × %,d to %,d × %,d epochs × samples",
            one.epochs(),
            one.samples(),
            epochs,
            samples));
  }

  private static long peak(List<Effort> all) {
    return all.stream().mapToLong(Effort::peakBytes).max().orElse(0);
  }

  private static double median(double[] values) {
    Arrays.sort(values);
    int middle = values.length / 2;
    return values.length % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
  }

  /** Training samples of a data set: as a past run counted them, else as its settings tell. */
  private OptionalLong samples(Operation data) {
    Long counted = samples.get(keys.of(data));
    if (counted != null) {
      return OptionalLong.of(counted);
    }
    if (!(data instanceof Operation.LoadData load) || load.source().trainingSamples().isEmpty()) {
      return OptionalLong.empty();
    }
    return training(load.source().trainingSamples().getAsLong(), load.partition());
  }

  private static OptionalLong training(long all, Partition partition) {
    double left;
    if (partition.split().isEmpty()) {
      left = all - Math.min(5000, all / 10);
    } else {
      double sum = partition.split().stream().mapToDouble(Double::doubleValue).sum();
      if (partition.split().size() > 2 || sum <= 0) {
        // The test part then counts too, whose size is not known here.
        return OptionalLong.empty();
      }
      left = all * partition.split().get(0) / sum;
    }
    double take = partition.take();
    left = take == 0 ? left : take < 1 ? left * take : Math.min(left, take);
    return OptionalLong.of(Math.max(1, Math.round(left)));
  }
}
