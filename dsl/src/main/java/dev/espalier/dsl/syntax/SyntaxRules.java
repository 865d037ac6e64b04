package dev.espalier.dsl.syntax;

import static dev.espalier.dsl.syntax.SyntaxRule.advice;
import static dev.espalier.dsl.syntax.SyntaxRule.example;
import static dev.espalier.dsl.syntax.SyntaxRule.mend;

import dev.espalier.dsl.Code;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What people write before they know the language, and what to say of it: a table, the special
 * before the general. A rule that rewrites counts only where the sentence is understood further
 * with what it writes.
 */
final class SyntaxRules {
  private static final String INTO = "`distill` needs `into`";
  private static final String TO = "`quantize` needs `to`";
  private static final String AMOUNT = "`prune` needs an amount";
  private static final String ORDER = "the words are in another order";
  private static final String FOR = "how long to train is said with `for`";
  private static final String ARTICLES = "the|a|an|my|our|this|that|these|those|your|its|some";

  /** Verbs that people try, and the verb that they mean. */
  static final Map<String, String> MEANT =
      Map.ofEntries(
          Map.entry("distil", "distill"),
          Map.entry("teach", "distill"),
          Map.entry("quantise", "quantize"),
          Map.entry("quantization", "quantize"),
          Map.entry("pruning", "prune"),
          Map.entry("sparsify", "prune"),
          Map.entry("trim", "prune"),
          Map.entry("fit", "train"),
          Map.entry("training", "train"),
          Map.entry("learn", "train"),
          Map.entry("retrain", "finetune"),
          Map.entry("fine-tune", "finetune"),
          Map.entry("fine-tuning", "finetune"),
          Map.entry("finetuning", "finetune"),
          Map.entry("tune", "finetune"),
          Map.entry("plot", "chart"),
          Map.entry("draw", "chart"),
          Map.entry("graph", "chart"),
          Map.entry("print", "show"),
          Map.entry("display", "show"),
          Map.entry("list", "show"),
          Map.entry("assert", "expect"),
          Map.entry("require", "expect"),
          Map.entry("ensure", "expect"),
          Map.entry("save", "export"),
          Map.entry("write", "export"),
          Map.entry("network", "model"),
          Map.entry("net", "model"),
          Map.entry("dataset", "data"),
          Map.entry("comment", "note"),
          Map.entry("import", "include"),
          Map.entry("define", "model"),
          Map.entry("factorise", "factorize"));

  private static final Map<String, String> NUMBERS =
      Map.ofEntries(
          Map.entry("one", "1"),
          Map.entry("two", "2"),
          Map.entry("three", "3"),
          Map.entry("four", "4"),
          Map.entry("five", "5"),
          Map.entry("six", "6"),
          Map.entry("seven", "7"),
          Map.entry("eight", "8"),
          Map.entry("nine", "9"),
          Map.entry("ten", "10"),
          Map.entry("twenty", "20"),
          Map.entry("hundred", "100"));

  private static final List<SyntaxRule> ALL =
      Stream.of(
              starts(),
              articles(),
              distill(),
              quantize(),
              prune(),
              train(),
              declare(),
              outputs(),
              any())
          .flatMap(List::stream)
          .toList();

  private SyntaxRules() {}

  /** The rules for a step's verb, in order. */
  static Stream<SyntaxRule> of(String verb) {
    return ALL.stream()
        .filter(r -> r.verb().equals(verb) || r.verb().equals("*") && !verb.equals("-"));
  }

