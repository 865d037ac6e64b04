package dev.espalier.kernel.jupyter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import dev.espalier.engine.Environment;
import dev.espalier.kernel.session.Session;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.List;
import java.util.ServiceLoader;
import java.util.stream.Stream;
import org.dflib.jjava.jupyter.Extension;
import org.dflib.jjava.jupyter.channels.JupyterConnection;
import org.dflib.jjava.jupyter.kernel.KernelConnectionProperties;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Espalier in a Java kernel that knows nothing of it, over real sockets and that base's loop. */
@Timeout(120)
class EspalierExtensionTest {
  @TempDir private static Path folder;
  private static JupyterConnection connection;
  private static HostKernel kernel;
  private static Client client;
  private static final PrintStream OUT = System.out;

  @BeforeAll
  static void start() throws Exception {
    KernelConnectionProperties properties = Client.freePorts();
    connection = new JupyterConnection(properties);
    kernel = new HostKernel();
    EspalierExtension.open(
        kernel,
        new GuestSession(
            kernel, new Session(folder.resolve("store"), new Environment(1, 1, "cpu", true))));
    kernel.becomeHandlerForConnection(connection);
    kernel.onStartup();
    connection.connect();
    client = new Client(properties).ready();
  }

  @AfterAll
  static void stop() {
    kernel.onShutdown(false);
    client.close();
    connection.close();
  }

  private static String html(Packet shown) {
    return Json.text(Json.object(shown.content(), "data"), "text/html", "");
  }

  @Test
  void aKernelOnThatBaseFindsItByItself() {
    assertTrue(
        ServiceLoader.load(Extension.class).stream()
            .anyMatch(p -> p.type() == EspalierExtension.class));
    assertTrue(kernel.getMagicsRegistry().getCellMagicNames().contains("espalier"));
    assertTrue(kernel.getMagicsRegistry().getLineMagicNames().contains("espalier"));
    assertSame(OUT, System.out, "installing must leave the streams alone");
  }

  @Test
  void aModelIsTrainedShownAndUsedFromJava() throws Exception {
    Client.Cell trained =
        client.run(
            """
            %%espalier
            data digits from glyphs(train 300, test 60) split 250/50
            train mlp(8) on digits for 3 epochs as teacher
            """);
    assertEquals("ok", trained.status(), "" + trained.reply());
    List<Packet> shown = trained.of("display_data");
    assertFalse(shown.isEmpty(), "nothing was shown");
    assertTrue(
        Stream.concat(shown.stream(), trained.of("update_display_data").stream())
            .anyMatch(p -> html(p).contains("teacher")),
        "" + trained.published());

    // Java takes the model, and gives a number back.
    Client.Cell java =
        client.run("var teacher = espalier.model(\"teacher\"); teacher.graph().nodes().size()");
    assertEquals("ok", java.status(), "" + java.reply());
    assertTrue(Integer.parseInt(java.result()) > 0, java.result());
    Client.Cell model = client.run("teacher");
    assertTrue(html(model.of("execute_result").get(0)).contains("<"), "" + model.published());
    assertEquals("ok", client.run("espalier.bind(\"mine\", teacher);").status());
    assertEquals("ok", client.run("%%espalier\nshow mine\n").status());
    assertEquals("error", client.run("espalier.bind(\"it\", new Object());").status());
    assertEquals("error", client.run("espalier.model(\"nobody\")").status());

    Client.Cell pruned =
        client.run(
            "var slim = (dev.espalier.engine.Model) null;\nslim = %espalier prune teacher 50% as slim");
    assertEquals("ok", pruned.status(), "" + pruned.reply());
    Client.Cell same = client.run("slim == espalier.model(\"slim\")");
    assertEquals("true", same.result(), "" + same.reply());
    Client.Cell named = client.run("dev.espalier.engine.Model again = %espalier slim");
    assertEquals("ok", named.status(), "" + named.reply());
  }

  @Test
  void aMistakeIsAnErrorOfThatKernelWithLineAndCaret() throws Exception {
    Client.Cell wrong = client.run("%%espalier\nlet x = 1\nprune 50% nothing\n");
    assertEquals("error", wrong.status());
    String trace = wrong.of("error").get(0).content().toString();
    assertTrue(trace.contains("prune 50% nothing") && trace.contains("^"), trace);
    Client.Cell java = client.run("%%espalier\nint x = 1;\n");
    assertTrue(
        java.of("error").get(0).content().toString().contains("take `%%espalier` away"),
        "" + java.published());
    assertEquals("error", client.run("%%espalier now\nlet x = 1\n").status());
    assertEquals("2", client.run("1 + 1").result());
  }

  @Test
  void anInterruptStopsATraining() throws Exception {
    String id =
        client.start(
            """
            %%espalier
            data many from glyphs(train 600, test 60) split 500/100
            train lenet-5 on many for 10000 epochs as endless
            """);
    while (true) {
      Packet packet = client.receive(client.iopub);
      if (packet.type().equals("update_display_data")) {
        break;
      }
    }
    client.ask(client.control, "interrupt_request", new JsonObject());
    Client.Cell stopped = client.finish(id);
    assertEquals("error", stopped.status(), "" + stopped.reply());
    assertEquals("4", client.run("2 + 2").result());
  }
}
