package dev.espalier.dsl.explain;

import dev.espalier.dsl.Source;
import dev.espalier.dsl.Span;
import dev.espalier.dsl.Step;
import dev.espalier.engine.Environment;
import dev.espalier.engine.EspalierException;
import dev.espalier.engine.Model;
import dev.espalier.engine.architecture.Architecture;
import dev.espalier.engine.data.DataSet;
import dev.espalier.engine.data.Partition;
import dev.espalier.engine.run.Constraint;
import dev.espalier.engine.run.Metric;
import dev.espalier.engine.run.Operation;
import dev.espalier.engine.run.Result;
import dev.espalier.engine.run.StatementSettings;
import dev.espalier.engine.run.Store;
import dev.espalier.engine.run.Target;
import dev.espalier.engine.study.CsvTable;
import dev.espalier.engine.study.Experiment;
import dev.espalier.engine.study.Student;
import dev.espalier.engine.study.Teachers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import javax.lang.model.SourceVersion;

/**
 * A program as the calls of the engine that it compiles to: one Java class with a {@code main},
 * each call under its sentence. It makes the same models bit for bit, under the same keys in the
 * store, so what one made the other finds.
 *
 * @param text the Java source
 * @param leftOut sentences that no call of the engine does, with the reason
 */
public record JavaProgram(String text, List<String> leftOut) {
  /**
   * A method of Java may have 65,535 bytes of code; a sign of an expression, blanks left out, makes
   * at most 0.8 (layers of a block do).
   */
  private static final int MOST_SIGNS = 80_000;

  private static final Pattern UNSHOWABLE =
      Pattern.compile("[\\p{Cntrl}\\u202a-\\u202e\\u2066-\\u2069]");

  public JavaProgram {
    leftOut = List.copyOf(leftOut);
  }

  /**
   * Writes checked steps as Java.
   *
   * @param source the program; its name becomes the class's, and its folder the one that paths
   *     count from
   * @throws EspalierException (program) naming the sentence that Java cannot express
   */
  public static JavaProgram of(Source source, List<Step> steps) {
    return new Writer(source).program(steps);
  }

  private static final class Writer {
    private final Source program;
    private final Optional<Path> folder;
    private final JavaValues values;
    private final StringBuilder body = new StringBuilder();
    private final List<String> leftOut = new ArrayList<>();
    private final Map<Operation, String> variables = new IdentityHashMap<>();
    private final Set<String> taken =
        new HashSet<>(Set.of("lab", "arguments", "store", "met", "expect"));
    private Environment environment;
    private Step current;
    private Source commented;
    private Span commentedSpan;
    private boolean expects;
    private int signs;

    Writer(Source program) {
      this.program = program;
      this.folder = program.file().map(f -> f.toAbsolutePath().normalize().getParent());
      this.values = new JavaValues(folder);
    }

    JavaProgram program(List<Step> steps) {
      for (Step step : steps) {
        current = step;
        try {
          step(step);
        } catch (IllegalArgumentException e) {
          throw refused(e.getMessage());
        }
        if (signs > MOST_SIGNS) {
          throw refused("up to it the program is as long as a method of Java may be");
        }
      }
      return new JavaProgram(whole(), leftOut);
    }

    private EspalierException refused(String why) {
      return EspalierException.program(
          "this sentence cannot be written as Java",
          program.name() + ": " + shown(current.sentence()),
          why,
          "take it out of the program, or use the program as it is");
    }

    private String whole() {
      String experiment = values.type(Experiment.class);
      String path = values.type(Path.class);
      String store = values.type(Store.class);
      if (expects) {
        values.type(Result.class);
      }
      StringBuilder out = new StringBuilder();
      for (String name : values.imports()) {
        out.append("import ").append(name).append(";\n");
      }
      out.append("\n/** What ")
          .append(comment(program.name()).replace("*/", "* /"))
          .append(" says, as calls of the engine. */\n");
      out.append("public final class ").append(className()).append(" {\n");
      if (values.usesFolder()) {
        out.append("  private static final Path FOLDER = Path.of(")
            .append(JavaValues.quoted(folder.orElseThrow().toString()))
            .append(");\n");
      }
      if (expects) {
        out.append("  private static boolean met = true;\n");
      }
      if (values.usesFolder() || expects) {
        out.append('\n');
      }
      out.append("  /** Keeps what it makes in the folder given, or where the command does. */\n");
      out.append("  public static void main(String[] arguments) throws Exception {\n");
      out.append("    ").append(path).append(" store =\n        arguments.length > 0 ? ");
      out.append(path).append(".of(arguments[0]) : ").append(store).append(".standardPlace();\n");
      out.append("    ").append(experiment).append(" lab = ").append(experiment);
      out.append(".in(store);\n");
      out.append(body);
      if (expects) {
        out.append("    if (!met) {\n      System.exit(1);\n    }\n");
      }
      out.append("  }\n");
      if (expects) {
        out.append("\n  private static void expect(Result.Check check) {\n");
        out.append("    System.out.println((check.passed() ? \"met: \" : \"not met: \")");
        out.append(" + check.text());\n");
        out.append("    met &= check.passed();\n  }\n");
      }
      return out.append("}\n").toString();
    }

