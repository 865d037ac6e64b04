package dev.espalier.kernel.doctor;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import dev.espalier.kernel.install.Child;
import dev.espalier.kernel.install.Machine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The Jupyters on the path, and whether each lists the kernel. */
final class JupyterCheck {
  private static final int SECONDS = 60;
  private static final Pattern VERSION =
      Pattern.compile("(?m)^(jupyter_client|jupyterlab|notebook|nbconvert) *: *([0-9][\\w.]*) *$");

  private final Machine machine;
  private final Consumer<Finding> found;

  JupyterCheck(Machine machine, Consumer<Finding> found) {
    this.machine = machine;
    this.found = found;
  }

  void look(Path kernelspec, boolean installed) {
    List<Path> all = Child.onPath("jupyter", machine);
    if (all.isEmpty()) {
      found.accept(
          Finding.wrong(
              "jupyter",
              "there is no program `jupyter` on the path",
              "install one, such as `pip install jupyterlab`, or switch its environment on"));
      return;
    }
    int listing = 0;
    for (Path jupyter : all) {
      listing += look(jupyter, kernelspec, installed, all.size() > 1) ? 1 : 0;
    }
    if (installed && listing == 0) {
      found.accept(
          Finding.wrong(
              "jupyter",
              "no Jupyter lists the kernel in " + kernelspec,
              "install for the user, or with --sys-prefix into the environment of your Jupyter"));
    }
  }

  private boolean look(Path jupyter, Path kernelspec, boolean installed, boolean several) {
    try {
      Child.Ended version = Child.run(List.of(jupyter.toString(), "--version"), Map.of(), SECONDS);
      if (!version.well()) {
        found.accept(
            Finding.note(
                "jupyter",
                jupyter + " " + version.how() + lastLine(version.err()),
                "mend or remove it"));
        return false;
      }
      List<String> parts = new ArrayList<>();
      Matcher matcher = VERSION.matcher(version.out());
      while (matcher.find()) {
        parts.add(matcher.group(1) + " " + matcher.group(2));
      }
      found.accept(
          Finding.ok(
              "jupyter", jupyter + (parts.isEmpty() ? "" : ": " + String.join(", ", parts))));
      return installed && lists(jupyter, kernelspec, several);
    } catch (IOException e) {
      found.accept(
          Finding.note("jupyter", jupyter + " cannot be run: " + e.getMessage(), "remove it"));
      return false;
    }
  }

  private boolean lists(Path jupyter, Path kernelspec, boolean several) throws IOException {
    Child.Ended ended =
        Child.run(List.of(jupyter.toString(), "kernelspec", "list", "--json"), Map.of(), SECONDS);
    String name = kernelspec.getFileName().toString();
    Optional<Path> listed = ended.well() ? folder(ended.out(), name) : Optional.empty();
    if (!ended.well() && searches(jupyter, kernelspec)) {
      // A Jupyter of parts may lack the command and run kernels all the same.
      found.accept(Finding.ok("jupyter", jupyter + " looks where the kernel is"));
      return true;
    }
    if (!ended.well()) {
      found.accept(
          Finding.note(
              "jupyter",
              "`" + jupyter + " kernelspec list` " + ended.how() + lastLine(ended.err()),
              "install its package jupyter_client"));
    } else if (listed.isEmpty()) {
      found.accept(
          Finding.note(
              "jupyter",
              jupyter + " does not list the kernel",
              several ? "no matter, if another one is yours" : ""));
    } else if (!same(listed.get(), kernelspec)) {
      found.accept(
          Finding.note(
              "jupyter",
              jupyter + " takes `" + name + "` from " + listed.get(),
              "uninstall one of the two"));
    } else {
      found.accept(Finding.ok("jupyter", jupyter + " lists the kernel"));
      return true;
    }
    return false;
  }

  private static boolean searches(Path jupyter, Path kernelspec) throws IOException {
    Child.Ended ended =
        Child.run(List.of(jupyter.toString(), "--paths", "--json"), Map.of(), SECONDS);
    try {
      if (ended.well()
          && JsonParser.parseString(ended.out()).getAsJsonObject().get("data")
              instanceof JsonArray folders) {
        for (JsonElement folder : folders) {
          if (same(Path.of(folder.getAsString(), "kernels"), kernelspec.getParent())) {
            return true;
          }
        }
      }
    } catch (JsonParseException | IllegalStateException | UnsupportedOperationException e) {
      // It says nothing that can be understood.
      return false;
    }
    return false;
  }

  private static Optional<Path> folder(String json, String name) {
    try {
      JsonElement spec =
          JsonParser.parseString(json).getAsJsonObject().getAsJsonObject("kernelspecs").get(name);
      return spec instanceof JsonObject known && known.has("resource_dir")
          ? Optional.of(Path.of(known.get("resource_dir").getAsString()))
          : Optional.empty();
    } catch (JsonParseException
        | IllegalStateException
        | ClassCastException
        | NullPointerException e) {
      return Optional.empty();
    }
  }

  private static boolean same(Path a, Path b) {
    try {
      return Files.isSameFile(a, b);
    } catch (IOException e) {
      return false;
    }
  }

  private static String lastLine(String text) {
    return text.lines().filter(l -> !l.isBlank()).reduce((a, b) -> b).map(l -> ": " + l).orElse("");
  }
}
