package dev.espalier.kernel.jupyter;

import dev.espalier.engine.EspalierException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.dflib.jjava.jupyter.kernel.KernelConnectionProperties;
import org.zeromq.SocketType;
import org.zeromq.ZContext;
import org.zeromq.ZMQ;
import org.zeromq.ZMQException;

/**
 * The five sockets of a kernel.
 *
 * <p>A ZeroMQ socket belongs to one thread. One thread owns all five and waits for all of them at
 * once: for requests, heartbeats, and front ends that begin to listen. Another hands it what is to
 * be sent. Everyone else only touches a queue: a user's thread may carry an interrupt, and an
 * interrupted thread inside ZeroMQ's channels would close them.
 */
final class Sockets implements AutoCloseable {
  /** Where requests come from and replies go to. */
  enum Channel {
    SHELL,
    CONTROL,
    STDIN;

    private static final Channel[] URGENT_FIRST = {CONTROL, STDIN, SHELL};
  }

  /** Gets each message that passed its checks, on the receiving thread; must not block. */
  interface Receiver {
    void received(Channel channel, Packet packet);
  }

  /** A message on its way out; no channel means iopub, no frames means the end. */
  private record Outgoing(Channel channel, List<byte[]> frames) {}

  /** Larger than any notebook cell; keeps a stranger from filling the memory. */
  private static final long MAX_MESSAGE_BYTES = 256L << 20;

  private static final int LINGER_MILLIS = 400;

  /** In a flood of output, heartbeats and interrupts are looked for after so many messages. */
  private static final int RELAYED_AT_ONCE = 100;

  /** JeroMQ's poller misses a wake-up now and then; the message is found when it looks again. */
  private static final long LOOK_AGAIN_MILLIS = 100;

  /** Where published messages go in the place of a channel's number. */
  private static final byte IOPUB = 3;

  /** First byte of what a front end sends when it begins to listen; the rest is the topic. */
  private static final byte SUBSCRIBED = 1;

  private static final String RELAY = "inproc://replies";

  private final ZContext context = new ZContext(1);
  private final Wire wire;
  private final PrintStream log;
  private final Backlog backlog = new Backlog();
  private final BlockingQueue<Outgoing> outgoing = new LinkedBlockingQueue<>();
  private Thread receiving;
  private Thread sending;

  private final ZMQ.Socket[] routers = new ZMQ.Socket[Channel.values().length];
  private final ZMQ.Socket heartbeat;
  private final ZMQ.Socket iopub;
  private final ZMQ.Socket relayIn;
  private final ZMQ.Socket relayOut;

  /**
   * Binds every socket.
   *
   * @throws EspalierException when the connection file asks for something else than TCP on the
   *     loopback interface, or a port is taken
   */
  Sockets(KernelConnectionProperties properties, Wire wire, PrintStream log) {
    this.wire = wire;
    this.log = log;
    requireLoopback(properties);
    context.setLinger(LINGER_MILLIS);
    try {
      routers[Channel.SHELL.ordinal()] =
          bound(SocketType.ROUTER, properties, properties.getShellPort());
      routers[Channel.CONTROL.ordinal()] =
          bound(SocketType.ROUTER, properties, properties.getControlPort());
      routers[Channel.STDIN.ordinal()] =
          bound(SocketType.ROUTER, properties, properties.getStdinPort());
      heartbeat = bound(SocketType.REP, properties, properties.getHbPort());
      iopub = bound(SocketType.XPUB, properties, properties.getIopubPort());
      // Each front end is greeted, not only the first.
      iopub.setXpubVerbose(true);
      relayIn = context.createSocket(SocketType.PULL);
      relayIn.setRcvHWM(0);
      relayIn.bind(RELAY);
      relayOut = context.createSocket(SocketType.PUSH);
      relayOut.setSndHWM(0);
      relayOut.connect(RELAY);
    } catch (RuntimeException e) {
      context.close();
      throw e;
    }
  }

  /** Starts the two threads. */
  void start(Receiver receiver) {
    receiving = Threads.daemon("espalier-receive", () -> receive(receiver));
    sending = Threads.daemon("espalier-send", this::send);
    receiving.start();
    sending.start();
  }

  /** Replies on a channel. Never blocks. */
  void send(Channel channel, Packet packet) {
    outgoing.add(new Outgoing(channel, wire.encode(packet)));
  }

  /** Publishes to all front ends, in the order of the calls. Never blocks. */
  void publish(Packet packet) {
    List<byte[]> frames = wire.encode(packet);
    backlog.add(frames);
    outgoing.add(new Outgoing(null, frames));
  }

  /** Waits, where front ends read more slowly than is published, until they have caught up. */
  void awaitReaders(Request request) {
    backlog.await(request);
  }

