package dev.espalier.engine.architecture;

import dev.espalier.engine.EspalierException;
import dev.espalier.engine.architecture.GraphBuilder.Flow;
import dev.espalier.engine.catalog.Kind;
import dev.espalier.engine.catalog.Setting;
import dev.espalier.engine.catalog.Word;
import dev.espalier.engine.graph.Attribute;
import java.util.List;
import java.util.Map;

/** One line of a layer block: a word of the catalog, or a residual block of other lines. */
public sealed interface Layer {
  /** The word as written in a program. */
  default String word() {
    return getClass().getAnnotation(Word.class).name();
  }

  /** A layer that is a word of the catalog and adds itself to a graph. */
  sealed interface Single extends Layer {
    /**
     * Adds the layer.
     *
     * @throws EspalierException when it does not fit {@code x}, naming {@code name}
     */
    Flow addTo(GraphBuilder g, String name, Flow x);

    /** Whether it only bends each value by itself. */
    default boolean isActivation() {
      return false;
    }
  }

  /** An image as a row of features. */
  @Word(name = "flatten", kind = Kind.LAYER, doc = "an image as a row of features")
  record Flatten() implements Single {
    @Override
    public Flow addTo(GraphBuilder g, String name, Flow x) {
      return g.flatten(name, x);
    }
  }

  /** Every unit sees every feature; an image is flattened first. */
  @Word(name = "dense", kind = Kind.LAYER, doc = "a layer whose units see every feature")
  record Dense(@Setting(doc = "outputs", min = 1, max = 1_000_000_000, unit = "units") int units)
      implements Single {
    @Override
    public Flow addTo(GraphBuilder g, String name, Flow x) {
      return g.dense(name, x.isImage() ? g.flatten(name + "-flatten", x) : x, units);
    }
  }

  /** Padding of a convolution. */
  enum Padding {
    /** So much that stride 1 keeps height and width: (kernel − 1) / 2 on each side. */
    SAME,
    /** None. */
    VALID
  }

  /** A convolution with a square kernel. */
  @Word(name = "conv", kind = Kind.LAYER, doc = "a two-dimensional convolution")
  record Conv(
      @Setting(doc = "output channels", min = 1, max = 1_000_000) int filters,
      @Setting(doc = "height and width of the kernel", preset = "3", min = 1, max = 1024)
          int kernel,
      @Setting(doc = "pixels from one place to the next", preset = "1", min = 1, max = 1024)
          int stride,
      @Setting(doc = "same keeps height and width at stride 1", preset = "same") Padding padding,
      @Setting(
              doc = "zeros on each side, instead of `padding`; -1 goes by `padding`",
              preset = "-1",
              min = -1,
              max = 1024,
              unit = "pixels")
          int pad,
      @Setting(
              doc = "parts that see only their own channels; as many as channels is depthwise",
              preset = "1",
              min = 1,
              max = 1_000_000)
          int groups,
      @Setting(doc = "whether a bias is added", preset = "yes") boolean bias)
      implements Single {
    @Override
    public Flow addTo(GraphBuilder g, String name, Flow x) {
      return g.conv(name, x, filters, kernel, stride, pixels(name), groups, bias);
    }

    private int pixels(String name) {
      if (pad >= 0) {
        return pad;
      }
      if (padding == Padding.VALID) {
        return 0;
      }
      if (kernel % 2 == 0) {
        throw EspalierException.program(
            "layer `" + name + "` cannot be padded evenly",
            "layer `" + name + "`",
            "`padding same` needs an odd kernel, and this one is " + kernel,
            "give `padding valid` or a number of pixels, `pad " + kernel / 2 + "`");
      }
      return kernel / 2;
    }
  }

  /** max(0, x). */
  @Word(name = "relu", kind = Kind.LAYER, doc = "max(0, x)")
  record Relu() implements Single {
    @Override
    public Flow addTo(GraphBuilder g, String name, Flow x) {
      return g.relu(name, x);
    }

    @Override
    public boolean isActivation() {
      return true;
    }
  }

  /** x where it is positive, a little of it elsewhere. */
  @Word(
      name = "leaky-relu",
      kind = Kind.LAYER,
      doc = "x where it is positive, slope times x elsewhere",
      source = "Maas, Hannun, Ng 2013")
  record LeakyRelu(
      @Setting(doc = "slope below zero", preset = "0.01", min = 0, max = 1) double slope)
      implements Single {
    @Override
    public Flow addTo(GraphBuilder g, String name, Flow x) {
      return g.activation(name, "LeakyRelu", x, Map.of("alpha", new Attribute.Real((float) slope)));
    }

    @Override
    public boolean isActivation() {
      return true;
    }
  }

