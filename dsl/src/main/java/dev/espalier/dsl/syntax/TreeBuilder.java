package dev.espalier.dsl.syntax;

import dev.espalier.dsl.Span;
import dev.espalier.dsl.syntax.Splitter.Sentence;
import dev.espalier.grammar.EspalierLexer;
import dev.espalier.grammar.EspalierParser;
import dev.espalier.grammar.EspalierParser.*;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.antlr.v4.runtime.CommonToken;
import org.antlr.v4.runtime.CommonTokenStream;
import org.antlr.v4.runtime.DefaultErrorStrategy;
import org.antlr.v4.runtime.ListTokenSource;
import org.antlr.v4.runtime.Parser;
import org.antlr.v4.runtime.ParserRuleContext;
import org.antlr.v4.runtime.RecognitionException;
import org.antlr.v4.runtime.Token;
import org.antlr.v4.runtime.atn.ATN;
import org.antlr.v4.runtime.atn.ATNState;
import org.antlr.v4.runtime.atn.PredictionMode;
import org.antlr.v4.runtime.atn.RuleStopState;
import org.antlr.v4.runtime.atn.RuleTransition;
import org.antlr.v4.runtime.atn.Transition;
import org.antlr.v4.runtime.misc.ParseCancellationException;
import org.antlr.v4.runtime.tree.TerminalNode;

/** Parses one sentence and builds its tree. */
final class TreeBuilder {
  /** The sentence does not parse: the furthest token reached, as an index of its tokens. */
  record Refused(int at) {}

  private final Layout layout;

  TreeBuilder(Layout layout) {
    this.layout = layout;
  }

  /** A {@link Statement} or a {@link Refused}. */
  Object parse(Sentence sentence) {
    Object tree = parse(sentence.tokens());
    return tree instanceof OneStatementContext one ? statement(one.statement()) : tree;
  }

  /** What could stand at token {@code at} instead, in words, joints of the sentence first. */
  List<String> expected(Sentence sentence, int at) {
    Set<String> out = new LinkedHashSet<>();
    Token previous = at > 0 ? sentence.tokens().get(at - 1) : null;
    boolean nameFits = fits(sentence, at, EspalierLexer.IDENTIFIER, "x");
    boolean unit =
        previous != null
            && (previous.getType() == EspalierLexer.NUMBER
                || previous.getType() == EspalierLexer.PERCENT);
    for (int type = 1; type <= EspalierLexer.VOCABULARY.getMaxTokenType(); type++) {
      String literal = EspalierLexer.VOCABULARY.getLiteralName(type);
      Piece.Shape shape = Layout.shape(type);
      // A sentence may always end, and a minus belongs to a number.
      if (type == EspalierLexer.SEMI || type == EspalierLexer.MINUS) {
        continue;
      }
      boolean joint =
          shape == Piece.Shape.RESERVED
              || shape == Piece.Shape.SIGN
              || !nameFits && literal != null;
      if (joint && fits(sentence, at, type, "x")) {
        out.add(
            switch (type) {
              case EspalierLexer.AT_LEAST -> "`at least`";
              case EspalierLexer.AT_MOST -> "`at most`";
              default -> "`" + literal.substring(1, literal.length() - 1) + "`";
            });
      }
    }
    if (nameFits) {
      out.add(unit ? "a unit" : "a name");
    }
    if (fits(sentence, at, EspalierLexer.NUMBER, "1")) {
      out.add("a number");
    }
    if (fits(sentence, at, EspalierLexer.STRING, "\"\"")) {
      out.add("a text in quotes");
    }
    return List.copyOf(out);
  }

  // ---- what may follow

  /**
   * A rule that is being read.
   *
   * @param follow where reading goes on after it
   * @param start index of its first token
   */
  private record Frame(ATNState follow, int rule, int start, Frame under) {}

  /** One way to have read the tokens so far. */
  private record Reading(ATNState state, Frame frame) {}

