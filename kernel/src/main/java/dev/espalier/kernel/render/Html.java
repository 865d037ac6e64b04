package dev.espalier.kernel.render;

import dev.espalier.engine.run.Result;
import dev.espalier.engine.run.Result.ChartSpec;
import dev.espalier.kernel.render.Block.Facts.Fact;
import dev.espalier.kernel.render.Block.Grid;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Results as HTML fragments that need nothing else: no script, no style sheet, nothing loaded. Text
 * takes its colour from the page and rules are half transparent, so that a fragment reads alike on
 * light and dark; where inline styles are stripped (GitHub), the structure alone still reads.
 */
public final class Html {
  /** Size in CSS pixels at which pictures are shown. */
  public static final int PICTURE_WIDTH = 640;

  /** See {@link #PICTURE_WIDTH}. */
  public static final int PICTURE_HEIGHT = 400;

  static final String RULE = "1px solid rgba(128,128,128,.35)";
  static final String SMALL = "font-weight:normal;font-size:85%;opacity:.75";

  /** Little, since a notebook keeps it for every cell of every table. */
  static final String BODY = "padding:.25em .7em;border:0;white-space:nowrap;";

  static final String CELL = BODY + "vertical-align:baseline;background:none;";

  private static final Pattern CODE = Pattern.compile("`([^`\n]+)`");

  /** How pictures get into a fragment. */
  enum Pictured {
    /** Pixels: the format that every notebook viewer shows. */
    PNG,
    /** Shapes, in an image of their own so that ids of two charts cannot meet. */
    SVG
  }

  private Html() {}

  /** The result, with charts as PNG. */
  public static String of(Result result) {
    return of(result, Pictured.PNG);
  }

  static String of(Result result, Pictured pictured) {
    return of(Blocks.of(result), pictured);
  }

  static String of(List<Block> blocks, Pictured pictured) {
    StringBuilder out = new StringBuilder("<div class=\"espalier\">\n");
    blocks(out, blocks, pictured);
    return out.append("</div>\n").toString();
  }

  /** The notes of a chart alone, for where its picture is shown by itself. */
  public static String notes(ChartSpec chart) {
    StringBuilder out = new StringBuilder("<div class=\"espalier\">");
    for (String note : chart.notes()) {
      out.append("<div style=\"font-size:85%;opacity:.75\">").append(escape(note)).append("</div>");
    }
    return out.append("</div>\n").toString();
  }

  /** As {@link #of(Result)}, with charts as SVG images: sharp at every size, for pages. */
  public static String forPage(Result result) {
    return of(result, Pictured.SVG);
  }

  /** Text that cannot become markup, in content or in a quoted attribute. */
  public static String escape(String text) {
    StringBuilder out = new StringBuilder(text.length() + 16);
    text.codePoints()
        .forEach(
            c -> {
              switch (c) {
                case '&' -> out.append("&amp;");
                case '<' -> out.append("&lt;");
                case '>' -> out.append("&gt;");
                case '"' -> out.append("&quot;");
                case '\'' -> out.append("&#39;");
                default -> out.appendCodePoint(allowed(c) ? c : 0xFFFD);
              }
            });
    return out.toString();
  }

  /** A sentence, with what stands between backquotes as code. */
  static String sentence(String text) {
    return CODE.matcher(escape(text)).replaceAll("<code>$1</code>");
  }

  /** Control characters, lone surrogates and what turns the reading direction are not shown. */
  private static boolean allowed(int c) {
    boolean control = Character.getType(c) == Character.CONTROL && c != '\n' && c != '\t';
    boolean turning = (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069);
    return !control && !turning && Character.getType(c) != Character.SURROGATE;
  }

  private static void blocks(StringBuilder out, List<Block> blocks, Pictured pictured) {
    String list = "";
    for (Block block : blocks) {
      String wanted =
          block instanceof Block.Finding
              ? "findings"
              : block instanceof Block.Remark ? "notes" : "";
      if (!list.equals(wanted)) {
        out.append(list.isEmpty() ? "" : "</ul>\n");
        if (!wanted.isEmpty()) {
          String look = wanted.equals("notes") ? ";font-size:85%;opacity:.75" : "";
          out.append("<ul style=\"margin:.4em 0;padding-left:1.4em").append(look).append("\">\n");
        }
        list = wanted;
      }
      append(out, block, pictured);
    }
    out.append(list.isEmpty() ? "" : "</ul>\n");
  }