  /** Sentences that do not start with a verb. */
  private static List<SyntaxRule> starts() {
    List<SyntaxRule> all = new ArrayList<>();
    all.addAll(
        List.of(
            mend(
                Code.E110, "-", "| (?<=then\\s){then} (?=ACTION)", "`then` is there twice", "", ""),
            mend(
                Code.E101,
                "-",
                "| {(seed|threads|device|offline)} (?:=|:|to|is)? (\\w+)END",
                "`$1` is given with `set`",
                "",
                "set $1 $2"),
            advice(
                Code.E101,
                "-",
                "| for NAME in .*:",
                "this looks like Python",
                "Espalier has no loops; `sweep` runs sentences for several values"),
            advice(
                Code.E101,
                "-",
                "| (?:pip|python|python3|conda|git|cd|ls|java|jupyter|espalier) \\S+",
                "this looks like a command of a shell",
                "type it in a terminal; a sentence starts with a verb, such as train or prune")));
    all.add(
        mend(
            Code.E101,
            "-",
            "| {(NAME) (?:=|:=|<-)} (ACTION[^(=].*)",
            "a result is named at its end, with `as`",
            "",
            "$2 as $1"));
    all.add(
        advice(
            Code.E101,
            "-",
            "| NAME (?:=|\\.) [\\w.]+ \\(.*[=(].*",
            "this looks like Python",
            "a sentence starts with a verb, and its words stand without brackets"));
    all.add(
        mend(
            Code.E101,
            "-",
            "| {(NAME) (?:=|:=|<-)} (AMOUNT|TEXT|\\[.*)",
            "a value is named with `let`",
            "",
            "let $1 = $2"));
    all.add(
        mend(
            Code.E101,
            "-",
            "| {(NAME) (?:=|:=|<-)} (?!ACTION)(CALL)END",
            "a model is named with `model`",
            "",
            "model $1 is $2"));
    all.add(
        advice(
            Code.E101,
            "-",
            "| (?:from [\\w.]+ import|def NAME \\(|import [\\w.]+( as NAME)?\\s*(?:$|\\n))",
            "this looks like Python",
            "Espalier is a language of its own; a sentence starts with a verb"));
    all.add(
        advice(
            Code.E101,
            "-",
            "| (?:-\\s+[\\w-]+|[\\w-]+)\\s*:(?!=)(?:\\s|\\z)",
            "this looks like YAML",
            "write a sentence: train lenet-5 on digits for 3 epochs as teacher"));
    all.add(
        advice(
            Code.E101,
            "-",
            "| -\\s+[\\w-]+",
            "a list item is no sentence",
            "a sentence starts with a verb, such as train, prune or compare"));
    all.add(
        advice(
            Code.E101,
            "-",
            "| (?:\\{|\\[)",
            "this looks like JSON",
            "write a sentence: train lenet-5 on digits for 3 epochs as teacher"));
    all.add(
        advice(
            Code.E101,
            "-",
            "| (?:!|%|\\$ )\\s*\\w+",
            "this looks like a command of a shell or a notebook",
            "a sentence starts with a verb; a cell of Java starts with %%java"));
    all.add(
        advice(
            Code.E101,
            "-",
            "| {(epoch|epochs|batch|optimizer|lr|dropout|schedule|patience)} (?:=|:)? \\S+",
            "`$1` is no sentence of its own",
            "it belongs to one that trains: train lenet-5 on digits for 3 epochs with batch 32"));
    all.add(
        mend(
            Code.E101,
            "-",
            "| {(?i:please|now|first|next|finally|lets|we|you|i want to|i)} ,? (ACTION|compare|show|chart|export)",
            "a sentence starts with its verb",
            "",
            "$1"));
    all.add(
        mend(
            Code.E101,
            "-",
            "| {(NAME) (train|finetune|distill|prune|quantize)} (?!\\.)",
            "the verb comes first",
            "",
            "$2 $1 "));
    all.add(mend(Code.E101, "-", "| {(fine tune)}", "the verb is one word", "", "finetune"));
    all.add(
        mend(
            Code.E101,
            "-",
            "| {(?:load|read|open)} (TEXT) as (NAME)",
            "a model or data from a file is named first",
            "",
            "model $2 from $1"));
    return all;
  }

  private static List<SyntaxRule> distill() {
    String v = "distill";
    return List.of(
        mend(
            Code.E103,
            v,
            "^distill (?:from)? (CALL) | {to} (CALL)",
            INTO,
            "",
            "distill $1 into $2"),
        mend(
            Code.E103,
            v,
            "| {(?:to|in|in to|on|onto|unto|for|with|as|-> |=> )} (?!(?:NAME )?END)(?=CALL)",
            INTO,
            "",
            "into "),
        mend(
            Code.E103,
            v,
            "^distill (CALL) | {from} (CALL)",
            INTO,
            "the teacher comes first",
            "distill $2 into $1"),
        mend(
            Code.E103,
            v,
            "^distill | {from} (CALL) (?:to|into|in|on) (CALL)",
            INTO,
            "the teacher comes first",
            "distill $1 into $2"),
        mend(
            Code.E103,
            v,
            "^distill | from (CALL) {(?:to|in|on)} (CALL)",
            INTO,
            "",
            "distill $1 into $2"),
        mend(
            Code.E103,
            v,
            "^distill into (CALL) | {from} (CALL)",
            INTO,
            "the teacher comes first",
            "distill $2 into $1"),
        mend(Code.E103, v, "^distill (CALL) | - > (CALL)", INTO, "", "distill $1 into $2"),
        mend(Code.E103, v, "^distill (CALL) | (CALL)", INTO, "", "distill $1 into $2"),
        example(Code.E103, v, "^distill (CALL) | END", INTO, "", "distill $1 into mlp(30)"),
        example(
            Code.E103,
            v,
            "^distill (CALL) | (as|for|with|by|then)",
            INTO,
            "",
            "distill $1 into mlp(30) $2"),
        mend(
            Code.E110,
            v,
            "| {(?:using|via method|method)} (CALL)",
            "a method comes after `by`",
            "",
            "by $1"));
  }

