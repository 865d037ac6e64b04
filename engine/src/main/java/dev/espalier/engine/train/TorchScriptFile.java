package dev.espalier.engine.train;

import dev.espalier.engine.EspalierException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/** The outer form of TorchScript files, which plain Java can see. */
public final class TorchScriptFile {
  /** Bytes that a program's text may take beyond the file's own size: 64 MB. */
  private static final long MOST_TEXT = 64L << 20;

  private TorchScriptFile() {}

  /**
   * Looks whether a file has the form of a TorchScript program: a zip with its code, constants and
   * weights, no bomb.
   *
   * @throws EspalierException when it has not
   */
  public static void check(Path file) {
    if (!Files.isRegularFile(file)) {
      throw EspalierException.program(
          Files.exists(file) ? "cannot read a model here" : "there is no such file",
          file.toString(),
          "",
          "name a file that torch.jit.save wrote");
    }
    boolean constants = false;
    boolean values = false;
    boolean code = false;
    try (ZipFile zip = new ZipFile(file.toFile())) {
      long whole = Files.size(file);
      long unpacked = 0;
      var entries = zip.entries();
      while (entries.hasMoreElements()) {
        ZipEntry entry = entries.nextElement();
        String name = entry.getName();
        String part = name.substring(name.indexOf('/') + 1);
        constants |= part.equals("constants.pkl");
        values |= part.equals("data.pkl");
        code |= part.startsWith("code/");
        // Weights lie there as they are; only the program's text is compressed.
        unpacked += Math.max(0, entry.getSize());
        if (unpacked > whole + MOST_TEXT) {
          throw no(file, "unpacked it is larger than weights and a program can be", null);
        }
      }
    } catch (IOException | IllegalArgumentException e) {
      throw no(file, "it is no zip file: " + e.getMessage(), e);
    }
    if (!constants || !values || !code) {
      throw no(
          file,
          values
              ? "it holds weights only (a state_dict), and no program"
              : "it lacks the parts that torch.jit.save writes",
          null);
    }
  }

  private static EspalierException no(Path file, String why, Exception cause) {
    return EspalierException.program(
        "this is no TorchScript program",
        file.toString(),
        why,
        "write one in Python: torch.jit.script(model).save(\"teacher.pt\")",
        cause);
  }
}
