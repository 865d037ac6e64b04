package dev.espalier.kernel.jupyter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import jdk.jshell.JShell;
import jdk.jshell.Snippet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Old code is let go, and whatever can still be named is not. */
@Timeout(120)
class SpentCodeTest {
  /** More pieces than a compiler lasts for, and than pass between two releases. */
  private static final int MANY = 210;

  private static final int SOME = 60;

  @Test
  void whatIsDeclaredOutlivesManyCells() throws Exception {
    try (ToyKernel kernel = ToyKernel.start()) {
      Client client = kernel.client();
      run(
          client,
          """
          import java.util.function.IntSupplier;
          int kept = 5;
          record Point(int x, int y) {}
          Point at = new Point(1, 2);
          @Deprecated class Old { int n = 3; class Inner { int m = n + 1; } }
          Old old = new Old();
          List raw = new ArrayList();
          int rate() { return 1; }
          int twice() { return 2 * rate(); }
          void fails() {
            throw new IllegalStateException("late");
          }
          var counter = new Object() { int n = 7; int next() { return ++n; } };
          String changing = "text";
          int gone = 1;""");
      run(client, "raw.add((IntSupplier) () -> kept + 1);");
      run(
          client,
          "for (;;) { raw.add((IntSupplier) () -> { throw new Error(\"old\"); }); break; }");
      many(client, MANY);

      assertEquals("5 Point[x=1, y=2]", run(client, "kept + \" \" + at").result());
      assertEquals("true", run(client, "at.equals(new Point(1, 2))").result());
      assertEquals("4", run(client, "Old.Inner in = old.new Inner();\nin.m").result());
      assertEquals("8", run(client, "counter.next()").result());
      assertEquals("6", run(client, "((IntSupplier) raw.get(0)).getAsInt()").result());
      assertEquals("2", run(client, "twice()").result());
      Client.Cell failed = client.run("%%java\nfails();");
      assertTrue(failed.traceback().contains("fails (cell 1, line "), failed.traceback());
      Client.Cell lambda = client.run("%%java\n((IntSupplier) raw.get(1)).getAsInt();");
      assertTrue(lambda.traceback().contains("java.lang.Error"), lambda.traceback());

      run(client, "int rate() { return 10; }\nint changing = 4;\nrecord Point(int z) {}");
      many(client, SOME);
      assertEquals("24", run(client, "twice() + changing").result());
      assertEquals("Point[z=9]", run(client, "new Point(9)").result());
      assertEquals("error", client.run("%%java\nint gone = \"x\";").status());
      assertEquals("2", run(client, "int gone = 2;\ngone").result());
      run(client, "String changing = \"again\";\nrecord Point(int x, int y) {}");
      assertEquals(
          "Point[x=1, y=2] again", run(client, "new Point(1, 2) + \" \" + changing").result());
    }
  }

  /** As many pieces as let everything that is spent go, in cells of several. */
  private static void many(Client client, int pieces) {
    for (int cell = 0; cell < pieces / 30; cell++) {
      run(
          client,
          IntStream.range(0, 30)
              .mapToObj(i -> i % 10 == 0 ? i + " + 1;" : "if (true) { int n = " + i + "; }")
              .collect(Collectors.joining("\n")));
    }
  }

  private static Client.Cell run(Client client, String code) {
    Client.Cell cell = client.run("%%java\n" + code);
    assertEquals("ok", cell.status(), cell.reply().toString());
    return cell;
  }

  @Test
  void classesThatNothingCanReachAreUnloaded() throws Exception {
    try (ToyKernel kernel = ToyKernel.start()) {
      Client client = kernel.client();
      run(
          client,
          """
          import java.lang.ref.WeakReference;
          import java.util.function.IntSupplier;
          List<WeakReference<Class<?>>> old = new ArrayList<>();
          record Point(int x) {}
          int changing = 5;
          int rate() { return 1; }""");
      run(client, "if (true) { old.add(new WeakReference<>(Point.class)); }");
      run(client, "if (true) { old.add(new WeakReference<>(new Object() {}.getClass())); }");
      run(
          client,
          """
          IntSupplier early = () -> changing + rate();
          List<Object> held = new ArrayList<>();""");
      run(client, "record Other(int x) {}\nif (true) { held.add(new Other(3)); }");
      run(client, "Class<?> of() { return new Object() {}.getClass(); }");
      run(client, "if (true) { old.add(new WeakReference<>(of())); }");
      // What is above is declared anew, and nothing but what is held keeps the old.
      run(
          client,
          """
          record Point(String s) {}
          record Other(String s) {}
          String changing = "x";
          int rate() { return 100; }
          int of() { return 1; }""");
      many(client, MANY);
      run(client, "for (int i = 0; i < 3; i++) { System.gc(); Thread.sleep(30); }");

      assertEquals(
          "true true true",
          run(
                  client,
                  "old.stream().map(o -> \"\" + (o.get() == null)).collect(Collectors.joining(\" \"))")
              .result());
      assertEquals("Other[x=3]", run(client, "held.get(0)").result());
      assertEquals("6", run(client, "early.getAsInt()").result());
      assertEquals("Point[s=a]", run(client, "new Point(\"a\")").result());
    }
  }

  @Test
  void droppedAndOverwrittenCodeIsLetGo() throws Exception {
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    try (JShell shell = JShell.builder().executionEngine("local").build()) {
      SpentCode spent = new SpentCode(shell, kept -> {}, new PrintStream(said, true));
      List<WeakReference<Snippet>> old = new ArrayList<>();
      for (int i = 0; i < 60; i++) {
        Snippet statement = shell.eval("if (true) { int n = " + i + "; }").get(0).snippet();
        shell.drop(statement);
        old.add(new WeakReference<>(statement));
        old.add(new WeakReference<>(shell.eval("int again = " + i + ";").get(0).snippet()));
        spent.compiled(2);
      }
      assertEquals("", said.toString());
      System.gc();
      long left = old.stream().filter(s -> s.get() != null).count();
      // The last release was at piece 100; the places of what was spent then are kept once more.
      assertTrue(left <= 75, left + " of " + old.size() + " snippets are held");
      assertEquals("59", shell.eval("again").get(0).value());
    }
  }
}
