package dev.espalier.kernel.install;

import dev.espalier.dsl.syntax.Keywords;
import dev.espalier.engine.EngineVersion;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What makes Jupyter colour cells, made of the lexer's own words. */
final class Highlighter {
  /** What JupyterLab calls the extension. */
  static final String NAME = "espalier-highlighter";

  private Highlighter() {}

  /** The tokenizer: the declaration of {@code mode}. */
  static String mode() {
    return resource("mode.js")
        .replace("@VERBS@", words(Keywords.openings()))
        .replace("@JOINTS@", words(Keywords.reserved()))
        .replace("@OTHERS@", words(Keywords.others()));
  }

  private static String words(List<String> all) {
    return String.join(" ", all);
  }

  /** {@code kernel.js} beside {@code kernel.json}, which the classic notebook loads. */
  static String kernelScript() {
    return resource("kernel.js").replace("@MODE@", mode());
  }

  /** The files of the extension for JupyterLab and Notebook 7, by their path in its folder. */
  static Map<String, String> extension() {
    Map<String, String> files = new LinkedHashMap<>();
    files.put(
        "static/remoteEntry.js",
        resource("remoteEntry.js").replace("@MODE@", mode()).replace("@NAME@", NAME));
    files.put(
        "package.json",
        """
        {
          "name": "%s",
          "version": "%s",
          "description": "Colours Espalier.",
          "license": "Apache-2.0",
          "jupyterlab": {
            "extension": true,
            "_build": { "load": "static/remoteEntry.js", "extension": "./extension" }
          }
        }
        """
            .formatted(NAME, EngineVersion.CURRENT));
    return files;
  }

  private static String resource(String name) {
    try (InputStream in = Highlighter.class.getResourceAsStream(name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