  /** Sends what is queued, then closes; waits for it at most the linger time. */
  @Override
  public void close() {
    outgoing.add(new Outgoing(null, List.of()));
    try {
      sending.join(LINGER_MILLIS);
      receiving.join(LINGER_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    context.close();
  }

  private ZMQ.Socket bound(SocketType type, KernelConnectionProperties properties, int port) {
    ZMQ.Socket socket = context.createSocket(type);
    // The default high-water mark of 1000 messages drops output silently.
    socket.setSndHWM(0);
    socket.setRcvHWM(0);
    socket.setMaxMsgSize(MAX_MESSAGE_BYTES);
    String address = "tcp://" + properties.getIp() + ":" + port;
    try {
      socket.bind(address);
    } catch (ZMQException e) {
      throw EspalierException.run(
          "the kernel cannot listen on " + address,
          "connection file",
          e.getMessage() + " (error " + e.getErrorCode() + ")",
          "close what uses the port, or start the kernel again with other ports",
          e);
    }
    return socket;
  }

  private static void requireLoopback(KernelConnectionProperties properties) {
    if (!"tcp".equals(properties.getTransport())) {
      throw EspalierException.program(
          "the kernel speaks over tcp, not over `" + properties.getTransport() + "`",
          "connection file, field transport",
          "",
          "set the client's transport to tcp");
    }
    boolean loopback;
    try {
      // Only literal addresses and the one well-known name: no lookup over the network.
      String ip = String.valueOf(properties.getIp());
      loopback =
          ip.equals("localhost")
              || (ip.matches("[0-9.]+|.*:.*") && InetAddress.getByName(ip).isLoopbackAddress());
    } catch (UnknownHostException e) {
      loopback = false;
    }
    if (!loopback) {
      throw EspalierException.program(
          "the kernel listens on this machine only, not on `" + properties.getIp() + "`",
          "connection file, field ip",
          "whoever reaches these ports runs code as you",
          "use 127.0.0.1; to work from afar, forward the notebook server's own port");
    }
  }

  private void receive(Receiver receiver) {
    try (ZMQ.Poller poller = context.createPoller(6)) {
      for (ZMQ.Socket router : routers) {
        poller.register(router, ZMQ.Poller.POLLIN);
      }
      poller.register(heartbeat, ZMQ.Poller.POLLIN);
      poller.register(relayIn, ZMQ.Poller.POLLIN);
      poller.register(iopub, ZMQ.Poller.POLLIN);
      while (true) {
        poller.poll(LOOK_AGAIN_MILLIS);
        if (poller.pollin(4) && !relay()) {
          return;
        }
        if (poller.pollin(3)) {
          byte[] beat = heartbeat.recv(ZMQ.DONTWAIT);
          if (beat != null) {
            heartbeat.send(beat);
          }
        }
        if (poller.pollin(5)) {
          greet();
        }
        // Control first: an interrupt must not wait behind a flood of cells.
        for (Channel channel : Channel.URGENT_FIRST) {
          if (poller.pollin(channel.ordinal())) {
            receive(channel, receiver);
          }
        }
      }
    } catch (ZMQException e) {
      log.println("espalier kernel: the connection broke: " + e.getMessage());
    }
  }

  private void receive(Channel channel, Receiver receiver) {
    ZMQ.Socket socket = routers[channel.ordinal()];
    List<byte[]> frames = new ArrayList<>();
    byte[] first = socket.recv(ZMQ.DONTWAIT);
    if (first == null) {
      return;
    }
    frames.add(first);
    while (socket.hasReceiveMore()) {
      frames.add(socket.recv());
    }
    try {
      receiver.received(channel, wire.decode(frames));
    } catch (Wire.Malformed e) {
      log.println("espalier kernel: a message on " + channel + " was dropped: " + e.getMessage());
    } catch (RuntimeException | OutOfMemoryError e) {
      log.println("espalier kernel: a message on " + channel + " was lost: " + e);
    }
  }

  /** Tells a front end that it is heard from now on. */
  private void greet() {
    byte[] said = iopub.recv(ZMQ.DONTWAIT);
    if (said != null && said.length > 0 && said[0] == SUBSCRIBED) {
      byte[] topic = Arrays.copyOfRange(said, 1, said.length);
      List<byte[]> frames = wire.encode(Request.welcome(topic));
      for (int i = 0; i < frames.size(); i++) {
        iopub.send(frames.get(i), i + 1 < frames.size() ? ZMQ.SNDMORE : 0);
      }
    }
  }

  /** Sends what was handed over; false at the end. */
  private boolean relay() {
    for (int i = 0; i < RELAYED_AT_ONCE; i++) {
      byte[] channel = relayIn.recv(ZMQ.DONTWAIT);
      if (channel == null) {
        return true;
      }
      if (!relayIn.hasReceiveMore()) {
        return false;
      }
      ZMQ.Socket socket = channel[0] == IOPUB ? iopub : routers[channel[0]];
      do {
        byte[] frame = relayIn.recv();
        socket.send(frame, relayIn.hasReceiveMore() ? ZMQ.SNDMORE : 0);
      } while (relayIn.hasReceiveMore());
    }
    return true;
  }

  private void send() {
    while (true) {
      try {
        Outgoing next = outgoing.take();
        if (next.frames().isEmpty()) {
          relayOut.send(new byte[] {0});
          return;
        }
        int channel = next.channel() == null ? IOPUB : next.channel().ordinal();
        relayOut.sendMore(new byte[] {(byte) channel});
        List<byte[]> frames = next.frames();
        for (int i = 0; i < frames.size(); i++) {
          relayOut.send(frames.get(i), i + 1 < frames.size() ? ZMQ.SNDMORE : 0);
        }
      } catch (InterruptedException e) {
        // Nobody has a reason to interrupt this thread; the queue must go on.
        log.println("espalier kernel: the sending thread was interrupted and goes on");
      } catch (ZMQException e) {
        log.println("espalier kernel: sending broke: " + e.getMessage());
        return;
      }
    }
  }
}
