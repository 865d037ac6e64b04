package dev.espalier.kernel.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.espalier.kernel.cli.Launch.Ended;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code fmt}. */
class FormatFilesTest {
  private static final String LOOSE = "language   1\ndata d from glyphs;show d\n";
  private static final String TIDY = "language 1\ndata d from glyphs\nshow d\n";

  @TempDir Path folder;

  private Ended fmt(boolean check, boolean fix, String input, Path... files) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    Terminal terminal =
        new Terminal(
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            false,
            false,
            80);
    List<String> names =
        files.length == 0 ? List.of("-") : Arrays.stream(files).map(Path::toString).toList();
    int exit =
        new FormatFiles(
                check,
                fix,
                new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)),
                terminal)
            .format(names);
    return new Ended(
        exit, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }

  private Path file(String name, String text) throws Exception {
    return Files.writeString(folder.resolve(name), text);
  }

  @Test
  void whatChangedIsNamedAndWritten() throws Exception {
    Path loose = file("loose.esp", LOOSE);
    Path tidy = file("tidy.esp", TIDY);
    Ended ended = fmt(false, false, "", loose, tidy);
    assertEquals(new Ended(0, loose + ": formatted\n", ""), ended);
    assertEquals(TIDY, Files.readString(loose));
    assertEquals(new Ended(0, "", ""), fmt(false, false, "", loose, tidy));
    try (var list = Files.list(folder)) {
      assertEquals(2, list.count(), "no temporary file is left");
    }
  }

  @Test
  void checkingWritesNothing() throws Exception {
    Path loose = file("loose.esp", LOOSE);
    Ended ended = fmt(true, false, "", loose, file("tidy.esp", TIDY));
    assertEquals(new Ended(1, loose + ": would change\n", ""), ended);
    assertEquals(LOOSE, Files.readString(loose));
    assertEquals(1, fmt(true, false, LOOSE).exit());
    assertEquals(new Ended(0, "", ""), fmt(true, false, TIDY));
  }

  @Test
  void standardInputGoesToStandardOutput() {
    assertEquals(
        new Ended(0, "note \"Größe µ 😀\"\n", ""), fmt(false, false, " note   \"Größe µ 😀\""));
  }

  @Test
  void theProgramsOfAFolderAreFormatted() throws Exception {
    Files.createDirectories(folder.resolve("a/b"));
    Files.createDirectories(folder.resolve("a/.hidden"));
    Path deep = file("a/b/x.esp", LOOSE);
    Path hidden = file("a/.hidden/x.esp", LOOSE);
    Path other = file("a/x.txt", LOOSE);
    assertEquals(
        new Ended(0, deep + ": formatted\n", ""), fmt(false, false, "", folder.resolve("a")));
    assertEquals(LOOSE, Files.readString(hidden));
    assertEquals(LOOSE, Files.readString(other));
    Ended empty = fmt(false, false, "", folder.resolve("a/.hidden/.."), folder.resolve("none"));
    assertEquals(2, empty.exit());
    Ended none = fmt(false, false, "", Files.createDirectory(folder.resolve("empty")));
    assertEquals(2, none.exit());
    assertTrue(none.err().contains("there is no program in"), none.err());
  }

  @Test
  void whatDoesNotParseIsLeftAndTold() throws Exception {
    Path file = file("a.esp", "show   a\nshwo   b\nshow   c\n");
    Ended ended = fmt(false, false, "", file);
    assertEquals(2, ended.exit());
    assertTrue(ended.err().contains("a.esp:2: E101"), ended.err());
    assertTrue(ended.err().contains("what does not parse was left as it is"), ended.err());
    assertEquals("show a\nshwo   b\nshow c\n", Files.readString(file));
  }

  @Test
  void aFileThatIsNoProgramIsLeft() throws Exception {
    String text = "{\n   \"cells\": [ ]\n}\n\n\n{ }\n";
    Path file = file("notebook.ipynb", text);
    Ended ended = fmt(false, false, "", file);
    assertEquals(2, ended.exit());
    assertTrue(ended.err().contains("no statement parses; left as it is"), ended.err());
    assertEquals(text, Files.readString(file));
    Ended missing = fmt(false, false, "", folder.resolve("missing.esp"));
    assertEquals(2, missing.exit());
    assertTrue(missing.err().contains("there is no file"), missing.err());
  }

  @Test
  void mistakesWithOneWayOutAreMended() throws Exception {
    Path file =
        file("a.esp", "data d from glyphs\ntrain lenet-5 on d as t\nprune 50%   t as  s\nshow s\n");
    Ended ended = fmt(false, true, "", file);
    assertEquals(new Ended(0, file + ": mended and formatted\n", ""), ended);
    assertEquals(
        "data d from glyphs\ntrain lenet-5 on d as t\nprune t 50% as s\nshow s\n",
        Files.readString(file));
    Ended distil = fmt(false, true, "distil a into mlp(30)\nshow   a\n");
    assertEquals(new Ended(0, "distill a into mlp(30)\nshow a\n", ""), distil);
  }

  @Test
  void linksAndPermissionsStay() throws Exception {
    assumeTrue(FileSystems.getDefault().supportedFileAttributeViews().contains("posix"));
    Path script = file("script", "#!/usr/bin/env espalier\n" + LOOSE);
    Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-x---"));
    Path link = Files.createSymbolicLink(folder.resolve("link.esp"), script);
    assertEquals(0, fmt(false, false, "", link).exit());
    assertTrue(Files.isSymbolicLink(link));
    assertEquals("#!/usr/bin/env espalier\n" + TIDY, Files.readString(script));
    assertEquals("rwxr-x---", PosixFilePermissions.toString(Files.getPosixFilePermissions(script)));
  }

  @Test
  void asAProcessItLoadsNothingNative() throws Exception {
    Path file = file("a.esp", LOOSE);
    Path loaded = folder.resolve("loaded.txt");
    Ended ended =
        new Launch(folder, "fmt", "--check", "--fix", "a.esp")
            .java("-Xlog:class+load:file=" + loaded)
            .run();
    assertEquals(new Ended(1, "a.esp: would change\n", ""), ended);
    assertEquals(LOOSE, Files.readString(file));
    assertEquals(
        List.of(),
        Files.readAllLines(loaded).stream()
            .filter(
                l -> l.matches(".* (ai\\.djl|ai\\.onnxruntime|com\\.sun\\.jna|org\\.nd4j)\\..*"))
            .toList());
  }
}
