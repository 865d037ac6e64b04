package dev.espalier.engine.work;

import dev.espalier.engine.EspalierException;
import dev.espalier.engine.Progress;
import dev.espalier.engine.run.Operation;
import dev.espalier.engine.run.OperationText;
import dev.espalier.engine.run.Runner;
import dev.espalier.engine.run.Store;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import sun.misc.Signal;
import sun.misc.SignalHandler;

/**
 * A worker process: gets jobs as lines on its standard input and does one after another. It ends
 * when its input does, and so with the process that started it, however that ended.
 */
public final class WorkerMain {
  private static final long TELL_NANOS = 200_000_000;
  private static final long PATIENCE_MILLIS = 100;

  private static final Borrowed BORROWED = new Borrowed();

  private WorkerMain() {}

  /**
   * Works until the input ends.
   *
   * @param arguments the store's folder
   */
  public static void main(String[] arguments) throws InterruptedException {
    PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    // Whatever a library prints must not stand among the messages.
    System.setOut(System.err);
    // A terminal interrupts all of its processes; the one that started this one decides.
    Signal.handle(new Signal("INT"), SignalHandler.SIG_IGN);
    BlockingQueue<String> orders = new LinkedBlockingQueue<>();
    Thread reader = new Thread(() -> read(orders), "orders");
    reader.setDaemon(true);
    reader.start();
    Store store = Store.open(Path.of(arguments[0]));
    Runner runner = new Runner(store);
    Bench bench = new Bench(runner);
    tell(out, new Message.Ready());
    String order = orders.poll(PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
    if (order == null) {
      // Its work waits for what another worker makes: time to load the natives.
      WarmUp.run();
      order = orders.take();
    }
    for (; ; order = orders.take()) {
      work(Message.Order.read(order), bench, store, out);
      bench.clear();
    }
  }

  private static void read(BlockingQueue<String> orders) {
    try (BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        orders.add(line);
      }
    } catch (IOException e) {
      // The same as its end.
      System.err.println(e.getMessage());
    }
    Runtime.getRuntime().halt(0);
  }

  private static void work(Message.Order order, Bench bench, Store store, PrintStream out) {
    try {
      List<Operation> operations =
          OperationText.read(order.operations(), store::find, BORROWED.from(store));
      Optional<Operation> data =
          operations.size() > 1 ? Optional.of(operations.get(1)) : Optional.empty();
      bench.work(
          operations.get(0), order.name(), order.sentence(), data, progress(order.job(), out));
      tell(out, new Message.Done(order.job()));
    } catch (EspalierException e) {
      tell(out, new Message.Failed(order.job(), Failure.reason(e)));
    } catch (RuntimeException e) {
      e.printStackTrace();
      tell(out, new Message.Failed(order.job(), e.toString()));
    }
  }

  private static Progress progress(int job, PrintStream out) {
    long[] told = {System.nanoTime()};
    return event -> {
      long now = System.nanoTime();
      if (now - told[0] >= TELL_NANOS) {
        Bench.part(event)
            .ifPresent(
                part -> {
                  told[0] = now;
                  tell(out, new Message.Reached(job, part));
                });
      }
    };
  }

  private static void tell(PrintStream out, Message message) {
    out.print(Message.line(message));
    out.flush();
  }
}