  /**
   * Everything that may follow the beginning of a sentence, with the rules that would read it: all
   * ways through the grammar are walked side by side. Empty when the beginning itself does not fit.
   */
  static List<Continuation> continuations(List<Token> beginning) {
    Set<Continuation> out = new LinkedHashSet<>();
    for (Reading reading : readings(beginning)) {
      List<Continuation.Rule> rules = rules(reading.frame());
      for (Transition t : reading.state().getTransitions()) {
        if (!t.isEpsilon() && t.label() != null) {
          t.label().toList().stream()
              .flatMap(type -> continuation(type, rules).stream())
              .forEach(out::add);
        }
      }
    }
    return List.copyOf(out);
  }

  /** Whether some sentence begins so. */
  static boolean begins(List<Token> beginning) {
    return !readings(beginning).isEmpty();
  }

  private static Set<Reading> readings(List<Token> beginning) {
    ATN atn = EspalierParser._ATN;
    Frame sentence = new Frame(null, EspalierParser.RULE_oneStatement, 0, null);
    Set<Reading> readings =
        closure(
            List.of(new Reading(atn.ruleToStartState[EspalierParser.RULE_oneStatement], sentence)),
            0);
    for (int i = 0; i < beginning.size(); i++) {
      int type = beginning.get(i).getType();
      List<Reading> next = new ArrayList<>();
      for (Reading reading : readings) {
        for (Transition t : reading.state().getTransitions()) {
          if (!t.isEpsilon() && t.matches(type, 1, atn.maxTokenType)) {
            next.add(new Reading(t.target, reading.frame()));
          }
        }
      }
      readings = closure(next, i + 1);
    }
    return readings;
  }

  /** The readings before a token that can be reached without reading one. */
  private static Set<Reading> closure(List<Reading> from, int at) {
    Deque<Reading> open = new ArrayDeque<>(from);
    Set<Reading> seen = new HashSet<>(from);
    Set<Reading> out = new LinkedHashSet<>();
    while (!open.isEmpty()) {
      Reading reading = open.pop();
      Frame frame = reading.frame();
      List<Reading> next = new ArrayList<>();
      if (reading.state() instanceof RuleStopState) {
        if (frame.under() != null) {
          next.add(new Reading(frame.follow(), frame.under()));
        }
      } else {
        for (Transition t : reading.state().getTransitions()) {
          if (t instanceof RuleTransition rule) {
            next.add(
                new Reading(rule.target, new Frame(rule.followState, rule.ruleIndex, at, frame)));
          } else if (t.isEpsilon()) {
            next.add(new Reading(t.target, frame));
          } else {
            out.add(reading);
          }
        }
      }
      for (Reading one : next) {
        if (seen.add(one)) {
          open.push(one);
        }
      }
    }
    return out;
  }

  private static List<Continuation.Rule> rules(Frame frame) {
    List<Continuation.Rule> out = new ArrayList<>();
    for (Frame f = frame; f != null; f = f.under()) {
      out.add(new Continuation.Rule(EspalierParser.ruleNames[f.rule()], f.start()));
    }
    Collections.reverse(out);
    return out;
  }

  private static Optional<Continuation> continuation(int type, List<Continuation.Rule> rules) {
    boolean name = rules.get(rules.size() - 1).is("nonReserved");
    Continuation.Form form =
        switch (type) {
          case EspalierLexer.IDENTIFIER -> Continuation.Form.NAME;
          case EspalierLexer.NUMBER -> Continuation.Form.NUMBER;
          case EspalierLexer.PARAM -> Continuation.Form.PARAMETER;
          case EspalierLexer.STRING -> Continuation.Form.TEXT;
          default -> Continuation.Form.WORD;
        };
    if (form != Continuation.Form.WORD) {
      return Optional.of(new Continuation(form, "", rules));
    }
    String literal =
        switch (type) {
          case EspalierLexer.AT_LEAST -> "'at least'";
          case EspalierLexer.AT_MOST -> "'at most'";
          default -> EspalierLexer.VOCABULARY.getLiteralName(type);
        };
    // Verbs in the place of a name are one possible name of many.
    return name || literal == null || !Character.isLetter(literal.charAt(1))
        ? Optional.empty()
        : Optional.of(new Continuation(form, literal.substring(1, literal.length() - 1), rules));
  }

