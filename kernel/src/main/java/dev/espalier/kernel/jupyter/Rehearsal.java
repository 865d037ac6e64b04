package dev.espalier.kernel.jupyter;

import com.google.gson.JsonObject;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.dflib.jjava.jupyter.kernel.KernelConnectionProperties;
import org.zeromq.SocketType;
import org.zeromq.ZContext;
import org.zeromq.ZMQ;

/**
 * Plays a front end to a kernel in the same process, so that the classes of a usual start are
 * loaded and can be archived: says hello, runs a cell of each language, says goodbye. Exits with 0
 * when all went well.
 */
public final class Rehearsal {
  private static final int PATIENCE_MILLIS = 30_000;

  private Rehearsal() {}

  public static void main(String[] args) throws Exception {
    KernelConnectionProperties properties = ports();
    Thread kernel = Threads.daemon("kernel", () -> KernelMain.run(properties, () -> {}));
    kernel.start();
    boolean good;
    try (ZContext context = new ZContext(1)) {
      ZMQ.Socket shell = connect(context, properties.getShellPort());
      ZMQ.Socket control = connect(context, properties.getControlPort());
      Wire wire = new Wire(properties.createHMACGenerator());
      good =
          ok(ask(shell, wire, "kernel_info_request", new JsonObject()))
              && ok(ask(shell, wire, "execute_request", cell("let rehearsed = 1")))
              && ok(ask(shell, wire, "execute_request", cell("note \"ready\"")))
              && ok(ask(shell, wire, "execute_request", cell("%%java\nrehearsed + 1")))
              && ok(ask(control, wire, "shutdown_request", Json.of("restart", false)));
    }
    kernel.join(PATIENCE_MILLIS);
    System.exit(good ? 0 : 1);
  }

  private static KernelConnectionProperties ports() throws Exception {
    List<ServerSocket> held = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      held.add(new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1")));
    }
    int[] port = held.stream().mapToInt(ServerSocket::getLocalPort).toArray();
    for (ServerSocket socket : held) {
      socket.close();
    }
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

  private static ZMQ.Socket connect(ZContext context, int port) {
    ZMQ.Socket socket = context.createSocket(SocketType.DEALER);
    socket.setReceiveTimeOut(PATIENCE_MILLIS);
    socket.setLinger(0);
    socket.connect("tcp://127.0.0.1:" + port);
    return socket;
  }

  private static JsonObject cell(String code) {
    return Json.of("code", code, "silent", false, "store_history", true);
  }

  private static JsonObject ask(ZMQ.Socket socket, Wire wire, String type, JsonObject content)
      throws Wire.Malformed {
    JsonObject header = Json.of("msg_id", UUID.randomUUID().toString(), "msg_type", type);
    List<byte[]> frames =
        wire.encode(
            new Packet(List.of(), header, new JsonObject(), new JsonObject(), content, List.of()));
    for (int i = 0; i < frames.size(); i++) {
      socket.send(frames.get(i), i + 1 < frames.size() ? ZMQ.SNDMORE : 0);
    }
    List<byte[]> answer = new ArrayList<>();
    do {
      byte[] frame = socket.recv();
      if (frame == null) {
        return new JsonObject();
      }
      answer.add(frame);
    } while (socket.hasReceiveMore());
    return wire.decode(answer).content();
  }

  private static boolean ok(JsonObject reply) {
    return Json.text(reply, "status", "").equals("ok");
  }
}
