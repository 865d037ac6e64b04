package dev.espalier.engine.study;

import dev.espalier.engine.run.Result;
import dev.espalier.engine.run.Result.Cell;
import dev.espalier.engine.run.Result.Column;
import dev.espalier.engine.run.Result.Row;
import java.math.BigDecimal;

/** A table as a page of HTML that needs nothing else: plain numbers in base units. */
final class HtmlTable {
  private HtmlTable() {}

  static String of(Result.TableResult table) {
    StringBuilder out = new StringBuilder("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n");
    out.append("<meta charset=\"utf-8\">\n<title>").append(escape(table.title()));
    out.append("</title>\n<style>\n");
    out.append("body { font-family: sans-serif; margin: 2em; }\n");
    out.append("table { border-collapse: collapse; font-variant-numeric: tabular-nums; }\n");
    out.append("th, td { padding: .2em .8em .2em 0; text-align: left; vertical-align: top; }\n");
    out.append("th { border-bottom: 1px solid; }\n.number { text-align: right; }\n");
    out.append("</style>\n</head>\n<body>\n<table>\n<caption>").append(escape(table.title()));
    out.append("</caption>\n<thead>\n<tr>");
    for (Column column : table.columns()) {
      out.append("<th scope=\"col\">").append(escape(column.title()));
      if (!column.detail().isEmpty()) {
        out.append("<br><small>").append(escape(column.detail())).append("</small>");
      }
      out.append("</th>");
    }
    out.append("</tr>\n</thead>\n<tbody>\n");
    for (Row row : table.rows()) {
      out.append("<tr>");
      row.cells().forEach(cell -> cell(out, cell));
      out.append("</tr>\n");
    }
    out.append("</tbody>\n</table>\n");
    table.findings().forEach(f -> out.append("<p>").append(escape(f)).append("</p>\n"));
    table.notes().forEach(n -> out.append("<p><small>").append(escape(n)).append("</small></p>\n"));
    return out.append("</body>\n</html>\n").toString();
  }

  private static void cell(StringBuilder out, Cell cell) {
    if (cell instanceof Cell.Number n) {
      out.append("<td class=\"number\">").append(number(n.figure().value()));
      if (n.figure().hasInterval()) {
        out.append("<br><small>").append(number(n.figure().low())).append(" to ");
        out.append(number(n.figure().high())).append("</small>");
      }
      out.append("</td>");
    } else {
      out.append("<td>").append(cell instanceof Cell.Text t ? escape(t.text()) : "");
      out.append("</td>");
    }
  }

  private static String number(double v) {
    if (!Double.isFinite(v)) {
      return Double.toString(v);
    }
    return v == Math.rint(v) && Math.abs(v) < 1e15
        ? Long.toString((long) v)
        : new BigDecimal(v)
            .round(new java.math.MathContext(6))
            .stripTrailingZeros()
            .toPlainString();
  }

  private static String escape(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }
}
