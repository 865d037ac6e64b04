package dev.espalier.kernel.jupyter;

import java.io.File;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import jdk.jshell.execution.LoaderDelegate;
import jdk.jshell.spi.ExecutionControl.ClassBytecodes;
import jdk.jshell.spi.ExecutionControl.ClassInstallException;
import jdk.jshell.spi.ExecutionControl.EngineTerminationException;
import jdk.jshell.spi.ExecutionControl.InternalException;

/**
 * Holds the classes of Java cells. Its parent is the kernel's own loader, so that a {@code Model}
 * is the same class in a cell and in the kernel.
 */
final class CellLoader extends URLClassLoader implements LoaderDelegate {
  /** The class around a top-level snippet; JShell adds letters when it compiles one again. */
  private static final Pattern WRAPPER = Pattern.compile("REPL\\.\\$JShell\\$[0-9]+[A-Z]*");

  private final Map<String, byte[]> declared = new ConcurrentHashMap<>();
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

  @Override
  public void load(ClassBytecodes[] classes) throws ClassInstallException {
    boolean[] loaded = new boolean[classes.length];
    try {
      for (ClassBytecodes c : classes) {
        declared.put(c.name(), Instrument.guarded(c.bytecodes()));
      }
      for (int i = 0; i < classes.length; i++) {
        Class<?> type = loadClass(classes[i].name());
        if (WRAPPER.matcher(type.getName()).matches()) {
          for (Field field : type.getDeclaredFields()) {
            if (Modifier.isStatic(field.getModifiers())
                && Modifier.isPublic(field.getModifiers())) {
              // The wrapper class itself is not public.
              field.setAccessible(true);
              variables.put(field.getName(), field);
            }
          }
        }
        loaded[i] = true;
      }
    } catch (ClassNotFoundException | LinkageError | RuntimeException e) {
      throw new ClassInstallException("load: " + e, loaded);
    } finally {
      // A class that is loaded is not asked for again.
      for (ClassBytecodes c : classes) {
        declared.remove(c.name());
      }
    }
  }

  /** Both the loader's own search and JShell's question for a class that may be loaded already. */
  @Override
  public Class<?> findClass(String name) throws ClassNotFoundException {
    Class<?> known = findLoadedClass(name);
    if (known != null) {
      return known;
    }
    byte[] bytecode = declared.get(name);
    return bytecode == null
        ? super.findClass(name)
        : defineClass(name, bytecode, 0, bytecode.length);
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
