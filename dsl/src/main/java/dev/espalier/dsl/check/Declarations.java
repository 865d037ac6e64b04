package dev.espalier.dsl.check;

import dev.espalier.dsl.Code;
import dev.espalier.dsl.Edit;
import dev.espalier.dsl.Nearest;
import dev.espalier.dsl.Scope;
import dev.espalier.dsl.Scope.Binding;
import dev.espalier.dsl.Span;
import dev.espalier.dsl.syntax.Name;
import dev.espalier.dsl.syntax.Setting;
import dev.espalier.dsl.syntax.Statement;
import dev.espalier.dsl.syntax.Value;
import dev.espalier.engine.Environment;
import dev.espalier.engine.EspalierException;
import dev.espalier.engine.architecture.Architecture;
import dev.espalier.engine.architecture.Layer;
import dev.espalier.engine.architecture.LayerBlock;
import dev.espalier.engine.catalog.Entry;
import dev.espalier.engine.catalog.Kind;
import dev.espalier.engine.data.Augmentation;
import dev.espalier.engine.data.DataSource;
import dev.espalier.engine.data.FileFormat;
import dev.espalier.engine.data.Partition;
import dev.espalier.engine.run.Operation;
import dev.espalier.engine.run.StatementSettings;
import dev.espalier.engine.train.TorchScriptFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** {@code language}, {@code set}, {@code let}, {@code data} and {@code model}. */
final class Declarations {
  private static final Set<String> UNBUILT_FORMATS =
      Set.of("pytorch", "tflite", "keras", "safetensors", "pth");

  private final Program program;
  private final WordMaker words;
  private final Amounts amounts;
  private final ModelFiles files;

  Declarations(Program program, WordMaker words, Amounts amounts, ModelFiles files) {
    this.program = program;
    this.words = words;
    this.amounts = amounts;
    this.files = files;
  }

  void version(Statement.Version s) {
    if (s.number().number() != 1) {
      program.report(
          Code.E116,
          s.number().span(),
          "language " + s.number().digits() + " is not known here",
          "this version reads language 1",
          "language 1",
          s.span());
    }
  }

  void set(Statement.Set s) {
    Entry session = words.settings("set");
    Map<String, Object> given =
        words.sort(s.settings(), "set", List.of(session), Map.of()).get(session);
    Environment e = program.environment();
    int threads =
        given.get("threads") instanceof Integer n
            ? (n == 0 ? Environment.defaultThreads() : n)
            : e.threads();
    if (given.containsKey("threads")) {
      program.setThreads();
    }
    program.environment(
        new Environment(
            given.get("seed") instanceof Long seed ? seed : e.seed(),
            threads,
            given.get("device") instanceof StatementSettings.Device d ? d.word() : e.device(),
            given.get("offline") instanceof Boolean offline ? offline : e.offline()));
  }

  void let(Statement.Let s) {
    int before = program.failures();
    Optional<Value> value = program.resolve(s.value());
    if (value.isEmpty() || program.failures() > before) {
      program.breakName(s.name().text());
      return;
    }
    program.bind(
        s.name(),
        new Binding(
            s.name().text(),
            Scope.Kind.VALUE,
            Optional.empty(),
            Optional.empty(),
            Optional.of(value.get()),
            0,
            false,
            program.line(s.name().span())));
    program.declares(s.name());
  }

  // ---- data

