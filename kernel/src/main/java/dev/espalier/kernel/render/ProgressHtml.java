package dev.espalier.kernel.render;

import java.util.Locale;

/**
 * The steps of a statement as an HTML fragment: while it runs, to be replaced by the next one; at
 * the end, what stays. The table alone tells everything, for viewers that strip styles and
 * drawings.
 */
public final class ProgressHtml {
  private static final String CELL =
      "padding:.1em .6em .1em 0;vertical-align:top;border:0;background:none;text-align:left;";
  private static final String SMALL = "font-size:85%;opacity:.75";
  private static final String DONE = "color:var(--jp-success-color1,#2E8B57)";
  private static final String ENDED = "color:var(--jp-error-color1,#D55E00)";

  private ProgressHtml() {}

  /** The steps with what is known of each, and a bar and the curves of the running one. */
  public static String of(Stages stages) {
    StringBuilder out = new StringBuilder();
    out.append("<div class=\"espalier\" style=\"margin:.4em 0;max-width:52em\">\n");
    out.append("<table style=\"border-collapse:collapse;border:0;margin:0\"><tbody>\n");
    for (Stage stage : stages.all()) {
      row(out, stage);
    }
    out.append("</tbody></table>\n");
    Stage running = stages.running();
    if (!running.verb().isEmpty()) {
      String curves = CurveSvg.of(stages.losses(), stages.accuracies(), running.epochs());
      out.append(curves).append(curves.isEmpty() ? "" : "\n");
    }
    if (!stages.note().isEmpty()) {
      out.append("<p style=\"margin:.3em 0\">").append(Html.sentence(stages.note()));
      out.append("</p>\n");
    }
    return out.append("</div>\n").toString();
  }

  private static void row(StringBuilder out, Stage stage) {
    boolean faint = stage.state() == Stage.State.WAITING || stage.state() == Stage.State.NOT_RUN;
    String colour =
        switch (stage.state()) {
          case DONE, CACHED -> DONE;
          case STOPPED, BROKE -> ENDED;
          default -> "";
        };
    out.append("<tr style=\"background:none").append(faint ? ";opacity:.6" : "").append("\">");
    out.append("<td align=\"left\" style=\"").append(CELL).append(colour).append("\">");
    out.append(stage.state().sign()).append("</td><td align=\"left\" style=\"").append(CELL);
    out.append("white-space:nowrap\"><strong>").append(Html.escape(stage.title()));
    out.append("</strong></td><td align=\"left\" style=\"").append(CELL);
    out.append("font-variant-numeric:tabular-nums\">");
    out.append(Html.escape(String.join(" · ", stage.facts())));
    if (stage.state() == Stage.State.RUNNING) {
      bar(out, stage.fraction());
    }
    if (!stage.effect().isBlank()) {
      out.append("<br><span style=\"").append(SMALL).append("\">");
      out.append(Html.escape(stage.effect())).append("</span>");
    }
    out.append("</td></tr>\n");
  }

  private static void bar(StringBuilder out, double fraction) {
    if (Double.isNaN(fraction)) {
      return;
    }
    String percent = String.format(Locale.ROOT, "%.1f", fraction * 100);
    out.append("<div role=\"progressbar\" aria-valuemin=\"0\" aria-valuemax=\"100\"");
    out.append(" aria-valuenow=\"").append(percent).append("\" style=\"height:5px;width:26em;");
    out.append("max-width:100%;margin:.25em 0;border-radius:3px;background:rgba(128,128,128,.25)");
    out.append("\"><div style=\"height:5px;border-radius:3px;");
    out.append("background:var(--jp-brand-color1,#1F83C4);width:").append(percent);
    out.append("%\"></div></div>");
  }
}