  private static void append(StringBuilder out, Block block, Pictured pictured) {
    if (block instanceof Block.Heading h) {
      out.append("<p style=\"margin:.4em 0\">");
      if (!h.subject().isEmpty()) {
        out.append("<strong>").append(escape(h.subject())).append("</strong>");
      }
      if (!h.aside().isEmpty()) {
        out.append(h.subject().isEmpty() ? "" : " ");
        out.append("<span style=\"opacity:.75\">").append(escape(h.aside())).append("</span>");
      }
      out.append("</p>\n");
    } else if (block instanceof Block.Line l) {
      out.append("<p style=\"margin:.2em 0\">").append(sentence(l.text())).append("</p>\n");
    } else if (block instanceof Block.Facts f) {
      facts(out, f.facts());
    } else if (block instanceof Grid g) {
      GridHtml.append(out, g);
    } else if (block instanceof Block.Finding f) {
      out.append("<li>").append(sentence(f.text())).append("</li>\n");
    } else if (block instanceof Block.Remark r) {
      out.append("<li>").append(sentence(r.text())).append("</li>\n");
    } else if (block instanceof Block.Decision d) {
      edge(out, d.decided() ? "#0072B2" : "#8a8a8a");
      out.append("<strong>Verdict:</strong> ").append(sentence(d.text())).append("</p>\n");
    } else if (block instanceof Block.Outcome o) {
      edge(out, o.passed() ? "#009E73" : "#D55E00");
      out.append("<strong>").append(o.passed() ? "✓ passed" : "✗ failed").append("</strong> ");
      out.append("<code>").append(escape(o.text())).append("</code></p>\n");
      facts(out, o.facts());
      if (!o.explanation().isBlank()) {
        out.append("<p style=\"margin:.2em 0\">")
            .append(sentence(o.explanation()))
            .append("</p>\n");
      }
    } else if (block instanceof Block.Prose p) {
      out.append(Markdown.html(p.markdown()));
    } else if (block instanceof Block.Picture p) {
      picture(out, p.chart(), pictured);
    }
  }

  private static void edge(StringBuilder out, String colour) {
    out.append("<p style=\"margin:.5em 0;padding:.15em .7em;border-left:4px solid ");
    out.append(colour).append("\">");
  }

  private static void facts(StringBuilder out, List<Fact> facts) {
    out.append("<table style=\"border-collapse:collapse;margin:.3em 0\">\n");
    for (Fact f : facts) {
      out.append("<tr><th style=\"").append(CELL).append("text-align:left;").append(SMALL);
      out.append("\">").append(escape(f.label())).append("</th><td style=\"");
      out.append(CELL.replace("nowrap", "normal")).append("text-align:left\">");
      out.append(escape(f.value())).append("</td></tr>\n");
    }
    out.append("</table>\n");
  }

  private static void picture(StringBuilder out, ChartSpec chart, Pictured pictured) {
    int w = PICTURE_WIDTH;
    int h = PICTURE_HEIGHT;
    out.append("<p style=\"margin:.4em 0\"><img width=\"").append(w).append("\" alt=\"");
    out.append(escape(chart.title() + ": " + chart.y().title() + " over " + chart.x().title()));
    out.append("\" style=\"max-width:100%;height:auto;background:#fff\" src=\"data:");
    Base64.Encoder base64 = Base64.getEncoder();
    if (pictured == Pictured.SVG) {
      byte[] svg = Pictures.svg(chart, w, h).getBytes(StandardCharsets.UTF_8);
      out.append("image/svg+xml;base64,").append(base64.encodeToString(svg));
    } else {
      byte[] png = Pictures.png(chart, w, h, 2);
      out.append("image/png;base64,").append(base64.encodeToString(png));
    }
    out.append("\"></p>\n");
  }
}
