package dev.espalier.kernel.render;

import dev.espalier.kernel.render.Stages.Point;
import java.util.List;
import java.util.Locale;
import java.util.function.DoubleFunction;

/**
 * How a training goes, as a small drawing inside a page: the loss, and the accuracy beside it. Its
 * colours are those of the page, so that it reads alike on light and dark.
 */
final class CurveSvg {
  private static final int WIDTH = 230;
  private static final int HEIGHT = 64;
  private static final int LEFT = 54;
  private static final int TOP = 16;
  private static final int BOTTOM = 6;
  private static final int GAP = 24;

  private CurveSvg() {}

  /**
   * The drawing; empty while there is no line to draw.
   *
   * @param epochs how long the whole training is
   */
  static String of(List<Point> losses, List<Point> accuracies, int epochs) {
    int panels = (losses.size() > 1 ? 1 : 0) + (accuracies.size() > 1 ? 1 : 0);
    if (panels == 0 || epochs < 1) {
      return "";
    }
    int width = panels * WIDTH + (panels - 1) * GAP;
    StringBuilder out = new StringBuilder();
    out.append("<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" aria-label=\"");
    out.append(Html.escape(label(losses, accuracies))).append("\" width=\"").append(width);
    out.append("\" height=\"").append(HEIGHT).append("\" viewBox=\"0 0 ").append(width);
    out.append(' ').append(HEIGHT);
    out.append("\" style=\"display:block;max-width:100%;margin:.4em 0\" fill=\"none\"");
    out.append(" font-size=\"10\" font-family=\"sans-serif\">");
    int x = 0;
    if (losses.size() > 1) {
      panel(out, x, "loss", losses, epochs, Figures::loss, "var(--jp-warn-color1,#D55E00)");
      x += WIDTH + GAP;
    }
    if (accuracies.size() > 1) {
      panel(
          out,
          x,
          "validation",
          accuracies,
          epochs,
          Figures::percentage,
          "var(--jp-brand-color1,#1F83C4)");
    }
    return out.append("</svg>").toString();
  }

  private static String label(List<Point> losses, List<Point> accuracies) {
    String loss =
        losses.size() > 1
            ? "loss from "
                + Figures.loss(losses.get(0).value())
                + " to "
                + Figures.loss(losses.get(losses.size() - 1).value())
            : "";
    String accuracy =
        accuracies.size() > 1
            ? "validation accuracy from "
                + Figures.percentage(accuracies.get(0).value())
                + " to "
                + Figures.percentage(accuracies.get(accuracies.size() - 1).value())
            : "";
    return loss + (loss.isEmpty() || accuracy.isEmpty() ? "" : ", ") + accuracy;
  }

  private static void panel(
      StringBuilder out,
      int x,
      String title,
      List<Point> points,
      int epochs,
      DoubleFunction<String> format,
      String colour) {
    double low = points.stream().mapToDouble(Point::value).min().orElse(0);
    double high = points.stream().mapToDouble(Point::value).max().orElse(1);
    double range = high > low ? high - low : 1;
    int bottom = HEIGHT - BOTTOM;
    int left = x + LEFT;
    text(out, left, 9, "start", title + " over " + epochs + " epochs");
    text(out, left - 4, TOP + 8, "end", format.apply(high));
    if (high > low) {
      text(out, left - 4, bottom, "end", format.apply(low));
    }
    out.append("<path d=\"M").append(left).append(' ').append(TOP).append('V').append(bottom);
    out.append('H').append(x + WIDTH);
    out.append("\" stroke=\"currentColor\" stroke-opacity=\".35\"/>");
    out.append("<polyline stroke-width=\"1.5\" stroke-linejoin=\"round\" style=\"stroke:");
    out.append(colour).append("\" points=\"");
    String separator = "";
    for (Point point : points) {
      double px = left + Math.min(1, point.epochs() / epochs) * (WIDTH - LEFT);
      double py = bottom - (point.value() - low) / range * (bottom - TOP);
      out.append(separator).append(number(px)).append(',').append(number(py));
      separator = " ";
    }
    out.append("\"/>");
  }

  private static void text(StringBuilder out, int x, int y, String anchor, String text) {
    out.append("<text x=\"").append(x).append("\" y=\"").append(y).append("\" text-anchor=\"");
    out.append(anchor).append("\" fill=\"currentColor\" fill-opacity=\".75\">");
    out.append(Html.escape(text)).append("</text>");
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, "%.1f", value);
  }
}
