package dev.espalier.engine;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.ReadOnlyFileSystemException;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/**
 * The one way files are written: to a temporary file beside the target, forced to disk, then moved
 * over it. Whoever reads the target sees the old file or the new one, never a part.
 */
public final class WholeFile {
  /** Writes a file's content. */
  @FunctionalInterface
  public interface Content {
    void writeTo(OutputStream out) throws IOException;
  }

  private WholeFile() {}

  /**
   * Writes {@code content} to {@code target}, making its folder when it is missing.
   *
   * @throws EspalierException (run) naming the file when it cannot be written; the old file, if
   *     there was one, is then untouched
   */
  public static void write(Path target, Content content) {
    Path folder = target.toAbsolutePath().getParent();
    Path temporary = null;
    try {
      if (Files.isDirectory(target)) {
        throw new FileSystemException(target.toString(), null, "it is a folder");
      }
      Files.createDirectories(folder);
      // Not Files.createTempFile: it would leave the result readable by its owner alone.
      Path free =
          folder.resolve(
              "." + target.getFileName() + "." + Long.toHexString(System.nanoTime()) + ".tmp");
      try (FileChannel channel =
          FileChannel.open(free, StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW)) {
        temporary = free;
        OutputStream out = new java.io.BufferedOutputStream(Channels.newOutputStream(channel));
        content.writeTo(out);
        out.flush();
        channel.force(true);
      }
      move(temporary, target);
      temporary = null;
    } catch (IOException | ReadOnlyFileSystemException e) {
      throw failure(target, e);
    } finally {
      if (temporary != null) {
        deleteQuietly(temporary);
      }
    }
  }

  /** As {@link #write(Path, Content)} with bytes at hand. */
  public static void write(Path target, byte[] content) {
    write(target, out -> out.write(content));
  }

  /** Moves {@code from} (a file, or a folder to a free name) to {@code to} in one step. */
  public static void move(Path from, Path to) throws IOException {
    try {
      Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (AtomicMoveNotSupportedException e) {
      Files.move(from, to, StandardCopyOption.REPLACE_EXISTING);
    }
  }

  /** What the user is told when {@code target} cannot be written. */
  public static EspalierException failure(Path target, Exception e) {
    String said = String.valueOf(e.getMessage());
    if (said.contains("No space left") || said.contains("not enough space")) {
      return EspalierException.run(
          "there is no space left to write the file",
          target.toString(),
          "the disk is full; nothing was overwritten",
          "free some space and run again: finished steps are kept",
          e);
    }
    if (e instanceof AccessDeniedException || e instanceof ReadOnlyFileSystemException) {
      return EspalierException.run(
          "the file cannot be written",
          target.toString(),
          "there is no permission to write there",
          "choose another folder, or change its permissions",
          e);
    }
    return EspalierException.run(
        "the file cannot be written", target.toString(), reason(e), "choose another place", e);
  }

  /** Why, in words: of some failures the system's message is no more than a path. */
  private static String reason(Exception e) {
    if (e instanceof FileAlreadyExistsException there) {
      return there.getFile() + " is a file, and a folder is needed";
    }
    if (e instanceof NoSuchFileException missing) {
      return missing.getFile() + " is not there, and cannot be made";
    }
    return e instanceof FileSystemException f && f.getReason() != null
        ? f.getReason()
        : String.valueOf(e.getMessage());
  }

  private static void deleteQuietly(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      // The original failure is what the user must hear of; a stray temporary file is harmless.
    }
  }
}