  void data(Statement.Data s) {
    int before = program.failures();
    List<Setting> settings = new ArrayList<>();
    List<Double> split = List.of();
    double take = 0;
    boolean normalize = false;
    List<Augmentation> augmentations = new ArrayList<>();
    Map<Class<?>, Integer> seen = new HashMap<>();
    for (Statement.DataClause clause : s.clauses()) {
      if (seen.merge(clause.getClass(), 1, Integer::sum) == 2) {
        program.report(
            Code.E118,
            clause.span(),
            "`" + first(clause.span()) + "` is there twice",
            "put everything into one");
      }
      if (clause instanceof Statement.DataClause.SplitInto c) {
        split = parts(c);
      } else if (clause instanceof Statement.DataClause.Take c) {
        take = take(c);
      } else if (clause instanceof Statement.DataClause.Normalize) {
        normalize = true;
      } else if (clause instanceof Statement.DataClause.Augment c) {
        for (Value.Call call : c.augmentations()) {
          words
              .make(Kind.AUGMENTATION, call)
              .ifPresent(record -> augmentations.add((Augmentation) record));
        }
      } else if (clause instanceof Statement.DataClause.With c) {
        settings.addAll(c.settings());
      }
    }
    Optional<DataSource> source =
        s.origin() instanceof Statement.DataOrigin.BuiltIn b
            ? builtIn(b.call(), settings)
            : files((Statement.DataOrigin.Files) s.origin(), settings, s.span());
    if (source.isEmpty() || program.failures() > before) {
      program.breakName(s.name().text());
      return;
    }
    Operation operation =
        new Operation.LoadData(
            s.name().text(),
            source.get(),
            new Partition(split, take, normalize, augmentations),
            program.environment());
    program.bind(
        s.name(),
        new Binding(
            s.name().text(),
            Scope.Kind.DATA,
            Optional.of(operation),
            Optional.empty(),
            Optional.empty(),
            0,
            false,
            program.line(s.name().span())));
    program.declares(s.name());
    program.step(s.span(), operation, Optional.of(s.name().text()));
  }

  private String first(Span span) {
    return program.words(span).split(" ", 2)[0];
  }

  private List<Double> parts(Statement.DataClause.SplitInto c) {
    List<Double> out = new ArrayList<>();
    for (Value.Quantity q : c.parts()) {
      if (Double.isInfinite(q.number()) || q.number() < 0) {
        program.report(Code.E304, q.span(), "this part is too large", "too large");
      }
      out.add(q.number());
    }
    for (int part = 0; part < out.size(); part += 2) {
      if (out.get(part) == 0) {
        program.report(
            Code.E304,
            c.parts().get(part).span(),
            "the " + (part == 0 ? "training" : "test") + " part cannot be 0",
            "the parts are training/validation or training/validation/test");
      }
    }
    double sum = out.stream().mapToDouble(Double::doubleValue).sum();
    // Whole numbers may count samples; how many there are is known when the data is there.
    boolean counts = out.stream().allMatch(v -> v == Math.rint(v));
    if (!counts && Math.abs(sum - 100) > 1e-9 && Math.abs(sum - 1) > 1e-9) {
      Span first = c.parts().get(0).span();
      Span last = c.parts().get(c.parts().size() - 1).span();
      program.report(
          Code.E304,
          new Span(first.start(), last.end()),
          "these parts add up to " + Amounts.plain(Math.rint(sum * 1e6) / 1e6),
          "percentages make 100, parts of a whole 1");
    }
    return out;
  }

  private double take(Statement.DataClause.Take c) {
    Optional<Value.Quantity> given = amounts.quantity(c.amount(), "how many samples");
    if (given.isEmpty()) {
      return 0;
    }
    Value.Quantity q = given.get();
    if (q.percent() && q.unit().isEmpty()) {
      if (q.number() <= 0 || q.number() > 100) {
        program.report(
            Code.E304,
            q.span(),
            "`take` cannot be " + q.written(),
            "give more than 0% and at most 100%");
      }
      return q.number() >= 100 ? 0 : q.fraction();
    }
    if (q.unit().isPresent()) {
      Optional<Unit> unit = Unit.of(q.unit().get().text());
      if (unit.isEmpty() || unit.get().measure() != Unit.Measure.SAMPLES) {
        program.report(
            unit.isEmpty() ? Code.E307 : Code.E302,
            q.unit().get().span(),
            unit.isEmpty()
                ? "unknown unit `" + q.unit().get().text() + "`"
                : "data is counted in samples, not " + unit.get().measure().words(),
            "",
            "take " + q.digits(),
            c.span());
        return 0;
      }
    }
    if (q.number() < 1 || q.number() != Math.rint(q.number()) || q.number() > 1e9) {
      program.report(
          Code.E304,
          q.span(),
          "`take` cannot be " + q.written(),
          "give a whole number of samples, or a percentage");
    }
    return q.number();
  }