  private static List<SyntaxRule> quantize() {
    String v = "quantize";
    return List.of(
        mend(
            Code.E109,
            v,
            "^quantize (INTEGER|\\d+ (?:bits|bit)) | (CALL)END",
            TO,
            "the model comes first",
            "quantize $2 to $1"),
        mend(
            Code.E109,
            v,
            "^quantize to (INTEGER) | (CALL)",
            ORDER,
            "the model comes first",
            "quantize $2 to $1"),
        mend(
            Code.E109,
            v,
            "^quantize (CALL) | {(?:into|in|as|with|using|on|for|by|at)} (INTEGER|8 (?:bits|bit))",
            TO,
            "",
            "quantize $1 to $2"),
        mend(
            Code.E109,
            v,
            "^quantize (CALL) | (INTEGER|\\d+ (?:bits|bit))",
            TO,
            "",
            "quantize $1 to $2"),
        mend(Code.E109, v, "| INT8", "the format is one word", "", "int8"),
        mend(Code.E109, v, "to {int} | -? 8", "the format is one word", "", "to int8"),
        mend(
            Code.E109, v, "^quantize (?!INTEGER)(CALL) | (REST)", TO, "", "quantize $1 to int8 $2"),
        mend(Code.E109, v, "^(?<=\\w\\s)quantize | END", TO, "", "quantize to int8"),
        example(Code.E109, v, "^quantize | END", TO, "", "quantize MODEL to int8"));
  }

