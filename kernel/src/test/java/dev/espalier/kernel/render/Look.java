package dev.espalier.kernel.render;

import dev.espalier.engine.run.Result;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** Writes every sample as text, page and picture to a folder, to be looked at. */
public final class Look {
  private Look() {}

  public static void main(String[] args) throws Exception {
    Path out = Files.createDirectories(Path.of(args[0]));
    StringBuilder page = new StringBuilder();
    StringBuilder text = new StringBuilder();
    for (Map.Entry<String, Result> sample : Samples.all().entrySet()) {
      page.append(Html.of(sample.getValue())).append("<hr>");
      text.append(Text.of(sample.getValue())).append('\n');
      if (sample.getValue() instanceof Result.ChartSpec chart) {
        Files.write(out.resolve(sample.getKey() + ".png"), Pictures.png(chart, 640, 400, 2));
        Files.writeString(out.resolve(sample.getKey() + ".svg"), Pictures.svg(chart, 640, 400));
      }
    }
    for (Map.Entry<String, Stages> sample : Samples.statements().entrySet()) {
      page.append(ProgressHtml.of(sample.getValue())).append("<hr>");
      text.append(ProgressText.of(sample.getValue())).append('\n');
    }
    for (String mode : new String[] {"light", "dark"}) {
      String colours = mode.equals("dark") ? "#111;color:#ddd" : "#fff;color:#111";
      Files.writeString(
          out.resolve(mode + ".html"),
          "<!DOCTYPE html><meta charset=utf-8><body style='font:14px sans-serif;background:"
              + colours
              + "'>"
              + page);
    }
    Files.writeString(out.resolve("all.txt"), text);
  }
}
