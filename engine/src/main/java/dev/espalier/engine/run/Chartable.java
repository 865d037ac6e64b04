package dev.espalier.engine.run;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** What is drawn on axes of its own; the words of {@code chart} beside the metrics. */
public enum Chartable {
  TRAINING("validation accuracy after every epoch", Needs.NOTHING),
  LOSS("training and validation loss after every epoch", Needs.NOTHING),
  WEIGHTS("how the weights are spread", Needs.NOTHING),
  WIDTHS("how wide each layer is", Needs.NOTHING),
  ZEROS("what part of each layer's weights is zero", Needs.NOTHING),
  SENSITIVITY("what the validation split loses when one layer alone is pruned", Needs.DATA),
  ACTIVATIONS("how the outputs of each layer are spread over validation samples", Needs.DATA),
  CONFUSION("which classes of the test split are taken for which", Needs.CLASSES),
  LATENCIES("how long runs in ONNX Runtime take, every one of them", Needs.DATA),
  TRIALS("the trials of the search that found it", Needs.DATA);

  /** What has to be known of a model. */
  public enum Needs {
    NOTHING,
    /** The data it was made with. */
    DATA,
    /** That data, of classes. */
    CLASSES
  }

  private final String doc;
  private final Needs needs;

  Chartable(String doc, Needs needs) {
    this.doc = doc;
    this.needs = needs;
  }

  /** As written in a program. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** One line. */
  public String doc() {
    return doc;
  }

  public Needs needs() {
    return needs;
  }

  /** Whether the chart is of one model only. */
  public boolean isOfOne() {
    return this == CONFUSION || this == ACTIVATIONS || this == SENSITIVITY || this == TRIALS;
  }

  /** The one of that word. */
  public static Optional<Chartable> find(String word) {
    return Arrays.stream(values()).filter(c -> c.word().equals(word)).findFirst();
  }
}
