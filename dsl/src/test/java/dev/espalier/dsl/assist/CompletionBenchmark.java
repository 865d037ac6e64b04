package dev.espalier.dsl.assist;

import dev.espalier.dsl.Scope;
import dev.espalier.dsl.Source;
import dev.espalier.engine.Environment;
import java.util.Arrays;
import java.util.Locale;

/**
 * How long a completion takes in a program of 1,000 lines, warm, as an editor asks: on each key at
 * the end, in the middle, and at places far apart after an edit at the beginning.
 *
 * <pre>
 * mvn -q -Dquick -pl dsl -am test-compile
 * mvn -q -Dquick -pl dsl dependency:build-classpath -Dmdep.outputFile=/tmp/cp -DincludeScope=test
 * java -cp dsl/target/classes:dsl/target/test-classes:grammar/target/classes:engine/target/classes:$(cat /tmp/cp) \
 *     dev.espalier.dsl.assist.CompletionBenchmark
 * </pre>
 */
final class CompletionBenchmark {
  private static final Scope EMPTY = Scope.empty(new Environment(1, 2, "cpu", false));
  private static final int LINES = 1000;

  private CompletionBenchmark() {}

  public static void main(String[] args) {
    String program = program();
    System.out.printf("%d lines, %d characters%n", LINES, program.length());
    String typed = "distill m4 into mlp(30) on digits for 3 epochs with temperature 4 as last\n";
    for (int round = 0; round < 5; round++) {
      typing("typing at the end", program, program.length(), typed);
      int middle = program.indexOf('\n', program.length() / 2) + 1;
      typing("typing in the middle", program, middle, typed);
      jumping("after an edit at the beginning", program);
      firstKeys("first key in a text not read", program, false);
      firstKeys("first key in a text read ahead", program, true);
    }
  }

  static String program() {
    StringBuilder out = new StringBuilder("data digits from mnist\n");
    for (int i = 0; out.chars().filter(c -> c == '\n').count() < LINES; i++) {
      out.append("# The model number ").append(i).append('\n');
      out.append("model b").append(i).append(" is mlp(").append(30 + i).append(")\n");
      out.append("train b").append(i).append(" on digits for 3 epochs with batch 64 as m");
      out.append(i).append("\n    then prune 50% by magnitude as s").append(i).append('\n');
      out.append("expect accuracy of s").append(i).append(" within 1 point of m").append(i);
      out.append('\n');
    }
    return out.toString();
  }

  private static void typing(String what, String program, int at, String typed) {
    long[] nanos = new long[typed.length()];
    for (int i = 0; i < typed.length(); i++) {
      String text = program.substring(0, at) + typed.substring(0, i + 1) + program.substring(at);
      nanos[i] = once(text, at + i + 1);
    }
    print(what, nanos);
  }

  private static void jumping(String what, String program) {
    long[] nanos = new long[20];
    for (int i = 0; i < nanos.length; i++) {
      String text = "let a" + i + " = 3\n" + program;
      nanos[i] = once(text, text.indexOf("prune 50%", text.length() / 20 * i) + 6);
    }
    print(what, nanos);
  }

  private static void firstKeys(String what, String program, boolean ahead) {
    long[] nanos = new long[20];
    for (int i = 0; i < nanos.length; i++) {
      // Another text each time, changed in its first line.
      String text = "let " + (ahead ? "b" : "c") + i + " = 3\n" + program;
      if (ahead) {
        Completion.ahead(Source.cell(1, text), EMPTY);
      }
      nanos[i] = once(text, text.length());
    }
    print(what, nanos);
  }

  private static long once(String text, int at) {
    Source source = Source.cell(1, text);
    long start = System.nanoTime();
    Completion.at(source, at, EMPTY);
    return System.nanoTime() - start;
  }

  private static void print(String what, long[] nanos) {
    Arrays.sort(nanos);
    System.out.printf(
        Locale.ROOT,
        "%-32s median %6.2f ms, slowest %6.2f ms%n",
        what,
        nanos[nanos.length / 2] / 1e6,
        nanos[nanos.length - 1] / 1e6);
  }
}
