package dev.espalier.dsl.syntax;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.espalier.dsl.Source;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class LayoutTest {
  private static List<String> sentences(String text) {
    return Syntax.read(new Source("text", text, Optional.empty())).stream()
        .map(
            i -> {
              String at = text.substring(i.span().start(), i.span().end());
              return (i instanceof Syntax.Item.Parsed ? "" : "refused: ")
                  + at.replaceAll("\\s+", " ");
            })
        .toList();
  }

  @Test
  void aNewLineEndsASentence() {
    assertEquals(List.of("show a", "show b"), sentences("show a\nshow b"));
    assertEquals(List.of("show a", "show b"), sentences("\n\n  show a\r\n\r\n  show b  \r\n\n"));
  }

  @Test
  void aDeeperLineContinuesIt() {
    assertEquals(
        List.of("train m on d for 3 epochs as x", "show x"),
        sentences("train m on d\n  for 3 epochs\n    as x\nshow x"));
    assertEquals(List.of("show a , b"), sentences("show a\n\t, b"));
  }

  @Test
  void thenContinuesItWhereverItStands() {
    assertEquals(
        List.of("prune a 50% then quantize to int8", "show a"),
        sentences("prune a 50%\nthen quantize to int8\nshow a"));
    assertEquals(
        List.of("prune a 50% then quantize to int8"),
        sentences("    prune a 50%\nthen quantize to int8"));
  }

  @Test
  void aSemicolonEndsItToo() {
    assertEquals(List.of("show a", "show b", "show c"), sentences("show a; show b;\nshow c;"));
  }

  @Test
  void bracketsHoldLinesTogether() {
    assertEquals(
        List.of("train mlp( 30, 30 ) on d", "show a"),
        sentences("train mlp(\n30,\n30\n) on d\nshow a"));
    assertEquals(List.of("let x = [ 1, 2 ]"), sentences("let x = [\n1,\n2\n]"));
  }

  @Test
  void commentsAndBlankLinesDoNotCount() {
    assertEquals(
        List.of("train m on d # first # not indented for 3 epochs"),
        sentences("train m on d # first\n# not indented\n\n  for 3 epochs # last"));
    assertEquals(List.of("show a"), sentences("#!/usr/bin/env espalier\nshow a"));
  }

  @Test
  void insideABlockEachLineIsAnItem() {
    List<Syntax.Item> items =
        Syntax.read(
            new Source(
                "model",
                "model r {\n  conv(16,\n kernel 3), relu\n  residual {\n    conv(16)\n      as c2\n"
                    + "    relu\n  } as block\n  dense(10)\n}\n",
                Optional.empty()));
    assertEquals(1, items.size());
    Statement.Model model = (Statement.Model) ((Syntax.Item.Parsed) items.get(0)).statement();
    List<Statement.Layer> layers = ((Statement.ModelBody.Block) model.body()).layers();
    assertEquals(4, layers.size());
    Statement.Layer.Nested nested = (Statement.Layer.Nested) layers.get(2);
    assertEquals(2, nested.layers().size());
    assertEquals("block", nested.name().orElseThrow().text());
    assertEquals(
        "c2", ((Statement.Layer.Single) nested.layers().get(0)).name().orElseThrow().text());
  }

  @Test
  void aSweepHoldsSentences() {
    List<Syntax.Item> items =
        Syntax.read(
            new Source(
                "sweep",
                "sweep a over 1, 2 {\n  prune m 50%\n      by magnitude\n  then quantize to int8\n"
                    + "  show m; show m\n} with workers 4\n    as curve",
                Optional.empty()));
    Statement.Sweep sweep = (Statement.Sweep) ((Syntax.Item.Parsed) items.get(0)).statement();
    assertEquals(3, sweep.body().size());
    assertEquals("curve", sweep.name().orElseThrow().text());
  }

  @Test
  void aTextMaySpanLines() {
    List<Syntax.Item> items =
        Syntax.read(
            new Source("note", "note \"\"\"\nshow a\n  train b\n\"\"\"\nshow c", Optional.empty()));
    assertEquals(2, items.size());
    assertTrue(
        ((Syntax.Item.Parsed) items.get(0)).statement() instanceof Statement.Note n
            && n.text().text().equals("\nshow a\n  train b\n"));
  }

  @Test
  void aBadSentenceHidesNoOther() {
    assertEquals(
        List.of("refused: train mlp(30 on d", "show a", "refused: let x = [1,", "show b"),
        sentences("train mlp(30 on d\nshow a\nlet x = [1,\nshow b"));
  }

  @Test
  void aByteOrderMarkIsIgnored() {
    assertEquals(List.of("show a"), sentences("\uFEFFshow a"));
  }
}
