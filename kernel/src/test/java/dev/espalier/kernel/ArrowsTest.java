package dev.espalier.kernel;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Which part may know which: arrows point from the kernel to the language to the engine. */
class ArrowsTest {
  private static JavaClasses all;

  @BeforeAll
  static void read() {
    all =
        new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("dev.espalier");
  }

  @Test
  void theEngineKnowsNoLanguageAndNoScreen() {
    noClasses()
        .that(resideInAPackage("dev.espalier.engine.."))
        .should()
        .dependOnClassesThat(
            resideInAnyPackage(
                "dev.espalier.dsl..",
                "dev.espalier.grammar..",
                "dev.espalier.kernel..",
                "org.antlr..",
                "org.knowm..",
                "org.dflib..",
                "picocli..",
                "javax.swing.."))
        .check(all);
    // Pictures of data sets are decoded by Java's own image readers; nothing is drawn.
    noClasses()
        .that(resideInAPackage("dev.espalier.engine.."))
        .and(are("not data.PictureReader", c -> !c.getName().endsWith(".data.PictureReader")))
        .should()
        .dependOnClassesThat(resideInAnyPackage("java.awt..", "javax.imageio.."))
        .check(all);
  }

  @Test
  void theLanguageKnowsNoNotebookNoChartAndNothingNative() {
    noClasses()
        .that(resideInAnyPackage("dev.espalier.dsl..", "dev.espalier.grammar.."))
        .should()
        .dependOnClassesThat(
            resideInAnyPackage(
                "dev.espalier.kernel..",
                "org.dflib..",
                "org.zeromq..",
                "org.knowm..",
                "java.awt..",
                "ai.djl..",
                "ai.onnxruntime..",
                "org.nd4j..",
                "com.sun.jna.."))
        .check(all);
  }

  @Test
  void onlyTheTreeBuilderTheLayoutAndTheSplitterSeeTheParserGenerator() {
    Set<String> allowed = Set.of("TreeBuilder", "Layout", "Splitter");
    noClasses()
        .that(resideInAnyPackage("dev.espalier.dsl..", "dev.espalier.kernel.."))
        .and(are("not the three that may", c -> !allowed.contains(outermost(c).getSimpleName())))
        .should()
        .dependOnClassesThat(resideInAnyPackage("org.antlr..", "dev.espalier.grammar.."))
        .check(all);
  }

  @Test
  void onlyTheNotebookSeesTheBaseKernelAndItsSockets() {
    noClasses()
        .that(resideInAPackage("dev.espalier.."))
        .and(are("outside kernel.jupyter", c -> !in(c, "kernel.jupyter")))
        .should()
        .dependOnClassesThat(resideInAnyPackage("org.dflib..", "org.zeromq.."))
        .check(all);
  }

  @Test
  void onlyTheLanguageServerSeesItsProtocol() {
    noClasses()
        .that(resideInAPackage("dev.espalier.."))
        .and(are("outside kernel.lsp", c -> !in(c, "kernel.lsp")))
        .should()
        .dependOnClassesThat(resideInAPackage("org.eclipse.lsp4j.."))
        .check(all);
  }

  @Test
  void onlyTrainingAndOperatorsSeeArraysWithGradients() {
    noClasses()
        .that(resideInAPackage("dev.espalier.."))
        .and(
            are(
                "outside operator, train and distill",
                c ->
                    !in(c, "engine.operator")
                        && !in(c, "engine.train")
                        && !in(c, "engine.distill")))
        .should()
        .dependOnClassesThat(
            resideInAnyPackage("ai.djl.ndarray..", "ai.djl.engine..", "ai.djl.training.."))
        .check(all);
  }

  @Test
  void eachLibraryHasItsRooms() {
    only("ai.djl.basicdataset..", "engine.data");
    only("ai.onnxruntime..", "engine.measure", "engine.quantize");
    only("onnx..", "engine.onnx");
    only("com.sun.jna..", "engine.train");
    only("picocli..", "kernel.cli");
    only("org.commonmark..", "kernel.render");
    only("jdk.jshell..", "kernel.jupyter");
    only("org.eclipse.aether..", "kernel.maven");
    only("org.apache.maven..", "kernel.maven");
    // A Java cell may show a chart of its own, so the notebook knows XChart's type too.
    only("org.knowm..", "kernel.render", "kernel.jupyter");
  }

  @Test
  void theKernelHasNoCompressionLogic() {
    // It may name results and data; what makes them is behind the session.
    noClasses()
        .that(
            resideInAnyPackage(
                "dev.espalier.kernel.render..",
                "dev.espalier.kernel.report..",
                "dev.espalier.kernel.cli.."))
        .should()
        .dependOnClassesThat(
            resideInAnyPackage(
                "dev.espalier.engine.operator..",
                "dev.espalier.engine.train..",
                "dev.espalier.engine.distill..",
                "dev.espalier.engine.prune..",
                "dev.espalier.engine.quantize.."))
        .check(all);
  }

  @Test
  void onlyTheCommandLineEndsTheProcess() {
    noClasses()
        .that(resideInAPackage("dev.espalier.."))
        .and(are("outside cli and jupyter", c -> !in(c, "kernel.cli") && !in(c, "kernel.jupyter")))
        .should()
        .callMethod(System.class, "exit", int.class)
        .check(all);
  }

  /** The root package holds what every other is given; it may name graphs, which models are. */
  @Test
  void packagesOfTheEngineFormNoCycle() {
    slices().matching("dev.espalier.engine.(*)..").should().beFreeOfCycles().check(all);
    noClasses()
        .that(resideInAPackage("dev.espalier.engine"))
        .should()
        .dependOnClassesThat(
            are(
                "of the engine, above graphs",
                c ->
                    c.getPackageName().startsWith("dev.espalier.engine.")
                        && !in(c, "engine.graph")))
        .check(all);
  }

  @Test
  void packagesOfTheKernelFormNoCycle() {
    slices().matching("dev.espalier.kernel.(*)..").should().beFreeOfCycles().check(all);
  }

  private static void only(String library, String... rooms) {
    classes()
        .that(resideInAPackage("dev.espalier.."))
        .and(
            are(
                "outside " + String.join(", ", rooms),
                c -> {
                  for (String room : rooms) {
                    if (in(c, room)) {
                      return false;
                    }
                  }
                  return true;
                }))
        .should()
        .onlyDependOnClassesThat(are("not of " + library, c -> !resideInAPackage(library).test(c)))
        .check(all);
  }

  private static DescribedPredicate<JavaClass> are(
      String description, java.util.function.Predicate<JavaClass> predicate) {
    return DescribedPredicate.describe(description, predicate);
  }

  private static boolean in(JavaClass c, String room) {
    String name = "dev.espalier." + room;
    return c.getPackageName().equals(name) || c.getPackageName().startsWith(name + ".");
  }

  private static JavaClass outermost(JavaClass c) {
    JavaClass outer = c;
    while (outer.getEnclosingClass().isPresent()) {
      outer = outer.getEnclosingClass().get();
    }
    return outer;
  }
}
