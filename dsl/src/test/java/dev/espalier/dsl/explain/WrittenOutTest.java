package dev.espalier.dsl.explain;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.espalier.dsl.Checked;
import dev.espalier.dsl.Code;
import dev.espalier.dsl.Espalier;
import dev.espalier.dsl.Example;
import dev.espalier.dsl.Messages;
import dev.espalier.dsl.Scope;
import dev.espalier.dsl.Source;
import dev.espalier.engine.Environment;
import dev.espalier.engine.catalog.Catalog;
import dev.espalier.engine.catalog.Entry;
import dev.espalier.engine.catalog.Kind;
import dev.espalier.engine.catalog.Parameter;
import dev.espalier.engine.run.Keys;
import dev.espalier.engine.run.Operation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WrittenOutTest {
  private static final Scope BEFORE = Scope.empty(new Environment(1, 2, "cpu", false));

  @TempDir Path folder;

  private static Checked check(Source source) {
    return Espalier.check(source, BEFORE);
  }

  private Source program(String text) {
    return new Source("program.esp", text, Optional.of(folder.resolve("program.esp")));
  }

  private String written(String text) {
    Source source = program(text);
    Checked checked = check(source);
    assertTrue(checked.ok(), Messages.format(checked.diagnostics()));
    return WrittenOut.of(source, BEFORE, checked);
  }

  /** Each sentence on one line, whatever its length. */
  private String flat(String text) {
    return written(text).replaceAll("\n {2,}", " ");
  }

  @Test
  void everyDefaultIsThere() {
    assertEquals(
        """
        language 1
        set seed 1, threads 2, device cpu, offline no
        data digits from glyphs(train 500, test 5000, difficulty 0.5, seed 1) take 100%\
          # split: its own; of training a tenth (at most 5,000) is held out for validation
        train mlp(30) on digits for 10 epochs with batch 128, optimizer adam(lr 0.001, beta1 0.9,\
         beta2 0.999, epsilon 1e-8), schedule constant, warmup 0, weight-decay 0, dropout -1,\
         patience 0 as teacher
        prune teacher 50% of weights by magnitude per layer in 1 round then quantize to int8 on\
         digits by static per channel with images 512, coverage 99.99% as tiny
        compare teacher, tiny with controls yes, batch 1, threads 1, seeds 1\
          # by: accuracy where there are classes, else mse
        chart accuracy vs size of tiny with title "accuracy vs size of tiny", frontier no, band interval
        export tiny to onnx "tiny.onnx" with opset 17
        """,
        flat(
            """
            data digits from glyphs(train 500)
            train mlp(30) as teacher
            prune teacher 50% then quantize to int8 as tiny
            compare teacher, tiny
            chart accuracy vs size of tiny
            export tiny to "tiny.onnx"
            """));
  }

  @Test
  void wordsInsideWordsAreWrittenOutToo() {
    String text =
        flat(
            """
            data digits from glyphs augment crop
            let how = sgd(lr 0.2)
            let chosen = soft-targets(temperature 2)
            model net { conv(8), residual { conv(8), relu } as r, max-pool, flatten, dense(10) }
            train net for 1 epoch with optimizer $how, schedule step(5) as teacher
            distill teacher into vit(patch 7) by $chosen as small
            prune teacher 50% of channels in 2 rounds of 1 epoch with batch 64
            """);
    assertTrue(text.contains("augment crop(padding 4)"), text);
    assertTrue(text.contains("optimizer sgd(lr 0.2, momentum 0.9)"), text);
    assertTrue(text.contains("schedule step(5, factor 0.1)"), text);
    assertTrue(text.contains("on digits by $chosen for 10 epochs with alpha 0.9, batch 128"), text);
    assertTrue(text.contains("into vit(patch 7, "), text);
    assertTrue(
        text.contains(" conv(8, kernel 3, stride 1, padding same, pad -1, groups 1, bias yes)"),
        text);
    assertTrue(
        text.contains(
            "in 2 rounds of 1 epoch by magnitude per layer with batch 64, round-to 1, heads narrower, optimizer adam("),
        text);
  }

  @Test
  void commentsStay() {
    String text =
        written(
            """
            #!/usr/bin/env espalier
            # what this is
            data digits from glyphs  # drawn
            train mlp(30) on digits   # one
                for 2 epochs          # two, "quoted
                as teacher  # three
            note "# no comment"; note \"\"\"a
            # neither\"\"\"  # four
            # the end
            """);
    assertTrue(text.startsWith("#!/usr/bin/env espalier\n# what this is\nlanguage 1\n"), text);
    assertTrue(text.contains("take 100%  # drawn\n# one\n# two, \"quoted\ntrain mlp(30)"), text);
    assertTrue(text.contains("as teacher  # three\n"), text);
    assertTrue(text.endsWith("# neither\"\"\"  # four\n# the end\n"), text);
    assertEquals(1, text.split("# one", -1).length - 1);
  }

  @Test
  void aLaterSetKeepsWhatItDoesNotName() throws IOException {
    Files.writeString(folder.resolve("common.esp"), "set threads 3\nlet level = 40%\n");
    String text =
        flat(
            """
            set seed 4
            include "common.esp"
            set seed 5; data digits from glyphs
            train mlp(30) for 1 epoch then prune $level
            """);
    assertTrue(text.contains("set seed 4, threads 2, device cpu, offline no\n"), text);
    assertTrue(text.contains("set seed 5, threads 3, device cpu, offline no\ndata"), text);
    assertTrue(text.contains("\ntrain mlp(30) on digits for 1 epoch"), text);
  }

  @Test
  void everyWordOfTheCatalogCanBeWritten() {
    for (Kind kind : Kind.values()) {
      for (Entry entry : Catalog.standard().all(kind)) {
        for (Parameter p : entry.parameters()) {
          assertTrue(check(program("let x = f(" + p.name() + " 1)\n")).ok(), p.name());
          for (String choice : p.choices()) {
            assertTrue(check(program("let x = " + choice + "\n")).ok(), p.name() + " " + choice);
          }
        }
      }
    }
  }

  /** Every right program there is, as far as it can be read here. */
  private List<Source> corpus() throws IOException {
    List<Source> all = new ArrayList<>();
    for (Path root :
        List.of(Path.of("src/test/resources/dev/espalier/dsl"), Path.of("../notebooks"))) {
      try (Stream<Path> files = Files.walk(root)) {
        for (Path file :
            files
                .filter(f -> f.toString().endsWith(".esp"))
                .filter(f -> !f.toString().matches(".*[\\\\/](wrong|mistakes)[\\\\/].*"))
                .sorted()
                .toList()) {
          Source source = new Source(file.toString(), Files.readString(file), Optional.of(file));
          if (check(source).ok()) {
            all.add(source);
          }
        }
      }
    }
    for (Code code : Code.values()) {
      Example.of(code).map(e -> program(e.right())).filter(p -> check(p).ok()).ifPresent(all::add);
    }
    return all;
  }

  @Test
  void whatIsWrittenMeansTheSameAndCannotBeWrittenOutFurther() throws IOException {
    List<Source> corpus = corpus();
    assertTrue(corpus.size() > 45, corpus.size() + " programs");
    for (Source source : corpus) {
      Checked checked = check(source);
      String once = WrittenOut.of(source, BEFORE, checked);
      Source written = new Source(source.name(), once, source.file());
      Checked again = check(written);
      assertEquals(
          "",
          Messages.format(again.diagnostics().stream().filter(d -> d.isError()).toList()),
          once);
      assertEquals(checked.steps().size(), again.steps().size(), once);
      for (int i = 0; i < checked.steps().size(); i++) {
        assertEquals(checked.steps().get(i).name(), again.steps().get(i).name());
        assertSame(checked.steps().get(i).operation(), again.steps().get(i).operation(), once);
      }
      assertEquals(once, WrittenOut.of(written, BEFORE, again), source.name());
    }
  }

  /** Equal; or, where a blueprint is called by how it is written, equal in the store. */
  private static void assertSame(Operation one, Operation other, String text) {
    if (one.equals(other)
        || one instanceof Operation.Expect a
            && other instanceof Operation.Expect b
            && a.metric().equals(b.metric())) {
      return;
    }
    if (one instanceof Operation.Export a && other instanceof Operation.Export b) {
      assertEquals(a.file(), b.file());
      assertSame(a.subject().model(), b.subject().model(), text);
      return;
    }
    assertEquals(new Keys().canonical(one), new Keys().canonical(other), text);
  }
}
