package dev.espalier.kernel.maven;

import dev.espalier.dsl.Nearest;
import dev.espalier.engine.EspalierException;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.maven.repository.internal.MavenRepositorySystemUtils;
import org.eclipse.aether.DefaultRepositorySystemSession;
import org.eclipse.aether.RepositoryException;
import org.eclipse.aether.RepositorySystem;
import org.eclipse.aether.artifact.Artifact;
import org.eclipse.aether.artifact.DefaultArtifact;
import org.eclipse.aether.collection.CollectRequest;
import org.eclipse.aether.collection.CollectResult;
import org.eclipse.aether.collection.DependencyCollectionException;
import org.eclipse.aether.graph.Dependency;
import org.eclipse.aether.graph.DependencyNode;
import org.eclipse.aether.repository.LocalRepository;
import org.eclipse.aether.repository.RemoteRepository;
import org.eclipse.aether.repository.RepositoryPolicy;
import org.eclipse.aether.repository.WorkspaceReader;
import org.eclipse.aether.repository.WorkspaceRepository;
import org.eclipse.aether.resolution.ArtifactDescriptorException;
import org.eclipse.aether.resolution.ArtifactDescriptorRequest;
import org.eclipse.aether.resolution.ArtifactDescriptorResult;
import org.eclipse.aether.resolution.ArtifactRequest;
import org.eclipse.aether.resolution.ArtifactResolutionException;
import org.eclipse.aether.resolution.ArtifactResult;
import org.eclipse.aether.resolution.VersionRangeRequest;
import org.eclipse.aether.resolution.VersionRangeResolutionException;
import org.eclipse.aether.supplier.RepositorySystemSupplier;
import org.eclipse.aether.transfer.AbstractTransferListener;
import org.eclipse.aether.transfer.ArtifactNotFoundException;
import org.eclipse.aether.transfer.ChecksumFailureException;
import org.eclipse.aether.transfer.TransferCancelledException;
import org.eclipse.aether.transfer.TransferEvent;
import org.eclipse.aether.transfer.TransferResource;
import org.eclipse.aether.util.graph.transformer.ConflictResolver;

/**
 * Finds libraries with all that they need, by Apache Maven's resolver, as Maven itself would: from
 * the local repository, or downloaded to it with their checksums compared.
 */