  private boolean fits(Sentence sentence, int at, int type, String text) {
    List<Token> trial = new ArrayList<>(sentence.tokens().subList(0, at));
    trial.add(new CommonToken(type, text));
    Object result = parse(trial);
    return !(result instanceof Refused refused) || refused.at() > at;
  }

  private static Object parse(List<Token> tokens) {
    CommonToken end = new CommonToken(Token.EOF, "");
    Token last = tokens.get(tokens.size() - 1);
    end.setStartIndex(last.getStopIndex() + 1);
    end.setStopIndex(last.getStopIndex());
    List<Token> all = new ArrayList<>(tokens);
    all.add(end);
    CommonTokenStream stream = new CommonTokenStream(new ListTokenSource(all));
    EspalierParser parser = new EspalierParser(stream);
    parser.removeErrorListeners();
    parser.setErrorHandler(new Strict());
    parser.getInterpreter().setPredictionMode(PredictionMode.SLL);
    try {
      return parser.oneStatement();
    } catch (FirstMistake sll) {
      stream.seek(0);
      parser.reset();
      parser.getInterpreter().setPredictionMode(PredictionMode.LL);
      try {
        return parser.oneStatement();
      } catch (FirstMistake ll) {
        return new Refused(ll.at);
      }
    }
  }

  /** Thrown at the first token that fits nowhere; nothing is inserted or deleted to go on. */
  private static final class FirstMistake extends ParseCancellationException {
    private static final long serialVersionUID = 1L;
    final int at;

    FirstMistake(Token token) {
      this.at = token.getTokenIndex();
    }

    @Override
    public synchronized Throwable fillInStackTrace() {
      return this;
    }
  }

  private static final class Strict extends DefaultErrorStrategy {
    @Override
    public void reportError(Parser recognizer, RecognitionException e) {
      throw new FirstMistake(e.getOffendingToken());
    }

    @Override
    public void recover(Parser recognizer, RecognitionException e) {
      throw new FirstMistake(e.getOffendingToken());
    }

    @Override
    public Token recoverInline(Parser recognizer) {
      throw new FirstMistake(recognizer.getCurrentToken());
    }

    @Override
    public void sync(Parser recognizer) {}
  }

  // ---- statements

  private Statement statement(StatementContext c) {
    if (c.version() != null) {
      return new Statement.Version(number(c.version().NUMBER()), span(c));
    } else if (c.include() != null) {
      return new Statement.Include(text(c.include().file()), span(c));
    } else if (c.data() != null) {
      return data(c.data());
    } else if (c.model() != null) {
      return model(c.model());
    } else if (c.target() != null) {
      TargetContext t = c.target();
      return new Statement.Target(
          name(t.name()),
          Optional.ofNullable(t.call()).map(this::call),
          t.constraint().stream().map(this::constraint).toList(),
          span(c));
    } else if (c.recipe() != null) {
      RecipeContext r = c.recipe();
      return new Statement.Recipe(
          name(r.name()),
          r.PARAM().stream().map(this::parameter).toList(),
          r.step().stream().map(this::stage).toList(),
          span(c));
    } else if (c.let() != null) {
      return new Statement.Let(name(c.let().name()), value(c.let().value()), span(c));
    } else if (c.set() != null) {
      return new Statement.Set(settings(c.set().settings()), span(c));
    } else if (c.pipeline() != null) {
      return new Statement.Pipeline(
          c.pipeline().step().stream().map(this::stage).toList(), span(c));
    } else if (c.sweep() != null) {
      return sweep(c.sweep());
    } else if (c.compress() != null) {
      return compress(c.compress());
    } else if (c.compare() != null) {
      return compare(c.compare());
    } else if (c.expect() != null) {
      ExpectContext e = c.expect();
      return e.MEETS() != null
          ? new Statement.Meets(name(e.name(0)), name(e.name(1)), span(c))
          : new Statement.Expect(name(e.name(0)), name(e.name(1)), bound(e.bound()), span(c));
    } else if (c.chart() != null) {
      return chart(c.chart());
    } else if (c.show() != null) {
      return show(c.show());
    } else if (c.report() != null) {
      return new Statement.Report(
          text(c.report().file()), settings(c.report().settings()), span(c));
    } else if (c.export() != null) {
      ExportContext e = c.export();
      return new Statement.Export(
          name(e.name(0)),
          Optional.ofNullable(e.format).map(this::name),
          text(e.file()),
          settings(e.settings()),
          span(c));
    } else {
      TerminalNode t = c.note().TEXT() != null ? c.note().TEXT() : c.note().STRING();
      return new Statement.Note(text(t), span(c));
    }
  }

