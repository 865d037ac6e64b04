package dev.espalier.kernel.jupyter;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.dflib.jjava.jupyter.kernel.KernelConnectionProperties;
import org.dflib.jjava.jupyter.messages.HMACGenerator;
import org.zeromq.SocketType;
import org.zeromq.ZContext;
import org.zeromq.ZMQ;

/** A front end: talks to a kernel over ZeroMQ as Jupyter does. */
final class Client implements AutoCloseable {
  static final String KEY = "a-key-for-tests";
  private static final int PATIENCE_MILLIS = 20_000;

  /** What one cell gave: its reply and everything published for it up to idle. */
  record Cell(JsonObject reply, List<Packet> published) {
    String status() {
      return Json.text(reply, "status", "");
    }

    List<Packet> of(String type) {
      return published.stream().filter(p -> p.type().equals(type)).toList();
    }

    /** What was printed on {@code stdout} or {@code stderr}. */
    String printed(String stream) {
      return of("stream").stream()
          .filter(p -> Json.text(p.content(), "name", "").equals(stream))
          .map(p -> Json.text(p.content(), "text", ""))
          .collect(Collectors.joining());
    }

    /** The text form of the result. */
    String result() {
      return of("execute_result").stream()
          .map(p -> Json.text(Json.object(p.content(), "data"), "text/plain", ""))
          .collect(Collectors.joining());
    }

    String traceback() {
      StringBuilder text = new StringBuilder();
      reply
          .getAsJsonArray("traceback")
          .forEach(line -> text.append(line.getAsString()).append('\n'));
      return text.toString().replaceAll("\u001b\\[[0-9;]*m", "");
    }
  }

  private final ZContext context = new ZContext(1);
  private final KernelConnectionProperties properties;
  private final Wire wire;
  private final String session = UUID.randomUUID().toString();
  final ZMQ.Socket shell;
  final ZMQ.Socket control;
  final ZMQ.Socket stdin;
  final ZMQ.Socket iopub;
  final ZMQ.Socket heartbeat;
  private int sent;

  Client(KernelConnectionProperties properties) throws Exception {
    this.properties = properties;
    this.wire = new Wire(new HMACGenerator("hmac-sha256", properties.getKey()));
    byte[] identity = session.getBytes(StandardCharsets.US_ASCII);
    shell = connect(SocketType.DEALER, properties.getShellPort(), identity);
    control = connect(SocketType.DEALER, properties.getControlPort(), identity);
    stdin = connect(SocketType.DEALER, properties.getStdinPort(), identity);
    iopub = connect(SocketType.SUB, properties.getIopubPort(), null);
    iopub.subscribe(new byte[0]);
    heartbeat = connect(SocketType.REQ, properties.getHbPort(), null);
  }

  /** Waits so long for each message: for cells that train. */
  Client patient(int millis) {
    shell.setReceiveTimeOut(millis);
    iopub.setReceiveTimeOut(millis);
    return this;
  }

  /** Ports that are free now. */
  static KernelConnectionProperties freePorts() throws IOException {
    List<ServerSocket> held = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      held.add(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
    }
    int[] port = held.stream().mapToInt(ServerSocket::getLocalPort).toArray();
    for (ServerSocket socket : held) {
      socket.close();
    }
    return new KernelConnectionProperties(
        "127.0.0.1", port[0], port[1], port[2], port[3], port[4], "tcp", "hmac-sha256", KEY);
  }

  private ZMQ.Socket connect(SocketType type, int port, byte[] identity) {
    ZMQ.Socket socket = context.createSocket(type);
    if (identity != null) {
      socket.setIdentity(identity);
    }
    socket.setLinger(0);
    socket.setRcvHWM(0);
    socket.setReceiveTimeOut(PATIENCE_MILLIS);
    socket.connect("tcp://" + properties.getIp() + ":" + port);
    return socket;
  }

