package dev.espalier.kernel.cli;

import com.google.gson.GsonBuilder;
import dev.espalier.engine.EngineVersion;
import dev.espalier.kernel.doctor.Doctor;
import dev.espalier.kernel.doctor.Finding;
import dev.espalier.kernel.install.Installer;
import dev.espalier.kernel.install.Machine;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code espalier doctor}. */
@Command(
    name = "doctor",
    description = {
      "Says what the kernel needs, what is missing, and how to mend it.",
      "Starts the installed kernel once. Nothing is changed or downloaded. Exits with 1 when"
          + " something is wrong."
    },
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class)
final class DoctorCommand implements Callable<Integer> {
  @Mixin private PlaceOptions where;

  @Option(names = "--json", description = "Writes the findings as JSON, for tools.")
  private boolean json;

  @Override
  public Integer call() {
    Terminal terminal = Terminal.system(false);
    Machine machine = Machine.here();
    Doctor doctor =
        new Doctor(
            machine,
            Installer.java(),
            Installer.code(),
            finding -> {
              if (!json) {
                show(terminal, finding);
              }
            });
    List<Finding> findings =
        doctor.examine(
            Installer.kernelspec(where.place().dataFolder(machine), where.name()),
            "java -jar espalier.jar install" + where.options());
    long wrong = findings.stream().filter(f -> f.state() == Finding.State.WRONG).count();
    if (json) {
      terminal.out().println(json(findings, wrong == 0));
    } else {
      terminal
          .out()
          .println(
              wrong == 0
                  ? "all that the kernel needs is there"
                  : wrong + (wrong == 1 ? " thing is" : " things are") + " wrong");
    }
    return wrong == 0 ? 0 : 1;
  }

  private static void show(Terminal terminal, Finding finding) {
    String state = finding.state().sign() + " " + finding.state().word();
    String line = String.format("%-7s %-8s %s", state, finding.area(), finding.text());
    terminal
        .out()
        .println(
            switch (finding.state()) {
              case OK ->
                  terminal.coloured(Terminal.Colour.GREEN, line.substring(0, 7))
                      + line.substring(7);
              case NOTE -> terminal.coloured(Terminal.Colour.BOLD, line);
              case WRONG -> terminal.coloured(Terminal.Colour.RED, line);
            });
    if (!finding.fix().isEmpty()) {
      terminal.out().println("                 to mend it: " + finding.fix());
    }
  }

  private static String json(List<Finding> findings, boolean ok) {
    List<Map<String, String>> all = new ArrayList<>();
    for (Finding finding : findings) {
      Map<String, String> one = new LinkedHashMap<>();
      one.put("area", finding.area());
      one.put("state", finding.state().word());
      one.put("text", finding.text());
      one.put("fix", finding.fix());
      all.add(one);
    }
    Map<String, Object> page = new LinkedHashMap<>();
    page.put("ok", ok);
    page.put("version", EngineVersion.CURRENT);
    page.put("findings", all);
    return new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().create().toJson(page);
  }
}
