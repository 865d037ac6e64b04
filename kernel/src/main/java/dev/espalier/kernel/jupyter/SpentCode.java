package dev.espalier.kernel.jupyter;

import java.io.PrintStream;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import jdk.jshell.JShell;
import jdk.jshell.Snippet;

/**
 * What JShell keeps of code that is dropped or overwritten: its snippet, its source with all
 * imports, its class file three times over, and in the compiler's symbol tables an entry a class
 * and compilation. Beside that its classes are loaded. Nothing of it can be named again, each
 * compilation looks at all of it, and JShell offers no way to let go of it. So its own tables are
 * emptied of it here.
 *
 * <p>That needs fields that are not public, of JDK 17 and later. Where a Java has others, or does
 * not let them be read, everything works as before and memory grows by some 25 KB a Java cell.
 *
 * <p>Whoever calls holds the compiler's lock, and no code of a cell is in the middle of its run.
 */
final class SpentCode {
  /** So many pieces of code are compiled between two releases. */
  private static final int EVERY = 50;

  /** So many releases keep the compilers: the first compilation with a new one is slower. */
  private static final int COMPILERS_LAST = 4;

  /** The wrapper around a piece: JShell adds letters when it compiles one again. */
  private static final Pattern WRAPPER = Pattern.compile("REPL[./](\\$JShell\\$[0-9]+[A-Z]*)");

  private static final byte[] GONE = {};

  private final JShell shell;
  private final Consumer<Set<String>> keep;
  private final PrintStream log;
  private final Map<String, MethodHandle> handles = new HashMap<>();
  private MethodHandles.Lookup lookup;
  private boolean unable;
  private int seen;
  private int releases;

  /** What was spent at the last release: places of code that may still run are kept that long. */
  private Set<String> spentBefore = Set.of();

  /**
   * @param keep is told the names, without their package, of all wrappers that code can still name
   */
  SpentCode(JShell shell, Consumer<Set<String>> keep, PrintStream log) {
    this.shell = shell;
    this.keep = keep;
    this.log = log;
  }

  /** Says that so many pieces were compiled; now and then lets go of what is spent. */
  void compiled(int pieces) {
    seen += pieces;
    if (seen < EVERY || unable) {
      return;
    }
    seen = 0;
    try {
      if (lookup == null) {
        lookup = trusted();
      }
      release();
    } catch (Throwable e) {
      if (e instanceof VirtualMachineError broken) {
        throw broken;
      }
      unable = true;
      log.println("espalier kernel: what JShell keeps of old cells stays in memory: " + e);
    }
  }

  private void release() throws Throwable {
    Object maps = get(shell, "maps");
    Object tasks = get(shell, "taskFactory");
    Map<String, Object> classFiles = map(get(tasks, "fileManager"), "classObjects");
    Map<String, Object> tracked = map(get(shell, "classTracker"), "map");
    Map<String, Object> wraps = map(get(shell, "outerMap"), "classOuters");
    Map<?, ?> compilers = (Map<?, ?>) get(get(tasks, "javacTaskPool"), "options2Contexts");
    @SuppressWarnings("unchecked")
    Collection<Snippet> snippets = (Collection<Snippet>) get(maps, "snippets");
    @SuppressWarnings("unchecked")
    List<Snippet> byIndex = (List<Snippet>) get(maps, "keyIndexToSnippet");

    Set<String> kept = named(snippets, classFiles);
    Set<String> neverAgain = new HashSet<>();
    for (int i = 0; i < byIndex.size(); i++) {
      Snippet snippet = byIndex.get(i);
      if (snippet != null && !shell.status(snippet).isActive()) {
        if (snippet.kind() == Snippet.Kind.STATEMENT) {
          neverAgain.add(wrapper(snippet));
        }
        byIndex.set(i, null);
      }
    }
    for (Snippet snippet : List.copyOf(snippets)) {
      if (!shell.status(snippet).isActive()) {
        snippets.remove(snippet);
      } else if (shell.status(snippet) == Snippet.Status.VALID) {
        // A warning holds the whole compilation that gave it.
        ((List<?>) get(snippet, "diagnostics")).clear();
      }
    }
    classFiles.keySet().removeIf(name -> spent(name, kept));
    for (String name : List.copyOf(tracked.keySet())) {
      if (!spent(name, kept)) {
        continue;
      }
      if (neverAgain.contains(top(name))) {
        tracked.remove(name);
      } else {
        // What is declared again must get a class of another name: that this one was loaded stays.
        Object info = tracked.get(name);
        set(info, "currentBytes", GONE);
        if (get(info, "loadedBytes") != null) {
          set(info, "loadedBytes", GONE);
        }
      }
    }
    Set<String> spent = new HashSet<>(wraps.keySet());
    spent.removeIf(name -> kept.contains(simple(name)));
    wraps.keySet().removeIf(name -> spent.contains(name) && spentBefore.contains(name));
    spentBefore = spent;
    keep.accept(kept);
    releases++;
    if (releases % COMPILERS_LAST == 0) {
      // They know every class that they ever saw, and are made anew when they are needed.
      compilers.clear();
    }
  }