  /** Another subscription, to what is published under a topic. */
  ZMQ.Socket listen(String topic) {
    ZMQ.Socket socket = connect(SocketType.SUB, properties.getIopubPort(), null);
    socket.subscribe(topic.getBytes(StandardCharsets.US_ASCII));
    return socket;
  }

  JsonObject header(String type) {
    return Json.of(
        "msg_id",
        session + "-" + ++sent,
        "msg_type",
        type,
        "session",
        session,
        "username",
        "tester",
        "date",
        "2026-01-01T00:00:00Z",
        "version",
        Request.PROTOCOL);
  }

  /** Sends a request and gives its id. */
  String send(ZMQ.Socket socket, String type, JsonObject content) {
    JsonObject header = header(type);
    raw(
        socket,
        wire.encode(
            new Packet(List.of(), header, new JsonObject(), new JsonObject(), content, List.of())));
    return header.get("msg_id").getAsString();
  }

  void raw(ZMQ.Socket socket, List<byte[]> frames) {
    for (int i = 0; i < frames.size(); i++) {
      socket.send(frames.get(i), i + 1 < frames.size() ? ZMQ.SNDMORE : 0);
    }
  }

  Wire wire() {
    return wire;
  }

  /** The next message, its signature checked. */
  Packet receive(ZMQ.Socket socket) {
    List<byte[]> frames = new ArrayList<>();
    do {
      byte[] frame = socket.recv();
      assertTrue(frame != null, "the kernel did not answer in time");
      frames.add(frame);
    } while (socket.hasReceiveMore());
    try {
      return wire.decode(frames);
    } catch (Wire.Malformed e) {
      throw new AssertionError(e);
    }
  }

  /** The reply to a request on a channel; others before it are dropped. */
  JsonObject reply(ZMQ.Socket socket, String id) {
    while (true) {
      Packet packet = receive(socket);
      if (Json.text(packet.parent(), "msg_id", "").equals(id)) {
        return packet.content();
      }
    }
  }

  JsonObject ask(ZMQ.Socket socket, String type, JsonObject content) {
    return reply(socket, send(socket, type, content));
  }

  /** Everything published for a request, up to its idle. */
  List<Packet> published(String id) {
    List<Packet> all = new ArrayList<>();
    while (true) {
      Packet packet = receive(iopub);
      if (!Json.text(packet.parent(), "msg_id", "").equals(id)) {
        continue;
      }
      all.add(packet);
      if (packet.type().equals("status")
          && Json.text(packet.content(), "execution_state", "").equals("idle")) {
        return all;
      }
    }
  }

  /** Waits until the kernel answers and this client hears what it publishes. */
  Client ready() {
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(PATIENCE_MILLIS);
    iopub.setReceiveTimeOut(100);
    while (System.nanoTime() < deadline) {
      reply(shell, send(shell, "kernel_info_request", new JsonObject()));
      if (iopub.recv() != null) {
        while (iopub.recv() != null) {
          // Drops what the kernel published before the first cell.
        }
        iopub.setReceiveTimeOut(PATIENCE_MILLIS);
        return this;
      }
    }
    throw new AssertionError("the kernel did not come up");
  }

  static JsonObject cell(String code) {
    return Json.of(
        "code",
        code,
        "silent",
        false,
        "store_history",
        true,
        "user_expressions",
        new JsonObject(),
        "allow_stdin",
        false,
        "stop_on_error",
        true);
  }

  String start(String code) {
    return send(shell, "execute_request", cell(code));
  }

  Cell finish(String id) {
    JsonObject reply = reply(shell, id);
    return new Cell(reply, published(id));
  }

  Cell run(String code) {
    return finish(start(code));
  }

  Cell run(JsonObject content) {
    return finish(send(shell, "execute_request", content));
  }

  static JsonObject parse(String json) {
    return JsonParser.parseString(json).getAsJsonObject();
  }

  @Override
  public void close() {
    context.close();
  }
}
