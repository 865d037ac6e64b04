package dev.espalier.dsl.explain;

import dev.espalier.engine.architecture.LayerBlock;
import dev.espalier.engine.data.Partition;
import dev.espalier.engine.prune.Amount;
import dev.espalier.engine.prune.ChannelShape;
import dev.espalier.engine.prune.PruneSpec;
import dev.espalier.engine.quantize.QuantizeSpec;
import dev.espalier.engine.train.TrainSettings;
import java.lang.reflect.Modifier;
import java.lang.reflect.RecordComponent;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Values of the engine as the Java that makes them. Remembers what has to be imported. */
final class JavaValues {
  /** A constant of Java may have 65,535 bytes; a character takes up to three. */
  private static final int LONGEST_TEXT = 20_000;

  private final Optional<Path> folder;
  private final Set<String> imports = new TreeSet<>();
  private boolean usesFolder;

  /**
   * @param folder what paths are written relative to; empty writes them as they are
   */
  JavaValues(Optional<Path> folder) {
    this.folder = folder;
  }

  /** The class names used so far, as imports name them. */
  Set<String> imports() {
    return imports;
  }

  /** Whether a path was written relative to the folder, as {@code FOLDER.resolve(…)}. */
  boolean usesFolder() {
    return usesFolder;
  }

  /** The simple name of a class, which is imported. */
  String type(Class<?> type) {
    if (type.getEnclosingClass() != null) {
      return type(type.getEnclosingClass()) + "." + type.getSimpleName();
    }
    imports.add(type.getName());
    return type.getSimpleName();
  }

  /** The expression that makes an equal value. */
  JavaCode of(Object value) {
    if (value instanceof String s) {
      return JavaCode.text(quoted(s));
    } else if (value instanceof Long n) {
      return JavaCode.text(n + "L");
    } else if (value instanceof Double d) {
      return JavaCode.text(number(d));
    } else if (value instanceof Integer || value instanceof Boolean) {
      return JavaCode.text(value.toString());
    } else if (value instanceof Enum<?> e) {
      return JavaCode.text(type(e.getDeclaringClass()) + "." + e.name());
    } else if (value instanceof Path p) {
      return path(p);
    } else if (value instanceof List<?> list) {
      return JavaCode.call(type(List.class) + ".of", list.stream().map(this::of).toList());
    } else if (value instanceof Optional<?> o) {
      return o.isEmpty()
          ? JavaCode.call(type(Optional.class) + ".empty")
          : JavaCode.call(type(Optional.class) + ".of", of(o.get()));
    } else if (value instanceof TrainSettings t) {
      return training(t);
    } else if (value instanceof PruneSpec p) {
      return pruning(p);
    } else if (value instanceof LayerBlock b
        && b.entries().stream().allMatch(e -> e.name().isEmpty())) {
      return JavaCode.call(
          type(LayerBlock.class) + ".of", b.entries().stream().map(e -> of(e.layer())).toList());
    } else if (value.equals(QuantizeSpec.int8())) {
      return JavaCode.call(type(QuantizeSpec.class) + ".int8");
    } else if (value.equals(ChannelShape.standard())) {
      return JavaCode.call(type(ChannelShape.class) + ".standard");
    } else if (value.equals(Partition.WHOLE)) {
      return JavaCode.text(type(Partition.class) + ".WHOLE");
    } else if (value instanceof Record r) {
      return record(r);
    }
    throw new IllegalArgumentException("no Java for a " + value.getClass().getName());
  }

  private JavaCode record(Record value) {
    if (!Modifier.isPublic(value.getClass().getModifiers())) {
      throw new IllegalArgumentException(value.getClass().getName() + " is not public");
    }
    List<JavaCode> arguments = new ArrayList<>();
    for (RecordComponent component : value.getClass().getRecordComponents()) {
      arguments.add(of(component(value, component)));
    }
    return JavaCode.call("new " + type(value.getClass()), arguments);
  }

  private static Object component(Record value, RecordComponent component) {
    try {
      return component.getAccessor().invoke(value);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  /** {@code TrainSettings.epochs(3)} with a call for each setting that is not the default. */
  private JavaCode training(TrainSettings wanted) {
    TrainSettings plain = TrainSettings.epochs(wanted.epochs());
    JavaCode code =
        JavaCode.call(type(TrainSettings.class) + ".epochs", of((Object) wanted.epochs()));
    for (RecordComponent component : TrainSettings.class.getRecordComponents()) {
      Object value = component(wanted, component);
      if (!value.equals(component(plain, component))) {
        String name = component.getName();
        code =
            code.then(
                ".with"
                    + Character.toUpperCase(name.charAt(0))
                    + name.substring(1)
                    + "("
                    + of(value).text(0, Integer.MIN_VALUE)
                    + ")");
      }
    }
    return code;
  }

  private JavaCode pruning(PruneSpec wanted) {
    PruneSpec anyShape = wanted.shaped(ChannelShape.standard());
    for (Map.Entry<PruneSpec, JavaCode> usual : usual(wanted.amount()).entrySet()) {
      if (usual.getKey().equals(anyShape)) {
        return wanted.equals(anyShape)
            ? usual.getValue()
            : usual
                .getValue()
                .then(".shaped(" + of(wanted.shape()).text(0, Integer.MIN_VALUE) + ")");
      }
    }
    return record(wanted);
  }

  private Map<PruneSpec, JavaCode> usual(Amount amount) {
    String spec = type(PruneSpec.class);
    if (amount instanceof Amount.Level level) {
      JavaCode fraction = of((Object) level.fraction());
      return Map.of(
          PruneSpec.weights(level.fraction()), JavaCode.call(spec + ".weights", fraction),
          PruneSpec.channels(level.fraction()), JavaCode.call(spec + ".channels", fraction));
    }
    if (amount instanceof Amount.Budgets budgets && budgets.all().size() == 1) {
      Amount.Budget one = budgets.all().get(0);
      return Map.of(PruneSpec.to(one), JavaCode.call(spec + ".to", record(one)));
    }
    return Map.of();
  }

  private JavaCode path(Path path) {
    Path absolute = path.toAbsolutePath().normalize();
    if (folder.isPresent() && absolute.startsWith(folder.get()) && !absolute.equals(folder.get())) {
      usesFolder = true;
      return JavaCode.call(
          "FOLDER.resolve", of((Object) folder.get().relativize(absolute).toString()));
    }
    return JavaCode.call(type(Path.class) + ".of", of((Object) path.toString()));
  }

  private static String number(double value) {
    if (Double.isNaN(value)) {
      return "Double.NaN";
    }
    if (Double.isInfinite(value)) {
      return value > 0 ? "Double.POSITIVE_INFINITY" : "Double.NEGATIVE_INFINITY";
    }
    return Double.toString(value);
  }

  /** A literal in plain ASCII, whatever encoding the compiler takes. */
  static String quoted(String text) {
    if (text.length() > LONGEST_TEXT) {
      throw new IllegalArgumentException(
          "a text of " + text.length() + " characters is too long for Java");
    }
    StringBuilder out = new StringBuilder("\"");
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        out.append('\\').append(c);
      } else if (c == '\n') {
        out.append("\\n");
      } else if (c == '\r') {
        out.append("\\r");
      } else if (c == '\t') {
        out.append("\\t");
      } else if (c < ' ' || c > '~') {
        out.append(String.format("\\u%04x", (int) c));
      } else {
        out.append(c);
      }
    }
    return out.append('"').toString();
  }
}
