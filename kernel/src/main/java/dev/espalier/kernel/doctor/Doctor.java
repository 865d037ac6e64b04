package dev.espalier.kernel.doctor;

import dev.espalier.kernel.install.KernelSpec;
import dev.espalier.kernel.install.Machine;
import dev.espalier.kernel.install.Place;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Looks at everything a kernel needs. What could crash or hang is tried in processes of their own.
 * Nothing is changed, installed or downloaded.
 */
public final class Doctor {
  private final Machine machine;
  private final Path ownJava;
  private final Path ownJar;
  private final Consumer<Finding> listener;
  private final List<Finding> findings = new ArrayList<>();

  /**
   * @param ownJava the Java that runs this
   * @param ownJar the jar, or folder of classes, that this is part of
   * @param listener is told of each finding at once, since some take seconds
   */
  public Doctor(Machine machine, Path ownJava, Path ownJar, Consumer<Finding> listener) {
    this.machine = machine;
    this.ownJava = ownJava;
    this.ownJar = ownJar;
    this.listener = listener;
  }

  /**
   * Looks.
   *
   * @param kernelspec the folder of the kernel that is meant
   * @param install the command that installs it there
   * @return all findings; the kernel works when none is {@link Finding.State#WRONG}
   */
  public List<Finding> examine(Path kernelspec, String install) {
    new JavaCheck(this::found).runningJava(ownJava);
    KernelCheck kernels = new KernelCheck(install, this::found);
    Optional<KernelSpec> spec = kernels.installed(kernelspec, ownJar);
    kernels.elsewhere(kernelspec, Place.searched(machine));
    new JupyterCheck(machine, this::found).look(kernelspec, spec.isPresent());
    Optional<KernelSpec> runnable = spec.filter(KernelCheck::canStart);
    new MachineCheck(machine, this::found).look(spec);
    new ProbeCheck(
            runnable.map(KernelSpec::java).orElse(ownJava),
            runnable.flatMap(KernelSpec::jar).orElse(ownJar),
            spec.map(KernelSpec::environment).orElseGet(java.util.Map::of),
            this::found)
        .look();
    runnable.ifPresent(s -> new StartCheck(this::found).start(s));
    return List.copyOf(findings);
  }

  private void found(Finding finding) {
    findings.add(finding);
    listener.accept(finding);
  }
}