  private Statement data(DataContext c) {
    Statement.DataOrigin origin;
    if (c.dataSource() instanceof FileSourceContext f) {
      origin =
          new Statement.DataOrigin.Files(
              Optional.of(name(f.format)), f.file().stream().map(this::text).toList());
    } else if (c.dataSource() instanceof FileByExtensionContext f) {
      origin = new Statement.DataOrigin.Files(Optional.empty(), List.of(text(f.file())));
    } else {
      origin =
          new Statement.DataOrigin.BuiltIn(call(((BuiltinSourceContext) c.dataSource()).call()));
    }
    return new Statement.Data(
        name(c.name()), origin, c.dataClause().stream().map(this::dataClause).toList(), span(c));
  }

  private Statement.DataClause dataClause(DataClauseContext c) {
    if (c.SPLIT() != null) {
      return new Statement.DataClause.SplitInto(
          c.NUMBER().stream().map(this::number).toList(), span(c));
    } else if (c.TAKE() != null) {
      return new Statement.DataClause.Take(quantity(c.quantity()), span(c));
    } else if (c.NORMALIZE() != null) {
      return new Statement.DataClause.Normalize(span(c));
    } else if (c.AUGMENT() != null) {
      return new Statement.DataClause.Augment(c.call().stream().map(this::call).toList(), span(c));
    } else {
      return new Statement.DataClause.With(settings(c.settings()), span(c));
    }
  }

  private Statement model(ModelContext c) {
    Statement.ModelBody body;
    if (c.IS() != null) {
      body = new Statement.ModelBody.Is(call(c.call()), settings(c.settings()));
    } else if (c.FROM() != null) {
      body =
          new Statement.ModelBody.From(
              Optional.ofNullable(c.format).map(this::name),
              text(c.file()),
              settings(c.settings()));
    } else {
      body = new Statement.ModelBody.Block(layers(c.layerBlock()), span(c.layerBlock()));
    }
    return new Statement.Model(name(c.name(0)), body, span(c));
  }

  private List<Statement.Layer> layers(LayerBlockContext c) {
    return c.layer().stream().map(this::layer).toList();
  }

  private Statement.Layer layer(LayerContext c) {
    if (c.call() != null) {
      return new Statement.Layer.Single(
          call(c.call()), Optional.ofNullable(c.name(0)).map(this::name), span(c));
    }
    return new Statement.Layer.Nested(
        name(c.name(0)),
        layers(c.layerBlock()),
        Optional.ofNullable(c.name(1)).map(this::name),
        span(c));
  }

  private Statement.Constraint constraint(ConstraintContext c) {
    return new Statement.Constraint(name(c.name()), bound(c.bound()));
  }

  private Statement.Bound bound(BoundContext c) {
    return c.WITHIN() != null
        ? new Statement.Bound.Within(quantity(c.quantity()), name(c.name()), span(c))
        : new Statement.Bound.Limit(
            c.op.getType() == EspalierLexer.AT_LEAST, value(c.value()), span(c));
  }

  private Statement.Demand demand(ConstraintsContext c) {
    return c.name() != null
        ? new Statement.Demand.Named(name(c.name()))
        : new Statement.Demand.Constraints(c.constraint().stream().map(this::constraint).toList());
  }

  private Statement sweep(SweepContext c) {
    return new Statement.Sweep(
        c.axis().stream()
            .map(
                a ->
                    new Statement.Axis(
                        name(a.name()),
                        a.value().stream().map(this::value).toList(),
                        a.TO() != null))
            .toList(),
        c.statement().stream().map(this::statement).toList(),
        settings(c.settings()),
        Optional.ofNullable(c.name()).map(this::name),
        span(c));
  }