  private Optional<DataSource> builtIn(Value.Call call, List<Setting> settings) {
    Optional<Value> resolved = program.resolve(call);
    if (resolved.isEmpty()) {
      return Optional.empty();
    }
    if (words.catalog().find(Kind.DATA, call.name().text()).isEmpty()
        && words.catalog().find(Kind.FORMAT, call.name().text()).isPresent()) {
      program.report(
          Code.E110,
          call.name().span(),
          "`" + call.name().text() + "` needs a file",
          "",
          call.name().text() + " \"FILE\"");
      return Optional.empty();
    }
    Optional<Entry> entry = words.entry(Kind.DATA, call.name());
    if (entry.isEmpty()) {
      return Optional.empty();
    }
    Map<String, Object> given =
        words.sort(settings, entry.get().name(), List.of(entry.get()), Map.of()).get(entry.get());
    return words
        .make(entry.get(), (Value.Call) resolved.get(), given)
        .map(record -> (DataSource) record);
  }

  private Optional<DataSource> files(
      Statement.DataOrigin.Files origin, List<Setting> settings, Span statement) {
    List<Path> paths = new ArrayList<>();
    int before = program.failures();
    for (Value.Text file : origin.files()) {
      existing(file).ifPresent(paths::add);
    }
    Optional<Entry> entry;
    if (origin.format().isPresent()) {
      entry = format(origin.format().get());
    } else {
      entry =
          paths.isEmpty()
              ? Optional.empty()
              : FileFormat.guess(paths.get(0))
                  .flatMap(name -> words.catalog().find(Kind.FORMAT, name));
      if (entry.isEmpty() && !paths.isEmpty()) {
        program.report(
            Code.E214,
            origin.files().get(0).span(),
            "the name does not tell the format",
            "formats: " + WordMaker.listed(words.names(Kind.FORMAT)),
            "csv \"" + origin.files().get(0).text() + "\"");
      }
    }
    if (entry.isEmpty()) {
      return Optional.empty();
    }
    if (!entry.get().name().equals("images")) {
      for (int i = 0; i < paths.size(); i++) {
        isFile(origin.files().get(i), paths.get(i));
      }
    }
    Map<String, Object> given =
        words.sort(settings, entry.get().name(), List.of(entry.get()), Map.of()).get(entry.get());
    if (program.failures() > before) {
      return Optional.empty();
    }
    Span span =
        origin.files().get(0).span().to(origin.files().get(origin.files().size() - 1).span());
    try {
      return words
          .finish(entry.get(), given, span)
          .map(record -> ((FileFormat) record).source(paths));
    } catch (EspalierException e) {
      program.report(Code.E210, span, e.what(), e.fix());
      return Optional.empty();
    }
  }

  private Optional<Entry> format(Name name) {
    Optional<Entry> entry = words.catalog().find(Kind.FORMAT, name.text());
    if (entry.isEmpty()) {
      List<String> all = words.names(Kind.FORMAT);
      program.report(
          Code.E214,
          name.span(),
          "`" + name.text() + "` is not a format of data",
          Nearest.to(name.text(), all)
              .map(n -> "did you mean `" + n + "`?")
              .orElse("formats: " + WordMaker.listed(all)),
          Edit.replace(name.span(), Nearest.clear(name.text(), all)));
    }
    return entry;
  }

  private Optional<Path> existing(Value.Text file) {
    Path path;
    try {
      path = program.path(file.text());
    } catch (java.nio.file.InvalidPathException e) {
      program.report(Code.E216, file.span(), "this is no file name", e.getReason());
      return Optional.empty();
    }
    if (file.text().isBlank() || !program.willExist(path)) {
      program.report(
          Code.E216,
          file.span(),
          "there is no file `" + file.text() + "`",
          "looked in " + folder(path));
      return Optional.empty();
    }
    return Optional.of(path);
  }

