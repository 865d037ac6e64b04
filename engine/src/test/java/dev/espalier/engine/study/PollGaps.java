package dev.espalier.engine.study;

import dev.espalier.engine.Environment;
import dev.espalier.engine.Progress;
import dev.espalier.engine.architecture.Architecture;
import dev.espalier.engine.architecture.Lenet5;
import dev.espalier.engine.architecture.Mlp;
import dev.espalier.engine.architecture.Resnet20;
import dev.espalier.engine.data.Glyphs;
import dev.espalier.engine.data.Partition;
import dev.espalier.engine.distill.SoftTargets;
import dev.espalier.engine.prune.Amount;
import dev.espalier.engine.prune.Criterion;
import dev.espalier.engine.prune.PruneSpec;
import dev.espalier.engine.quantize.QuantizeSpec;
import dev.espalier.engine.run.Operation;
import dev.espalier.engine.run.Runner;
import dev.espalier.engine.run.StatementSettings;
import dev.espalier.engine.run.Store;
import dev.espalier.engine.train.TrainSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * For how long each kind of step does not ask whether to stop, and where: that long an interrupt
 * has to wait. Run it with the test class path; arguments: samples, threads.
 */
public final class PollGaps {
  private static final long WORTH_A_LOOK_NANOS = 150_000_000L;

  private final Thread runner = Thread.currentThread();
  private volatile long asked;
  private volatile boolean watching;
  private long longest;
  private String where = "";
  private volatile String seen = "";

  private PollGaps() {}

  public static void main(String[] arguments) throws Exception {
    int samples = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 4000;
    int threads = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 1;
    new PollGaps().measure(samples, threads);
    System.exit(0);
  }

  private void measure(int samples, int threads) throws Exception {
    Thread watch = new Thread(this::watch, "watch");
    watch.setDaemon(true);
    watch.start();
    Environment environment = new Environment(1, threads, "cpu", true);
    Path folder = Files.createTempDirectory("polls");
    Execution execution = new Execution(new Runner(Store.open(folder)));
    Operation data =
        new Operation.LoadData(
            "glyphs", new Glyphs(samples, samples / 4, 0.5, 1), Partition.WHOLE, environment);
    step(execution, "data", data);
    TrainSettings two = TrainSettings.epochs(2);
    for (Architecture architecture : List.of(new Lenet5(), new Resnet20())) {
      Operation blueprint = new Operation.Blueprint("net", architecture);
      Operation train = new Operation.Train(blueprint, data, two, environment);
      step(execution, "train " + architecture, train);
      step(
          execution,
          "distill",
          new Operation.Distill(
              List.of(train),
              new Operation.Blueprint("small", new Mlp(List.of(30))),
              data,
              new SoftTargets(4, 0.9),
              two,
              environment));
      for (Amount amount :
          List.of(
              new Amount.Level(0.5),
              new Amount.Budgets(List.of(new Amount.Budget(Amount.Measure.MACS, 0.4, true))))) {
        step(
            execution,
            "prune channels " + amount,
            new Operation.Prune(
                train,
                Optional.of(data),
                new PruneSpec(
                    amount, true, new Criterion.Magnitude(), false, List.of(), List.of(), 2, 1),
                two,
                environment));
      }
      Operation quantize = new Operation.Quantize(train, data, QuantizeSpec.int8(), environment);
      step(execution, "quantize", quantize);
      List<Operation.Named> both =
          List.of(new Operation.Named("net", train), new Operation.Named("tiny", quantize));
      step(
          execution,
          "compare",
          new Operation.Compare(
              both, Optional.empty(), Optional.empty(), "", false, 1, 1, 1, environment));
      step(execution, "show", new Operation.Show(List.of(), both, environment));
      step(
          execution,
          "chart weights",
          new Operation.Chart(
              "weights",
              Optional.empty(),
              both,
              StatementSettings.Drawing.titled(""),
              environment));
      step(
          execution,
          "export",
          new Operation.Export(both.get(0), "onnx", folder.resolve("net.onnx")));
    }
  }

  private void watch() {
    while (true) {
      if (watching && System.nanoTime() - asked > WORTH_A_LOOK_NANOS && seen.isEmpty()) {
        StringBuilder stack = new StringBuilder();
        int lines = 0;
        for (StackTraceElement frame : runner.getStackTrace()) {
          if (frame.getClassName().startsWith("dev.espalier") && lines++ < 6) {
            stack.append("\n      ").append(frame);
          }
        }
        seen = stack.toString();
      }
      try {
        Thread.sleep(10);
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  private void ask() {
    long now = System.nanoTime();
    if (now - asked > longest) {
      longest = now - asked;
      where = seen;
    }
    seen = "";
    asked = now;
  }

  private void step(Execution execution, String name, Operation operation) {
    longest = 0;
    where = "";
    seen = "";
    asked = System.nanoTime();
    watching = true;
    long begin = asked;
    execution.run(
        operation,
        "net",
        "",
        new Progress() {
          @Override
          public void on(Event event) {}

          @Override
          public boolean cancelled() {
            ask();
            return false;
          }
        });
    ask();
    watching = false;
    System.out.printf(
        Locale.ROOT,
        "%-60s %7.2f s, longest silence %6.0f ms%s%n",
        name,
        (System.nanoTime() - begin) / 1e9,
        longest / 1e6,
        where);
  }
}
