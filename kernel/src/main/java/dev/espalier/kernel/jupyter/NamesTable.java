package dev.espalier.kernel.jupyter;

import dev.espalier.dsl.Scope;
import dev.espalier.engine.Model;
import dev.espalier.engine.data.DataSet;
import dev.espalier.engine.run.Runner;
import dev.espalier.kernel.render.Sheet;
import dev.espalier.kernel.value.Plain;
import java.lang.reflect.Array;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** What {@code %who} shows: the names of both languages. */
final class NamesTable {
  private static final List<String> HEADS = List.of("name", "kind", "what", "size", "cell");
  private static final List<Boolean> NUMERIC = List.of(false, false, false, true, true);
  private static final int MOST = 500;
  private static final int LONGEST = 60;

  private NamesTable() {}

  static Bundle of(Request request, Cells cells, JavaCells java, Sentences sentences)
      throws CellFailure {
    List<List<String>> rows = new ArrayList<>();
    Map<String, String> shared = java.sharedNames(request);
    Set<String> known = new HashSet<>();
    shared.forEach((javaName, name) -> known.add(javaName));
    List<JavaCells.Declared> declared = java.declared(request);
    Scope scope = cells.scope();
    for (Scope.Binding binding : scope.bindings().values()) {
      Object value =
          declared.stream()
              .filter(d -> binding.name().equals(shared.get(d.name())))
              .map(JavaCells.Declared::value)
              .findFirst()
              .orElse(null);
      if (value == null && binding.kind() == Scope.Kind.VALUE) {
        value = cells.value(binding.name()).orElse(null);
      }
      if (value == null && binding.kind() == Scope.Kind.DATA) {
        value = cells.loaded(binding.name()).orElse(null);
      }
      int cell = sentences.cell(binding.name());
      String javaName = Names.java(binding.name());
      int javaCell =
          declared.stream()
              .filter(d -> d.name().equals(javaName))
              .mapToInt(JavaCells.Declared::cell)
              .findFirst()
              .orElse(0);
      String what = what(binding, value);
      rows.add(
          List.of(
              binding.name(),
              binding.kind().name().toLowerCase(Locale.ROOT),
              cut(what),
              value == null ? "" : size(value),
              cell > 0 ? String.valueOf(cell) : javaCell > 0 ? String.valueOf(javaCell) : ""));
    }
    for (JavaCells.Declared d : declared) {
      if (!known.contains(d.name())) {
        rows.add(
            List.of(
                d.name(),
                "Java " + d.kind(),
                cut(d.type()),
                d.value() == null ? "" : size(d.value()),
                d.cell() > 0 ? String.valueOf(d.cell()) : ""));
      }
    }
    if (rows.isEmpty()) {
      return Bundle.text("no names yet");
    }
    List<String> notes =
        rows.size() > MOST ? List.of("… and " + (rows.size() - MOST) + " more") : List.of();
    Sheet sheet =
        new Sheet("", HEADS, NUMERIC, rows.subList(0, Math.min(MOST, rows.size())), notes);
    return Bundle.text(sheet.text()).html(sheet.html());
  }

  /** A few words on a meaning; for that nothing is made and no data are loaded. */
  private static String what(Scope.Binding binding, Object value) {
    if (binding.operation().isPresent() && binding.sparsity() > 0) {
      return Math.round(binding.sparsity() * 1000) / 10.0 + "% sparse";
    }
    return switch (binding.kind()) {
      case VALUE -> Plain.of(value, LONGEST);
      case DATA -> value instanceof DataSet data ? Runner.sizes(data) : "not in memory";
      default -> value == null ? "" : type(value);
    };
  }

  private static String cut(String text) {
    String line = text.replaceAll("\\s+", " ");
    return line.length() > LONGEST ? line.substring(0, LONGEST - 1) + "…" : line;
  }

  private static String type(Object value) {
    return value.getClass().getSimpleName();
  }

  /** How much it holds; runs nothing of the user's. */
  private static String size(Object value) {
    if (value instanceof Model model) {
      return model.graph().nodes().size() + " nodes";
    }
    if (value instanceof DataSet data) {
      return data.classCount() + " classes";
    }
    if (value instanceof String text) {
      return text.length() + " characters";
    }
    if (value.getClass().isArray()) {
      return Array.getLength(value) + "";
    }
    if (value.getClass().getName().startsWith("java.util.")) {
      return value instanceof Collection<?> c
          ? String.valueOf(c.size())
          : value instanceof Map<?, ?> m ? String.valueOf(m.size()) : "";
    }
    return "";
  }
}