    private String className() {
      String file = program.file().map(f -> f.getFileName().toString()).orElse("");
      String name = file.endsWith(".esp") ? file.substring(0, file.length() - 4) : file;
      String camel = camel(name);
      String upper =
          camel.isEmpty() ? "" : Character.toUpperCase(camel.charAt(0)) + camel.substring(1);
      return (SourceVersion.isIdentifier(upper) ? upper : "Espalier") + "Program";
    }

    // ---- steps

    private void step(Step step) {
      Operation operation = step.operation();
      if (operation instanceof Operation.Output output) {
        output(output, step);
        return;
      }
      if (operation instanceof Operation.Search) {
        leaveOut(step, "the trials of a search go to processes of their own");
        return;
      }
      String known = variables.get(operation);
      String name = step.name().orElse("");
      if (known == null) {
        make(operation, name);
      } else if (!name.isEmpty()) {
        sentence();
        line(type(operation) + " " + fresh(name) + " = " + known + ";");
        // Later sentences mean either; both hold the same.
      }
    }

    /** The variable that holds what the operation makes, written first where it is not there. */
    private String variable(Operation operation) {
      String known = variables.get(operation);
      return known != null ? known : make(operation, name(operation));
    }

    private static String name(Operation operation) {
      if (operation instanceof Operation.Blueprint b) {
        return b.name().isEmpty() ? "blueprint" : b.name();
      } else if (operation instanceof Operation.FromOnnx o) {
        return o.name();
      } else if (operation instanceof Operation.LoadData d) {
        return d.name();
      } else if (operation instanceof Operation.Train) {
        return "trained";
      } else if (operation instanceof Operation.Finetune) {
        return "finetuned";
      } else if (operation instanceof Operation.Distill) {
        return "distilled";
      } else if (operation instanceof Operation.Prune) {
        return "pruned";
      }
      return "quantized";
    }

    private String type(Operation operation) {
      if (operation instanceof Operation.LoadData) {
        return values.type(DataSet.class);
      }
      return values.type(
          operation instanceof Operation.Blueprint ? Architecture.class : Model.class);
    }

    private String make(Operation operation, String name) {
      JavaCode code = code(operation);
      sentence();
      environment(operation);
      String variable = fresh(name.isEmpty() ? name(operation) : name);
      assign(type(operation), variable, code);
      variables.put(operation, variable);
      return variable;
    }

    private JavaCode code(Operation operation) {
      if (operation instanceof Operation.LoadData d) {
        JavaCode source = values.of(d.source());
        return d.partition().equals(Partition.WHOLE)
            ? JavaCode.call("lab.data", values.of(d.name()), source)
            : JavaCode.call("lab.data", values.of(d.name()), source, values.of(d.partition()));
      } else if (operation instanceof Operation.Blueprint b) {
        return values.of(b.architecture());
      } else if (operation instanceof Operation.FromOnnx o) {
        return onnx(o);
      } else if (operation instanceof Operation.Train t) {
        return JavaCode.call(
            "lab.train", architecture(t.blueprint()), ref(t.data()), values.of(t.settings()));
      } else if (operation instanceof Operation.Finetune f) {
        return JavaCode.call(
            "lab.finetune", ref(f.model()), ref(f.data()), values.of(f.settings()));
      } else if (operation instanceof Operation.Distill d) {
        return distill(d);
      } else if (operation instanceof Operation.Prune p) {
        return p.data().isEmpty()
            ? JavaCode.call("lab.prune", ref(p.model()), values.of(p.spec()))
            : JavaCode.call(
                "lab.prune",
                ref(p.model()),
                ref(p.data().get()),
                values.of(p.spec()),
                values.of(p.settings()));
      } else if (operation instanceof Operation.Quantize q) {
        return JavaCode.call("lab.quantize", ref(q.model()), ref(q.data()), values.of(q.spec()));
      }
      throw new IllegalArgumentException(
          "the engine has no call for a " + operation.getClass().getSimpleName());
    }