  /** A file rather than a folder. */
  private boolean isFile(Value.Text file, Path path) {
    if (Files.isDirectory(path)) {
      program.report(
          Code.E216, file.span(), "`" + file.text() + "` is a folder", "name a file in it");
      return false;
    }
    return true;
  }

  private static String folder(Path path) {
    Path parent = path.getParent();
    return parent == null ? "the current folder" : parent.toString();
  }

  // ---- models

  void model(Statement.Model s) {
    int before = program.failures();
    Optional<Operation> operation;
    Scope.Kind kind = Scope.Kind.BLUEPRINT;
    if (s.body() instanceof Statement.ModelBody.Is is) {
      operation = architecture(is).map(a -> new Operation.Blueprint(s.name().text(), a));
    } else if (s.body() instanceof Statement.ModelBody.From from) {
      boolean script = format(from).equals("torchscript");
      kind = script ? Scope.Kind.TEACHER : Scope.Kind.MODEL;
      operation = script ? torchScript(s.name(), from) : onnx(s.name(), from).map(o -> o);
    } else {
      Statement.ModelBody.Block block = (Statement.ModelBody.Block) s.body();
      Map<String, Span> names = new HashMap<>();
      List<LayerBlock.Entry> layers = layers(block.layers(), names);
      operation =
          program.failures() > before
              ? Optional.empty()
              : Optional.of(new Operation.Blueprint(s.name().text(), new LayerBlock(layers)));
    }
    if (operation.isEmpty() || program.failures() > before) {
      program.breakName(s.name().text());
      return;
    }
    program.bind(
        s.name(),
        new Binding(
            s.name().text(),
            kind,
            operation,
            Optional.empty(),
            Optional.empty(),
            0,
            false,
            program.line(s.name().span())));
    if (kind == Scope.Kind.BLUEPRINT) {
      program.declares(s.name());
    }
    if (kind == Scope.Kind.MODEL) {
      program.step(s.span(), operation.get(), Optional.of(s.name().text()));
    }
  }

  private Optional<Architecture> architecture(Statement.ModelBody.Is is) {
    Optional<Value> resolved = program.resolve(is.architecture());
    if (resolved.isEmpty()) {
      return Optional.empty();
    }
    Optional<Entry> entry = words.entry(Kind.ARCHITECTURE, is.architecture().name());
    if (entry.isEmpty()) {
      return Optional.empty();
    }
    Map<String, Object> given =
        words
            .sort(is.settings(), entry.get().name(), List.of(entry.get()), Map.of())
            .get(entry.get());
    return words
        .make(entry.get(), (Value.Call) resolved.get(), given)
        .map(record -> (Architecture) record);
  }

  private Optional<Operation.FromOnnx> onnx(Name model, Statement.ModelBody.From from) {
    Entry reading = words.settings("model");
    Map<String, Object> given =
        words.sort(from.settings(), "model", List.of(reading), Map.of()).get(reading);
    Optional<Path> path = onnxPath(from);
    Optional<Record> settings = words.finish(reading, given, from.file().span());
    if (path.isEmpty() || settings.isEmpty()) {
      return Optional.empty();
    }
    StatementSettings.Reading r = (StatementSettings.Reading) settings.get();
    Operation.FromOnnx operation =
        new Operation.FromOnnx(
            model.text(),
            path.get(),
            r.input(),
            r.classes(),
            r.classes() == 0 ? 0 : program.environment().seed(),
            Optional.empty());
    int before = program.failures();
    files.graph(operation, from.file().span());
    return program.failures() > before ? Optional.empty() : Optional.of(operation);
  }

  /** As written, or as the file's name tells. */
  private static String format(Statement.ModelBody.From from) {
    String name = from.file().text();
    return from.format().map(Name::text).orElseGet(() -> name.substring(name.lastIndexOf('.') + 1));
  }

