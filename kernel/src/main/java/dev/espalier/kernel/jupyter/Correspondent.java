package dev.espalier.kernel.jupyter;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.dflib.jjava.jupyter.kernel.KernelConnectionProperties;
import org.zeromq.SocketType;
import org.zeromq.ZContext;
import org.zeromq.ZMQ;

/** The other end of a kernel's shell and control channels: asks and waits for the reply. */
final class Correspondent implements AutoCloseable {
  private final ZContext context = new ZContext(1);
  private final Wire wire;
  private final int patienceMillis;
  final ZMQ.Socket shell;
  final ZMQ.Socket control;

  Correspondent(KernelConnectionProperties properties, int patienceMillis)
      throws GeneralSecurityException {
    this.patienceMillis = patienceMillis;
    this.wire = new Wire(properties.createHMACGenerator());
    this.shell = connect(properties.getShellPort());
    this.control = connect(properties.getControlPort());
  }

  /** Ports of the loopback interface that are free now, and a new key. */
  static KernelConnectionProperties freePorts() throws IOException {
    List<ServerSocket> held = new ArrayList<>();
    try {
      for (int i = 0; i < 5; i++) {
        held.add(new ServerSocket(0, 1, InetAddress.getByAddress(new byte[] {127, 0, 0, 1})));
      }
    } finally {
      for (ServerSocket socket : held) {
        socket.close();
      }
    }
    int[] port = held.stream().mapToInt(ServerSocket::getLocalPort).toArray();
    return new KernelConnectionProperties(
        "127.0.0.1",
        port[0],
        port[1],
        port[2],
        port[3],
        port[4],
        "tcp",
        "hmac-sha256",
        UUID.randomUUID().toString());
  }

  private ZMQ.Socket connect(int port) {
    ZMQ.Socket socket = context.createSocket(SocketType.DEALER);
    socket.setReceiveTimeOut(patienceMillis);
    socket.setLinger(0);
    socket.connect("tcp://127.0.0.1:" + port);
    return socket;
  }

  /** The content of the reply; empty when none came in time. */
  JsonObject ask(ZMQ.Socket socket, String type, JsonObject content) throws Wire.Malformed {
    send(socket, type, content);
    return receive(socket).orElseGet(JsonObject::new);
  }

  void send(ZMQ.Socket socket, String type, JsonObject content) {
    JsonObject header = Json.of("msg_id", UUID.randomUUID().toString(), "msg_type", type);
    List<byte[]> frames =
        wire.encode(
            new Packet(List.of(), header, new JsonObject(), new JsonObject(), content, List.of()));
    for (int i = 0; i < frames.size(); i++) {
      socket.send(frames.get(i), i + 1 < frames.size() ? ZMQ.SNDMORE : 0);
    }
  }

  /** The content of the next reply; empty when none came in time. */
  Optional<JsonObject> receive(ZMQ.Socket socket) throws Wire.Malformed {
    List<byte[]> answer = new ArrayList<>();
    do {
      byte[] frame = socket.recv();
      if (frame == null) {
        return Optional.empty();
      }
      answer.add(frame);
    } while (socket.hasReceiveMore());
    return Optional.of(wire.decode(answer).content());
  }

  static boolean ok(JsonObject reply) {
    return Json.text(reply, "status", "").equals("ok");
  }

  @Override
  public void close() {
    context.close();
  }
}
