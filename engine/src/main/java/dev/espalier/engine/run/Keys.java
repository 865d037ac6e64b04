package dev.espalier.engine.run;

import dev.espalier.engine.EngineVersion;
import dev.espalier.engine.Environment;
import dev.espalier.engine.EspalierException;
import dev.espalier.engine.Sha256;
import dev.espalier.engine.onnx.OnnxFile;
import dev.espalier.engine.prune.Amount;
import java.lang.reflect.RecordComponent;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Names results by what makes them: SHA-256 of the operation with every setting written out, the
 * keys of its inputs, the content of its files, and the engine's version.
 *
 * <p>Not thread-safe. File contents are read once for each instance.
 */
public final class Keys {
  /** Raised whenever searches take another way: what they tried keeps its keys. */
  private static final String SEARCH = "3 ";

  /** Raised whenever pruning to budgets leaves other channels. */
  private static final String BUDGETS = "3 ";

  private final Map<Operation, String> known = new IdentityHashMap<>();

  /**
   * The operation's key, 64 hexadecimal digits.
   *
   * @throws EspalierException when a file it names cannot be read
   */
  public String of(Operation operation) {
    String key = known.get(operation);
    if (key == null) {
      key = Sha256.of("espalier " + EngineVersion.CURRENT + "\n" + canonical(operation));
      known.put(operation, key);
    }
    return key;
  }

  /** Lets go of the operations that keys were asked for. */
  void forget() {
    known.clear();
  }

  /** The operation as text, inputs by key; equal text means equal results. */
  public String canonical(Operation operation) {
    if (operation instanceof Operation.LoadData load) {
      // The name and the thread count leave the data as it is; the fingerprint holds the content.
      return "LoadData{source="
          + quoted(load.source().fingerprint())
          + ", partition="
          + text(load.partition())
          + ", seed="
          + load.environment().seed()
          + "}";
    }
    if (operation instanceof Operation.Blueprint blueprint) {
      return "Blueprint{" + text(blueprint.architecture()) + "}";
    }
    if (operation instanceof Operation.FromOnnx onnx) {
      return "FromOnnx{"
          + String.join("+", OnnxFile.files(onnx.file()).stream().map(Sha256::of).toList())
          + (onnx.input().isEmpty() ? "" : ", input=" + onnx.input())
          + (onnx.classes() == 0 ? "" : ", classes=" + onnx.classes() + ", seed=" + onnx.seed())
          + onnx.data().map(d -> ", data=@" + of(d)).orElse("")
          + "}";
    }
    if (operation instanceof Operation.FromTorchScript script) {
      return "FromTorchScript{" + Sha256.of(script.file()) + "}";
    }
    if (operation instanceof Operation.Given given) {
      return "Given{" + quoted(given.fingerprint()) + "}";
    }
    if (operation instanceof Operation.Search s) {
      // However many work side by side, the same comes out.
      return SEARCH
          + record(
              new Operation.Search(
                  s.model(),
                  s.data(),
                  s.target(),
                  s.using(),
                  s.objective(),
                  s.maximize(),
                  s.trials(),
                  s.seconds(),
                  s.settings().withWorkers(0),
                  s.training(),
                  s.environment()));
    }
    return (isToBudgets(operation) ? BUDGETS : "") + record((Record) operation);
  }

  private static boolean isToBudgets(Operation operation) {
    return operation instanceof Operation.Prune p && p.spec().amount() instanceof Amount.Budgets;
  }

  /** A value as text, operations by key; equal text means equal values. */
  String text(Object value) {
    if (value instanceof Operation operation) {
      return "@" + of(operation);
    }
    if (value instanceof Environment e) {
      return "{seed=" + e.seed() + ", threads=" + e.threads() + ", device=" + e.device() + "}";
    }
    if (value instanceof Optional<?> optional) {
      return optional.map(this::text).orElse("none");
    }
    if (value instanceof List<?> list) {
      return "[" + String.join(", ", list.stream().map(this::text).toList()) + "]";
    }
    if (value instanceof String s) {
      return quoted(s);
    }
    if (value instanceof Record r) {
      return record(r);
    }
    if (value instanceof Number || value instanceof Boolean || value instanceof Enum<?>) {
      return value.toString();
    }
    throw new IllegalArgumentException(
        "no canonical text for a " + (value == null ? "null" : value.getClass().getName()));
  }

  private String record(Record record) {
    StringBuilder out = new StringBuilder(record.getClass().getSimpleName()).append('{');
    String separator = "";
    for (RecordComponent component : record.getClass().getRecordComponents()) {
      try {
        component.getAccessor().setAccessible(true);
        out.append(separator)
            .append(component.getName())
            .append('=')
            .append(text(component.getAccessor().invoke(record)));
      } catch (ReflectiveOperationException e) {
        throw new IllegalStateException(e);
      }
      separator = ", ";
    }
    return out.append('}').toString();
  }

  private static String quoted(String s) {
    return '"' + s.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n") + '"';
  }
}
