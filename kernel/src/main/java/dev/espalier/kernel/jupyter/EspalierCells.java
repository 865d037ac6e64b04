package dev.espalier.kernel.jupyter;

import static dev.espalier.kernel.jupyter.CellFailure.BOLD;
import static dev.espalier.kernel.jupyter.CellFailure.PLAIN;

import dev.espalier.dsl.Diagnostic;
import dev.espalier.dsl.Source;
import dev.espalier.dsl.Step;
import dev.espalier.engine.EspalierException;
import dev.espalier.engine.Progress;
import dev.espalier.engine.run.Result;
import dev.espalier.kernel.report.ReportPage;
import dev.espalier.kernel.report.Transcript;
import dev.espalier.kernel.session.Host;
import dev.espalier.kernel.session.Stop;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** Runs Espalier cells and shows what they give. */
final class EspalierCells {
  /** How Java looks where Espalier cannot: it only words a hint, it never decides what runs. */
  private static final Pattern JAVA =
      Pattern.compile(
          "(?m)^\\s*(import\\s+[\\w.*]+;"
              + "|(public|private|static|final|class|record|interface|enum|void)\\b.*[{(;]"
              + "|(int|long|double|float|boolean|char|var|String|List<.*>|Map<.*>)\\s+\\w+\\s*[=;].*"
              + "|(System|Math|Arrays|List|Map|Files|Path)\\.\\w+\\(?.*"
              + "|(for|while|if)\\s*\\(.*"
              + "|.*\\w\\(.*\\);\\s*$"
              + "|//.*)");

  private final Cells cells;
  private final Rendering rendering;

  /** What the cells did, for reports: the newest run of each sentence. */
  private final Map<String, Done> done = new LinkedHashMap<>();

  /** Results hold models; a notebook that runs for days must not keep them all. */
  private static final int MOST_DONE = 200;

  /** The first ones are read; the rest would only make the notebook large. */
  private static final int MOST_MISTAKES = 30;

  private record Done(Step step, Result result) {}

  EspalierCells(Cells cells, Rendering rendering) {
    this.cells = cells;
    this.rendering = rendering;
  }

  /**
   * Runs a cell.
   *
   * @return what its last step gave; empty without a step
   * @throws CellFailure when the program is wrong, breaks, is stopped, or an expectation failed
   */
  Optional<Result> execute(Outlet outlet, int number, String code) throws CellFailure {
    return execute(outlet, Source.cell(number, code));
  }

  /** As {@link #execute(Outlet, int, String)}, for a program of another name. */
  Optional<Result> execute(Outlet outlet, Source source) throws CellFailure {
    Screen screen = new Screen(outlet);
    int exit;
    try {
      exit = cells.execute(source, screen);
    } catch (Progress.Cancelled e) {
      screen.endLive(e);
      throw CellFailure.interrupted("");
    } catch (RuntimeException e) {
      screen.endLive(outlet.stopped() ? new Progress.Cancelled() : e);
      if (outlet.stopped()) {
        throw CellFailure.interrupted("");
      }
      throw broke(Optional.empty(), e);
    } catch (Error e) {
      screen.endLive(e);
      throw e;
    }
    if (exit == 0 && screen.failure == null) {
      return Optional.ofNullable(screen.last);
    }
    if (outlet.stopped() || screen.failure instanceof Progress.Cancelled) {
      throw screen.failure instanceof Stop stop
          ? CellFailure.interrupted(stop.what(), screen.toldBeside ? "" : stop.kept())
          : CellFailure.interrupted("");
    }
    if (!screen.mistakes.isEmpty()) {
      throw wrong(screen.mistakes, source.text(), outlet.toJava());
    }
    if (screen.failure != null) {
      throw broke(Optional.ofNullable(screen.failedStep), screen.failure);
    }
    if (!screen.unmet.isEmpty()) {
      throw unmet(screen.unmet, screen.checks);
    }
    throw new CellFailure(
        "Failed", "the cell ended with code " + exit, List.of("the cell ended with code " + exit));
  }

  private CellFailure wrong(List<Diagnostic> mistakes, String code, String toJava) {
    List<String> lines = new ArrayList<>();
    for (Diagnostic mistake : mistakes.subList(0, Math.min(MOST_MISTAKES, mistakes.size()))) {
      lines.addAll(coloured(rendering.diagnostic(mistake).stripTrailing()));
      lines.add("");
    }
    if (mistakes.size() > MOST_MISTAKES) {
      lines.add("and " + (mistakes.size() - MOST_MISTAKES) + " more mistakes");
      lines.add("");
    }
    if (JAVA.matcher(code).find()) {
      lines.add("this looks like Java: " + toJava);
    } else {
      lines.remove(lines.size() - 1);
    }
    Diagnostic first = mistakes.get(0);
    return new CellFailure(first.code(), first.title(), lines);
  }

  private static List<String> coloured(String text) {
    List<String> lines = new ArrayList<>(Arrays.asList(text.split("\n", -1)));
    lines.set(0, BOLD + lines.get(0) + PLAIN);
    return lines;
  }

  private static CellFailure unmet(List<Result.Check> unmet, int checks) {
    String title =
        unmet.size()
            + " of "
            + checks
            + (checks == 1 ? " expectation" : " expectations")
            + " failed";
    List<String> lines = new ArrayList<>();
    lines.add(BOLD + title + PLAIN);
    for (Result.Check check : unmet) {
      lines.add("  " + check.text());
      check.explanation().lines().forEach(line -> lines.add("    " + line));
    }
    return new CellFailure("ExpectationFailed", title, lines);
  }

