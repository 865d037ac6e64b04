package dev.espalier.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class StandardPlaceTest {
  @Test
  void homeIsWhatOtherProgramsTakeForIt() {
    Path listed = Path.of("/root");
    assertEquals(Path.of("/home/ada"), StandardPlace.home("Linux", "/home/ada", "/root"));
    assertEquals(Path.of("/Users/ada"), StandardPlace.home("Mac OS X", "/Users/ada", "/root"));
    assertEquals(listed, StandardPlace.home("Linux", null, "/root"));
    assertEquals(listed, StandardPlace.home("Linux", "", "/root"));
    assertEquals(listed, StandardPlace.home("Linux", "relative", "/root"));
    // A shell of another system may have set it there.
    assertEquals(listed, StandardPlace.home("Windows 11", "/c/Users/ada", "/root"));
  }
}