  private Optional<Operation> torchScript(Name model, Statement.ModelBody.From from) {
    if (!from.settings().isEmpty()) {
      program.report(
          Code.E203,
          from.settings().get(0).span(),
          "`torchscript` has no setting `" + from.settings().get(0).name().text() + "`",
          "such a program can only teach, as it is");
      return Optional.empty();
    }
    Optional<Path> path = existing(from.file());
    if (path.isPresent() && Files.exists(path.get())) {
      try {
        TorchScriptFile.check(path.get());
      } catch (EspalierException e) {
        program.report(Code.E220, from.file().span(), e.what(), e.why(), e.fix());
        return Optional.empty();
      }
    }
    return path.map(p -> new Operation.FromTorchScript(model.text(), p));
  }

  private Optional<Path> onnxPath(Statement.ModelBody.From from) {
    String name = from.file().text();
    String format = format(from);
    Span span = from.format().map(Name::span).orElse(from.file().span());
    if (UNBUILT_FORMATS.contains(format)) {
      Unbuilt.refuse(program, span, "from " + format, "export the model to onnx, and read that");
      return Optional.empty();
    }
    if (from.format().isEmpty() && format.equals("pt")) {
      program.report(
          Code.E214,
          span,
          "the name does not tell what is in the file",
          "a TorchScript program can teach; weights alone (a state_dict) cannot be read",
          "torchscript \"" + name + "\"",
          from.file().span());
      return Optional.empty();
    }
    if (!format.equals("onnx")) {
      program.report(
          Code.E214,
          span,
          "`" + format + "` is not a format of models",
          "there are: onnx, torchscript",
          "from onnx \"" + name + "\"");
      return Optional.empty();
    }
    return existing(from.file()).filter(p -> isFile(from.file(), p));
  }

  private List<LayerBlock.Entry> layers(List<Statement.Layer> lines, Map<String, Span> names) {
    List<LayerBlock.Entry> out = new ArrayList<>();
    for (Statement.Layer line : lines) {
      Optional<Name> name;
      Optional<Layer> layer;
      if (line instanceof Statement.Layer.Nested nested) {
        name = nested.name();
        layer = nested(nested, names);
      } else {
        Statement.Layer.Single single = (Statement.Layer.Single) line;
        name = single.name();
        if (single.call().name().text().equals(Layer.Residual.WORD)) {
          program.report(
              Code.E210,
              single.call().span(),
              "`residual` needs its layers",
              "",
              "residual { conv(16), relu }");
          layer = Optional.empty();
        } else {
          layer = single(single.call());
        }
      }
      if (name.isPresent() && names.put(name.get().text(), name.get().span()) != null) {
        program.report(
            Code.E217,
            name.get().span(),
            "two layers are called `" + name.get().text() + "`",
            "choose another name");
      }
      layer.ifPresent(l -> out.add(new LayerBlock.Entry(l, name.map(Name::text))));
    }
    return out;
  }

  private Optional<Layer> single(Value.Call call) {
    return program
        .resolve(call)
        .flatMap(v -> words.make(Kind.LAYER, (Value.Call) v))
        .map(record -> (Layer) record);
  }

  private Optional<Layer> nested(Statement.Layer.Nested nested, Map<String, Span> names) {
    List<LayerBlock.Entry> body = layers(nested.layers(), names);
    if (!nested.kind().text().equals(Layer.Residual.WORD)) {
      program.report(
          Code.E201,
          nested.kind().span(),
          "`" + nested.kind().text() + "` is not a block of layers",
          Nearest.to(nested.kind().text(), List.of(Layer.Residual.WORD)).isPresent()
              ? "did you mean `residual`?"
              : "there is: residual",
          Edit.replace(
              nested.kind().span(),
              Nearest.clear(nested.kind().text(), List.of(Layer.Residual.WORD))));
      return Optional.empty();
    }
    return body.isEmpty() ? Optional.empty() : Optional.of(new Layer.Residual(body));
  }
}
