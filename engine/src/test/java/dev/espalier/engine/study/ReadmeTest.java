package dev.espalier.engine.study;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** What the README shows is what the tests run. */
class ReadmeTest {
  private static final Path ROOT = Path.of("..");

  @Test
  void theJavaInTheReadmeIsTheJavaOfATest() throws Exception {
    String test =
        Files.readString(Path.of("src/test/java/dev/espalier/engine/study/ExperimentTest.java"));
    String tested =
        test.substring(
                test.indexOf("// tag::readme[]") + "// tag::readme[]".length(),
                test.indexOf("// end::readme[]"))
            .stripTrailing()
            .stripIndent();
    assertTrue(Files.readString(ROOT.resolve("README.md")).contains(tested.strip()), tested);
  }

  @Test
  void theProgramInTheReadmeIsTheQuickstart() throws Exception {
    String program = Files.readString(ROOT.resolve("notebooks/quickstart.esp")).strip();
    assertTrue(Files.readString(ROOT.resolve("README.md")).contains(program));
  }
}
