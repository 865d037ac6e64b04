package dev.espalier.kernel.doctor;

import dev.espalier.engine.run.Store;
import dev.espalier.kernel.install.KernelSpec;
import dev.espalier.kernel.install.Machine;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** Memory, disk space and the ports of the loopback interface. */
final class MachineCheck {
  private static final long GIGABYTE = 1L << 30;
  private static final long LITTLE_MEMORY = 2 * GIGABYTE;
  private static final long LITTLE_DISK = GIGABYTE;
  private static final long NO_DISK = 50L << 20;

  /** Shell, control, stdin, iopub and heartbeat. */
  private static final int PORTS = 5;

  private final Machine machine;
  private final Consumer<Finding> found;

  MachineCheck(Machine machine, Consumer<Finding> found) {
    this.machine = machine;
    this.found = found;
  }

  void look(Optional<KernelSpec> spec) {
    memory(spec);
    Map<String, String> variables = spec.map(KernelSpec::environment).orElseGet(Map::of);
    Map<String, Path> places = new LinkedHashMap<>();
    places.put("finished steps", place(variables, "ESPALIER_STORE", Store.standardPlace()));
    places.put(
        "downloaded data",
        place(variables, "ESPALIER_CACHE", machine.home().resolve(".cache").resolve("espalier")));
    places.put(
        "unpacked native libraries",
        place(variables, "DJL_CACHE_DIR", machine.home().resolve(".djl.ai")));
    places.forEach(this::disk);
    ports();
  }

  private Path place(Map<String, String> variables, String name, Path usual) {
    return Optional.ofNullable(variables.get(name))
        .or(() -> machine.variable(name))
        .map(Path::of)
        .orElse(usual);
  }

  private void memory(Optional<KernelSpec> spec) {
    String heap =
        spec.flatMap(
                s ->
                    s.command().stream()
                        .filter(part -> part.startsWith("-Xmx"))
                        .reduce((a, b) -> b)
                        .map(part -> part.substring(4)))
            .orElse("a quarter of it");
    String text =
        (machine.memoryBytes() >> 20) + " MB of memory; the kernel's heap may have " + heap;
    found.accept(
        machine.memoryBytes() > 0 && machine.memoryBytes() < LITTLE_MEMORY
            ? Finding.note("memory", text, "train small networks only")
            : Finding.ok("memory", text));
  }

  private void disk(String what, Path folder) {
    Path there = folder.toAbsolutePath().normalize();
    while (there.getParent() != null && !Files.exists(there)) {
      there = there.getParent();
    }
    String text = "for " + what + ", " + folder;
    if (!Files.isDirectory(there) || !Files.isWritable(there)) {
      found.accept(
          Finding.wrong(
              "disk",
              text + ": " + there + (Files.isDirectory(there) ? " is read-only" : " is no folder"),
              "install with --store or --cache, or set DJL_CACHE_DIR"));
      return;
    }
    try {
      long free = Files.getFileStore(there).getUsableSpace();
      String size = free < GIGABYTE ? (free >> 20) + " MB free " : (free / GIGABYTE) + " GB free ";
      found.accept(
          free < NO_DISK
              ? Finding.wrong("disk", size + text, "make room")
              : free < LITTLE_DISK
                  ? Finding.note("disk", size + text, "make room before long")
                  : Finding.ok("disk", size + text));
    } catch (IOException e) {
      found.accept(Finding.note("disk", text + ": the free space is unknown: " + e, ""));
    }
  }

  private void ports() {
    List<ServerSocket> held = new ArrayList<>();
    try {
      for (int i = 0; i < PORTS; i++) {
        held.add(new ServerSocket(0, 1, InetAddress.getByAddress(new byte[] {127, 0, 0, 1})));
      }
      found.accept(Finding.ok("network", "ports of 127.0.0.1 can be opened"));
    } catch (IOException e) {
      found.accept(
          Finding.wrong(
              "network",
              "no ports of 127.0.0.1 can be opened: " + e.getMessage(),
              "Jupyter talks to kernels there: let the firewall or sandbox allow it"));
    } finally {
      for (ServerSocket socket : held) {
        try {
          socket.close();
        } catch (IOException e) {
          // It is of no further use either way.
        }
      }
    }
  }
}
