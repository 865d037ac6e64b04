package dev.espalier.engine.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.espalier.engine.Model;
import dev.espalier.engine.Sha256;
import dev.espalier.engine.architecture.Mlp;
import dev.espalier.engine.graph.Graph;
import dev.espalier.engine.graph.Tensor;
import dev.espalier.engine.graph.Weight;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoreTest {
  @TempDir Path folder;

  static Model model(int number) {
    Graph graph = new Mlp(List.of(64)).build(new long[] {16}, 3);
    Map<String, Tensor> values = new HashMap<>();
    graph
        .weights()
        .forEach(
            (name, weight) -> {
              if (weight instanceof Weight.Rule) {
                float[] floats = new float[(int) Tensor.count(weight.shape())];
                java.util.Arrays.fill(floats, number + 0.5f);
                values.put(name, Tensor.ofFloats(weight.shape(), floats));
              }
            });
    return new Model(
        Sha256.of("model " + number),
        graph.withWeights(values),
        List.of(new Model.Epoch("train", 1, 0.5, Double.NaN, Double.NaN, 1.25)),
        new Model.Provenance(
            "train mlp(64) on d as m",
            "Train{…}",
            List.of("aa", "bb"),
            Map.of("seed", "1"),
            "2026-01-01T00:00:00Z",
            1.5));
  }

  @Test
  void aModelComesBackAsItWasKept() {
    Model model = model(1);
    Store.open(folder).keep(model);
    Store again = Store.open(folder);
    assertTrue(again.has(model.key()));
    Model found = again.find(model.key()).orElseThrow();
    model
        .graph()
        .weights()
        .forEach((name, weight) -> assertEquals(weight, found.graph().weights().get(name)));
    assertEquals(model.graph().outputs(), found.graph().outputs());
    assertEquals(model.graph().metadata(), found.graph().metadata());
    assertEquals(model.history(), found.history());
    assertEquals(model.provenance(), found.provenance());
  }

  @Test
  void aDamagedModelIsSetAsideAndReportedMissing() throws IOException {
    Model model = model(2);
    Store store = Store.open(folder);
    store.keep(model);
    Path file = store.entries().get(model.key()).resolve("model.onnx");
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length / 2] ^= 1;
    Files.write(file, bytes);
    assertEquals(Optional.empty(), store.find(model.key()));
    assertFalse(store.has(model.key()));
    store.keep(model);
    assertTrue(store.find(model.key()).isPresent());
    assertTrue(Files.list(folder.resolve("damaged")).findAny().isPresent());
  }

  @Test
  void aRecordCutShortIsSetAside() throws IOException {
    Model model = model(3);
    Store store = Store.open(folder);
    store.keep(model);
    Path file = store.entries().get(model.key()).resolve("record.json");
    Files.writeString(file, Files.readString(file).substring(0, 40));
    assertEquals(Optional.empty(), store.find(model.key()));
  }

  /** Keeps models as fast as it can until it is killed. */
  static final class Writer {
    public static void main(String[] args) {
      Store store = Store.open(Path.of(args[0]));
      for (int i = 0; ; i++) {
        store.keep(model(i));
        System.out.println(i);
      }
    }
  }

  @Test
  void aProcessKilledAtAnyMomentLeavesWholeEntriesOnly() throws Exception {
    int seen = 0;
    for (int round = 0; round < 4; round++) {
      Path place = folder.resolve("killed" + round);
      Process writer =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-cp",
                  System.getProperty("java.class.path"),
                  Writer.class.getName(),
                  place.toString())
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      try (var lines = writer.inputReader()) {
        assertEquals("0", lines.readLine());
        Thread.sleep(37L * (round + 1));
      } finally {
        writer.destroyForcibly();
        assertTrue(writer.waitFor(20, TimeUnit.SECONDS));
      }
      Store store = Store.open(place);
      assertEquals(0, Files.list(place.resolve("unfinished")).count());
      for (String key : store.entries().keySet()) {
        assertTrue(store.find(key).isPresent(), key);
        seen++;
      }
    }
    assertTrue(seen >= 4, "only " + seen + " entries were written");
  }
}
