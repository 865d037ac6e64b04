package dev.espalier.engine.train;

import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.engine.PtSymbolBlock;
import ai.djl.pytorch.jni.IValue;
import ai.djl.pytorch.jni.JniUtils;
import dev.espalier.engine.EspalierException;
import dev.espalier.engine.data.DataSet;
import dev.espalier.engine.data.Split;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * A TorchScript program ({@code torch.jit.save}), which can only be run: it has no graph of ours to
 * train, prune or write.
 *
 * <p>Loading such a file runs the code in it; its interpreter knows programs of tensors only, no
 * files and no network, but it is native code that trusts its input. Load only files from people
 * you trust.
 */
public final class TorchScript implements Logits {
  private final Path file;
  private final long[] sample;
  private final PtSymbolBlock program;
  private final int outputs;

  /**
   * Loads a program and tries it on one sample of zeros.
   *
   * @param data the samples it will be given, as [batch, shape of a sample]
   * @param manager owns the program
   * @throws EspalierException when the file holds no TorchScript program, or one that does not
   *     answer such samples with [batch, classes]
   */
  public TorchScript(Path file, DataSet data, NDManager manager) {
    TorchScriptFile.check(file);
    this.file = file;
    this.sample = data.shape();
    try {
      program =
          JniUtils.loadModule(
              (PtNDManager) manager, file, true, new String[0], new String[0], false);
    } catch (EngineException e) {
      throw EspalierException.program(
          "this is no TorchScript program that can be loaded",
          file.toString(),
          NativeEngine.firstLine(e),
          "save it again with torch.jit.save, by a version of torch no newer than "
              + manager.getEngine().getVersion(),
          e);
    }
    JniUtils.enableInferenceMode(program);
    try (NDManager step = manager.newSubManager()) {
      NDArray logits = infer(step.zeros(new Shape(batchOf(2))), step);
      outputs = Math.toIntExact(logits.size(1));
    }
  }

  private long[] batchOf(long n) {
    long[] shape = new long[sample.length + 1];
    shape[0] = n;
    System.arraycopy(sample, 0, shape, 1, sample.length);
    return shape;
  }

  @Override
  public int outputs() {
    return outputs;
  }

  @Override
  public NDArray infer(NDArray x, NDManager step) {
    long batch = x.size(0);
    NDArray input = x.reshape(batchOf(batch)).toType(DataType.FLOAT32, false);
    input.attach(step);
    IValue given = IValue.from((PtNDArray) input);
    IValue result = null;
    try {
      result = program.forward(given);
      if (!result.isTensor()) {
        throw otherwise("it answers with " + result.getType() + " instead of one tensor");
      }
      NDArray logits = result.toTensor((PtNDManager) step);
      long[] shape = logits.getShape().getShape();
      if (shape.length != 2 || shape[0] != batch || !logits.getDataType().isFloating()) {
        throw otherwise(
            "for " + batch + " samples it answers with the shape " + Arrays.toString(shape));
      }
      return logits.toType(DataType.FLOAT32, false);
    } catch (EngineException e) {
      throw EspalierException.program(
          "the TorchScript program refuses the samples",
          file.toString(),
          "it is given " + Arrays.toString(batchOf(batch)) + ": " + reason(e),
          "teach with data of the shape that it takes",
          e);
    } finally {
      given.close();
      if (result != null) {
        result.close();
      }
    }
  }

  /** The last line of the interpreter's report is the error itself; the first is its heading. */
  private static String reason(EngineException e) {
    String text = String.valueOf(e.getMessage()).strip();
    return text.lines()
        .filter(l -> l.startsWith("RuntimeError"))
        .findFirst()
        .orElse(NativeEngine.firstLine(e));
  }

  private EspalierException otherwise(String why) {
    return EspalierException.program(
        "the TorchScript program gives no logits",
        file.toString(),
        why,
        "a teacher answers samples with [batch, classes]");
  }

  /** Anything may be read: what cannot be is refused by the program itself. */
  @Override
  public void reads(DataSet data, Split split) {
    if (data.width() != Arrays.stream(sample).reduce(1, Math::multiplyExact)) {
      throw new IllegalArgumentException("loaded for other data than " + data.name());
    }
  }
}