  /** The wrappers that code can name, directly or by what that was compiled against. */
  private Set<String> named(Collection<Snippet> snippets, Map<String, Object> classFiles)
      throws Throwable {
    Deque<String> open = new ArrayDeque<>();
    for (Snippet snippet : snippets) {
      if (shell.status(snippet).isActive()) {
        open.add(wrapper(snippet));
      }
    }
    Map<String, List<Object>> files = new HashMap<>();
    classFiles.forEach(
        (name, file) -> files.computeIfAbsent(top(name), n -> new ArrayList<>()).add(file));
    Set<String> named = new HashSet<>();
    while (!open.isEmpty()) {
      String wrapper = open.remove();
      if (!named.add(wrapper)) {
        continue;
      }
      for (Object file : files.getOrDefault(wrapper, List.of())) {
        byte[] bytes = (byte[]) call(file, "getBytes");
        Matcher others = WRAPPER.matcher(new String(bytes, StandardCharsets.ISO_8859_1));
        while (others.find()) {
          open.add(others.group(1));
        }
      }
    }
    return named;
  }

  private String wrapper(Snippet snippet) throws Throwable {
    return get(snippet, "outer") == null ? "" : simple((String) call(snippet, "className"));
  }

  private static boolean spent(String type, Set<String> kept) {
    String top = top(type);
    return !top.isEmpty() && !kept.contains(top);
  }

  private static String top(String type) {
    Matcher wrapper = WRAPPER.matcher(type);
    return wrapper.lookingAt() ? wrapper.group(1) : "";
  }

  private static String simple(String wrapper) {
    return wrapper == null ? "" : wrapper.substring(wrapper.lastIndexOf('.') + 1);
  }

  // ---- fields that are not public

  /** Reads what no flag has opened: a flag for it would slow every start down. */
  private static MethodHandles.Lookup trusted() throws ReflectiveOperationException {
    Class<?> type = Class.forName("sun.misc.Unsafe");
    Field only = type.getDeclaredField("theUnsafe");
    only.setAccessible(true);
    Object unsafe = only.get(null);
    Field field = MethodHandles.Lookup.class.getDeclaredField("IMPL_LOOKUP");
    Object base = type.getMethod("staticFieldBase", Field.class).invoke(unsafe, field);
    Object offset = type.getMethod("staticFieldOffset", Field.class).invoke(unsafe, field);
    return (MethodHandles.Lookup)
        type.getMethod("getObject", Object.class, long.class).invoke(unsafe, base, offset);
  }

  @SuppressWarnings("unchecked")
  private Map<String, Object> map(Object of, String field) throws Throwable {
    return (Map<String, Object>) get(of, field);
  }

  private Object get(Object of, String field) throws Throwable {
    return handle("get", of, field).invoke(of);
  }

  private void set(Object of, String field, Object value) throws Throwable {
    handle("set", of, field).invoke(of, value);
  }

  private Object call(Object of, String method) throws Throwable {
    return handle("call", of, method).invoke(of);
  }

  private MethodHandle handle(String kind, Object of, String name)
      throws ReflectiveOperationException {
    String key = kind + " " + of.getClass().getName() + " " + name;
    MethodHandle known = handles.get(key);
    if (known == null) {
      known = find(kind, of.getClass(), name);
      handles.put(key, known);
    }
    return known;
  }

  private MethodHandle find(String kind, Class<?> of, String name)
      throws ReflectiveOperationException {
    for (Class<?> c = of; c != null; c = c.getSuperclass()) {
      if (kind.equals("call")) {
        for (Method method : c.getDeclaredMethods()) {
          if (method.getName().equals(name) && method.getParameterCount() == 0) {
            return lookup.unreflect(method);
          }
        }
      } else {
        for (Field field : c.getDeclaredFields()) {
          if (field.getName().equals(name)) {
            return kind.equals("get")
                ? lookup.unreflectGetter(field)
                : lookup.unreflectSetter(field);
          }
        }
      }
    }
    throw new NoSuchFieldException(of.getName() + "." + name);
  }
}
