package dev.espalier.kernel.jupyter;

import java.io.File;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import jdk.jshell.execution.LoaderDelegate;
import jdk.jshell.spi.ExecutionControl.ClassBytecodes;
import jdk.jshell.spi.ExecutionControl.ClassInstallException;
import jdk.jshell.spi.ExecutionControl.EngineTerminationException;
import jdk.jshell.spi.ExecutionControl.InternalException;

/**
 * Finds the classes of Java cells, each in the loader of its piece, and what was added to the class
 * path. Its parent is the kernel's own loader, so that a {@code Model} is the same class in a cell
 * and in the kernel.
 */
final class CellLoader extends URLClassLoader implements LoaderDelegate {
  static {
    registerAsParallelCapable();
  }

  /** The class around a top-level snippet; JShell adds letters when it compiles one again. */
  private static final Pattern WRAPPER = Pattern.compile("REPL\\.\\$JShell\\$[0-9]+[A-Z]*");

  /** The newest loader of each wrapper that a cell can still name. */
  private final Map<String, PieceLoader> pieces = new ConcurrentHashMap<>();

  private final Map<String, Field> variables = new ConcurrentHashMap<>();

  CellLoader(ClassLoader parent) {
    super("cells", new URL[0], parent);
  }

  /** The field behind a variable of the cells, its newest definition; null without one. */
  Field variable(String name) {
    return variables.get(name);
  }

  /** Lets go of a variable that no cell can name any more, and of its value. */
  void forget(String name) {
    Field field = variables.remove(name);
    if (field != null && !field.getType().isPrimitive()) {
      try {
        field.set(null, null);
      } catch (IllegalAccessException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  /** The wrapper that a class of a cell is or lies in; empty for other classes. */
  static String wrapper(String type) {
    Matcher wrapper = WRAPPER.matcher(type);
    return wrapper.lookingAt() ? wrapper.group() : "";
  }

  /** The loader of a wrapper's newest class; null when no cell can name it. */
  PieceLoader piece(String wrapper) {
    return pieces.get(wrapper);
  }

  /**
   * Lets go of the classes of all wrappers but those of these names. A class stays as long as an
   * object, a thread or another class holds it.
   *
   * @param wrappers names without their package
   */
  void keep(Set<String> wrappers) {
    pieces.keySet().removeIf(name -> !wrappers.contains(name.substring(name.indexOf('.') + 1)));
  }

  @Override
  public void load(ClassBytecodes[] classes) throws ClassInstallException {
    boolean[] loaded = new boolean[classes.length];
    PieceLoader fresh = new PieceLoader(this);
    PieceLoader[] homes = new PieceLoader[classes.length];
    try {
      for (int i = 0; i < classes.length; i++) {
        String name = classes[i].name();
        PieceLoader before = pieces.get(wrapper(name));
        // A class belongs to what it lies in.
        homes[i] = before == null || before.has(name) ? fresh : before;
        homes[i].declare(name, classes[i].bytecodes());
        pieces.put(wrapper(name), homes[i]);
      }
      for (int i = 0; i < classes.length; i++) {
        Class<?> type = homes[i].loadClass(classes[i].name());
        if (WRAPPER.matcher(type.getName()).matches()) {
          for (Field field : type.getDeclaredFields()) {
            if (Modifier.isStatic(field.getModifiers()) && !field.isSynthetic()) {
              variables.put(field.getName(), field);
            }
          }
        }
        loaded[i] = true;
      }
    } catch (ClassNotFoundException | LinkageError | RuntimeException e) {
      throw new ClassInstallException("load: " + e, loaded);
    } finally {
      for (int i = 0; i < classes.length; i++) {
        if (homes[i] != null) {
          homes[i].loaded(classes[i].name());
        }
      }
    }
  }

  /** Both the loader's own search and JShell's question for a class that may be loaded already. */
  @Override
  public Class<?> findClass(String name) throws ClassNotFoundException {
    PieceLoader piece = pieces.get(wrapper(name));
    return piece == null ? super.findClass(name) : piece.loadClass(name);
  }

  @Override
  public void classesRedefined(ClassBytecodes[] classes) {
    // The control refuses redefinition; JShell then loads the classes under new names.
  }

  @Override
  public void addToClasspath(String path) throws EngineTerminationException, InternalException {
    for (String entry : path.split(File.pathSeparator)) {
      try {
        addURL(Path.of(entry).toUri().toURL());
      } catch (MalformedURLException e) {
        throw new InternalException(e.toString());
      }
    }
  }
}
