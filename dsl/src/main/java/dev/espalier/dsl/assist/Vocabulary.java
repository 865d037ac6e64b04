package dev.espalier.dsl.assist;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What the language's own words mean, one line each: verbs, and the joints of a sentence. */
public final class Vocabulary {
  /**
   * A word of the language.
   *
   * @param doc one line
   * @param example a sentence or a part of one
   */
  public record Word(String text, String doc, String example) {}

  private static final Map<String, Word> VERBS = new LinkedHashMap<>();
  private static final Map<String, Word> JOINTS = new LinkedHashMap<>();

  static {
    verb(
        "train",
        "trains a blueprint from its initialisation",
        "train lenet-5 on digits for 3 epochs as teacher");
    verb(
        "distill",
        "trains a student on what a teacher answers",
        "distill teacher into mlp(30) for 3 epochs as small");
    verb("prune", "takes away weights or channels", "prune teacher 50% of channels as slim");
    verb(
        "quantize",
        "turns weights and activations into 8-bit integers",
        "quantize small to int8 as tiny");
    verb("finetune", "trains a trained model further", "finetune slim for 2 epochs as ready");
    verb(
        "compare",
        "measures models side by side, with their controls",
        "compare teacher, small, tiny");
    verb(
        "chart",
        "draws one metric against another, or how training went",
        "chart accuracy vs size of teacher, tiny");
    verb("show", "shows a model, its layers, or one of its figures", "show layers of slim");
    verb(
        "expect",
        "checks a figure; the run fails where it is not met",
        "expect size of tiny at most 60 KB");
    verb(
        "sweep",
        "makes models for every combination of values, and lists them",
        "sweep amount over 50%, 80% { prune teacher $amount as slim } as curve");
    verb(
        "compress",
        "searches for the best recipe within what a target demands",
        "compress teacher for mcu using prune, quantize within 40 trials as best");
    verb("apply", "does the steps of a recipe to a model", "apply tiny to teacher as small");
    verb("recipe", "names steps", "recipe tiny is prune 50% then quantize to int8");
    verb("data", "names data", "data digits from mnist split 55000/5000");
    verb("model", "names an architecture, or a model from a file", "model student is mlp(30)");
    verb(
        "target",
        "names what models have to keep to, and where they shall run",
        "target mcu is cortex-m4 { size at most 100 KB, latency at most 20 ms }");
    verb("let", "names a value", "let amount = 80%");
    verb("set", "sets what results depend on beside the program", "set seed 7, threads 2");
    verb("note", "writes text between the results", "note \"The student is small.\"");
    verb("include", "reads another program at this place", "include \"common.esp\"");
    verb("language", "says for which version the program is written", "language 1");
    verb("export", "writes a model or a table to a file", "export tiny to onnx \"tiny.onnx\"");
    verb("report", "writes everything so far to a page", "report to \"report.html\"");
    joint("over", "the values follow", "sweep amount over 50%, 80% { prune teacher $amount }");
    joint("into", "the student follows", "distill teacher into student");
    joint("to", "what to reach follows, or where to write", "quantize small to int8");
    joint("from", "where it comes from follows", "data digits from mnist");
    joint("is", "the architecture follows", "model student is mlp(30)");
    joint("of", "what it is a part of, or a figure of, follows", "accuracy of tiny");
    joint("on", "the data follows; without it, the model's own", "train student on digits");
    joint("for", "how many epochs follow, or what models have to keep to", "for 3 epochs");
    joint("by", "the method follows, or the metric", "by magnitude");
    joint("with", "settings follow, with commas between", "with batch 64, dropout 0.2");
    joint("except", "layers follow that stay as they are", "except conv1, \"fc*\"");
    joint("per", "what it goes by follows", "per layer { fc1 90% }");
    joint(
        "globally",
        "one threshold for all layers together, not one for each",
        "prune teacher 50% globally");
    joint("in", "how many rounds follow", "in 5 rounds of 2 epochs");
    joint("using", "the kinds of steps to search among follow", "using distill, prune, quantize");
    joint("minimize", "the figure to make small follows", "minimize energy");
    joint("maximize", "the figure to make great follows", "maximize accuracy");
    joint("at least", "a lower bound follows", "expect accuracy of tiny at least 95%");
    joint("at most", "an upper bound follows", "expect size of tiny at most 60 KB");
    joint(
        "within",
        "how far two models may differ follows, or how long to search",
        "expect accuracy of tiny within 1 point of teacher");
    joint("meets", "the target that a model is held against follows", "expect tiny meets mcu");
    joint("vs", "what stands against it follows", "chart accuracy vs size of teacher, tiny");
    joint("and", "one more follows", "to 20 MB and 50% of MACs");
    joint(
        "then",
        "goes on with the model that was just made",
        "distill teacher into student then prune 50%");
    joint("as", "names the model, or the table, that there is at this point", "as small");
    joint("split", "how many samples are for training, validation and test", "split 55000/5000");
    joint("take", "uses only so many of the training samples", "take 5000");
    joint(
        "normalize",
        "brings the inputs to mean 0 and deviation 1",
        "data digits from mnist normalize");
    joint("augment", "changes of the training samples follow", "augment flip, crop(4)");
  }

  private Vocabulary() {}

  private static void verb(String text, String doc, String example) {
    VERBS.put(text, new Word(text, doc, example));
  }

  private static void joint(String text, String doc, String example) {
    JOINTS.put(text, new Word(text, doc, example));
  }

  /** The words that open the sentences which this version can run, the commonest first. */
  public static List<Word> verbs() {
    return List.copyOf(VERBS.values());
  }

  /** The words that join the parts of a sentence, in the order in which they usually come. */
  public static List<Word> joints() {
    return List.copyOf(JOINTS.values());
  }

  /** A verb; empty where this version cannot run it. */
  static Optional<Word> verb(String text) {
    return Optional.ofNullable(VERBS.get(text));
  }

  static Optional<Word> joint(String text) {
    return Optional.ofNullable(JOINTS.get(text));
  }

  /** How early among others a word usually comes. */
  static int rank(String text) {
    int verb = List.copyOf(VERBS.keySet()).indexOf(text);
    return verb >= 0 ? verb : List.copyOf(JOINTS.keySet()).indexOf(text);
  }
}