  private static List<SyntaxRule> prune() {
    String v = "prune";
    return List.of(
        mend(
            Code.E110,
            v,
            "^prune (CALL)? (0) | {,(\\d+)}",
            "a number has a decimal point",
            "",
            "prune $1 $2.$3"),
        advice(
            Code.E110,
            v,
            "^prune CALL | {,|and} CALL",
            "`prune` takes one model",
            "write a sentence for each"),
        mend(
            Code.E110,
            v,
            "^prune (CALL) | {(?:by|at|with|up to|about|to about|down to|down by)} (AMOUNT)(?! \\w*B\\b)",
            "the amount follows the model at once",
            "",
            "prune $1 $2"),
        mend(
            Code.E102,
            v,
            "^prune | {(?:by|at|to)} (AMOUNT) (?:of|from|in)? (CALL)END",
            "the amount comes after the model",
            "",
            "prune $2 $1"),
        mend(
            Code.E102,
            v,
            "^prune {(AMOUNT) of the} | (?!weights|channels|remaining)(NAME)",
            "the amount comes after the model",
            "",
            "prune $2 $1"),
        mend(
            Code.E102,
            v,
            "^prune (AMOUNT) of (channels|weights) | {(?:of|in|from)} (CALL)",
            "the amount comes after the model",
            "",
            "prune $3 $1 of $2"),
        mend(
            Code.E102,
            v,
            "^prune {(?:half|50 percent)} | (?:of|from|in)? (?:the )?(CALL)",
            "the amount comes after the model",
            "",
            "prune $1 50%"),
        mend(
            Code.E102,
            v,
            "^prune (AMOUNT) | {(?:from|in|off)} (CALL)",
            "the amount comes after the model",
            "",
            "prune $2 $1"),
        mend(
            Code.E102,
            v,
            "^prune (?:channels|filters) | (?:of|from|in) (CALL) (?:by|to)? (AMOUNT)",
            "the amount comes after the model",
            "",
            "prune $1 $2 of channels"),
        mend(
            Code.E102,
            v,
            "^prune (?:weights) | (?:of|from|in) (CALL) (?:by|to)? (AMOUNT)",
            "the amount comes after the model",
            "",
            "prune $1 $2"),
        mend(
            Code.E308,
            v,
            "| {(?:by|to)? (?:a )?(?:half)}",
            "how much to prune is a percentage",
            "",
            "50%"),
        mend(
            Code.E308,
            v,
            "| {(?:by|to)? (?:a )?(?:quarter)}",
            "how much to prune is a percentage",
            "",
            "25%"),
        mend(
            Code.E308,
            v,
            "| {(?:by|to)? \\.(\\d)(?!\\d)}",
            "how much to prune is a percentage",
            "",
            "$10%"),
        mend(
            Code.E308,
            v,
            "| {(?:by|to)? \\.(\\d\\d)}",
            "how much to prune is a percentage",
            "",
            "$1%"),
        mend(Code.E110, v, "| {% (NUMBER)}", "the percent sign comes after the number", "", "$1%"),
        mend(Code.E110, v, "(AMOUNT) | {%+}", "one percent sign is enough", "", "$1"),
        mend(
            Code.E110,
            v,
            "^(prune (?:CALL)? AMOUNT) | {, AMOUNT}(?! of)",
            "`prune` takes one amount",
            "",
            "$1"),
        mend(
            Code.E110,
            v,
            "| {over} (NUMBER (?:rounds|round))",
            "rounds come after `in`",
            "",
            "in $1"),
        mend(
            Code.E110,
            v,
            "| {(?:using|method|based on|criterion)} (CALL)",
            "a criterion comes after `by`",
            "",
            "by $1"),
        mend(
            Code.E110,
            v,
            "(AMOUNT) {(?:excluding|without|but|skipping|ignoring|not)} | (?=NAME|TEXT)",
            "layers are left out with `except`",
            "",
            "$1 except "),
        mend(
            Code.E110,
            v,
            "| {(?:excluding|without|but not|but|skipping|ignoring|not)} (?=NAME|TEXT)",
            "layers are left out with `except`",
            "",
            "except "),
        mend(
            Code.E110,
            v,
            "except | {for} (?=NAME|TEXT)",
            "layers are left out with `except`",
            "",
            "except "),
        mend(
            Code.E110,
            v,
            "except {(?:layer|layers)} | (?=NAME|TEXT)",
            "layers are named at once",
            "",
            "except "),
        mend(
            Code.E110,
            v,
            "| {(?:global|overall|everywhere|all over)}",
            "the word is `globally`",
            "",
            "globally"),
        mend(Code.E110, v, "per {(?:each|every)} | layer", "`per layer` says it", "", "per layer"),
        example(Code.E121, v, "^prune (CALL) | END", AMOUNT, "", "prune $1 50%"),
        example(Code.E121, v, "^(?<=\\w\\s)prune | END", AMOUNT, "", "prune 50%"),
        example(Code.E121, v, "^prune | END", AMOUNT, "", "prune MODEL 50%"),
        example(
            Code.E121,
            v,
            "^prune (CALL) | (by|except|globally|per|as|then|with|in|on|rewind)",
            AMOUNT,
            "",
            "prune $1 50% $2"),
        example(
            Code.E121,
            v,
            "^prune | (by|except|globally|per|as|then|with|in|on|rewind)",
            AMOUNT,
            "",
            "prune 50% $1"));
  }

