package dev.espalier.kernel.jupyter;

import dev.espalier.dsl.Diagnostic;
import dev.espalier.dsl.Messages;
import dev.espalier.dsl.Step;
import dev.espalier.engine.Model;
import dev.espalier.engine.Progress;
import dev.espalier.engine.run.Result;
import dev.espalier.kernel.render.Curves;
import dev.espalier.kernel.render.Html;
import dev.espalier.kernel.render.Pictures;
import dev.espalier.kernel.render.ProgressHtml;
import dev.espalier.kernel.render.ProgressText;
import dev.espalier.kernel.render.Stage;
import dev.espalier.kernel.render.Stages;
import dev.espalier.kernel.render.Text;
import java.util.Optional;

/**
 * Results as notebooks show and keep them: tables as HTML, charts as PNG and SVG (a chart that only
 * a script draws is lost when the notebook is saved), all with text beside them.
 */
final class ScreenRendering implements Rendering {
  /** In CSS pixels: what every training leaves behind, and nobody asked for, is small. */
  private static final int CURVE_WIDTH = 480;

  private static final int CURVE_HEIGHT = 300;

  @Override
  public Bundle result(Result result) {
    Bundle text = Bundle.text(Text.of(result).stripTrailing());
    if (result instanceof Result.ChartSpec chart) {
      return picture(text, chart, Html.PICTURE_WIDTH, Html.PICTURE_HEIGHT);
    }
    if (result instanceof Result.NoteResult note) {
      return text.with("text/markdown", note.markdown());
    }
    return text.html(Html.of(result));
  }

  /** The notes under a chart say how its figures were come by; a bare picture would lose them. */
  @Override
  public Optional<Bundle> beneath(Result result) {
    return result instanceof Result.ChartSpec chart && !chart.notes().isEmpty()
        ? Optional.of(Bundle.text(String.join("\n", chart.notes())).html(Html.notes(chart)))
        : Optional.empty();
  }

  @Override
  public Optional<Bundle> curve(String name, Model model) {
    return Curves.of(name, model)
        .map(
            chart ->
                picture(
                    Bundle.text(Text.of(chart).stripTrailing()), chart, CURVE_WIDTH, CURVE_HEIGHT));
  }

  /** PNG alone: every viewer shows it, and a notebook with both formats is several times larger. */
  private static Bundle picture(Bundle text, Result.ChartSpec chart, int width, int height) {
    return text.png(Pictures.png(chart, width, height, 2), width, height);
  }

  @Override
  public String diagnostic(Diagnostic diagnostic) {
    return Messages.format(diagnostic);
  }

  @Override
  public Running running() {
    Stages stages = new Stages();
    return new Running() {
      @Override
      public void begin(Step step) {
        stages.begin(step);
      }

      @Override
      public void on(Progress.Event event) {
        stages.on(event);
      }

      @Override
      public void made(Result.ModelResult result) {
        stages.made(result);
      }

      @Override
      public void end(boolean stopped, String told) {
        stages.end(stopped ? Stage.State.STOPPED : Stage.State.BROKE, told);
      }

      @Override
      public Bundle bundle() {
        return Bundle.text(ProgressText.of(stages).stripTrailing()).html(ProgressHtml.of(stages));
      }
    };
  }
}
