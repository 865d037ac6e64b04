package dev.espalier.kernel.maven;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The libraries that the kernel itself runs with. A second copy of one in another class loader
 * could not load its native parts, and its classes would not be the kernel's.
 */
final class OwnLibraries {
  private static final Pattern LINE =
      Pattern.compile("\\s*([\\w.-]+):([\\w.-]+):[\\w.-]+(?::[\\w.-]+)?:([\\w.+-]+)(?: --.*)?");

  /** Groups whose libraries hold native parts or belong to those that do. */
  private static final Set<String> NATIVE =
      Set.of(
          "ai.djl",
          "ai.djl.pytorch",
          "com.microsoft.onnxruntime",
          "org.nd4j",
          "org.bytedeco",
          "net.java.dev.jna",
          "dev.espalier");

  private final Map<String, String> versions = new LinkedHashMap<>();

  /** Those that the build wrote down. */
  OwnLibraries() {
    try (InputStream in = OwnLibraries.class.getResourceAsStream("libraries.txt")) {
      if (in == null) {
        return;
      }
      BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        Matcher library = LINE.matcher(line.replaceAll("\u001b\\[[0-9;]*m", ""));
        if (library.matches()) {
          versions.put(library.group(1) + ":" + library.group(2), library.group(3));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The version in which the kernel has a library. */
  Optional<String> version(String group, String artifact) {
    return Optional.ofNullable(versions.get(group + ":" + artifact));
  }

  /** Whether another version, or another build of it, would meet native parts loaded already. */
  boolean isNative(String group, String artifact) {
    if (NATIVE.contains(group) && version(group, artifact).isPresent()) {
      return true;
    }
    // Other builds of the same engines: onnxruntime_gpu, pytorch-native-cu124, nd4j-cuda-11.6.
    return artifact.startsWith("onnxruntime") && group.equals("com.microsoft.onnxruntime")
        || artifact.startsWith("pytorch-") && group.equals("ai.djl.pytorch")
        || artifact.startsWith("nd4j-") && group.equals("org.nd4j");
  }
}