  private static List<SyntaxRule> train() {
    List<SyntaxRule> all = new ArrayList<>();
    for (String v : List.of("train", "finetune", "distill")) {
      all.add(
          mend(Code.E113, v, "{with epochs} | (?:=|:) (NUMBER) ,", FOR, "", "for $1 epochs with "));
      all.add(
          mend(
              Code.E113,
              v,
              "{with epochs} | (?:=|:) (NUMBER)(?=END|as|then|on)",
              FOR,
              "",
              "for $1 epochs"));
      all.add(
          mend(
              Code.E110,
              v,
              "| {(?:using|optimizer|with the|by|via)} (adam|sgd|rmsprop|adamw)",
              "the optimizer is a setting",
              "",
              "with optimizer $1"));
      all.add(
          mend(
              Code.E110,
              v,
              "| {(?:for )?(?:epoch|epochs) (?:=|:)? (NUMBER)}",
              FOR,
              "",
              "for $1 epochs"));
      all.add(
          mend(
              Code.E110,
              v,
              "| {(?:during|in|over|,|x|times)} (NUMBER (?:epochs|epoch))",
              FOR,
              "",
              "for $1"));
      all.add(mend(Code.E110, v, "| (NUMBER (?:epochs|epoch))", FOR, "", "for $1"));
      all.add(mend(Code.E110, v, "for | {(?:epochs|epoch) (NUMBER)}", FOR, "", "for $1 epochs"));
      all.add(
          advice(
              Code.E110,
              v,
              "| {until NAME}",
              "training goes on for a number of epochs",
              "say `for 20 epochs`, and `with patience 3` to stop when nothing gets better"));
    }
    for (String v : List.of("train", "finetune")) {
      all.add(
          mend(
              Code.E110,
              v,
              "^" + v + " (CALL) | {(?:to|into|=> |- > |called|named|giving)} (NAME)END",
              "a result is named with `as`",
              "",
              v + " $1 as $2"));
      all.add(
          mend(
              Code.E110,
              v,
              "^"
                  + v
                  + " (CALL) | {(?:using|with data|with|over|from|in|to|into|against|by|data|dataset)} (NAME) (?=END|for|with|as|then)",
              "the data comes after `on`",
              "",
              v + " $1 on $2 "));
      all.add(
          mend(
              Code.E110,
              v,
              "^" + v + " (CALL) {with (NAME)} | (?=END|for|as|then)",
              "the data comes after `on`",
              "",
              v + " $1 on $2 "));
      all.add(
          mend(
              Code.E110,
              v,
              "^" + v + " (CALL) | (?!epoch|epochs|called|named|using|until|during|while)(NAME)",
              "the data comes after `on`",
              "",
              v + " $1 on $2"));
    }
    return all;
  }

  private static List<SyntaxRule> declare() {
    return List.of(
        mend(
            Code.E110,
            "let",
            "^{let (?:us|me)} | (?=ACTION)",
            "a sentence starts with its verb",
            "",
            ""),
        mend(
            Code.E110,
            "let",
            "= (AMOUNT) | , (REST)",
            "several values stand in square brackets",
            "",
            "= [$1, $2]"),
        example(
            Code.E110,
            "model",
            "^model | {(?:=|is)} (CALL)",
            "a model needs a name",
            "",
            "model small is $1"),
        mend(
            Code.E110,
            "sweep",
            "| {(?:in|from|=|:|through|across|on)}",
            "what is swept comes after `over`",
            "",
            "over"),
        mend(
            Code.E113,
            "model",
            "| {(?:=|:=|:|as|be|are)} (?=CALL)",
            "a model's architecture comes after `is`",
            "",
            "is "),
        mend(
            Code.E110,
            "model",
            "^model (NAME) {from (NAME)} | END",
            "an architecture comes after `is`",
            "",
            "model $1 is $2"),
        mend(
            Code.E110,
            "model",
            "^model (NAME) | (?!from)(CALL)",
            "a model's architecture comes after `is`",
            "",
            "model $1 is $2"),
        example(
            Code.E111,
            "model",
            "^model (NAME) | END",
            "nothing says what `$1` is",
            "",
            "model $1 is mlp(30)"),
        example(
            Code.E111,
            "model",
            "^model (NAME) is | END",
            "nothing says what `$1` is",
            "",
            "model $1 is mlp(30)"),
        mend(
            Code.E113,
            "data",
            "| {(?:=|:=|:|is|as|in|of|on|to|by|with|using|are)} (?=NAME|TEXT)",
            "where data comes from is said with `from`",
            "",
            "from "),
        mend(
            Code.E110,
            "data",
            "^data | from (NAME)END",
            "data needs a name",
            "",
            "data $1 from $1"),
        mend(
            Code.E110,
            "data",
            "^data (NAME) | END",
            "nothing says where `$1` comes from",
            "",
            "data $1 from $1"),
        mend(
            Code.E110,
            "data",
            "^data (NAME) | (NAME|TEXT)",
            "where data comes from is said with `from`",
            "",
            "data $1 from $2"),
        mend(
            Code.E110,
            "data",
            "split (NUMBER) | {(?:,|:|-|and|to)} (NUMBER)",
            "the parts of a split stand with / between them",
            "",
            "split $1/$2"),
        mend(
            Code.E110,
            "data",
            "split (NUMBER) | % / (NUMBER) %?",
            "the parts of a split are numbers",
            "",
            "split $1/$2"),
        mend(
            Code.E110,
            "data",
            "| {(?:and|,|then)} (?=split|take|normalize|augment|with)",
            "what is done with data is said without a word between",
            "",
            ""),
        mend(
            Code.E113,
            "let",
            "^let (NAME) | {(?:is|be|to|as|:=|:)} ",
            "`let` has a `=`",
            "",
            "let $1 = "),
        mend(
            Code.E113,
            "let",
            "^let (NAME) | (?=AMOUNT|\\[|TEXT|NAME)",
            "`let` has a `=`",
            "",
            "let $1 = "),
        mend(Code.E110, "let", "^let | {\\$(\\w+)}", "a value is named without `$`", "", "let $1"),
        mend(
            Code.E113,
            "set",
            "| {(?:=|:|to|is|as)} ",
            "`set` takes a name and its value, no more",
            "",
            " "),
        mend(
            Code.E110,
            "include",
            "| {([\\w./-]+)}END",
            "a file name stands in quotes",
            "",
            "\"$1\""),
        mend(
            Code.E110,
            "language",
            "| {(?:\"1\"|one|v1|version 1|=|: 1)}",
            "the language is a number",
            "",
            "1"));
  }

