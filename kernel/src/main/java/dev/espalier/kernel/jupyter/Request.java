package dev.espalier.kernel.jupyter;

import com.google.gson.JsonObject;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * One request and everything that answers it. Whatever a cell prints or shows, from whichever of
 * its threads and however late, is published with this request as its parent.
 */
final class Request {
  /** The request on whose behalf a thread runs; threads that a cell starts inherit it. */
  static final InheritableThreadLocal<Request> CURRENT = new InheritableThreadLocal<>();

  /** The version of the messaging protocol that is spoken here. */
  static final String PROTOCOL = KernelMain.PROTOCOL;

  private static final String SESSION = UUID.randomUUID().toString();
  private static final AtomicLong COUNTER = new AtomicLong();

  private final Sockets sockets;
  private final Sockets.Channel channel;
  private final Packet packet;
  private final boolean silent;
  private volatile Page page;
  private volatile int number;
  private final AtomicInteger sentences = new AtomicInteger();
  private volatile boolean stopped;
  private volatile long stoppedAt;
  private volatile long polledAt;
  private volatile long longestGap;
  private volatile boolean noticed;

  Request(Sockets sockets, Sockets.Channel channel, Packet packet) {
    this.sockets = sockets;
    this.channel = channel;
    this.packet = packet;
    this.silent =
        packet.type().equals("execute_request") && Json.flag(packet.content(), "silent", false);
  }

  String type() {
    return packet.type();
  }

  JsonObject content() {
    return packet.content();
  }

  /** Whether nothing but its status may be published. */
  boolean silent() {
    return silent;
  }

  /** Whether the user asked to stop it. */
  boolean stopped() {
    return stopped;
  }

  void stop() {
    if (!stopped) {
      stoppedAt = System.nanoTime();
      stopped = true;
    }
  }

  /** The question of a running step, at each of its batches, whether the user asked to stop it. */
  boolean poll() {
    long now = System.nanoTime();
    if (polledAt != 0) {
      longestGap = Math.max(longestGap, now - polledAt);
    }
    polledAt = now;
    noticed = stopped;
    return stopped;
  }

  /** Whether the step knows that it is to stop. */
  boolean noticed() {
    return noticed;
  }

  /** For how long silence of the step means nothing: a few times as long as it ever kept silent. */
  long patience() {
    return TimeUnit.NANOSECONDS.toMillis(3 * longestGap);
  }

  long millisSinceStop() {
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - stoppedAt);
  }

  void busy() {
    send("status", Json.of("execution_state", "busy"));
  }

  void idle() {
    send("status", Json.of("execution_state", "idle"));
  }

  /** Publishes to all front ends, unless the request is silent. */
  void publish(String type, JsonObject content) {
    if (!silent) {
      send(type, content);
    }
  }

  /** Waits until front ends have read enough of what was published, or this is stopped. */
  void awaitReaders() {
    sockets.awaitReaders(this);
  }

  void reply(JsonObject content) {
    String type = packet.type().replace("_request", "_reply");
    sockets.send(channel, answer(packet.identities(), type, content));
  }

  /** The number of the cell, for messages. */
  int number() {
    return number;
  }

  void number(int given) {
    number = given;
  }

  /** Says that the cell's Java code begins, or ends, to wait for a sentence of Espalier. */
  void sentence(boolean begins) {
    sentences.addAndGet(begins ? 1 : -1);
  }

  /** Whether the cell's Java code waits for a sentence, which knows itself how to be stopped. */
  boolean inSentence() {
    return sentences.get() > 0;
  }

  /** Says what the cell's code may ask of the notebook. */
  void page(Page given) {
    page = given;
  }

  /**
   * What the cell's code may ask of the notebook.
   *
   * @throws IllegalStateException when this is no cell
   */
  Page page() {
    Page known = page;
    if (known == null) {
      throw new IllegalStateException("nothing can be shown here");
    }
    return known;
  }

  /**
   * Asks the front end for a line of input.
   *
   * @param secret whether what is typed is not to be seen
   */
  void askInput(String prompt, boolean secret) {
    sockets.send(
        Sockets.Channel.STDIN,
        answer(
            packet.identities(), "input_request", Json.of("prompt", prompt, "password", secret)));
  }

  boolean mayAskInput() {
    return Json.flag(packet.content(), "allow_stdin", false);
  }

  /** Publishes the status of a kernel that has just come up; it has no parent. */
  static void starting(Sockets sockets) {
    sockets.publish(
        new Packet(
            List.of("status".getBytes(StandardCharsets.US_ASCII)),
            header("status"),
            new JsonObject(),
            new JsonObject(),
            Json.of("execution_state", "starting"),
            List.of()));
  }

  /**
   * Tells a front end that it hears what is published under a topic from now on (new in 5.4).
   *
   * @param topic empty for everything
   */
  static Packet welcome(byte[] topic) {
    return new Packet(
        topic.length == 0 ? List.of() : List.of(topic),
        header("iopub_welcome"),
        new JsonObject(),
        new JsonObject(),
        Json.of("subscription", new String(topic, StandardCharsets.UTF_8)),
        List.of());
  }

  private void send(String type, JsonObject content) {
    sockets.publish(answer(List.of(type.getBytes(StandardCharsets.US_ASCII)), type, content));
  }

  private Packet answer(List<byte[]> identities, String type, JsonObject content) {
    return new Packet(
        identities, header(type), packet.header(), new JsonObject(), content, List.of());
  }

  private static JsonObject header(String type) {
    return Json.of(
        "msg_id",
        SESSION + "_" + COUNTER.incrementAndGet(),
        "username",
        "kernel",
        "session",
        SESSION,
        "date",
        Instant.now().toString(),
        "msg_type",
        type,
        "version",
        PROTOCOL);
  }
}