    private JavaCode ref(Operation operation) {
      return JavaCode.text(variable(operation));
    }

    /** A blueprint of the program by its name; one that is written in place, in place. */
    private JavaCode architecture(Operation operation) {
      return operation instanceof Operation.Blueprint b && variables.get(b) == null
          ? values.of(b.architecture())
          : ref(operation);
    }

    private JavaCode onnx(Operation.FromOnnx o) {
      boolean plain = o.input().isEmpty() && o.classes() == 0;
      if (plain && o.data().isEmpty()) {
        return JavaCode.call("lab.onnx", values.of(o.file()));
      }
      List<JavaCode> arguments = new ArrayList<>();
      arguments.add(values.of(o.file()));
      arguments.add(values.of(new StatementSettings.Reading(o.input(), o.classes())));
      o.data().ifPresent(d -> arguments.add(ref(d)));
      return JavaCode.call("lab.onnx", arguments);
    }

    private JavaCode distill(Operation.Distill d) {
      List<JavaCode> rest = List.of(ref(d.data()), values.of(d.method()), values.of(d.settings()));
      List<JavaCode> arguments = new ArrayList<>();
      boolean script = d.teachers().stream().anyMatch(Operation.FromTorchScript.class::isInstance);
      if (d.teachers().size() == 1 && !script && d.student() instanceof Operation.Blueprint) {
        arguments.add(ref(d.teachers().get(0)));
        arguments.add(architecture(d.student()));
      } else {
        arguments.add(teachers(d.teachers()));
        arguments.add(student(d.student()));
      }
      arguments.addAll(rest);
      return JavaCode.call("lab.distill", arguments);
    }

    private JavaCode teachers(List<Operation> all) {
      String type = values.type(Teachers.class);
      if (all.stream().noneMatch(Operation.FromTorchScript.class::isInstance)) {
        return JavaCode.call(type + ".of", all.stream().map(this::ref).toList());
      }
      StringBuilder more = new StringBuilder();
      for (Operation teacher : all) {
        JavaCode one =
            teacher instanceof Operation.FromTorchScript s ? values.of(s.file()) : ref(teacher);
        more.append(".and(").append(one.text(0, Integer.MIN_VALUE)).append(')');
      }
      return JavaCode.call(type + ".of").then(more.toString());
    }

    private JavaCode student(Operation student) {
      String type = values.type(Student.class);
      if (student instanceof Operation.Blueprint) {
        return JavaCode.call("new " + type + ".Blueprint", architecture(student));
      }
      return student instanceof Operation.FreshCopy f
          ? JavaCode.call("new " + type + ".Like", ref(f.model()))
          : JavaCode.call("new " + type + ".Copy", ref(student));
    }

    // ---- outputs

    private void leaveOut(Step step, String why) {
      sentence();
      line("// left out: " + why);
      leftOut.add(shown(step.sentence()) + ": " + why);
    }

    private void output(Operation.Output output, Step step) {
      if (output instanceof Operation.Note) {
        sentence();
        return;
      } else if (output instanceof Operation.Report) {
        leaveOut(step, "a report is a page of the command's, not of the engine's");
        return;
      } else if (output instanceof Operation.Sweep) {
        leaveOut(step, "the runs of a sweep go to processes of their own");
        return;
      } else if (output.inputs().stream().anyMatch(Operation.Sweep.class::isInstance)) {
        leaveOut(step, "it speaks of a sweep, which is left out");
        return;
      } else if (output.inputs().stream().anyMatch(Operation.Search.class::isInstance)) {
        leaveOut(step, "it speaks of a search, which is left out");
        return;
      }
      // What it speaks of is made above it.
      List<String> needed = output.inputs().stream().map(this::needed).toList();
      sentence();
      environment(output);
      if (output instanceof Operation.Compare c) {
        compare(c, step.name().orElse("comparison"));
      } else if (output instanceof Operation.Expect e) {
        expects = true;
        print("expect", expectation(e));
      } else if (output instanceof Operation.Meets m) {
        expects = true;
        line(
            "for ("
                + values.type(Result.class)
                + ".Check check :\n        "
                + JavaCode.call("lab.meets", named(m.subject()), target(m.target())).text(8, 9)
                + ".all()) {\n      expect(check);\n    }");
      } else if (output instanceof Operation.Chart c) {
        table(
            JavaCode.call(
                "lab.chart",
                values.of(c.y()),
                values.of(c.x()),
                values.of(c.look()),
                models(c.subjects())));
      } else if (output instanceof Operation.Show s) {
        show(s, needed.get(0));
      } else if (output instanceof Operation.Export e) {
        line(
            JavaCode.call("lab.export", JavaCode.text(needed.get(0)), values.of(e.file()))
                    .text(4, 4)
                + ";");
      } else {
        throw new IllegalArgumentException(
            "the engine has no call for a " + output.getClass().getSimpleName());
      }
    }