  private Statement compress(CompressContext c) {
    List<Name> using = new ArrayList<>();
    Optional<Name> objective = Optional.empty();
    Optional<Name> data = Optional.empty();
    Optional<Name> as = Optional.empty();
    int before = 0;
    for (var child : c.children) {
      if (child instanceof TerminalNode t && t.getSymbol().getType() != EspalierLexer.COMMA) {
        before = t.getSymbol().getType();
      } else if (child instanceof NameContext n) {
        switch (before) {
          case EspalierLexer.USING -> using.add(name(n));
          case EspalierLexer.ON -> data = Optional.of(name(n));
          case EspalierLexer.AS -> as = Optional.of(name(n));
          default -> objective = Optional.of(name(n));
        }
      }
    }
    return new Statement.Compress(
        subject(c.subject()),
        demand(c.constraints()),
        using,
        objective,
        c.MAXIMIZE() != null,
        data,
        Optional.ofNullable(c.goal()).map(this::goal),
        settings(c.settings()),
        as,
        span(c));
  }

  private Statement compare(CompareContext c) {
    List<Name> models = new ArrayList<>();
    Optional<Name> data = Optional.empty();
    Optional<Name> metric = Optional.empty();
    Optional<Name> as = Optional.empty();
    int before = 0;
    for (var child : c.children) {
      if (child instanceof TerminalNode t) {
        before = t.getSymbol().getType();
      } else if (child instanceof NameContext n) {
        switch (before) {
          case EspalierLexer.ON -> data = Optional.of(name(n));
          case EspalierLexer.BY -> metric = Optional.of(name(n));
          case EspalierLexer.AS -> as = Optional.of(name(n));
          default -> models.add(name(n));
        }
      }
    }
    return new Statement.Compare(
        models,
        data,
        Optional.ofNullable(c.constraints()).map(this::demand),
        metric,
        settings(c.settings()),
        as,
        span(c));
  }

  private Statement chart(ChartContext c) {
    List<Name> subjects = new ArrayList<>();
    Optional<Name> x = Optional.empty();
    Optional<Name> series = Optional.empty();
    Optional<Name> as = Optional.empty();
    int before = 0;
    for (var child : c.children) {
      if (child instanceof TerminalNode t) {
        before = t.getSymbol().getType();
      } else if (child instanceof NameContext n) {
        switch (before) {
          case EspalierLexer.VS -> x = Optional.of(name(n));
          case EspalierLexer.BY -> series = Optional.of(name(n));
          case EspalierLexer.AS -> as = Optional.of(name(n));
          case EspalierLexer.CHART -> {}
          default -> subjects.add(name(n));
        }
      }
    }
    return new Statement.Chart(
        name(c.name(0)), x, subjects, series, settings(c.settings()), as, span(c));
  }

  private Statement show(ShowContext c) {
    List<Name> aspects = new ArrayList<>();
    List<Name> subjects = new ArrayList<>();
    boolean of = false;
    for (var child : c.children) {
      if (child instanceof TerminalNode t) {
        of |= t.getSymbol().getType() == EspalierLexer.OF;
      } else if (child instanceof NameContext n) {
        (of ? subjects : aspects).add(name(n));
      }
    }
    return new Statement.Show(aspects, subjects, span(c));
  }

  // ---- pipelines

  private Statement.Stage stage(StepContext c) {
    return new Statement.Stage(
        action(c.action()), Optional.ofNullable(c.name()).map(this::name), span(c));
  }

