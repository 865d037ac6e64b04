package dev.espalier.dsl.syntax;

import dev.espalier.dsl.Span;
import java.util.List;
import java.util.Optional;

/**
 * What a stage of a pipeline does. A subject is a {@link Value.Call} or a {@link Value.Parameter};
 * it is absent where the model comes down the pipeline.
 */
public sealed interface Action {
  /** The verb and where it stands. */
  Name verb();

  List<Clause> clauses();

  record Train(Name verb, Optional<Value> subject, List<Clause> clauses) implements Action {
    public Train {
      clauses = List.copyOf(clauses);
    }
  }

  record Finetune(Name verb, Optional<Value> subject, List<Clause> clauses) implements Action {
    public Finetune {
      clauses = List.copyOf(clauses);
    }
  }

  record Distill(Name verb, List<Value> teachers, Value student, List<Clause> clauses)
      implements Action {
    public Distill {
      teachers = List.copyOf(teachers);
      clauses = List.copyOf(clauses);
    }
  }

  record Prune(Name verb, Optional<Value> subject, Amount amount, List<Clause> clauses)
      implements Action {
    public Prune {
      clauses = List.copyOf(clauses);
    }
  }

  /** {@code goal} is a {@link Value.Call} ({@code int8}) or a quantity ({@code 8 bits}). */
  record Quantize(Name verb, Optional<Value> subject, Value goal, List<Clause> clauses)
      implements Action {
    public Quantize {
      clauses = List.copyOf(clauses);
    }
  }

  record Factorize(Name verb, Optional<Value> subject, Value goal, List<Clause> clauses)
      implements Action {
    public Factorize {
      clauses = List.copyOf(clauses);
    }
  }

  /**
   * {@code recipe} is a {@link Value.Call}, a {@link Value.Parameter} or a {@link Value.Applied}.
   */
  record Apply(Name verb, Value recipe, Optional<Value> subject, List<Clause> clauses)
      implements Action {
    public Apply {
      clauses = List.copyOf(clauses);
    }
  }

  /** How much to prune. */
  sealed interface Amount {
    Span span();

    /** {@code 50%}, {@code 20% of remaining}, {@code 50% of channels}. */
    record Part(Value part, Optional<Name> of, Span span) implements Amount {}

    /** {@code 2:4}. */
    record Pattern(Value.Quantity kept, Value.Quantity group, Span span) implements Amount {}

    /** {@code to 40 KB and 0.1 MFLOP}, {@code to 50% of MACs}. */
    record Until(List<Budget> budgets, Span span) implements Amount {
      public Until {
        budgets = List.copyOf(budgets);
      }
    }

    /** {@code 40 KB}, {@code 50% of MACs}. */
    record Budget(Value most, Optional<Name> of, Span span) {}
  }
}
