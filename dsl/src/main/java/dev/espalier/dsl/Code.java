package dev.espalier.dsl;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Every kind of mistake, with a code that never changes its meaning. E1 is about the sentence, E2
 * about words and names, E3 about amounts and units, E4 about what cannot be met, E6 about what
 * this version lacks; W warns.
 */
public enum Code {
  E101(
      "unknown verb",
      "Every sentence starts with a verb, such as train, distill, prune, quantize, compare or show."
          + " The word at the start of this one is none."),
  E102(
      "the amount comes after the model",
      "`prune 50% teacher` would make `teacher` the unit of 50%. The model comes first: `prune"
          + " teacher 50%`."),
  E103(
      "`distill` needs `into`",
      "Knowledge goes from a teacher into a student: `distill teacher into student`. The student is"
          + " a blueprint, which starts fresh, or a trained model, which starts from a copy."),
  E104(
      "an indented line continues the one above",
      "A new line ends a statement unless it is indented deeper than the statement's first line or"
          + " starts with `then`. Remove the indentation to start a new statement."),
  E105(
      "a bracket is never closed",
      "Every (, [ and { needs its partner. Until it comes, lines do not end statements."),
  E106(
      "a text is never closed",
      "A text stands between two \" on one line, or between two \"\"\" over several lines."),
  E107("a bracket closes nothing", "There is no open bracket that this one could close."),
  E108(
      "too long or too deep",
      "Programs, sentences and nested brackets have limits, so that checking stays quick whatever"
          + " it is given. Split the program into files and `include` them."),
  E109(
      "`quantize` needs `to`",
      "Say what to quantize to: `quantize teacher to int8`, or `to 8 bits`."),
  E110(
      "a word does not fit here",
      "The sentence is understood up to this word. What could stand here instead is listed."),
  E111(
      "a sentence is not finished",
      "The line ended where more was needed. A sentence goes on in the next line when that is"
          + " indented."),
  E112(
      "a sign that the language does not have",
      "Language 1 has no arithmetic and few signs: % , : / = ( ) [ ] { } and quotes. For"
          + " arithmetic, use a Java cell."),
  E113(
      "settings are written without `=`",
      "A setting is its name and its value: `with batch 32, dropout 0.5`. Only `let` has a `=`."),
  E114(
      "a comparison sign",
      "Bounds are written `at least` and `at most`, or >= and <=; a strict comparison of measured"
          + " figures means nothing."),
  E115("`chart` takes two metrics with `vs`", "As in `chart accuracy vs size of teacher, tiny`."),
  E116(
      "another version of the language",
      "This version of Espalier reads language 1. A later version of Espalier may read more."),
  E117(
      "a step after `then` names a subject",
      "`then` passes the model on, so the step after it takes that one and no other. To start from"
          + " another model, start a new statement."),
  E118("the same clause twice", "Each clause may stand once; this one is there already."),
  E119(
      "a clause that this verb does not take",
      "The sentence parses, but this verb has no use for this part."),
  E120(
      "a reserved word as a name",
      "and as by except for from in into is of on over per then to using via vs with within are"
          + " reserved: they join the parts of a sentence."),
  E121(
      "`prune` needs an amount",
      "Say how much: `prune teacher 50%`. The percentage counts from the dense original."),
  E122(
      "a line that continues nothing",
      "This word goes on with a sentence. Indent the line, so that it continues the one above."),
  E123(
      "a recipe that names a model or a result",
      "A recipe is steps for any model. What they are done to, and what the result is called, is said"
          + " where it is applied: `apply small to teacher as tiny`."),
  E124(
      "a sentence that cannot stand in a sweep",
      "The sentences of a sweep make models, for every combination of its values; the sweep itself"
          + " lists what became of them. What shows, checks or writes stands below it."),
  E201(
      "an unknown word",
      "The catalog has no such method, architecture, layer, data set or optimizer."),
  E202(
      "a blueprint where a trained model is needed",
      "A blueprint is an architecture without trained weights. Nothing mutates: `train small` and"
          + " `distill teacher into small` make new models and leave `small` what it was. Name the"
          + " new model with `as`, and use that name."),
  E203(
      "an unknown setting",
      "What a setting is called depends on what takes it. Those it takes are listed."),
  E204("an unknown name", "Nothing before this line gives this name a meaning."),
  E205(
      "a name of another kind",
      "A name stands for data, a blueprint, a trained model, a table or a value; this place needs"
          + " another kind."),
  E206(
      "`train` on a trained model",
      "`train` starts a blueprint from its initialisation. To go on with a trained model, say"
          + " `finetune`."),
  E207("no model to work on", "At the start of a sentence, the model must be named."),
  E208(
      "no data to work with",
      "Nothing says which data to use. Declare it (`data digits from mnist`) and say `on digits`."),
  E209(
      "a quantized model cannot be changed",
      "A quantized model holds whole numbers, which have no gradient. Train, distill and prune"
          + " first, and quantize at the end."),
  E210("arguments that do not fit", "The word takes other arguments than it was given."),
  E211("the same setting twice", "Each setting may be given once."),
  E212("an unknown `$` name", "Nothing gives this `$` name a value; `let` does."),
  E213("a file that cannot be included", "`include` reads another program at this place."),
  E214("an unknown file format", "The format is not among those that can be read or written."),
  E215("an unknown metric", "The metrics are listed; what measures what is in the reference."),
  E216("a file that is not there", "The program names a file that does not exist."),
  E217(
      "two layers of one name",
      "A layer is found by its name: `except fc1`, `per layer { fc1 90% }`. It must be the only one"
          + " of that name in its model."),
  E218(
      "a network that does not fit the data",
      "A layer gets an input of a shape that it cannot take. Shapes are checked before anything is"
          + " trained, where the data's shape is known without reading it."),
  E219(
      "an unknown layer",
      "Layers are named by their node in the graph; `show layers of MODEL` lists them. A pattern may"
          + " hold * and ?."),
  E220(
      "a model file that cannot be used",
      "A model's file is read when the program is checked, and refused as it would be in a run:"
          + " damaged, with an operator that is not known, of another shape than `with input` asks"
          + " for, or without a last dense layer that `with classes` could replace."),
  E221(
      "a figure that the model does not have",
      "Accuracy, errors and soft targets are of models that tell classes apart; mse, mae and r2 are"
          + " of models that give quantities: trained on a `target`, or giving back their input."),
  E225(
      "a swept name or parameter that is taken",
      "Inside its sweep or recipe, a name behind `$` means one value. It may not be there twice, nor"
          + " hide a name that means something already."),
  E226(
      "a swept name or parameter that nothing uses",
      "Each value would make the same models again. Use the name with `$`, or leave it out. Only"
          + " `seed` needs no use: it seeds every sentence of the sweep."),
  E227(
      "a recipe that cannot be applied so",
      "`apply` gives a recipe as many values as it has parameters, in their order or by name. A"
          + " recipe may apply others, but not itself."),
  E301(
      "% is ambiguous here",
      "A percentage is a level or a fraction. Two accuracies differ by points; `1 point` is 98 → 97,"
          + " and `1% relative` is 98 → 97.02."),
  E302("the unit of another quantity", "Each quantity has its own units."),
  E303(
      "already that sparse",
      "Percentages count from the dense original, so pruning cannot go back. Ask for more, or for a"
          + " part of what is left with `of remaining`."),
  E304("a value out of range", "The range is given with the message."),
  E305("a value of another kind", "The place takes another kind of value."),
  E306("a number without its unit", "A number here needs to say what it counts."),
  E307("an unknown unit", "The unit is not known, or not for this quantity."),
  E308("a part that is not a percentage", "How much to prune is a percentage."),
  E401(
      "a budget that cannot be met",
      "`prune … to` removes channels until the file fits. How small the model can get is known before"
          + " anything runs: with as few channels left as may be. Allow more, or except fewer"
          + " layers."),
  E402(
      "nothing to choose on",
      "Stopping early, searching and sweeping choose by the validation split, never by the test"
          + " split: what was chosen on the test data would look better than it is. Leave a part for"
          + " validation."),
  E403(
      "a sweep that is too large",
      "A sweep runs its sentences for every combination of its values. The product is computed before"
          + " anything runs."),
  E404(
      "constraints that contradict each other",
      "No model can be above one limit and below another that is lower. Which of the two is meant"
          + " cannot be guessed."),
  E405(
      "a target that no model can meet",
      "What can be proved before anything is trained is said at once: a file smaller than any ONNX"
          + " file, a limit above what the device has, which would never bind, or one that even the"
          + " smallest recipe of a search breaks, told from the shapes that it leaves."),
  E406(
      "a sweep without runs",
      "A sweep needs values to go through and a sentence that makes a model of them."),
  E601(
      "not available in this version",
      "The language knows this sentence, but this version of Espalier cannot run it yet. It is"
          + " refused as a whole rather than done in part."),
  W101(
      "a name gets a new meaning",
      "From here on the name means the new thing; what was made from the old one stays as it was."),
  W102(
      "a name that nothing uses",
      "The sentence declares something that no other one asks for, so it does nothing. In a notebook"
          + " nothing is said, for a later cell may use it."),
  W103(
      "a file that is written twice",
      "The program writes one file twice; only what is written last will be in it."),
  W104(
      "a demand that the model cannot meet",
      "The shapes of a model's layers tell what it takes at least, whatever its weights become: its"
          + " MACs, its bytes, the memory of its activations and, where a device is modelled, its"
          + " time. The program runs, but this can only fail: relax the demand, or make the model"
          + " smaller first.");

  private final String summary;
  private final String explanation;

  Code(String summary, String explanation) {
    this.summary = summary;
    this.explanation = explanation;
  }

  /** The code of that name. */
  public static Optional<Code> of(String name) {
    return Arrays.stream(values()).filter(c -> c.name().equals(name)).findFirst();
  }

  /** What this kind of mistake is, one clause. */
  public String summary() {
    return summary;
  }

  /** The long form: why it is a mistake and what to do. */
  public String explanation() {
    return explanation;
  }

  /** A mistake of this kind; {@code label} stands at the carets. */
  public Diagnostic at(Source source, Span span, String title, String label) {
    return new Diagnostic(name(), title, source, span, label, Optional.empty(), List.of());
  }

  /** A mistake of this kind with advice how to mend it. */
  public Diagnostic at(Source source, Span span, String title, String label, String fix) {
    return new Diagnostic(name(), title, source, span, label, Optional.of(fix), List.of());
  }
}
