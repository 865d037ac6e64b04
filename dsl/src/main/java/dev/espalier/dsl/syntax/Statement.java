package dev.espalier.dsl.syntax;

import dev.espalier.dsl.Span;
import java.util.List;
import java.util.Optional;

/** A sentence of the language. */
public sealed interface Statement {
  Span span();

  /** {@code language 1}. */
  record Version(Value.Quantity number, Span span) implements Statement {}

  /** {@code include "common.esp"}. */
  record Include(Value.Text file, Span span) implements Statement {}

  /** {@code data digits from mnist split 55000/5000}. */
  record Data(Name name, DataOrigin origin, List<DataClause> clauses, Span span)
      implements Statement {
    public Data {
      clauses = List.copyOf(clauses);
    }
  }

  /** Where data comes from. */
  sealed interface DataOrigin {
    /** Files, in a format or by their extension. */
    record Files(Optional<Name> format, List<Value.Text> files) implements DataOrigin {
      public Files {
        files = List.copyOf(files);
      }
    }

    /** A word of the catalog. */
    record BuiltIn(Value.Call call) implements DataOrigin {}
  }

  /** What is done with loaded data. */
  sealed interface DataClause {
    Span span();

    record SplitInto(List<Value.Quantity> parts, Span span) implements DataClause {
      public SplitInto {
        parts = List.copyOf(parts);
      }
    }

    record Take(Value.Quantity amount, Span span) implements DataClause {}

    record Normalize(Span span) implements DataClause {}

    record Augment(List<Value.Call> augmentations, Span span) implements DataClause {
      public Augment {
        augmentations = List.copyOf(augmentations);
      }
    }

    record With(List<Setting> settings, Span span) implements DataClause {
      public With {
        settings = List.copyOf(settings);
      }
    }
  }

  /** {@code model small is mlp(30)}. */
  record Model(Name name, ModelBody body, Span span) implements Statement {}

  /** What a model is. */
  sealed interface ModelBody {
    record Is(Value.Call architecture, List<Setting> settings) implements ModelBody {
      public Is {
        settings = List.copyOf(settings);
      }
    }

    record From(Optional<Name> format, Value.Text file, List<Setting> settings)
        implements ModelBody {
      public From {
        settings = List.copyOf(settings);
      }
    }

    record Block(List<Layer> layers, Span span) implements ModelBody {
      public Block {
        layers = List.copyOf(layers);
      }
    }
  }

  /** A line of a layer block. */
  sealed interface Layer {
    Span span();

    /** {@code dense(300) as fc1}. */
    record Single(Value.Call call, Optional<Name> name, Span span) implements Layer {}

    /** {@code residual { … } as block1}. */
    record Nested(Name kind, List<Layer> layers, Optional<Name> name, Span span) implements Layer {
      public Nested {
        layers = List.copyOf(layers);
      }
    }
  }

  /** {@code target edge { size at most 60 KB }}. */
  record Target(Name name, Optional<Value.Call> device, List<Constraint> constraints, Span span)
      implements Statement {
    public Target {
      constraints = List.copyOf(constraints);
    }
  }

  /** A metric with a bound. */
  record Constraint(Name metric, Bound bound) {}

  /** How much is allowed. */
  sealed interface Bound {
    Span span();

    record Limit(boolean atLeast, Value value, Span span) implements Bound {}

    record Within(Value.Quantity margin, Name other, Span span) implements Bound {}
  }

  /** {@code recipe distilled($width) is distill into mlp($width)}. */
  record Recipe(Name name, List<Value.Parameter> parameters, List<Stage> stages, Span span)
      implements Statement {
    public Recipe {
      parameters = List.copyOf(parameters);
      stages = List.copyOf(stages);
    }
  }

  /** {@code let levels = [50%, 80%]}. */
  record Let(Name name, Value value, Span span) implements Statement {}

  /** {@code set seed 7}. */
  record Set(List<Setting> settings, Span span) implements Statement {
    public Set {
      settings = List.copyOf(settings);
    }
  }

  /** {@code distill teacher into student then prune 50% as small}. */
  record Pipeline(List<Stage> stages, Span span) implements Statement {
    public Pipeline {
      stages = List.copyOf(stages);
    }
  }

  /** One action of a pipeline, with the name of everything up to it. */
  record Stage(Action action, Optional<Name> name, Span span) {}

  /** {@code sweep amount over 50%, 80% { … } as curve}. */
  record Sweep(
      List<Axis> axes, List<Statement> body, List<Setting> settings, Optional<Name> name, Span span)
      implements Statement {
    public Sweep {
      axes = List.copyOf(axes);
      body = List.copyOf(body);
      settings = List.copyOf(settings);
    }
  }

  /** A swept name: its values, or from, to and by. */
  record Axis(Name name, List<Value> values, boolean range) {
    public Axis {
      values = List.copyOf(values);
    }
  }

  /** What a model must meet: a target's name, or constraints in place. */
  sealed interface Demand {
    record Named(Name target) implements Demand {}

    record Constraints(List<Constraint> all) implements Demand {
      public Constraints {
        all = List.copyOf(all);
      }
    }
  }

  /** {@code compress teacher for mcu using distill, prune minimize energy}. */
  record Compress(
      Value subject,
      Demand demand,
      List<Name> using,
      Optional<Name> objective,
      boolean maximize,
      Optional<Name> data,
      Optional<Value> effort,
      List<Setting> settings,
      Optional<Name> name,
      Span span)
      implements Statement {
    public Compress {
      using = List.copyOf(using);
      settings = List.copyOf(settings);
    }
  }

  /** {@code compare teacher, tiny by accuracy}. */
  record Compare(
      List<Name> models,
      Optional<Name> data,
      Optional<Demand> demand,
      Optional<Name> metric,
      List<Setting> settings,
      Optional<Name> name,
      Span span)
      implements Statement {
    public Compare {
      models = List.copyOf(models);
      settings = List.copyOf(settings);
    }
  }

  /** {@code expect accuracy of tiny at least 95%}. */
  record Expect(Name metric, Name subject, Bound bound, Span span) implements Statement {}

  /** {@code expect tiny meets edge}. */
  record Meets(Name subject, Name target, Span span) implements Statement {}

  /** {@code chart accuracy vs size of teacher, tiny}. */
  record Chart(
      Name y,
      Optional<Name> x,
      List<Name> subjects,
      Optional<Name> series,
      List<Setting> settings,
      Optional<Name> name,
      Span span)
      implements Statement {
    public Chart {
      subjects = List.copyOf(subjects);
      settings = List.copyOf(settings);
    }

    /** What it is called unless it is said. */
    public String heading() {
      return y.text()
          + x.map(other -> " vs " + other.text()).orElse("")
          + (subjects.size() == 1 ? " of " + subjects.get(0).text() : "");
    }
  }

  /** {@code show layers of ticket}; without {@code of}, the aspects are what is shown. */
  record Show(List<Name> aspects, List<Name> subjects, Span span) implements Statement {
    public Show {
      aspects = List.copyOf(aspects);
      subjects = List.copyOf(subjects);
    }
  }

  /** {@code report to "page.html"}. */
  record Report(Value.Text file, List<Setting> settings, Span span) implements Statement {
    public Report {
      settings = List.copyOf(settings);
    }
  }

  /** {@code export tiny to onnx "tiny.onnx"}. */
  record Export(
      Name subject, Optional<Name> format, Value.Text file, List<Setting> settings, Span span)
      implements Statement {
    public Export {
      settings = List.copyOf(settings);
    }
  }

  /** {@code note "text"}. */
  record Note(Value.Text text, Span span) implements Statement {}
}
