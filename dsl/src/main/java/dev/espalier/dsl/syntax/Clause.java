package dev.espalier.dsl.syntax;

import dev.espalier.dsl.Span;
import java.util.List;
import java.util.Optional;

/** What may follow an action, in any order. */
public sealed interface Clause {
  Span span();

  /** The word it begins with, as messages name it. */
  String word();

  record On(Name data, Span span) implements Clause {
    @Override
    public String word() {
      return "on";
    }
  }

  record For(Value goal, Span span) implements Clause {
    @Override
    public String word() {
      return "for";
    }
  }

  record With(List<Setting> settings, Span span) implements Clause {
    public With {
      settings = List.copyOf(settings);
    }

    @Override
    public String word() {
      return "with";
    }
  }

  /** {@code by magnitude}; a {@link Value.Call} or a {@link Value.Parameter}. */
  record By(Value method, Span span) implements Clause {
    @Override
    public String word() {
      return "by";
    }
  }

  record Via(List<Value> assistants, Span span) implements Clause {
    public Via {
      assistants = List.copyOf(assistants);
    }

    @Override
    public String word() {
      return "via";
    }
  }

  /** Layers by name or pattern. */
  record Except(List<Name> layers, Span span) implements Clause {
    public Except {
      layers = List.copyOf(layers);
    }

    @Override
    public String word() {
      return "except";
    }
  }

  record Globally(Span span) implements Clause {
    @Override
    public String word() {
      return "globally";
    }
  }

  /** {@code per channel}, {@code per layer { fc3 10% }}. */
  record Per(Name unit, List<LayerAmount> overrides, Span span) implements Clause {
    public Per {
      overrides = List.copyOf(overrides);
    }

    @Override
    public String word() {
      return "per";
    }
  }

  /** One layer's own amount. */
  record LayerAmount(Name layer, Value amount) {}

  /** {@code in 5 rounds of 2 epochs}. */
  record In(Value rounds, Optional<Value> each, Span span) implements Clause {
    @Override
    public String word() {
      return "in";
    }
  }

  record Rewind(Value.Call to, Span span) implements Clause {
    @Override
    public String word() {
      return "rewind";
    }
  }
}