  /** 1 / (1 + exp(−x)). */
  @Word(name = "sigmoid", kind = Kind.LAYER, doc = "1 / (1 + exp(-x))")
  record Sigmoid() implements Single {
    @Override
    public Flow addTo(GraphBuilder g, String name, Flow x) {
      return g.activation(name, "Sigmoid", x, Map.of());
    }

    @Override
    public boolean isActivation() {
      return true;
    }
  }

  /** The hyperbolic tangent. */
  @Word(name = "tanh", kind = Kind.LAYER, doc = "the hyperbolic tangent")
  record Tanh() implements Single {
    @Override
    public Flow addTo(GraphBuilder g, String name, Flow x) {
      return g.activation(name, "Tanh", x, Map.of());
    }

    @Override
    public boolean isActivation() {
      return true;
    }
  }

  /** The largest value of each window. */
  @Word(name = "max-pool", kind = Kind.LAYER, doc = "the largest value of each window")
  record MaxPool(
      @Setting(doc = "height and width of the window", preset = "2", min = 1, max = 1024) int size,
      @Setting(
              doc = "pixels from one window to the next; 0 is the window's size",
              preset = "0",
              min = 0,
              max = 1024)
          int stride)
      implements Single {
    @Override
    public Flow addTo(GraphBuilder g, String name, Flow x) {
      return g.maxPool(name, x, size, stride == 0 ? size : stride);
    }
  }

  /** The mean of each window. */
  @Word(name = "avg-pool", kind = Kind.LAYER, doc = "the mean of each window")
  record AvgPool(
      @Setting(doc = "height and width of the window", preset = "2", min = 1, max = 1024) int size,
      @Setting(
              doc = "pixels from one window to the next; 0 is the window's size",
              preset = "0",
              min = 0,
              max = 1024)
          int stride)
      implements Single {
    @Override
    public Flow addTo(GraphBuilder g, String name, Flow x) {
      return g.avgPool(name, x, size, stride == 0 ? size : stride);
    }
  }

  /** The mean of each channel. */
  @Word(
      name = "global-pool",
      kind = Kind.LAYER,
      doc = "the mean of each channel",
      source = "Lin, Chen, Yan 2014, arXiv:1312.4400, section 3.2")
  record GlobalPool() implements Single {
    @Override
    public Flow addTo(GraphBuilder g, String name, Flow x) {
      return g.globalPool(name, x);
    }
  }

  /** Batch normalisation. */
  @Word(
      name = "batch-norm",
      kind = Kind.LAYER,
      doc = "batch normalisation of each channel",
      source = "Ioffe, Szegedy 2015, arXiv:1502.03167, algorithm 1")
  record BatchNorm() implements Single {
    @Override
    public Flow addTo(GraphBuilder g, String name, Flow x) {
      return g.batchNorm(name, x);
    }
  }

  /** Drops units while training. */
  @Word(
      name = "dropout",
      kind = Kind.LAYER,
      doc = "drops units while training",
      source = "Srivastava, Hinton, Krizhevsky, Sutskever, Salakhutdinov 2014, JMLR 15")
  record Dropout(
      @Setting(
              doc = "part of the units dropped",
              preset = "0.5",
              min = 0,
              max = 1,
              maxExcluded = true,
              fraction = true)
          double ratio)
      implements Single {
    @Override
    public Flow addTo(GraphBuilder g, String name, Flow x) {
      return g.dropout(name, x, ratio);
    }
  }

  /**
   * {@code residual { … }}: its layers' output added to its input. Where the shapes differ, the
   * input passes a 1x1 convolution (a dense layer for features), normalised when the block holds a
   * batch normalisation (He et al. 2016, arXiv:1512.03385, eq. 2).
   */
  record Residual(List<LayerBlock.Entry> body) implements Layer {
    /** The word that opens such a block. */
    public static final String WORD = "residual";

    public Residual {
      body = List.copyOf(body);
      if (body.isEmpty()) {
        throw EspalierException.program(
            "a residual block needs at least one layer", "", "", "`residual { conv(16), relu }`");
      }
    }

    @Override
    public String word() {
      return WORD;
    }
  }
}
