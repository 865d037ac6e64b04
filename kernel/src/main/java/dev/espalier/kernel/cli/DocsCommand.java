package dev.espalier.kernel.cli;

import dev.espalier.dsl.reference.Reference;
import dev.espalier.engine.EspalierException;
import dev.espalier.engine.WholeFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code espalier docs}. */
@Command(
    name = "docs",
    description = "Writes the reference of the language: a page for each verb, its words, codes.",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class)
final class DocsCommand implements Callable<Integer> {
  @Option(
      names = "--out",
      paramLabel = "FOLDER",
      description = "Where the pages go (default: ${DEFAULT-VALUE}).")
  private Path out = Path.of("espalier-reference");

  @Override
  public Integer call() {
    if (Files.exists(out) && !Files.isDirectory(out)) {
      throw EspalierException.program(
          "`" + out + "` is a file", "--out", "the pages need a folder", "name a folder");
    }
    Map<String, String> pages = Reference.pages();
    pages.forEach(
        (name, text) -> WholeFile.write(out.resolve(name), text.getBytes(StandardCharsets.UTF_8)));
    Terminal.system(true)
        .out()
        .println(pages.size() + " pages in " + out + ", from " + out.resolve("index.md"));
    return 0;
  }
}