public final class Maven {
  /** Thrown when the user stopped a search. */
  public static final class Stopped extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public Stopped() {
      super("stopped", null, false, false);
    }
  }

  private static final int MOST_LIBRARIES = 2000;
  private static final int CONNECT_MILLIS = 10_000;
  private static final int REQUEST_MILLIS = 60_000;

  private final RepositorySystem system = new RepositorySystemSupplier().get();
  private final OwnLibraries own = new OwnLibraries();
  private final MavenSettings settings;
  private final boolean offline;

  /** Versions of what was added before, by identity. */
  private final Map<String, String> added = new LinkedHashMap<>();

  /**
   * @param settings the user's {@code settings.xml}; need not exist
   * @param offline whether downloading is forbidden, whatever the settings say
   * @throws EspalierException when the settings cannot be read
   */
  public Maven(Path settings, boolean offline) {
    this.settings = MavenSettings.read(settings);
    this.offline = offline || this.settings.offline();
  }

  /** As the user's machine is set up; {@code -Doffline=true} and {@code ESPALIER_OFFLINE}. */
  public static Maven standard() {
    String offline = System.getProperty("offline", System.getenv("ESPALIER_OFFLINE"));
    return new Maven(
        Path.of(System.getProperty("maven.settings", MavenSettings.standardPlace().toString())),
        offline != null && !List.of("", "false", "no", "0").contains(offline.strip()));
  }

  /** Repositories of the settings, and the central one. */
  private List<Place> standardPlaces() {
    List<Place> places = new ArrayList<>(settings.places());
    if (places.stream().noneMatch(p -> p.name().equals(Place.CENTRAL.name()))) {
      places.add(0, Place.CENTRAL);
    }
    return places;
  }

  // ---- asked for

  /**
   * Finds libraries.
   *
   * @param more repositories beside those of the settings
   * @throws EspalierException when one cannot be had, saying which and why
   * @throws Stopped when the watch says so
   */
  public Resolved find(List<Coordinate> wanted, List<Place> more, Watch watch) {
    List<Dependency> dependencies =
        wanted.stream()
            .map(
                c ->
                    new Dependency(
                        new DefaultArtifact(
                            c.group(), c.artifact(), c.classifier(), c.extension(), c.version()),
                        "runtime"))
            .toList();
    DefaultRepositorySystemSession session = session(watch);
    return found(session, dependencies, List.of(), repositories(session, more), watch);
  }

  /**
   * Finds what a pom, or a part of one, names.
   *
   * @param where the text is from, for messages
   * @param firstLine of the text there
   * @throws EspalierException when it is no pom, or a library cannot be had
   */
  public Resolved find(String pom, String where, int firstLine, List<Place> more, Watch watch) {
    PomText text = PomText.read(pom, where, firstLine);
    Path file = null;
    try {
      file = Files.createTempFile("espalier-", ".pom");
      Files.writeString(file, text.text(), StandardCharsets.UTF_8);
      DefaultRepositorySystemSession session = session(watch);
      session.setWorkspaceReader(new Written(text, file.toFile()));
      List<RemoteRepository> repositories = repositories(session, more);
      ArtifactDescriptorResult read =
          system.readArtifactDescriptor(
              session,
              new ArtifactDescriptorRequest(
                  new DefaultArtifact(text.group(), text.artifact(), "pom", text.version()),
                  repositories,
                  ""));
      List<RemoteRepository> all = new ArrayList<>(repositories);
      Set<String> names =
          repositories.stream().map(RemoteRepository::getId).collect(Collectors.toSet());
      List<RemoteRepository> fresh =
          read.getRepositories().stream().filter(r -> names.add(r.getId())).toList();
      fresh.forEach(r -> Place.of(r.getId(), r.getUrl()));
      all.addAll(system.newResolutionRepositories(session, fresh));
      session.setWorkspaceReader(null);
      List<Dependency> dependencies =
          read.getDependencies().stream()
              .filter(d -> !d.getScope().equals("test") && !d.getScope().equals("provided"))
              .toList();
      for (Dependency d : dependencies) {
        if (d.getScope().equals("system")) {
          throw EspalierException.program(
              Gate.coordinate(d.getArtifact()) + " has the scope system",
              where,
              "such libraries are files, not in a repository",
              "%jars FILE");
        }
      }
      if (dependencies.isEmpty()) {
        return new Resolved(List.of(), List.of("the pom names no libraries to add"));
      }
      return found(session, dependencies, read.getManagedDependencies(), all, watch);
    } catch (ArtifactDescriptorException e) {
      if (watch.stopped()) {
        throw new Stopped();
      }
      throw EspalierException.program(
          "Maven cannot make sense of this pom", where, deepest(e).getMessage(), "", e);
    } catch (IOException e) {
      throw EspalierException.run(
          "the pom cannot be written to a temporary file", where, e.toString(), "", e);
    } finally {
      delete(file);
    }
  }

  private static void delete(Path file) {
    try {
      if (file != null) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      // The system clears its temporary files.
    }
  }

  /** Gives the resolver the user's own pom, which is in no repository. */
  private record Written(PomText text, File file) implements WorkspaceReader {
    @Override
    public WorkspaceRepository getRepository() {
      return new WorkspaceRepository("notebook", text);
    }

    @Override
    public File findArtifact(Artifact artifact) {
      return artifact.getExtension().equals("pom")
              && artifact.getGroupId().equals(text.group())
              && artifact.getArtifactId().equals(text.artifact())
              && artifact.getVersion().equals(text.version())
          ? file
          : null;
    }

    @Override
    public List<String> findVersions(Artifact artifact) {
      return List.of();
    }
  }

  // ---- session

  private DefaultRepositorySystemSession session(Watch watch) {
    DefaultRepositorySystemSession session = MavenRepositorySystemUtils.newSession();
    session.setSystemProperties(System.getProperties());
    settings.apply(session);
    session.setOffline(offline);
    session.setLocalRepositoryManager(
        system.newLocalRepositoryManager(
            session, new LocalRepository(settings.localRepository().toFile())));
    session.setConfigProperty(ConflictResolver.CONFIG_PROP_VERBOSE, true);
    session.setConfigProperty("aether.connector.connectTimeout", CONNECT_MILLIS);
    session.setConfigProperty("aether.connector.requestTimeout", REQUEST_MILLIS);
    session.setChecksumPolicy(null);
    // A download that failed is tried again the next time the cell runs.
    session.setUpdatePolicy(null);
    session.setTransferListener(new Listener(watch));
    return session;
  }

  private List<RemoteRepository> repositories(
      DefaultRepositorySystemSession session, List<Place> more) {
    Map<String, Place> places = new LinkedHashMap<>();
    standardPlaces().forEach(p -> places.put(p.name(), p));
    more.forEach(p -> places.put(p.name(), p));
    List<RemoteRepository> all = new ArrayList<>();
    for (Place place : places.values()) {
      // Folders made by hand have no checksums; what came over a network must have them.
      String checksums =
          place.url().startsWith("file:")
              ? RepositoryPolicy.CHECKSUM_POLICY_WARN
              : RepositoryPolicy.CHECKSUM_POLICY_FAIL;
      all.add(
          new RemoteRepository.Builder(place.name(), "default", place.url())
              .setPolicy(
                  new RepositoryPolicy(true, RepositoryPolicy.UPDATE_POLICY_ALWAYS, checksums))
              .build());
    }
    return system.newResolutionRepositories(session, all);
  }

  private static final class Listener extends AbstractTransferListener {
    private final Watch watch;
    private final Map<String, Long> bytes = new LinkedHashMap<>();
    private int done;
    private int running;

    Listener(Watch watch) {
      this.watch = watch;
    }

    @Override
    public void transferInitiated(TransferEvent event) throws TransferCancelledException {
      stop();
      tell(event, 1, 0);
    }

    @Override
    public void transferProgressed(TransferEvent event) throws TransferCancelledException {
      stop();
      tell(event, 0, 0);
    }

    @Override
    public void transferSucceeded(TransferEvent event) {
      tell(event, -1, 1);
    }

    @Override
    public void transferFailed(TransferEvent event) {
      tell(event, -1, 0);
    }

    private void stop() throws TransferCancelledException {
      if (watch.stopped()) {
        throw new TransferCancelledException("stopped");
      }
    }

    private synchronized void tell(TransferEvent event, int started, int ended) {
      TransferResource resource = event.getResource();
      running = Math.max(0, running + started);
      done += ended;
      bytes.put(
          resource.getRepositoryUrl() + resource.getResourceName(), event.getTransferredBytes());
      String name = resource.getResourceName();
      watch.downloading(
          done,
          running,
          bytes.values().stream().mapToLong(Long::longValue).sum(),
          name.substring(name.lastIndexOf('/') + 1));
    }
  }

  // ---- search

  private Resolved found(
      DefaultRepositorySystemSession session,
      List<Dependency> asked,
      List<Dependency> managed,
      List<RemoteRepository> repositories,
      Watch watch) {
    List<String> notes = new ArrayList<>();
    List<Dependency> wanted = new ArrayList<>();
    for (Dependency dependency : asked) {
      if (wanted(Gate.coordinate(dependency.getArtifact()), notes)) {
        wanted.add(dependency);
      }
    }
    if (wanted.isEmpty()) {
      return new Resolved(List.of(), notes);
    }
    Gate gate = new Gate(own, Map.copyOf(added));
    session.setDependencySelector(gate.selector(session.getDependencySelector()));
    CollectRequest request = new CollectRequest(wanted, managed, repositories);
    CollectResult collected;
    try {
      collected = system.collectDependencies(session, request);
    } catch (DependencyCollectionException e) {
      throw refused(session, e, repositories, watch);
    }
    Map<DependencyNode, String> winners = new LinkedHashMap<>();
    walk(
        collected.getRoot(),
        "",
        winners,
        notes,
        Collections.newSetFromMap(new java.util.IdentityHashMap<>()));
    if (winners.size() > MOST_LIBRARIES) {
      throw EspalierException.program(
          "this would add " + winners.size() + " libraries",
          "",
          "more than " + MOST_LIBRARIES + " are no accident",
          "");
    }
    notes.addAll(gate.notes());
    List<ArtifactRequest> requests =
        winners.keySet().stream()
            .filter(n -> Gate.coordinate(n.getArtifact()).wrong().isEmpty())
            .map(ArtifactRequest::new)
            .toList();
    List<ArtifactResult> results;
    try {
      results = system.resolveArtifacts(session, requests);
    } catch (ArtifactResolutionException e) {
      throw refused(session, e, repositories, watch);
    }
    if (watch.stopped()) {
      throw new Stopped();
    }
    List<Resolved.Jar> jars = new ArrayList<>();
    for (ArtifactResult result : results) {
      Artifact artifact = result.getArtifact();
      // A pom alone brings what it needs and no file of its own.
      if (artifact.getExtension().equals("pom")) {
        continue;
      }
      Coordinate coordinate = Gate.coordinate(artifact);
      Path file = artifact.getFile().toPath();
      String from = result.getRepository() instanceof RemoteRepository remote ? remote.getId() : "";
      jars.add(
          new Resolved.Jar(
              coordinate,
              file,
              file.toFile().length(),
              winners.get(result.getRequest().getDependencyNode()),
              from));
    }
    return new Resolved(jars, notes);
  }

  /** Remembers that libraries were put on the class path. */
  public void added(List<Resolved.Jar> jars) {
    jars.forEach(j -> added.put(j.coordinate().identity(), j.coordinate().version()));
  }

  /** Whether something that was asked for is not there yet; says so when it is. */
  private boolean wanted(Coordinate c, List<String> notes) {
    String wrong = c.wrong();
    if (!wrong.isEmpty()) {
      throw EspalierException.program(
          "`" + Coordinate.shortened(c.toString()) + "` names no library",
          "",
          "`" + Coordinate.shortened(wrong) + "` can be no part of a name",
          "");
    }
    String here = own.version(c.group(), c.artifact()).orElse(null);
    if (own.isNative(c.group(), c.artifact()) && !c.version().equals(here)) {
      throw EspalierException.program(
          c + " cannot be added",
          "",
          here == null
              ? "it is another build of a library with native parts that the kernel runs with"
              : "the kernel runs with version "
                  + here
                  + ", and native parts cannot be loaded a second time",
          here == null ? "" : "cells can use version " + here + " without adding it");
    }
    String before = here != null ? here : added.get(c.identity());
    if (before == null) {
      return true;
    }
    String name = c.group() + ":" + c.artifact();
    if (before.equals(c.version())) {
      notes.add(name + ": version " + before + " is there already");
    } else if (here != null) {
      notes.add(
          name
              + ": the kernel itself runs with "
              + here
              + ", which cells use; "
              + c.version()
              + " is not added");
    } else {
      throw EspalierException.program(
          c + " cannot be added",
          "",
          "version " + before + " was added before, and its classes cannot be taken back",
          "restart the kernel to use " + c.version());
    }
    return false;
  }

  /** Gathers the nodes that were chosen, and what others gave way to them. */
  private static void walk(
      DependencyNode node,
      String neededBy,
      Map<DependencyNode, String> winners,
      List<String> notes,
      Set<DependencyNode> seen) {
    if (!seen.add(node)) {
      return;
    }
    String name = "";
    if (node.getDependency() != null) {
      Coordinate c = Gate.coordinate(node.getArtifact());
      name = c.group() + ":" + c.artifact();
      if (node.getData().get(ConflictResolver.NODE_DATA_WINNER) instanceof DependencyNode winner) {
        String chosen = winner.getArtifact().getVersion();
        if (!chosen.equals(c.version())) {
          String note =
              name
                  + ": "
                  + c.version()
                  + (neededBy.isEmpty() ? " was asked for" : " was wanted by " + neededBy)
                  + ", and "
                  + chosen
                  + " is taken, which stands nearer";
          if (!notes.contains(note)) {
            notes.add(note);
          }
        }
        return;
      }
      winners.put(node, neededBy);
    }
    for (DependencyNode child : node.getChildren()) {
      walk(child, name, winners, notes, seen);
    }
  }

  // ---- what went wrong

  private RuntimeException refused(
      DefaultRepositorySystemSession session,
      RepositoryException failure,
      List<RemoteRepository> repositories,
      Watch watch) {
    if (watch.stopped()) {
      return new Stopped();
    }
    Throwable cause = deepest(failure);
    Artifact missing = null;
    boolean notFound = false;
    for (Throwable t = failure; t != null; t = t.getCause()) {
      if (t instanceof ArtifactNotFoundException e) {
        missing = e.getArtifact();
        notFound = true;
      } else if (t instanceof ArtifactResolutionException e && e.getResult() != null) {
        missing = e.getResult().getRequest().getArtifact();
      } else if (t instanceof ArtifactDescriptorException e) {
        missing = e.getResult().getArtifact();
      } else if (t instanceof ChecksumFailureException) {
        return EspalierException.run(
            (missing == null ? "a file" : Gate.coordinate(missing).toString())
                + " is not what its repository says it is",
            places(repositories),
            String.valueOf(t.getMessage()),
            "its checksum does not agree: do not use it; tell those who run the repository",
            failure);
      }
    }
    if (missing == null) {
      return EspalierException.run(
          "the libraries cannot be found", places(repositories), message(cause), "", failure);
    }
    Coordinate wanted = Gate.coordinate(missing);
    if (session.isOffline()) {
      return EspalierException.run(
          wanted + " is not in the local repository",
          settings.localRepository().toString(),
          "the kernel is offline and downloads nothing",
          offlineBySettings()
              ? "take <offline> out of Maven's settings.xml, or add the file with %jars"
              : "start it without -Doffline, or add the file with %jars",
          failure);
    }
    if (!notFound) {
      return EspalierException.run(
          wanted + " cannot be downloaded",
          places(repositories),
          message(cause),
          "is there a connection? a proxy belongs in Maven's settings.xml"
              + (settings.encrypted().isEmpty()
                  ? ""
                  : "; passwords encrypted there are not read: " + settings.encrypted()),
          failure);
    }
    List<String> versions = versions(session, missing, repositories);
    String fix;
    if (versions.isEmpty()) {
      fix = "no version of " + wanted.group() + ":" + wanted.artifact() + " is known there";
    } else {
      Set<String> near = new LinkedHashSet<>(Nearest.all(wanted.version(), versions));
      for (int i = versions.size() - 1; i >= 0 && near.size() < 5; i--) {
        near.add(versions.get(i));
      }
      near.remove(wanted.version());
      fix =
          near.isEmpty()
              ? "there is the version, and no such file of it"
              : "there are the versions " + String.join(", ", near);
    }
    return EspalierException.program(
        wanted + " is in no repository", places(repositories), "", fix, failure);
  }

  private boolean offlineBySettings() {
    return settings.offline();
  }

  private List<String> versions(
      DefaultRepositorySystemSession session,
      Artifact artifact,
      List<RemoteRepository> repositories) {
    try {
      return system
          .resolveVersionRange(
              session, new VersionRangeRequest(artifact.setVersion("[0,)"), repositories, ""))
          .getVersions()
          .stream()
          .map(Object::toString)
          .toList();
    } catch (VersionRangeResolutionException e) {
      return List.of();
    }
  }

  private static String places(List<RemoteRepository> repositories) {
    return repositories.stream()
        .map(r -> r.getId() + " (" + r.getUrl() + ")")
        .collect(Collectors.joining(", "));
  }

  private static Throwable deepest(Throwable failure) {
    Throwable at = failure;
    for (int i = 0; i < 50 && at.getCause() != null && at.getCause() != at; i++) {
      at = at.getCause();
    }
    return at;
  }

  private static String message(Throwable cause) {
    String message = cause.getMessage() == null ? "" : cause.getMessage();
    return cause.getClass().getSimpleName() + (message.isEmpty() ? "" : ": " + message);
  }
}
