package dev.espalier.kernel.cli;

import dev.espalier.dsl.Diagnostic;
import dev.espalier.dsl.Espalier;
import dev.espalier.dsl.Scope;
import dev.espalier.dsl.Source;
import dev.espalier.dsl.format.Formatter;
import dev.espalier.dsl.syntax.Syntax;
import dev.espalier.engine.Environment;
import dev.espalier.engine.EspalierException;
import dev.espalier.engine.WholeFile;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Lays programs out: loads no native library and touches no store. */
final class FormatFiles {
  /** A program would change. */
  private static final int CHANGES = 1;

  private static final String STANDARD_INPUT = "-";

  private final boolean checkOnly;
  private final boolean fix;
  private final InputStream input;
  private final Terminal terminal;

  FormatFiles(boolean checkOnly, boolean fix, InputStream input, Terminal terminal) {
    this.checkOnly = checkOnly;
    this.fix = fix;
    this.input = input;
    this.terminal = terminal;
  }

  /**
   * Lays out each file by itself.
   *
   * @return 2 when one could not be read or holds statements that do not parse, which are left as
   *     they are; else 1 when one would change and nothing is to be written; else 0
   */
  int format(List<String> names) {
    int exit = 0;
    for (String name : names) {
      try {
        for (String file : files(name)) {
          exit = Math.max(exit, one(file));
        }
      } catch (EspalierException e) {
        Messages.show(terminal, e);
        boolean wrong = e.blame() == EspalierException.Blame.PROGRAM;
        exit = Math.max(exit, wrong ? Main.WRONG : Main.BROKE);
      }
    }
    return exit;
  }

  private int one(String name) {
    boolean standard = name.equals(STANDARD_INPUT);
    Source source = standard ? ScriptFile.read("standard input", input) : ScriptFile.read(name);
    int exit = 0;
    String text = source.text();
    if (fix) {
      text = Espalier.mended(source, Scope.empty(Environment.standard()));
    }
    Source mended = new Source(source.name(), text, source.file());
    List<Syntax.Item> items = Syntax.read(mended);
    List<Diagnostic> mistakes =
        items.stream()
            .filter(Syntax.Item.Refused.class::isInstance)
            .flatMap(i -> ((Syntax.Item.Refused) i).mistakes().stream())
            .toList();
    if (!mistakes.isEmpty()) {
      mistakes.forEach(d -> Messages.show(terminal, d));
      exit = Main.WRONG;
      if (items.stream().noneMatch(Syntax.Item.Parsed.class::isInstance)) {
        terminal.err().println(source.name() + ": no statement parses; left as it is");
        if (standard && !checkOnly) {
          write(source.text());
        }
        return exit;
      }
      terminal.err().println(source.name() + ": what does not parse was left as it is");
    }
    String formatted = Formatter.format(mended);
    if (checkOnly) {
      if (!formatted.equals(source.text())) {
        terminal.out().println(source.name() + ": would change");
        exit = Math.max(exit, CHANGES);
      }
    } else if (standard) {
      write(formatted);
    } else if (!formatted.equals(source.text())) {
      replace(source.file().orElseThrow(), formatted);
      String how = text.equals(source.text()) ? "formatted" : "mended and formatted";
      terminal.out().println(source.name() + ": " + how);
    }
    return exit;
  }

  /** To standard output, in UTF-8 as programs are, whatever the terminal's encoding. */
  private void write(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    terminal.out().write(bytes, 0, bytes.length);
    terminal.out().flush();
  }

  /** Writes a file in place of the old one: where a link leads, with the same permissions. */
  private static void replace(Path file, String text) {
    try {
      Path real = file.toRealPath();
      PosixFileAttributeView view = Files.getFileAttributeView(real, PosixFileAttributeView.class);
      Set<PosixFilePermission> permissions =
          view == null ? null : view.readAttributes().permissions();
      WholeFile.write(real, text.getBytes(StandardCharsets.UTF_8));
      if (permissions != null) {
        Files.setPosixFilePermissions(real, permissions);
      }
    } catch (IOException e) {
      throw WholeFile.failure(file, e);
    }
  }

  /** A file's name itself; of a folder, the programs in it and in folders that are not hidden. */
  private static List<String> files(String name) {
    if (name.equals(STANDARD_INPUT) || !isFolder(name)) {
      return List.of(name);
    }
    Path top = Path.of(name);
    List<String> found = new ArrayList<>();
    try {
      Files.walkFileTree(
          top,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes a) {
              boolean hidden =
                  !folder.equals(top) && folder.getFileName().toString().startsWith(".");
              return hidden ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes a) {
              if (a.isRegularFile() && file.getFileName().toString().endsWith(".esp")) {
                found.add(file.toString());
              }
              return FileVisitResult.CONTINUE;
            }
          });
    } catch (IOException | UncheckedIOException e) {
      throw EspalierException.program(
          "`" + name + "` cannot be read", "", String.valueOf(e.getMessage()), "", e);
    }
    if (found.isEmpty()) {
      throw EspalierException.program(
          "there is no program in `" + name + "`", "", "no file in it ends in .esp", "");
    }
    found.sort(null);
    return found;
  }

  private static boolean isFolder(String name) {
    try {
      return Files.isDirectory(Path.of(name));
    } catch (java.nio.file.InvalidPathException e) {
      return false;
    }
  }
}