  private static List<SyntaxRule> outputs() {
    List<SyntaxRule> all = new ArrayList<>();
    all.add(
        mend(
            Code.E115,
            "chart",
            "^chart (NAME) | {(?:,|against|versus|over|and|to|x|with)} (NAME)",
            "`chart` takes two metrics with `vs`",
            "",
            "chart $1 vs $2"));
    for (String v : List.of("chart", "show")) {
      all.add(
          mend(
              Code.E110,
              v,
              "^" + v + " (NAME) | {(?:\\.|'s) (NAME)}END",
              "the models come after `of`",
              "",
              v + " $2 of $1"));
      all.add(
          mend(
              Code.E110,
              v,
              "| {(?:for|from|in|on)} (?=NAME)",
              "the models come after `of`",
              "",
              "of "));
      all.add(
          mend(
              Code.E110,
              v,
              "(accuracy|errors|size|latency|parameters|sparsity|layers|coupling|macs|memory|training|loss|weights|widths|zeros|sensitivity|activations|confusion|latencies) | (?=NAME)",
              "the models come after `of`",
              "",
              "$1 of "));
      all.add(
          mend(
              Code.E110,
              v,
              "(NAME) | {(?:and|vs|&|with)} (?=NAME)",
              "names stand with a comma between them",
              "",
              "$1, "));
    }
    all.add(
        mend(
            Code.E110,
            "compare",
            "(NAME) {with} (NAME) | (?=END|,|and|by|as|on)",
            "models stand with a comma between them",
            "",
            "$1, $2 "));
    all.add(
        mend(
            Code.E110,
            "compare",
            "| {(?:with|to|against|versus|over|&|\\+|\\||from)} (?=NAME)",
            "models stand with a comma between them",
            "",
            ", "));
    all.add(
        mend(
            Code.E110,
            "compare",
            "(NAME) | (?=NAME)",
            "models stand with a comma between them",
            "",
            "$1, "));
    for (String v : List.of("expect", "target", "compare", "compress")) {
      String bound = "a bound is written `at least` or `at most`";
      all.add(
          mend(
              Code.E114,
              v,
              "| {(?:above|over|>|is above|is over|is at least|is more than|to be at least|to be above|more than|greater than|higher than|exceeds|minimum|min|no less than|not less than|not below|from)} (?=[-\\d$])",
              bound,
              "",
              "at least "));
      all.add(
          mend(
              Code.E114,
              v,
              "| {(?:below|under|<|is below|is under|is at most|is less than|to be at most|to be below|less than|smaller than|lower than|fewer than|up to|maximum|max|no more than|not more than|not above)} (?=[-\\d$])",
              bound,
              "",
              "at most "));
      all.add(
          mend(
              Code.E114,
              v,
              "| {(?:at lest|at leat|atleast|at-least|at the least|at a least|at least of|at  least|\u2265|=>|> =)}",
              bound,
              "",
              "at least "));
      all.add(
          mend(
              Code.E114,
              v,
              "at | {(?:lest|leat|leas|minimum|min|the least)}",
              bound,
              "",
              "at least "));
      all.add(
          mend(Code.E114, v, "at | {(?:mots|mos|maximum|max|the most)}", bound, "", "at most "));
      all.add(mend(Code.E114, v, "| {(?:atmost|at-most|\u2264|=<|< =)}", bound, "", "at most "));
      all.add(
          advice(
              Code.E114,
              v,
              "| {(?:==|=|is|equals|equal to|of)} (?=[-\\d$])",
              "a measured figure is hardly ever met exactly",
              "write `at least`, `at most` or `within … of`"));
    }
    all.add(
        mend(
            Code.E110,
            "expect",
            "^expect (NAME) | \\( (NAME) \\)",
            "the model comes after `of`",
            "",
            "expect $1 of $2"));
    all.add(
        mend(
            Code.E110,
            "expect",
            "^expect (NAME) | {(?:for|in|from|on|:)} (NAME)",
            "the model comes after `of`",
            "",
            "expect $1 of $2"));
    all.add(
        mend(
            Code.E110,
            "expect",
            "^expect (NAME) (?:\\.|'s)? | (?:\\.|'s)? (accuracy|errors|size|latency|parameters|sparsity|macs|memory)",
            "the model comes after `of`",
            "",
            "expect $2 of $1"));
    all.add(
        mend(
            Code.E110,
            "expect",
            "^expect (NAME) | (NAME)",
            "the model comes after `of`",
            "",
            "expect $1 of $2"));
    all.add(
        mend(
            Code.E110,
            "export",
            "^export (NAME) | {(?:as|in|into|for|on|with|using|->)} (?=NAME|TEXT)",
            "where to export to comes after `to`",
            "",
            "export $1 to "));
    all.add(
        mend(
            Code.E110,
            "export",
            "^export (NAME) | (?=onnx|csv|TEXT)",
            "where to export to comes after `to`",
            "",
            "export $1 to "));
    all.add(
        example(
            Code.E111,
            "export",
            "^export (NAME)(?: to)?(?: onnx)? | END",
            "nothing says where to write it",
            "",
            "export $1 to onnx \"$1.onnx\""));
    all.add(
        mend(
            Code.E110,
            "report",
            "^report | {(?:as|in|into|on|at)? (?:html)?} (TEXT)",
            "a report goes `to` a file",
            "",
            "report to $1"));
    all.add(
        example(
            Code.E111,
            "report",
            "^report(?: to)? | END",
            "a report goes `to` a file",
            "",
            "report to \"report.html\""));
    all.add(
        mend(
            Code.E110,
            "note",
            "^note | {(\\w[^\"]*)}END",
            "what is noted stands in quotes",
            "",
            "note \"$1\""));
    return all;
  }

