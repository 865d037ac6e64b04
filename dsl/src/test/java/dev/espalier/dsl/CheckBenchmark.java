package dev.espalier.dsl;

import dev.espalier.dsl.syntax.Syntax;
import dev.espalier.engine.Environment;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Arrays;
import java.util.Locale;
import java.util.function.IntConsumer;

/**
 * How long it takes to read and to check a program of so many lines.
 *
 * <pre>
 * mvn -q -pl dsl -am test-compile
 * mvn -q -pl dsl dependency:build-classpath -Dmdep.outputFile=target/classpath
 * java -cp dsl/target/classes:dsl/target/test-classes:grammar/target/classes:\
 *   engine/target/classes:$(cat dsl/target/classpath) dev.espalier.dsl.CheckBenchmark 1000
 * </pre>
 *
 * <p>Three programs of that length: a right one; the same with a mistake in every tenth line; the
 * same as one sentence that never ends. For each the first time in this process, and the median of
 * 50 more after 100 that warm up, on the clock and, since a machine may be busy, of the processor.
 */
public final class CheckBenchmark {
  private static final int WARM = 100;
  private static final int TIMED = 50;
  private static final ThreadMXBean THREAD = ManagementFactory.getThreadMXBean();

  private CheckBenchmark() {}

  /** Takes the number of lines. */
  public static void main(String[] arguments) {
    int lines = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 1000;
    measure("right", lines, program(lines));
    measure("mistaken", lines, mistaken(program(lines)));
    measure("one sentence", lines, sentence(lines));
  }

  private static void measure(String name, int lines, String text) {
    Source source = Source.cell(1, text);
    Scope scope = Scope.empty(Environment.standard());
    double first = milliseconds(i -> Espalier.check(source, scope));
    Checked checked = Espalier.check(source, scope);
    double[] read = new double[TIMED];
    double[] check = new double[TIMED];
    double[] busy = new double[TIMED];
    for (int i = -WARM; i < TIMED; i++) {
      double reading = milliseconds(n -> Syntax.read(source));
      long before = THREAD.getCurrentThreadCpuTime();
      double checking = milliseconds(n -> Espalier.check(source, scope));
      double processor = (THREAD.getCurrentThreadCpuTime() - before) / 1e6;
      if (i >= 0) {
        busy[i] = processor;
        read[i] = reading;
        check[i] = checking;
      }
    }
    Arrays.sort(read);
    Arrays.sort(check);
    Arrays.sort(busy);
    System.out.printf(
        Locale.ROOT,
        "%-13s %5d lines, %4d mistakes, %4d steps: first %6.1f ms; then read %6.2f ms, checked %6.2f"
            + " ms (%.2f ms of a processor)%n",
        name,
        lines,
        checked.diagnostics().size(),
        checked.steps().size(),
        first,
        read[TIMED / 2],
        check[TIMED / 2],
        busy[TIMED / 2]);
  }

  private static double milliseconds(IntConsumer work) {
    long start = System.nanoTime();
    work.accept(0);
    return (System.nanoTime() - start) / 1e6;
  }

  /** A right program: parts of sixteen lines, each with names of its own. */
  static String program(int lines) {
    StringBuilder text =
        new StringBuilder("language 1\nset seed 1, threads 2\ndata d from mnist\n");
    for (int part = 0; text.chars().filter(c -> c == '\n').count() < lines; part++) {
      text.append(
          """
          # Part #: a teacher, a student, and what each step gained.
          let rate# = 0.01
          data d# from mnist split 55000/5000 take 5000
          model net# {
              conv(6, kernel 5, padding valid), relu, max-pool(2)
              flatten
              dense(120), relu, dropout(0.5), dense(10)
          }
          train lenet-5 on d# for 12 epochs with dropout 0.5, optimizer sgd(lr $rate#) as teacher#
          distill teacher# into net# on d# for 6 epochs with temperature 4, alpha 0.9 as small#
              then prune 50% by magnitude as slim# then finetune for 3 epochs
              then quantize to int8 as tiny#
          compare teacher#, small#, tiny#
          chart accuracy vs size of teacher#, small#, tiny#
          expect accuracy of tiny# within 2 points of small#
          expect size of tiny# at most 300 KB

          """
              .replace("#:", ":")
              .replace("# Part ", "\u0000")
              .replace("#", Integer.toString(part))
              .replace("\u0000", "# Part " + part));
    }
    return String.join("\n", Arrays.asList(text.toString().split("\n")).subList(0, lines)) + "\n";
  }

  private static String mistaken(String program) {
    String[] lines = program.split("\n");
    String[] wrong = {
      "prune 50% teacher0", "distil teacher0 into net0", "train lenet-5 on dd0 for 3 epoch",
      "expect size of tiny0 at most 20 ms", "quantize teacher0 to int9", "show nothing0",
    };
    for (int i = 40; i < lines.length; i += 10) {
      lines[i] = wrong[i / 10 % wrong.length];
    }
    return String.join("\n", lines) + "\n";
  }

  private static String sentence(int lines) {
    StringBuilder text = new StringBuilder("data d from mnist\ntrain lenet-5 on d as m\n");
    for (int i = 0; i < lines - 2; i++) {
      text.append("    then finetune for ").append(i + 1).append(" epochs as m").append(i);
      text.append('\n');
    }
    return text.toString();
  }
}
