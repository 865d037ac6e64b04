package dev.espalier.kernel.cli;

import dev.espalier.kernel.lsp.LanguageServer;
import java.io.OutputStream;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** {@code espalier lsp}. */
@Command(
    name = "lsp",
    description = {
      "Serves editors over standard input and output (Language Server Protocol); an editor starts"
          + " this.",
      "Mistakes as you type, completion, explanations, formatting, definitions, renaming, fixes."
    },
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class)
final class LspCommand implements Callable<Integer> {
  @Override
  public Integer call() {
    OutputStream out = System.out;
    // Whatever else prints must not get into the protocol.
    System.setOut(System.err);
    return LanguageServer.serve(System.in, out);
  }
}