  private Action action(ActionContext a) {
    Name verb = new Name(a.start.getText(), layout.span(a.start));
    if (a instanceof TrainContext c) {
      return new Action.Train(
          verb, optional(c.subject()), c.trainClause().stream().map(this::clause).toList());
    } else if (a instanceof FinetuneContext c) {
      return new Action.Finetune(
          verb, optional(c.subject()), c.trainClause().stream().map(this::clause).toList());
    } else if (a instanceof DistillContext c) {
      return new Action.Distill(
          verb,
          c.subjects() == null ? List.of() : subjects(c.subjects()),
          subject(c.subject()),
          c.distillClause().stream().map(this::clause).toList());
    } else if (a instanceof PruneContext c) {
      return new Action.Prune(
          verb,
          optional(c.subject()),
          amount(c.pruneAmount()),
          c.pruneClause().stream().map(this::clause).toList());
    } else if (a instanceof QuantizeContext c) {
      List<Clause> clauses = new ArrayList<>();
      int names = 0;
      for (int i = 0; i < c.children.size(); i++) {
        if (c.children.get(i) instanceof ShrinkClauseContext s) {
          clauses.add(clause(s));
        } else if (c.children.get(i) instanceof TerminalNode t
            && t.getSymbol().getType() == EspalierLexer.PER) {
          Name unit = name(c.name(names++));
          clauses.add(new Clause.Per(unit, List.of(), layout.span(t.getSymbol()).to(unit.span())));
        }
      }
      return new Action.Quantize(
          verb, optional(c.subject()), goalOrCall(c.goal(), c.call()), clauses);
    } else if (a instanceof FactorizeContext c) {
      return new Action.Factorize(
          verb,
          optional(c.subject()),
          goalOrCall(c.goal(), c.call()),
          c.shrinkClause().stream().map(this::clause).toList());
    } else {
      ApplyContext c = (ApplyContext) a;
      List<Clause> with =
          c.settings() == null
              ? List.of()
              : List.of(
                  new Clause.With(
                      settings(c.settings()),
                      layout.span(c.WITH().getSymbol()).to(span(c.settings()))));
      return new Action.Apply(verb, applied(c.applied()), optional(c.subject()), with);
    }
  }

  private Action.Amount amount(PruneAmountContext c) {
    if (c.COLON() != null) {
      return new Action.Amount.Pattern(number(c.NUMBER(0)), number(c.NUMBER(1)), span(c));
    } else if (c.TO() != null) {
      return new Action.Amount.Until(
          c.budget().stream()
              .map(
                  b ->
                      new Action.Amount.Budget(
                          goal(b.goal()), Optional.ofNullable(b.name()).map(this::name), span(b)))
              .toList(),
          span(c));
    }
    return new Action.Amount.Part(
        goal(c.goal()), Optional.ofNullable(c.name()).map(this::name), span(c));
  }

  private Clause clause(TrainClauseContext c) {
    if (c.ON() != null) {
      return new Clause.On(name(c.name()), span(c));
    } else if (c.FOR() != null) {
      return new Clause.For(goal(c.goal()), span(c));
    }
    return new Clause.With(settings(c.settings()), span(c));
  }

  private Clause clause(DistillClauseContext c) {
    if (c.trainClause() != null) {
      return clause(c.trainClause());
    } else if (c.BY() != null) {
      return new Clause.By(method(c.method()), span(c));
    }
    return new Clause.Via(subjects(c.subjects()), span(c));
  }

  private Clause clause(ShrinkClauseContext c) {
    if (c.trainClause() != null) {
      return clause(c.trainClause());
    } else if (c.BY() != null) {
      return new Clause.By(method(c.method()), span(c));
    }
    return new Clause.Except(c.layerRef().stream().map(this::layerRef).toList(), span(c));
  }

  private Clause clause(PruneClauseContext c) {
    if (c.shrinkClause() != null) {
      return clause(c.shrinkClause());
    } else if (c.GLOBALLY() != null) {
      return new Clause.Globally(span(c));
    } else if (c.PER() != null) {
      List<Clause.LayerAmount> overrides =
          c.overrides() == null
              ? List.of()
              : c.overrides().override().stream()
                  .map(o -> new Clause.LayerAmount(layerRef(o.layerRef()), goal(o.goal())))
                  .toList();
      return new Clause.Per(name(c.name()), overrides, span(c));
    } else if (c.IN() != null) {
      return new Clause.In(
          goal(c.goal(0)), Optional.ofNullable(c.goal(1)).map(this::goal), span(c));
    }
    return new Clause.Rewind(call(c.call()), span(c));
  }

  private Value goalOrCall(GoalContext goal, CallContext call) {
    return goal != null ? goal(goal) : call(call);
  }

