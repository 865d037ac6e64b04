package dev.espalier.kernel.maven;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.espalier.engine.EspalierException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Libraries from a repository on this machine. */
@Timeout(60)
class MavenTest {
  @TempDir private static Path folder;
  private static Shelf shelf;

  /** Never stops, hears nothing. */
  private static final Watch QUIET =
      new Watch() {
        @Override
        public void downloading(int done, int running, long bytes, String name) {}

        @Override
        public boolean stopped() {
          return false;
        }
      };

  @BeforeAll
  static void fill() throws IOException {
    shelf = new Shelf(folder.resolve("shelf"));
    shelf.put("org.trees:oak:1.0", "org.trees:leaf:1.0");
    shelf.put("org.trees:elm:1.0", "org.trees:twig:1.0");
    shelf.put("org.trees:twig:1.0", "org.trees:leaf:2.0");
    shelf.put("org.trees:leaf:1.0");
    shelf.put("org.trees:leaf:2.0");
    shelf.put("org.trees:pine:1.0", "com.google.code.gson:gson:2.13.1", "ai.djl:api:0.36.0");
    shelf.put("org.trees:evil:1.0", "..:..:1.0", "org.trees:leaf:1.0");
  }

  @AfterAll
  static void stop() {
    shelf.close();
  }

  private static Maven maven(String local) throws IOException {
    return new Maven(shelf.settings(folder.resolve(local), ""), false);
  }

  private static Resolved find(Maven maven, String... wanted) {
    return maven.find(List.of(wanted).stream().map(Coordinate::parse).toList(), List.of(), QUIET);
  }

  private static String names(Resolved found) {
    return found.jars().stream()
        .map(j -> j.coordinate().toString())
        .collect(Collectors.joining(" "));
  }

  private static String message(org.junit.jupiter.api.function.Executable run) {
    return assertThrows(EspalierException.class, run).getMessage();
  }

  @Test
  void findsWhatALibraryNeedsThroughTheMirrorOfTheSettings() throws IOException {
    Resolved found = find(maven("first"), "org.trees:oak:1.0");
    assertEquals("org.trees:oak:1.0 org.trees:leaf:1.0", names(found));
    assertEquals("", found.jars().get(0).neededBy());
    assertEquals("org.trees:oak", found.jars().get(1).neededBy());
    assertEquals("shelf", found.jars().get(0).from());
    assertTrue(
        Files.exists(folder.resolve("first/local/org/trees/oak/1.0/oak-1.0.jar")),
        "the local repository of the settings was not used");
  }

  @Test
  void saysWhichVersionGaveWay() throws IOException {
    Resolved found = find(maven("second"), "org.trees:oak:1.0", "org.trees:elm:1.0");
    assertEquals(4, found.jars().size(), names(found));
    assertTrue(names(found).contains("org.trees:leaf:1.0"), names(found));
    String notes = found.notes().toString();
    assertTrue(notes.contains("org.trees:leaf: 2.0 was wanted by org.trees:twig, and 1.0"), notes);
  }

  @Test
  void whatTheKernelHasIsNotAddedAgain() throws IOException {
    Resolved found = find(maven("third"), "org.trees:pine:1.0");
    assertEquals("org.trees:pine:1.0", names(found));
    String notes = found.notes().toString();
    assertTrue(notes.contains("com.google.code.gson:gson: the kernel has 2."), notes);
    assertTrue(notes.contains("0.36.0 was wanted"), notes);
    assertTrue(shelf.asked.stream().noneMatch(p -> p.contains("gson")), shelf.asked.toString());
    String refused = message(() -> find(maven("third"), "ai.djl:api:0.30.0"));
    assertTrue(refused.contains("0.30.0") && refused.contains("the kernel runs with"), refused);
    String other =
        message(() -> find(maven("third"), "com.microsoft.onnxruntime:onnxruntime_gpu:1.20.0"));
    assertTrue(other.contains("another build"), other);
  }

  @Test
  void whatWasAddedBeforeStays() throws IOException {
    Maven maven = maven("fourth");
    maven.added(find(maven, "org.trees:leaf:1.0").jars());
    Resolved again = find(maven, "org.trees:leaf:1.0");
    assertTrue(again.jars().isEmpty() && again.notes().toString().contains("is there already"));
    String refused = message(() -> find(maven, "org.trees:leaf:2.0"));
    assertTrue(refused.contains("2.0") && refused.contains("version 1.0 was added"), refused);
    assertTrue(find(maven, "org.trees:twig:1.0").notes().toString().contains("2.0 was wanted"));
  }

  @Test
  void anUnknownLibraryGivesTheNearestVersions() throws IOException {
    String version = message(() -> find(maven("fifth"), "org.trees:leaf:1.1"));
    assertTrue(version.contains("org.trees:leaf:1.1 is in no repository"), version);
    assertTrue(version.contains("1.0, 2.0"), version);
    String name = message(() -> find(maven("fifth"), "org.trees:laef:1.0"));
    assertTrue(name.contains("no version of org.trees:laef is known"), name);
  }

  @Test
  void badCoordinatesAreRefusedBeforeAnythingIsAsked() {
    for (String bad :
        List.of(
            "a:b",
            "a:b:c:d:e:f",
            "../x:b:1",
            "a:../../b:1",
            "a:b:..",
            "a:b:1/2",
            "a::1",
            "a b:c:1",
            "")) {
      assertTrue(message(() -> Coordinate.parse(bad)).contains("names no library"), bad);
    }
    assertEquals("jdk15", Coordinate.parse("a:b:jar:jdk15:1.0").classifier());
    assertEquals("[1,2)", Coordinate.parse("a:b:[1,2)").version());
  }

