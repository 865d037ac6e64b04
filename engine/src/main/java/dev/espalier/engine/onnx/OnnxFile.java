package dev.espalier.engine.onnx;

import dev.espalier.engine.EspalierException;
import dev.espalier.engine.WholeFile;
import dev.espalier.engine.graph.Graph;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import onnx.Onnx;
import org.nd4j.shade.protobuf.InvalidProtocolBufferException;

/**
 * ONNX files: the form in which models are saved, exported, measured and brought in. See the
 * specification at https://github.com/onnx/onnx/blob/main/docs/IR.md.
 *
 * <p>A file is hostile until proven otherwise: every size is checked against the bytes that are
 * there before anything is allocated, and no path leads out of the file's folder.
 */
public final class OnnxFile {
  /** A protobuf message cannot be larger; models beyond it keep their weights in other files. */
  private static final long MAX_BYTES = Integer.MAX_VALUE - 64;

  private OnnxFile() {}

  /**
   * Reads a model. Weights in other files (external data) must lie in the model's folder.
   *
   * <p>Whatever its precision in the file, floating-point data becomes float32, and casts between
   * floating types go. The first dimension of inputs and outputs becomes the open batch dimension.
   * Constants, what follows from constants and shapes, and weights shared through Identity become
   * weights; functions that the file defines are written out, and so is the branch of an If whose
   * condition is constant; batch normalisation and dropout in training mode get their deployed
   * form; nodes are put in order; nodes without a usable name get the name of their weight's module
   * ({@code fc1.weight} names {@code fc1}).
   *
   * @throws EspalierException naming the file and the node or weight when it cannot be read, and
   *     the dimension when an input leaves one open besides the batch
   */
  public static Graph read(Path file) {
    return read(file, InputSize.AS_WRITTEN);
  }

  /**
   * As {@link #read(Path)}; dimensions that the input leaves open get the data's size.
   *
   * @param sample the shape of one sample of the data
   */
  public static Graph readFor(Path file, long... sample) {
    return read(file, new InputSize(InputSize.Kind.OF_DATA, boxed(sample)));
  }

  /**
   * As {@link #read(Path)} with another input size, where the graph allows that: a Reshape with
   * numbers of its own or a window larger than what is left is refused, with its node.
   *
   * @param sample the shape of one sample that the model shall take
   */
  public static Graph readWithInput(Path file, long... sample) {
    return read(file, new InputSize(InputSize.Kind.ASKED, boxed(sample)));
  }

  private static List<Long> boxed(long... shape) {
    return Arrays.stream(shape).boxed().toList();
  }

  private static Graph read(Path file, InputSize size) {
    return decode(bytes(file), file.toString(), ExternalData.beside(file), size);
  }

  private static byte[] bytes(Path file) {
    String where = file.toString();
    try {
      if (Files.isDirectory(file)) {
        throw EspalierException.program(
            "cannot read a model here", where, "it is a folder", "name the .onnx file in it");
      }
      if (!Files.exists(file)) {
        throw EspalierException.program(
            "there is no such file", where, "", "look at the path; it is read from where you run");
      }
      if (!Files.isRegularFile(file)) {
        throw EspalierException.program(
            "cannot read a model here", where, "it is no regular file", "name an .onnx file");
      }
      long length = Files.size(file);
      if (length > MAX_BYTES) {
        throw EspalierException.program(
            "the model file is too large",
            where,
            length + " bytes; an ONNX file holds at most 2 GB",
            "export it with external data: the weights then lie in a file beside it");
      }
      return Files.readAllBytes(file);
    } catch (AccessDeniedException e) {
      throw EspalierException.program(
          "no permission to read this file", where, "the system refused it", "change it", e);
    } catch (IOException e) {
      throw EspalierException.run(
          "cannot read the file", where, String.valueOf(e.getMessage()), "look at the disk", e);
    } catch (OutOfMemoryError e) {
      throw tooLarge(where);
    }
  }

  /**
   * Reads a model from bytes; weights in other files are refused.
   *
   * @param where what to name in messages, a file or an origin
   * @throws EspalierException naming {@code where} and the node or weight when it cannot be read
   */
  public static Graph decode(byte[] bytes, String where) {
    return decode(bytes, where, ExternalData.none(), InputSize.AS_WRITTEN);
  }

  private static Graph decode(byte[] bytes, String where, ExternalData external, InputSize size) {
    try {
      return new Reader(where, external, size).graph(bytes);
    } catch (OutOfMemoryError e) {
      throw tooLarge(where);
    }
  }

  /**
   * Whether an input leaves a dimension open besides the batch, so that something else must say its
   * size.
   *
   * @throws EspalierException when the file cannot be read
   */
  public static boolean leavesSizeOpen(Path file) {
    Onnx.GraphProto graph = parsed(file).getGraph();
    Set<String> weights = new HashSet<>();
    graph.getInitializerList().forEach(t -> weights.add(t.getName()));
    return graph.getInputList().stream()
        .filter(i -> !weights.contains(i.getName()))
        .anyMatch(
            i ->
                i.getType().getTensorType().getShape().getDimList().stream()
                    .skip(1)
                    .anyMatch(d -> !d.hasDimValue()));
  }

  /**
   * All files that a model consists of: its own, then those that hold its weights, each once.
   *
   * @throws EspalierException when one is missing or lies outside the model's folder
   */
  public static List<Path> files(Path file) {
    Set<Path> all = new LinkedHashSet<>(List.of(file));
    ExternalData external = ExternalData.beside(file);
    for (Onnx.TensorProto tensor : parsed(file).getGraph().getInitializerList()) {
      if (tensor.getDataLocation() == Onnx.TensorProto.DataLocation.EXTERNAL) {
        all.add(external.file(tensor.getExternalDataList(), file + ", weight " + tensor.getName()));
      }
    }
    return List.copyOf(all);
  }

  private static Onnx.ModelProto parsed(Path file) {
    return new Reader(file.toString(), ExternalData.none(), InputSize.AS_WRITTEN)
        .parse(bytes(file));
  }

  private static EspalierException tooLarge(String where) {
    return EspalierException.run(
        "the model does not fit into memory",
        where,
        "Java may use " + Runtime.getRuntime().maxMemory() / 1_000_000 + " MB",
        "give Java more with -Xmx, or use a smaller model");
  }

  /**
   * Writes a model, whole or not at all. Equal graphs give equal bytes.
   *
   * @throws EspalierException when the graph is a blueprint, or the file cannot be written
   */
  public static void write(Graph graph, Path file) {
    byte[] bytes = encode(graph);
    WholeFile.write(file, bytes);
  }

  /**
   * The bytes of the model's ONNX file. Equal graphs give equal bytes.
   *
   * @throws EspalierException when the graph is a blueprint: it has no values to write
   */
  public static byte[] encode(Graph graph) {
    return Writer.bytes(graph);
  }

  /**
   * How many nodes of each operator a file has, whether the engine knows the operator or not: what
   * a runtime made of a model.
   *
   * @throws EspalierException when the bytes are no ONNX file
   */
  public static Map<String, Integer> operators(byte[] bytes, String where) {
    try {
      Map<String, Integer> counts = new TreeMap<>();
      Onnx.ModelProto.parseFrom(bytes)
          .getGraph()
          .getNodeList()
          .forEach(node -> counts.merge(node.getOpType(), 1, Integer::sum));
      return counts;
    } catch (InvalidProtocolBufferException e) {
      throw EspalierException.program(
          "this is no whole ONNX file", where, String.valueOf(e.getMessage()), "", e);
    }
  }
}
