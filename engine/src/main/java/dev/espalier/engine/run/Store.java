package dev.espalier.engine.run;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonParseException;
import dev.espalier.engine.EspalierException;
import dev.espalier.engine.Model;
import dev.espalier.engine.Sha256;
import dev.espalier.engine.StandardPlace;
import dev.espalier.engine.WholeFile;
import dev.espalier.engine.data.DataSet;
import dev.espalier.engine.data.StoredData;
import dev.espalier.engine.graph.Graph;
import dev.espalier.engine.onnx.OnnxFile;
import dev.espalier.engine.prune.FinishedRound;
import dev.espalier.engine.train.TrainingState;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Models on disk by key: {@code models/ab/abcd…/} holds {@code model.onnx} and {@code record.json}
 * (history, provenance and the model file's SHA-256).
 *
 * <p>An entry is written to a folder of its own under {@code unfinished/} and moved into place in
 * one step, so a killed process leaves whole entries only. An entry that does not match its record
 * is set aside under {@code damaged/} and made again. Several processes may share a store.
 *
 * <p>A training that was stopped leaves its state in {@code checkpoints/ab/abcd….safetensors} until
 * it is done, by the key of the whole step; pruning in rounds leaves its last finished round in
 * {@code checkpoints/ab/abcd….round}. They are no models, and nothing takes them for one.
 */
public final class Store {
  private static final Gson JSON =
      new GsonBuilder()
          .setPrettyPrinting()
          .disableHtmlEscaping()
          .serializeSpecialFloatingPointValues()
          .create();

  /** What stands beside a model. Gson fills the fields. */
  private record Entry(
      int format,
      String key,
      String modelSha256,
      List<Model.Epoch> history,
      Model.Provenance provenance,
      Effort effort) {}

  private static final int FORMAT = 1;

  /** A training that nobody went on with for so long is forgotten. */
  private static final Duration CHECKPOINTS_KEPT = Duration.ofDays(30);

  /** Records are small; what is larger is none. */
  private static final long LARGEST_RECORD = 16L << 20;

  private static final long LARGEST_NOTE = 1L << 20;

  private final Path root;

  private Store(Path root) {
    this.root = root;
  }

  /**
   * Opens the store in {@code root}, making it when it is missing, and removes what killed
   * processes left unfinished.
   *
   * @throws EspalierException (run) when the folder cannot be made or read
   */
  public static Store open(Path root) {
    try {
      Files.createDirectories(root.resolve("models"));
      Files.createDirectories(root.resolve("unfinished"));
      sweep(root.resolve("unfinished"));
      forgetOldCheckpoints(root.resolve("checkpoints"));
    } catch (IOException e) {
      throw WholeFile.failure(root, e);
    }
    return new Store(root);
  }

  /** The store in {@code root} to look into; empty where there is none. Changes nothing on disk. */
  public static Optional<Store> existing(Path root) {
    return Files.isDirectory(root.resolve("models"))
        ? Optional.of(new Store(root))
        : Optional.empty();
  }

  /** Where stores are unless it is said; see {@link StandardPlace}. */
  public static Path standardPlace() {
    return StandardPlace.store();
  }

  public Path root() {
    return root;
  }

  /** The model of that key, when it is stored whole. */
  public Optional<Model> find(String key) {
    Path folder = folder(key);
    if (!Files.isDirectory(folder)) {
      return Optional.empty();
    }
    try {
      Entry entry =
          JSON.fromJson(
              Files.readString(folder.resolve("record.json"), StandardCharsets.UTF_8), Entry.class);
      byte[] bytes = Files.readAllBytes(folder.resolve("model.onnx"));
      if (entry != null
          && entry.format() == FORMAT
          && key.equals(entry.key())
          && Sha256.of(bytes).equals(entry.modelSha256())) {
        Graph graph = OnnxFile.decode(bytes, folder.resolve("model.onnx").toString());
        return Optional.of(new Model(key, graph, entry.history(), entry.provenance()));
      }
    } catch (IOException | JsonParseException | EspalierException | NullPointerException e) {
      // Whatever is wrong with it, the entry is of no use; it is set aside below.
    }
    setAside(folder);
    return Optional.empty();
  }

  /** Whether a model of that key is there; it is not read. */
  public boolean has(String key) {
    return Files.isRegularFile(folder(key).resolve("record.json"));
  }

  /**
   * Keeps a model. When another process stored the same key meanwhile, theirs stays.
   *
   * @return the model as it will be read back, so that a first run goes on from the same graph as
   *     one that finds it here
   * @throws EspalierException (run) when it cannot be written; nothing half remains
   */
  public Model keep(Model model) {
    return keep(model, Optional.empty());
  }

  /** As {@link #keep(Model)}, with what it took to make the model. */
  Model keep(Model model, Optional<Effort> effort) {
    Path target = folder(model.key());
    byte[] bytes = OnnxFile.encode(model.graph());
    Model kept =
        new Model(
            model.key(),
            OnnxFile.decode(bytes, target.resolve("model.onnx").toString()),
            model.history(),
            model.provenance());
    Entry entry =
        new Entry(
            FORMAT,
            model.key(),
            Sha256.of(bytes),
            model.history(),
            model.provenance(),
            effort.orElse(null));
    place(new Packed(model.key(), JSON.toJson(entry).getBytes(StandardCharsets.UTF_8), bytes));
    return kept;
  }

  /** Puts a whole entry into its place, unless there is one. */
  private void place(Packed packed) {
    Path target = folder(packed.key());
    if (Files.isDirectory(target)) {
      return;
    }
    Path unfinished =
        root.resolve("unfinished")
            .resolve(ProcessHandle.current().pid() + "-" + Long.toHexString(System.nanoTime()));
    try {
      Files.createDirectories(unfinished);
      WholeFile.write(unfinished.resolve("model.onnx"), packed.model());
      WholeFile.write(unfinished.resolve("record.json"), packed.record());
      Files.createDirectories(target.getParent());
      try {
        WholeFile.move(unfinished, target);
      } catch (IOException e) {
        if (!Files.isDirectory(target)) {
          throw e;
        }
      }
    } catch (IOException e) {
      throw WholeFile.failure(target, e);
    } finally {
      delete(unfinished);
    }
  }

  /**
   * An entry as it is stored, to be carried to another store.
   *
   * @param record the bytes of its {@code record.json}
   * @param model the bytes of its {@code model.onnx}
   */
  @SuppressWarnings("ArrayRecordComponent")
  public record Packed(String key, byte[] record, byte[] model) {}

  /** The entry of that key, when it is there. */
  public Optional<Packed> pack(String key) {
    Path folder = folder(key);
    try {
      return has(key)
          ? Optional.of(
              new Packed(
                  key,
                  Files.readAllBytes(folder.resolve("record.json")),
                  Files.readAllBytes(folder.resolve("model.onnx"))))
          : Optional.empty();
    } catch (IOException e) {
      throw WholeFile.failure(folder, e);
    }
  }

  /**
   * Keeps an entry of another store, unless this one has that key.
   *
   * @throws EspalierException (run) when it is damaged, or cannot be written
   */
  public void unpack(Packed packed) {
    if (!packed.key().matches("[0-9a-f]{64}") || packed.record().length > LARGEST_RECORD) {
      throw damaged(packed, null);
    }
    try {
      Entry entry = JSON.fromJson(new String(packed.record(), StandardCharsets.UTF_8), Entry.class);
      if (entry == null
          || entry.format() != FORMAT
          || !packed.key().equals(entry.key())
          || !Sha256.of(packed.model()).equals(entry.modelSha256())) {
        throw damaged(packed, null);
      }
    } catch (JsonParseException e) {
      throw damaged(packed, e);
    }
    place(packed);
  }

  private static EspalierException damaged(Packed packed, Throwable cause) {
    return EspalierException.run(
        "a model came damaged from another store",
        packed.key(),
        "its content does not match its record",
        "run again",
        cause);
  }

  /** How far the training of that key came before it was stopped; damaged ones are removed. */
  public Optional<TrainingState> checkpoint(String key) {
    Path file = checkpointFile(key);
    if (!Files.isRegularFile(file)) {
      return Optional.empty();
    }
    try {
      return Optional.of(StateFile.read(file, key));
    } catch (IOException e) {
      forgetCheckpoint(key);
      return Optional.empty();
    }
  }

  /** Whether a training of that key was stopped and can go on; it is not read. */
  public boolean hasCheckpoint(String key) {
    return Files.isRegularFile(checkpointFile(key));
  }

  /**
   * Keeps how far the training of that key came, in the place of what was kept before.
   *
   * @throws EspalierException (run) when it cannot be written; what was kept before then stays
   */
  void keepCheckpoint(String key, TrainingState state) {
    StateFile.write(checkpointFile(key), key, state);
  }

  /** Forgets how far the training of that key came: it is done, or begins anew. */
  void forgetCheckpoint(String key) {
    try {
      Files.deleteIfExists(checkpointFile(key));
    } catch (IOException e) {
      // It is replaced by the next one, or forgotten with age.
    }
  }

  private Path checkpointFile(String key) {
    return checkpointFile(key, ".safetensors");
  }

  /** The last round that the pruning of that key finished before it was stopped. */
  Optional<FinishedRound> round(String key) {
    Path file = roundFile(key);
    if (!Files.isRegularFile(file)) {
      return Optional.empty();
    }
    try {
      return Optional.of(RoundFile.read(file, key));
    } catch (IOException e) {
      forgetRound(key);
      return Optional.empty();
    }
  }

  /** Whether rounds of the pruning of that key are done; they are not read. */
  public boolean hasRound(String key) {
    return Files.isRegularFile(roundFile(key));
  }

  /**
   * Keeps a finished round of the pruning of that key, in the place of the one before it.
   *
   * @throws EspalierException (run) when it cannot be written; what was kept before then stays
   */
  void keepRound(String key, FinishedRound round) {
    RoundFile.write(roundFile(key), key, round);
  }

  /** Forgets the rounds of the pruning of that key: it is done, or begins anew. */
  void forgetRound(String key) {
    delete(roundFile(key));
  }

  private Path roundFile(String key) {
    return checkpointFile(key, ".round");
  }

  private Path checkpointFile(String key, String ending) {
    return root.resolve("checkpoints").resolve(key.substring(0, 2)).resolve(key + ending);
  }

  private static void forgetOldCheckpoints(Path checkpoints) throws IOException {
    if (!Files.isDirectory(checkpoints)) {
      return;
    }
    FileTime old = FileTime.from(Instant.now().minus(CHECKPOINTS_KEPT));
    try (Stream<Path> files = Files.walk(checkpoints, 2)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        if (Files.getLastModifiedTime(file).compareTo(old) < 0) {
          Files.deleteIfExists(file);
        }
      }
    } catch (UncheckedIOException | NoSuchFileException e) {
      // Another process forgets them at the same time.
    }
  }

  /** A short text that was kept under that key; empty when there is none or it is too large. */
  public Optional<String> note(String key) {
    Path file = noteFile(key);
    try {
      return Files.isRegularFile(file) && Files.size(file) <= LARGEST_NOTE
          ? Optional.of(Files.readString(file, StandardCharsets.UTF_8))
          : Optional.empty();
    } catch (IOException e) {
      // As if it were not there: what it says is found out again.
      return Optional.empty();
    }
  }

  // ---- data of this process, for others that work for it

  /**
   * Lays data down for other processes that work on this store, until {@link #takeBack}, or at the
   * latest until the store is opened after this process has ended.
   *
   * @throws EspalierException (run) when it cannot be written
   */
  public void lend(DataSet data) {
    WholeFile.write(lent(lendingName(data)), out -> StoredData.write(data, out));
  }

  /** Removes what {@link #lend} laid down. */
  public void takeBack(DataSet data) {
    delete(lent(lendingName(data)));
  }

  /** What data that this process lends is called. */
  static String lendingName(DataSet data) {
    return ProcessHandle.current().pid() + "-" + Sha256.of(data.fingerprint());
  }

  /**
   * The data that a process lends.
   *
   * @param name as {@link #lendingName} calls it
   * @throws EspalierException (run) when it is damaged
   */
  public Optional<DataSet> borrow(String name) {
    if (!name.matches("\\d{1,18}-[0-9a-f]{64}")) {
      return Optional.empty();
    }
    Path file = lent(name);
    try (InputStream in = Files.newInputStream(file)) {
      return Optional.of(StoredData.read(in, Files.size(file), file.toString()));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw EspalierException.run(
          "the stored data cannot be read",
          file.toString(),
          String.valueOf(e.getMessage()),
          "run again",
          e);
    }
  }

  private Path lent(String name) {
    return root.resolve("unfinished").resolve(name + ".data");
  }

  /**
   * Keeps a short text under a key, in the place of what was kept before.
   *
   * @throws EspalierException (run) when it cannot be written
   */
  public void keepNote(String key, String text) {
    WholeFile.write(noteFile(key), text.getBytes(StandardCharsets.UTF_8));
  }

  private Path noteFile(String key) {
    return root.resolve("notes").resolve(key.substring(0, 2)).resolve(key + ".json");
  }

  /**
   * What it took to make everything stored; models are not read. Entries that cannot be read, and
   * those of versions that did not write it down, are left out.
   */
  public List<Effort> efforts() {
    List<Effort> all = new ArrayList<>();
    for (Path folder : entries().values()) {
      Path file = folder.resolve("record.json");
      try {
        if (Files.size(file) > LARGEST_RECORD) {
          continue;
        }
        Entry entry = JSON.fromJson(Files.readString(file, StandardCharsets.UTF_8), Entry.class);
        if (entry != null && entry.effort() != null && entry.effort().isWhole()) {
          all.add(entry.effort());
        }
      } catch (IOException | JsonParseException e) {
        // It may be gone or damaged; `find` deals with that when the model is asked for.
        continue;
      }
    }
    return all;
  }

  /** Everything stored, by key; unreadable entries are left out. For tools that list the store. */
  public Map<String, Path> entries() {
    Map<String, Path> found = new java.util.TreeMap<>();
    try (DirectoryStream<Path> prefixes = Files.newDirectoryStream(root.resolve("models"))) {
      for (Path prefix : prefixes) {
        try (DirectoryStream<Path> keys = Files.newDirectoryStream(prefix)) {
          keys.forEach(k -> found.put(k.getFileName().toString(), k));
        }
      }
    } catch (IOException e) {
      throw EspalierException.run(
          "the store cannot be read", root.toString(), String.valueOf(e.getMessage()), "", e);
    }
    return found;
  }

  private Path folder(String key) {
    return root.resolve("models").resolve(key.substring(0, 2)).resolve(key);
  }

  private void setAside(Path folder) {
    try {
      Path damaged = root.resolve("damaged");
      Files.createDirectories(damaged);
      WholeFile.move(
          folder,
          damaged.resolve(folder.getFileName() + "-" + Long.toHexString(System.nanoTime())));
    } catch (IOException e) {
      delete(folder);
    }
  }

  private static void sweep(Path unfinished) throws IOException {
    try (DirectoryStream<Path> left = Files.newDirectoryStream(unfinished)) {
      for (Path folder : left) {
        String pid = folder.getFileName().toString().split("-", 2)[0];
        boolean alive =
            pid.matches("\\d{1,18}")
                && ProcessHandle.of(Long.parseLong(pid)).map(ProcessHandle::isAlive).orElse(false);
        if (!alive) {
          delete(folder);
        }
      }
    }
  }

  private static void delete(Path folder) {
    if (!Files.exists(folder)) {
      return;
    }
    try {
      Files.walkFileTree(
          folder,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                throws IOException {
              Files.delete(file);
              return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path dir, IOException e) throws IOException {
              Files.delete(dir);
              return FileVisitResult.CONTINUE;
            }
          });
    } catch (IOException e) {
      // Left for the next sweep.
    }
  }
}