  private static List<SyntaxRule> articles() {
    String title = "sentences have no articles";
    String label = "leave `$1` out";
    String article = "{(" + ARTICLES + ")}";
    return List.of(
        mend(Code.E110, "*", article + " | (?=NAME|TEXT|AMOUNT)", title, label, ""),
        mend(Code.E110, "*", "| " + article + " (?=NAME|TEXT|AMOUNT)", title, label, ""));
  }

  /** What may go wrong in any sentence. */
  private static List<SyntaxRule> any() {
    List<SyntaxRule> all = new ArrayList<>();
    all.add(
        advice(
            Code.E110,
            "*",
            "\\$(\\w[\\w-]*) | {(epochs?|rounds?|bits?|points?|KB|MB|%)}",
            "a value behind `$` has its unit with it",
            "remove it here, and write it where `$1` gets its values"));
    all.add(
        advice(
            Code.E110,
            "*",
            "by \\$\\w[\\w-]* | \\(",
            "only a recipe is given values behind its `$` name",
            "the settings of a method stand behind `with`"));
    all.add(
        mend(
            Code.E110,
            "*",
            "(NUMBER) {(?:called|named)} | (?=NAME)",
            "a result is named with `as`",
            "",
            "$1 as "));
    all.add(
        mend(
            Code.E110,
            "*",
            "| {, (?:and)? then} (?=NAME)",
            "steps follow each other with `then`",
            "",
            " then "));
    all.add(
        mend(
            Code.E110,
            "compare",
            "| {(?:using|ranked by|sorted by|judged by)} (NAME)END",
            "what to compare by comes after `by`",
            "",
            "by $1"));
    all.add(
        mend(
            Code.E103,
            "distill",
            "^distill (CALL (?:,|and) CALL) | (CALL)END",
            INTO,
            "",
            "distill $1 into $2"));
    all.add(
        advice(
            Code.E101,
            "*",
            "^NAME | :",
            "this looks like YAML",
            "write a sentence: train lenet-5 on digits for 3 epochs as teacher"));
    all.add(
        mend(
            Code.E110,
            "*",
            "with | \\{ ([^\\{\\}]*) \\}",
            "settings stand without brackets",
            "",
            "with $1"));
    all.add(
        mend(
            Code.E110,
            "*",
            "with | \\( ([^()]*) \\)",
            "settings stand without brackets",
            "",
            "with $1"));
    all.add(
        mend(
            Code.E110,
            "*",
            "(NAME) | \\[ ([\\d, ]*) \\]",
            "what a word takes stands in round brackets",
            "",
            "$1($2)"));
    all.add(
        mend(
            Code.E110,
            "*",
            "| {(?:,|&|and|->|=>|\\||;|and then|, then|, and then|followed by|before)} (?=ACTION)",
            "steps follow each other with `then`",
            "",
            " then "));
    all.add(mend(Code.E110, "*", "then {then} | ", "`then` is there twice", "", "then"));
    all.add(
        mend(
            Code.E110,
            "*",
            "| {(?:called|named|known as|as:|giving|=>|->)} (?=NAME)",
            "a result is named with `as`",
            "",
            "as "));
    all.add(mend(Code.E110, "*", ", | {and} (?=NAME)", "a comma is enough", "", ", "));
    all.add(mend(Code.E110, "*", ", | {,+}", "one comma is enough", "", ", "));
    all.add(mend(Code.E110, "*", "{,} | END", "a comma at the end", "remove it", ""));
    all.add(
        mend(Code.E110, "*", "| {\\.}END", "a sentence ends without a full stop", "remove it", ""));
    all.add(
        mend(
            Code.E110,
            "*",
            "| {(?:!|\\?)+}END",
            "a sentence ends without a sign",
            "remove it",
            ""));
    all.add(
        mend(
            Code.E113,
            "*",
            "with (NAME) | {(?:=|:|:=)} ",
            "settings are written without `=`",
            "",
            "with $1 "));
    all.add(
        mend(
            Code.E113,
            "*",
            ", (NAME) | {(?:=|:|:=)} ",
            "settings are written without `=`",
            "",
            ", $1 "));
    all.add(
        mend(
            Code.E113,
            "*",
            "\\( (NAME) | {(?:=|:|:=)} ",
            "arguments are written without `=`",
            "",
            "($1 "));
    all.add(
        mend(
            Code.E110,
            "*",
            "(with NAME NUMBER) (?!called|named)(NAME) | (?=AMOUNT|NAME|TEXT|\\[)",
            "settings stand with a comma between them",
            "",
            "$1, $2 "));
    all.add(
        mend(
            Code.E110,
            "*",
            "optimizer (NAME) | {(lr|rate|learning-rate) (NUMBER)}",
            "what an optimizer takes stands in brackets",
            "",
            "optimizer $1(lr $3)"));
    all.add(
        mend(
            Code.E110,
            "*",
            "(with .*) | {(?:and|with|;)} (?=NAME (?:AMOUNT|NAME|TEXT))",
            "settings stand with a comma between them",
            "",
            "$1, "));
    all.add(
        mend(
            Code.E110,
            "*",
            "| {(epochs|batch|dropout|patience|optimizer|schedule)} (?=AMOUNT|NAME)",
            "a setting comes after `with`",
            "",
            "with $1 "));
    all.add(
        advice(
            Code.E110,
            "*",
            "^(ACTION|compare|show|chart|export|expect|data|model) | \\(",
            "sentences have no brackets after the verb",
            "write its words one after the other, as in: train lenet-5 on digits"));
    for (Map.Entry<String, String> n : NUMBERS.entrySet()) {
      all.add(
          mend(
              Code.E110,
              "*",
              "| {" + n.getKey() + "} (epoch|epochs|round|rounds|bits|points)",
              "numbers are written in digits",
              "",
              n.getValue() + " $1"));
    }
    all.add(
        mend(
            Code.E110,
            "*",
            "(NAME) | (NUMBER)(?! (?:epochs|epoch|%))",
            "what a word takes stands in round brackets",
            "",
            "$1($2)"));
    all.add(
        mend(Code.E110, "*", "(NUMBER) | {percent}", "a percentage is written with %", "", "$1%"));
    all.add(
        mend(
            Code.E112,
            "*",
            "(\\d+) | {, (\\d+)}(?= %)",
            "a decimal point is a point",
            "",
            "$1.$2"));
    return all;
  }
}
