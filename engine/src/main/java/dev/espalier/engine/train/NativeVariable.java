package dev.espalier.engine.train;

import com.sun.jna.NativeLibrary;
import java.util.Locale;

/**
 * Environment variables of this process that native libraries read when they start. Java's own view
 * of the environment was taken before and does not change.
 */
public final class NativeVariable {
  private NativeVariable() {}

  /**
   * Sets a variable unless the process was started with it, whatever its value.
   *
   * @return whether it is set now; not on Windows, nor with a C library that cannot be asked
   */
  public static boolean set(String name, String value) {
    if (System.getenv(name) != null) {
      return true;
    }
    if (System.getProperty("os.name").toLowerCase(Locale.ROOT).contains("windows")) {
      return false;
    }
    try {
      return NativeLibrary.getInstance("c")
              .getFunction("setenv")
              .invokeInt(new Object[] {name, value, 0})
          == 0;
    } catch (UnsatisfiedLinkError e) {
      return false;
    }
  }
}