  private Value method(MethodContext c) {
    return c.call() != null ? call(c.call()) : parameter(c.PARAM());
  }

  private Value applied(AppliedContext c) {
    if (c.call() != null) {
      return call(c.call());
    }
    Value.Parameter recipe = parameter(c.PARAM());
    return c.LPAREN() == null
        ? recipe
        : new Value.Applied(recipe, arguments(c.argument()), span(c));
  }

  private Optional<Value> optional(SubjectContext c) {
    return Optional.ofNullable(c).map(this::subject);
  }

  private Value subject(SubjectContext c) {
    return c.call() != null ? call(c.call()) : parameter(c.PARAM());
  }

  private List<Value> subjects(SubjectsContext c) {
    return c.subject().stream().map(this::subject).toList();
  }

  private Name layerRef(LayerRefContext c) {
    if (c.name() != null) {
      return name(c.name());
    }
    Value.Text text = text(c.STRING());
    return new Name(text.text(), text.span());
  }

  // ---- values

  private List<Setting> settings(SettingsContext c) {
    return c == null
        ? List.of()
        : c.setting().stream().map(s -> new Setting(name(s.name()), value(s.value()))).toList();
  }

  private Value value(ValueContext c) {
    if (c.quantity() != null) {
      return quantity(c.quantity());
    } else if (c.PARAM() != null) {
      return parameter(c.PARAM());
    } else if (c.STRING() != null) {
      return text(c.STRING());
    } else if (c.call() != null) {
      return call(c.call());
    }
    return new Value.ListOf(c.value().stream().map(this::value).toList(), span(c));
  }

  private Value.Call call(CallContext c) {
    return new Value.Call(name(c.name()), arguments(c.argument()), c.LPAREN() != null, span(c));
  }

  private List<Value.Argument> arguments(List<ArgumentContext> written) {
    return written.stream()
        .map(
            a ->
                new Value.Argument(Optional.ofNullable(a.name()).map(this::name), value(a.value())))
        .toList();
  }

  private Value goal(GoalContext c) {
    return c.quantity() != null ? quantity(c.quantity()) : parameter(c.PARAM());
  }

  private Value.Quantity quantity(QuantityContext c) {
    String digits = (c.MINUS() != null ? "-" : "") + c.NUMBER().getText();
    return new Value.Quantity(
        digits,
        Double.parseDouble(digits.replace("_", "")),
        c.PERCENT() != null,
        Optional.ofNullable(c.unit()).map(u -> new Name(u.getText(), span(u))),
        span(c));
  }

  private Value.Quantity number(TerminalNode t) {
    String digits = t.getText();
    return new Value.Quantity(
        digits,
        Double.parseDouble(digits.replace("_", "")),
        false,
        Optional.empty(),
        layout.span(t.getSymbol()));
  }

  private Value.Parameter parameter(TerminalNode t) {
    return new Value.Parameter(t.getText().substring(1), layout.span(t.getSymbol()));
  }

  private Value.Text text(FileContext c) {
    return text(c.STRING());
  }

  private Value.Text text(TerminalNode t) {
    String raw = t.getText();
    String inner =
        t.getSymbol().getType() == EspalierLexer.TEXT
            // The same text whether the file came by way of Windows or not.
            ? raw.substring(3, raw.length() - 3).replace("\r\n", "\n")
            : unescaped(raw.substring(1, raw.length() - 1));
    return new Value.Text(inner, layout.span(t.getSymbol()));
  }

  /** A backslash before n and t makes a line end and a tab; before anything else, that itself. */
  private static String unescaped(String s) {
    if (s.indexOf('\\') < 0) {
      return s;
    }
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < s.length(); i++) {
      char c = s.charAt(i);
      if (c == '\\' && i + 1 < s.length()) {
        char next = s.charAt(++i);
        out.append(next == 'n' ? '\n' : next == 't' ? '\t' : next);
      } else {
        out.append(c);
      }
    }
    return out.toString();
  }

  private Name name(NameContext c) {
    return new Name(c.getText(), span(c));
  }

  private Span span(ParserRuleContext c) {
    return layout.span(c.start).to(layout.span(c.stop));
  }
}
