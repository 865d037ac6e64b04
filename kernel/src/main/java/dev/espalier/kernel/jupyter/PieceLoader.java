package dev.espalier.kernel.jupyter;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Holds the classes of one piece of Java, or of several that were compiled together, so that they
 * can go when nothing can name or reach them any more: a loader lets go of all its classes or none.
 *
 * <p>Another piece's classes are those that were the newest when this one was loaded, however late
 * the code that names them runs first.
 */
final class PieceLoader extends ClassLoader {
  static {
    registerAsParallelCapable();
  }

  private static final Pattern NAMED = Pattern.compile("REPL[./](\\$JShell\\$[0-9]+[A-Z]*)");

  private final CellLoader cells;
  private final Map<String, byte[]> declared = new ConcurrentHashMap<>();

  /** The other loaders, by wrapper, whose classes the code here names. */
  private final Map<String, PieceLoader> named = new ConcurrentHashMap<>();

  PieceLoader(CellLoader cells) {
    super("cells", cells);
    this.cells = cells;
  }

  /** Takes a class that is about to be loaded. */
  void declare(String name, byte[] bytecode) {
    Matcher wrappers = NAMED.matcher(new String(bytecode, StandardCharsets.ISO_8859_1));
    while (wrappers.find()) {
      String wrapper = "REPL." + wrappers.group(1);
      PieceLoader other = cells.piece(wrapper);
      if (other != null && other != this) {
        named.putIfAbsent(wrapper, other);
      }
    }
    declared.put(name, Instrument.guarded(bytecode));
  }

  /** A class that is loaded is not asked for again. */
  void loaded(String name) {
    declared.remove(name);
  }

  boolean has(String name) {
    return findLoadedClass(name) != null;
  }

  @Override
  protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
    String wrapper = CellLoader.wrapper(name);
    if (wrapper.isEmpty()) {
      return super.loadClass(name, resolve);
    }
    Class<?> known = findLoadedClass(name);
    if (known == null && declared.containsKey(name)) {
      known = define(name);
    }
    if (known != null) {
      return known;
    }
    PieceLoader other = named.get(wrapper);
    if (other == null) {
      other = cells.piece(wrapper);
    }
    if (other == null || other == this) {
      throw new ClassNotFoundException(name);
    }
    return other.loadClass(name, resolve);
  }

  private Class<?> define(String name) throws ClassNotFoundException {
    synchronized (getClassLoadingLock(name)) {
      Class<?> known = findLoadedClass(name);
      byte[] bytecode = declared.get(name);
      if (known == null && bytecode == null) {
        throw new ClassNotFoundException(name);
      }
      return known == null ? defineClass(name, bytecode, 0, bytecode.length) : known;
    }
  }
}
