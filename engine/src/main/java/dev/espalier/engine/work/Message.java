package dev.espalier.engine.work;

import com.google.gson.Gson;
import com.google.gson.JsonParseException;
import dev.espalier.engine.run.Operation;
import dev.espalier.engine.run.OperationText;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What a process and its worker tell each other, a line each. */
sealed interface Message {
  /** Begins every line of a worker: what else a library prints there is none. */
  String MARK = "@espalier ";

  /** A line is no longer; what is longer is not read. */
  int LONGEST = OperationText.LONGEST + (1 << 16);

  /** The worker can work. */
  record Ready() implements Message {}

  /** So much of the job is done. */
  record Reached(int job, double part) implements Message {}

  record Done(int job) implements Message {}

  record Failed(int job, String reason) implements Message {}

  /** Gson fills the fields. */
  record Line(String kind, int job, double part, String reason) {}

  Gson JSON = new Gson();

  /** The line of a message, with its end. */
  static String line(Message message) {
    Line line;
    if (message instanceof Reached r) {
      line = new Line("reached", r.job(), r.part(), "");
    } else if (message instanceof Done d) {
      line = new Line("done", d.job(), 1, "");
    } else if (message instanceof Failed f) {
      line = new Line("failed", f.job(), 0, f.reason());
    } else {
      line = new Line("ready", 0, 0, "");
    }
    return MARK + JSON.toJson(line) + "\n";
  }

  /** The message of a line; empty for what is none. */
  static Optional<Message> of(String text) {
    if (!text.startsWith(MARK)) {
      return Optional.empty();
    }
    try {
      Line line = JSON.fromJson(text.substring(MARK.length()), Line.class);
      if (line == null || line.kind() == null) {
        return Optional.empty();
      }
      return switch (line.kind()) {
        case "ready" -> Optional.of(new Ready());
        case "reached" -> Optional.of(new Reached(line.job(), line.part()));
        case "done" -> Optional.of(new Done(line.job()));
        case "failed" -> Optional.of(new Failed(line.job(), String.valueOf(line.reason())));
        default -> Optional.empty();
      };
    } catch (JsonParseException e) {
      return Optional.empty();
    }
  }

  /**
   * A job as a worker gets it.
   *
   * @param operations the model, and the data it is measured on, if it is
   */
  record Order(int job, String name, String sentence, String operations) {
    static Order of(Job job) {
      List<Operation> all = new ArrayList<>(List.of(job.model()));
      job.data().ifPresent(all::add);
      return new Order(job.id(), job.name(), job.sentence(), OperationText.write(all));
    }

    String line() {
      return JSON.toJson(this) + "\n";
    }

    static Order read(String line) {
      return JSON.fromJson(line, Order.class);
    }
  }
}