  private static CellFailure broke(Optional<Step> step, RuntimeException failure) {
    List<String> lines = new ArrayList<>();
    String where =
        step.map(
                s -> {
                  String before = s.source().text().substring(0, s.span().start());
                  return s.source().name()
                      + ", line "
                      + (1 + before.chars().filter(c -> c == '\n').count());
                })
            .orElse("");
    if (failure instanceof EspalierException known) {
      lines.addAll(coloured(known.getMessage()));
      step.ifPresent(s -> lines.add("  in: " + s.sentence().strip() + " (" + where + ")"));
      return new CellFailure(
          known.blame() == EspalierException.Blame.PROGRAM ? "ProgramError" : "RunError",
          known.what(),
          lines);
    }
    String title = failure.getMessage() == null ? "" : failure.getMessage();
    lines.add(BOLD + failure.getClass().getName() + PLAIN + (title.isEmpty() ? "" : ": " + title));
    step.ifPresent(s -> lines.add("  in: " + s.sentence().strip() + " (" + where + ")"));
    lines.add("This is a fault of Espalier or of a library, not of the program:");
    Arrays.stream(failure.getStackTrace()).limit(20).forEach(f -> lines.add("  at " + f));
    return new CellFailure(failure.getClass().getName(), title, lines);
  }

  /** A cell that would not end runs on by itself from now on. */
  void leftBehind() {
    cells.leftBehind();
  }

  private synchronized void remember(Step step, Result result) {
    if (result instanceof Result.ReportRequest) {
      return;
    }
    // A sentence with several steps has one key a step.
    String key = step.sentence() + "\n" + step.operation().getClass() + step.name();
    done.remove(key);
    done.put(key, new Done(step, result));
    if (done.size() > MOST_DONE) {
      done.remove(done.keySet().iterator().next());
    }
  }

  private synchronized Result report(Result.ReportRequest asked) {
    Transcript transcript = new Transcript();
    done.values().forEach(d -> transcript.result(d.step(), d.result()));
    return ReportPage.write(
        asked.file(),
        asked.title(),
        transcript,
        "Run the cells of the notebook again, in their order.",
        Clock.systemUTC());
  }

  /** Shows one cell's events and results, in the order in which they come. */
  private final class Screen implements Host {
    private final Outlet outlet;
    final List<Diagnostic> mistakes = new ArrayList<>();
    final List<Result.Check> unmet = new ArrayList<>();
    int checks;
    RuntimeException failure;
    Step failedStep;
    Result last;
    private Live live;

    /** Whether the display says what there is of a stopped step; the error need not repeat it. */
    boolean toldBeside;

    /** Whether an epoch ran in the running statement: then there is a curve worth a look. */
    private boolean trained;

    Screen(Outlet outlet) {
      this.outlet = outlet;
    }

    @Override
    public void diagnostic(Diagnostic diagnostic) {
      if (diagnostic.isError()) {
        mistakes.add(diagnostic);
      } else {
        outlet.warn(rendering.diagnostic(diagnostic).stripTrailing());
      }
    }

    @Override
    public void begin(Step step) {
      if (live == null || !live.holds(step)) {
        live = new Live(outlet, rendering.running(), step);
        trained = false;
      }
      live.begin(step);
    }

    @Override
    public void on(Progress.Event event) {
      trained |= event instanceof Progress.Event.EpochEnded;
      if (live != null) {
        live.on(event);
      }
    }

    @Override
    public void result(Step step, Result given) {
      outlet.flush();
      Result result = given instanceof Result.ReportRequest asked ? report(asked) : given;
      remember(step, given);
      last = result;
      if (result instanceof Result.ModelResult made && !step.pipeline().isEmpty()) {
        model(step, made);
        return;
      }
      Bundle bundle = rendering.result(result);
      if (live != null && live.shown()) {
        live.become(bundle);
      } else {
        outlet.publish("display_data", bundle.content(""));
      }
      rendering
          .beneath(result)
          .ifPresent(notes -> outlet.publish("display_data", notes.content("")));
      live = null;
      List<Result.Check> outcomes =
          result instanceof Result.Check check
              ? List.of(check)
              : result instanceof Result.Checks all
                  ? all.all()
                  : result instanceof Result.NothingFound none ? none.closest().all() : List.of();
      checks += outcomes.size();
      outcomes.stream().filter(c -> !c.passed()).forEach(unmet::add);
    }

    /** A pipeline's display stays until its last step is done; its curve follows it. */
    private void model(Step step, Result.ModelResult made) {
      live.made(made);
      Step.Stage last = step.pipeline().get(step.pipeline().size() - 1);
      if (last.operation() != step.operation()) {
        return;
      }
      if (trained) {
        rendering
            .curve(made.name(), made.model())
            .ifPresent(curve -> outlet.publish("display_data", curve.content("")));
      }
      live = null;
    }

    @Override
    public void failed(Step step, RuntimeException cause) {
      endLive(cause);
      if (failure == null) {
        failure = cause;
        failedStep = step;
      }
    }

    void endLive(Throwable cause) {
      if (live != null) {
        boolean stopped = cause instanceof Progress.Cancelled;
        toldBeside = live.shown();
        // The step's own line says where it was stopped.
        live.end(stopped, cause instanceof Stop stop ? stop.kept() : "");
        live = null;
        if (cause instanceof Stop stop) {
          stop.reached()
              .flatMap(made -> rendering.curve(made.name(), made.model()))
              .ifPresent(curve -> outlet.publish("display_data", curve.content("")));
        }
      }
    }

    @Override
    public boolean cancelled() {
      return outlet.stopped();
    }
  }
}