  @Test
  void aHostileLibraryCannotLeaveTheRepository() throws IOException {
    Resolved found = find(maven("sixth"), "org.trees:evil:1.0");
    assertEquals("org.trees:evil:1.0 org.trees:leaf:1.0", names(found));
    assertTrue(found.notes().toString().contains("can be no name"), found.notes().toString());
  }

  @Test
  void offlineNothingIsDownloaded() throws IOException {
    Path settings = shelf.settings(folder.resolve("seventh"), "<offline>true</offline>");
    Maven maven = new Maven(settings, false);
    shelf.asked.clear();
    String message = message(() -> find(maven, "org.trees:oak:1.0"));
    assertTrue(message.contains("is not in the local repository"), message);
    assertTrue(message.contains("offline"), message);
    assertTrue(shelf.asked.isEmpty(), shelf.asked.toString());
    Path second = shelf.settings(folder.resolve("eighth"), "");
    find(new Maven(second, false), "org.trees:oak:1.0");
    assertEquals(2, find(new Maven(second, true), "org.trees:oak:1.0").jars().size());
  }

  @Test
  void aFileThatIsNotWhatItsChecksumSaysIsRefused() throws IOException {
    shelf.put("org.trees:ash:1.0");
    shelf.spoil("org/trees/ash/1.0/ash-1.0.jar");
    String message = message(() -> find(maven("ninth"), "org.trees:ash:1.0"));
    assertTrue(message.contains("checksum"), message);
  }

  @Test
  void aSearchCanBeStopped() throws IOException {
    Maven maven = maven("tenth");
    Watch stopping =
        new Watch() {
          @Override
          public void downloading(int done, int running, long bytes, String name) {}

          @Override
          public boolean stopped() {
            return true;
          }
        };
    assertThrows(
        Maven.Stopped.class,
        () -> maven.find(List.of(Coordinate.parse("org.trees:oak:1.0")), List.of(), stopping));
  }

  @Test
  void readsPartsOfAPomAndWholeOnes() throws IOException {
    String dependency =
        "<dependency><groupId>org.trees</groupId><artifactId>%s</artifactId>"
            + "<version>%s</version></dependency>";
    String oak = dependency.formatted("oak", "1.0");
    for (String pom :
        List.of(
            oak,
            "\n<dependencies>" + oak + "</dependencies>",
            "<?xml version=\"1.0\"?>\n<project xmlns=\"http://maven.apache.org/POM/4.0.0\">"
                + "<properties><v>1.0</v></properties><dependencies>"
                + dependency.formatted("oak", "${v}")
                + "</dependencies></project>",
            "<dependencyManagement><dependencies>"
                + oak
                + "</dependencies></dependencyManagement>"
                + dependency.replace("<version>%s</version>", "").formatted("oak"))) {
      Resolved found = maven("eleventh").find(pom, "cell 1", 2, List.of(), QUIET);
      assertTrue(names(found).startsWith("org.trees:oak:1.0"), pom + names(found));
    }
    Path other = folder.resolve("other");
    try (Shelf beside = new Shelf(other)) {
      beside.put("org.rare:yew:1.0");
      Path settings =
          Files.writeString(
              folder.resolve("plain.xml"),
              "<settings><localRepository>"
                  + folder.resolve("twelfth")
                  + "</localRepository><mirrors><mirror><id>shelf</id>"
                  + "<mirrorOf>central</mirrorOf><url>"
                  + shelf.url()
                  + "</url></mirror></mirrors></settings>");
      String repository = "<repository><url>" + beside.fileUrl() + "</url></repository>";
      Resolved found =
          new Maven(settings, false)
              .find(
                  repository + dependency.formatted("yew", "1.0").replace("trees", "rare"),
                  "cell 1",
                  2,
                  List.of(),
                  QUIET);
      assertEquals("org.rare:yew:1.0", names(found));
    }
  }

  @Test
  void hostileXmlIsRefusedWithItsLine() throws IOException {
    Path secret = Files.writeString(folder.resolve("secret"), "hidden");
    String entity =
        "<!DOCTYPE x [<!ENTITY e SYSTEM \""
            + secret.toUri()
            + "\">]>\n<dependency>&e;</dependency>";
    for (String xml : List.of(entity, "<project>&e;</project>", "<dependency>\n</dependencies>")) {
      String message = message(() -> maven("thirteenth").find(xml, "cell 3", 2, List.of(), QUIET));
      assertTrue(message.contains("cell 3, line "), message);
      assertFalse(message.contains("hidden"), message);
    }
    String odd = message(() -> PomText.read("<build/>", "cell 3", 2));
    assertTrue(odd.contains("<build> is no part"), odd);
  }

  @Test
  void aHostilePomOfALibraryReadsNothing() throws IOException {
    Path secret = Files.writeString(folder.resolve("secret2"), "1.0");
    shelf.put(
        Coordinate.parse("org.trees:mask:1.0"),
        "<!DOCTYPE x [<!ENTITY e SYSTEM \""
            + secret.toUri()
            + "\">]><project><modelVersion>4.0.0</modelVersion><groupId>org.trees</groupId>"
            + "<artifactId>mask</artifactId><version>1.0</version><dependencies><dependency>"
            + "<groupId>org.trees</groupId><artifactId>leaf</artifactId><version>&e;</version>"
            + "</dependency></dependencies></project>",
        "x".getBytes(StandardCharsets.UTF_8),
        "x.txt");
    try {
      assertFalse(names(find(maven("fourteenth"), "org.trees:mask:1.0")).contains("leaf:1.0"));
    } catch (EspalierException e) {
      assertTrue(e.getMessage().contains("mask"), e.getMessage());
    }
  }
}
