package dev.espalier.kernel.render;

import dev.espalier.dsl.Step;
import dev.espalier.engine.Progress;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * The running step as text: one line that is written over on a terminal, or, where lines stay, a
 * line an epoch (for long trainings a line a quarter).
 */
public final class ProgressText {
  private static final int BAR = 20;
  private static final long REDRAW_NANOS = 80_000_000;
  private static final int EPOCHS_LISTED = 12;
  private static final String ERASE = "\r\u001b[K";

  private final Consumer<String> out;
  private final boolean inPlace;
  private final int width;
  private final LongSupplier nanos;
  private Stages stages = new Stages();
  private boolean drawn;
  private long drawnAt;
  private int quarter;

  /**
   * @param out takes pieces of text; flushes each
   * @param inPlace whether lines may be written over
   * @param width of the terminal, in characters
   * @param nanos a clock, as {@link System#nanoTime}
   */
  public ProgressText(Consumer<String> out, boolean inPlace, int width, LongSupplier nanos) {
    this.out = out;
    this.inPlace = inPlace;
    this.width = width;
    this.nanos = nanos;
  }

  /** A step begins; {@code fresh} when it is the first of its statement. */
  public synchronized void begin(Step step, boolean fresh) {
    if (fresh) {
      stages = new Stages();
    }
    stages.begin(step);
  }

  /** Shows an event. */
  public synchronized void on(Progress.Event event) {
    Stage before = stages.running();
    stages.on(event);
    boolean inside = !before.verb().isEmpty() && !stages.running().verb().isEmpty();
    if (event instanceof Progress.Event.Finished e) {
      if (!inside) {
        clear();
        ended(e, before);
      }
    } else if (event instanceof Progress.Event.Stopped) {
      clear();
    } else if (inPlace) {
      long now = nanos.getAsLong();
      if (!drawn || now - drawnAt >= REDRAW_NANOS || event instanceof Progress.Event.EpochEnded) {
        out.accept(ERASE + line(stages.running(), width));
        drawn = true;
        drawnAt = now;
      }
    } else if (!(event instanceof Progress.Event.Started && inside)) {
      plain(event);
    }
  }

  /** A stage without a name gets no result of its own; its line says that it is done. */
  private void ended(Progress.Event.Finished event, Stage before) {
    if (event.cached() || before.verb().isEmpty() || !before.name().isEmpty()) {
      return;
    }
    List<Stage> all = stages.all();
    for (int i = 0; i + 1 < all.size(); i++) {
      Stage next = all.get(i + 1);
      if (all.get(i).state() == Stage.State.DONE && next.state() == Stage.State.WAITING) {
        out.accept(Text.clean(sentence(all.get(i))) + "\n");
      }
    }
  }

  /** Takes the line away, so that something else can be written. */
  public synchronized void clear() {
    if (drawn) {
      out.accept(ERASE);
      drawn = false;
    }
  }

  private void plain(Progress.Event event) {
    Stage now = stages.running();
    if (event instanceof Progress.Event.Started) {
      quarter = 0;
      out.accept(Text.clean(now.title()) + " …\n");
      return;
    }
    if (event instanceof Progress.Event.Resumed e) {
      out.accept("  goes on after epoch " + e.done().size() + " of " + e.epochs() + "\n");
      quarter = (int) Math.floor(now.fraction() * 4 + 1e-9);
      return;
    }
    int reached = (int) Math.floor(now.fraction() * 4 + 1e-9);
    boolean nextQuarter = reached > quarter;
    if (event instanceof Progress.Event.EpochEnded e) {
      if (e.epochs() <= EPOCHS_LISTED || nextQuarter) {
        quarter = reached;
        out.accept("  " + Text.clean(facts(now)) + "\n");
      }
    } else if (event instanceof Progress.Event.Runs) {
      if (nextQuarter) {
        quarter = reached;
        out.accept("  " + Text.clean(facts(now)) + "\n");
      }
    } else if (event instanceof Progress.Event.Amount a) {
      if (a.done() <= 0 || reached < quarter) {
        quarter = 0;
      } else if (nextQuarter) {
        quarter = reached;
        out.accept("  " + Text.clean(facts(now)) + "\n");
      }
    }
  }

  private static String facts(Stage stage) {
    return (stage.what().isEmpty() ? "" : stage.what() + ": ") + String.join(", ", stage.facts());
  }

  /** All steps of a statement, a line each, and what the user is told at the end. */
  public static String of(Stages stages) {
    StringBuilder text = new StringBuilder();
    for (Stage stage : stages.all()) {
      text.append(Text.clean(sentence(stage))).append('\n');
      if (!stage.effect().isBlank()) {
        text.append("    ").append(Text.clean(stage.effect())).append('\n');
      }
    }
    if (!stages.note().isEmpty()) {
      text.append(Text.clean(stages.note())).append('\n');
    }
    return text.toString();
  }

  /** {@code ✓ train teacher: 6 epochs, loss 0.0431, validation 98.20%, 12.3 s}. */
  private static String sentence(Stage stage) {
    String facts = String.join(", ", stage.facts());
    return stage.state().sign() + " " + stage.title() + (facts.isEmpty() ? "" : ": " + facts);
  }

  /** One line of at most {@code width} characters: a bar, and what else fits. */
  public static String line(Stage stage, int width) {
    StringBuilder line = new StringBuilder(Text.clean(stage.title()));
    if (!Double.isNaN(stage.fraction())) {
      int full = (int) Math.round(stage.fraction() * BAR);
      line.append("  ").append("━".repeat(full)).append("╌".repeat(BAR - full));
    }
    stage.facts().forEach(fact -> line.append("  ").append(fact));
    // A line as wide as the terminal would wrap and could no longer be taken away.
    int room = Math.max(10, width - 1);
    if (line.codePointCount(0, line.length()) > room) {
      line.setLength(line.offsetByCodePoints(0, room - 1));
      line.append('…');
    }
    return line.toString();
  }
}
