package dev.espalier.kernel.jupyter;

import dev.espalier.kernel.maven.Resolved;
import dev.espalier.kernel.maven.Watch;
import dev.espalier.kernel.render.Sheet;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/** The display of a search for libraries: how it goes, and in the end what was added. */
final class Downloads implements Watch {
  private static final long UPDATE_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

  private final Outlet outlet;
  private final String id = UUID.randomUUID().toString();
  private boolean shown;
  private boolean ended;
  private long updated;
  private String last = "";

  Downloads(Outlet outlet) {
    this.outlet = outlet;
  }

  @Override
  public synchronized void downloading(int done, int running, long bytes, String name) {
    last = done + (done == 1 ? " file, " : " files, ") + size(bytes) + ", now " + name;
    long now = System.nanoTime();
    if (!ended && (!shown || now - updated >= UPDATE_NANOS)) {
      updated = now;
      become(Bundle.text("downloading: " + last));
    }
  }

  @Override
  public boolean stopped() {
    return outlet.stopped();
  }

  /** Shows what was added. */
  synchronized void end(List<Resolved.Jar> jars, List<String> notes) {
    ended = true;
    if (jars.isEmpty()) {
      become(Bundle.text(notes.isEmpty() ? "nothing to add" : String.join("\n", notes)));
      return;
    }
    List<List<String>> rows = new ArrayList<>();
    long bytes = 0;
    for (Resolved.Jar jar : jars) {
      bytes += jar.bytes();
      rows.add(
          List.of(
              jar.coordinate().toString(),
              jar.neededBy().isEmpty() ? "asked for" : "needed by " + jar.neededBy(),
              jar.from().isEmpty() ? "was here" : jar.from(),
              size(jar.bytes())));
    }
    String title =
        jars.size()
            + (jars.size() == 1 ? " library" : " libraries")
            + " added to Java cells, "
            + size(bytes);
    Sheet sheet =
        new Sheet(
            title,
            List.of("library", "why", "from", "size"),
            List.of(false, false, false, true),
            rows,
            notes);
    become(Bundle.text(sheet.text()).html(sheet.html()));
  }

  /** Leaves a line where the downloads ended early. */
  synchronized void stop(String how) {
    ended = true;
    if (shown) {
      become(Bundle.text(how + ": " + last));
    }
  }

  private void become(Bundle bundle) {
    outlet.flush();
    outlet.publish(shown ? "update_display_data" : "display_data", bundle.content(id));
    shown = true;
  }

  private static String size(long bytes) {
    return bytes < 1000
        ? bytes + " B"
        : bytes < 1_000_000
            ? String.format(Locale.ROOT, "%.1f KB", bytes / 1e3)
            : String.format(Locale.ROOT, "%.1f MB", bytes / 1e6);
  }
}