    private String needed(Operation operation) {
      if (operation instanceof Operation.Compare && variables.get(operation) == null) {
        throw new IllegalArgumentException("the comparison that it names was not made before it");
      }
      return variable(operation);
    }

    private void compare(Operation.Compare c, String name) {
      List<JavaCode> arguments = new ArrayList<>();
      arguments.add(models(c.models()));
      c.data().ifPresent(d -> arguments.add(ref(d)));
      c.target().ifPresent(t -> arguments.add(target(t)));
      arguments.add(values.of(Metric.find(c.metric())));
      arguments.add(
          values.of(
              new StatementSettings.Comparison(c.controls(), c.batch(), c.threads(), c.seeds())));
      String variable = fresh(name);
      assign(
          values.type(Result.class) + ".TableResult",
          variable,
          JavaCode.call("lab.compare", arguments));
      variables.put(c, variable);
      table(JavaCode.text(variable));
    }

    private void show(Operation.Show s, String first) {
      Operation subject = s.subjects().get(0).model();
      if (subject instanceof Operation.Compare) {
        table(JavaCode.text(first));
      } else if (subject instanceof Operation.Blueprint) {
        print("System.out.println", JavaCode.call(first + ".describe"));
      } else if (subject instanceof Operation.LoadData) {
        table(
            JavaCode.call("lab.show", values.of(s.subjects().get(0).name()), JavaCode.text(first)));
      } else {
        for (Operation.Named named : s.subjects()) {
          if (!(named.model() instanceof Operation.ModelMaking)) {
            throw new IllegalArgumentException(
                "`" + named.name() + "` is shown beside a model and is none");
          }
        }
        table(JavaCode.call("lab.show", values.of(s.aspects()), models(s.subjects())));
      }
    }

    private JavaCode expectation(Operation.Expect e) {
      JavaCode metric = values.of(Metric.find(e.metric()).orElseThrow());
      JavaCode model = named(e.subject());
      if (e.bound() instanceof Operation.Bound.Limit limit) {
        return JavaCode.call(
            limit.atLeast() ? "lab.atLeast" : "lab.atMost",
            metric,
            model,
            values.of((Object) limit.value()));
      }
      Operation.Bound.Within within = (Operation.Bound.Within) e.bound();
      return JavaCode.call(
          within.relative() ? "lab.withinPart" : "lab.within",
          metric,
          model,
          values.of((Object) within.margin()),
          named(within.other()));
    }

    private JavaCode target(Target target) {
      List<JavaCode> constraints = new ArrayList<>();
      for (Constraint c : target.constraints()) {
        JavaCode bound =
            c.bound() instanceof Operation.Bound.Within within
                ? JavaCode.call(
                    "lab.bound",
                    values.of((Object) within.margin()),
                    values.of((Object) within.relative()),
                    named(within.other()))
                : values.of((Object) c.bound());
        constraints.add(
            JavaCode.call(
                "new " + values.type(Constraint.class),
                values.of(c.metric()),
                bound,
                values.of(c.text())));
      }
      return JavaCode.call(
          "new " + values.type(Target.class),
          values.of(target.name()),
          values.of(target.device()),
          JavaCode.call(values.type(List.class) + ".of", constraints));
    }

    private JavaCode models(List<Operation.Named> all) {
      return JavaCode.call(values.type(List.class) + ".of", all.stream().map(this::named).toList());
    }

    private JavaCode named(Operation.Named model) {
      return JavaCode.call(
          values.type(Experiment.class) + ".named",
          values.of(model.name()),
          JavaCode.text(variable(model.model())));
    }

    private void table(JavaCode code) {
      print("System.out.print", JavaCode.call(values.type(CsvTable.class) + ".of", code));
    }

    private void print(String method, JavaCode code) {
      line(JavaCode.call(method, code).text(4, 5) + ";");
    }

    // ---- lines

    private void assign(String type, String variable, JavaCode code) {
      String start = type + " " + variable + " =";
      String flat = code.text(4, 6 + start.length());
      if (flat.indexOf('\n') < 0) {
        line(start + " " + flat + ";");
      } else {
        line(start + "\n        " + code.text(8, 9) + ";");
      }
    }

    private void line(String text) {
      signs += text.startsWith("//") ? 0 : (int) text.chars().filter(c -> c > ' ').count();
      body.append("    ").append(text).append('\n');
    }

    /** The sentence as a comment, once for all that it does. */
    private void sentence() {
      if (Objects.equals(current.source(), commented)
          && Objects.equals(current.span(), commentedSpan)) {
        return;
      }
      commented = current.source();
      commentedSpan = current.span();
      body.append('\n');
      current.sentence().strip().lines().forEach(l -> line("// " + comment(l).stripTrailing()));
    }

    /** A backslash with a `u` behind it would be read as a character, even here. */
    private static String comment(String text) {
      return UNSHOWABLE.matcher(text).replaceAll(" ").replace("\\", "\\\\");
    }

    private static String shown(String sentence) {
      String line = String.join(" ", sentence.strip().split("\\s+"));
      return line.length() > 100 ? line.substring(0, 99) + "…" : line;
    }

    /** What the operation draws on, where it is not what the calls before it did. */
    private void environment(Operation operation) {
      Environment wanted = wanted(operation);
      if (wanted == null) {
        return;
      }
      if (!wanted.device().equals("cpu")) {
        throw new IllegalArgumentException("device " + wanted.device() + " has no call");
      }
      StringBuilder out = new StringBuilder();
      if (environment == null || environment.seed() != wanted.seed()) {
        out.append(".seed(").append(wanted.seed()).append("L)");
      }
      if (environment == null || environment.threads() != wanted.threads()) {
        out.append(".threads(").append(wanted.threads()).append(')');
      }
      if (environment == null ? wanted.offline() : environment.offline() != wanted.offline()) {
        out.append(".offline(").append(wanted.offline()).append(')');
      }
      if (out.length() > 0) {
        line("lab" + out + ";");
      }
      environment = wanted;
    }

    private Environment wanted(Operation operation) {
      if (operation instanceof Operation.FromOnnx o) {
        Environment now = environment == null ? Environment.standard() : environment;
        // Only a fresh last layer is drawn from the seed.
        return o.classes() == 0
            ? null
            : new Environment(o.seed(), now.threads(), now.device(), now.offline());
      }
      return operation instanceof Operation.LoadData d
          ? d.environment()
          : operation instanceof Operation.Train t
              ? t.environment()
              : operation instanceof Operation.Finetune f
                  ? f.environment()
                  : operation instanceof Operation.Distill s
                      ? s.environment()
                      : operation instanceof Operation.Prune p
                          ? p.environment()
                          : operation instanceof Operation.Quantize q
                              ? q.environment()
                              : output(operation);
    }

    private static Environment output(Operation operation) {
      return operation instanceof Operation.Compare c
          ? c.environment()
          : operation instanceof Operation.Show s
              ? s.environment()
              : operation instanceof Operation.Chart h
                  ? h.environment()
                  : operation instanceof Operation.Expect e
                      ? e.environment()
                      : operation instanceof Operation.Meets m ? m.environment() : null;
    }

    private String fresh(String name) {
      String camel = camel(name);
      String stem = SourceVersion.isName(camel) ? camel : camel + "Model";
      if (!SourceVersion.isIdentifier(stem)) {
        stem = "model";
      }
      String candidate = stem;
      for (int i = 2; !taken.add(candidate); i++) {
        candidate = stem + i;
      }
      return candidate;
    }

    private static String camel(String name) {
      StringBuilder out = new StringBuilder();
      boolean upper = false;
      for (char c : name.toCharArray()) {
        if (c < 128 && (Character.isLetterOrDigit(c) || c == '_' && out.length() > 0)) {
          out.append(upper ? Character.toUpperCase(c) : c);
          upper = false;
        } else {
          upper = out.length() > 0;
        }
      }
      String text = out.toString();
      return text.isEmpty()
          ? ""
          : text.substring(0, 1).toLowerCase(Locale.ROOT) + text.substring(1);
    }
  }
}
