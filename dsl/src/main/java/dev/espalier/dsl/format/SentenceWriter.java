package dev.espalier.dsl.format;

import dev.espalier.dsl.format.Part.Block;
import dev.espalier.dsl.format.Part.Entry;
import dev.espalier.dsl.format.Part.Remark;
import dev.espalier.dsl.format.Part.Token;
import dev.espalier.dsl.syntax.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Writes the parts of a sentence as lines. */
final class SentenceWriter {
  private static final Set<String> NONE_BEFORE = Set.of(",", ")", "]", "%", ":", "/", "(");
  private static final Set<String> NONE_BEHIND = Set.of("(", "[", ":", "/", "-");

  /** Words before which a line breaks where it would behind a comma. */
  private static final Set<String> LIGHT = Set.of("and", "as", "vs");

  /** Where a line may break, most welcome places first. */
  private enum Level {
    CLAUSE,
    COMMA,
    INNER_COMMA,
    ANY_COMMA,
    ANYWHERE
  }

  private final StringBuilder out;
  private int column;
  private int lineIndent;
  private boolean lineStart;
  private boolean lineOver;
  private Part last;

  SentenceWriter(StringBuilder out) {
    this.out = out;
  }

  /** One sentence from the beginning of a line on; no line end behind it. */
  void sentence(List<Part> parts, int indent) {
    start(indent);
    List<List<Part>> steps = steps(parts);
    Optional<String> flat = flat(parts);
    if (flat.isPresent() && !apart(parts) && indent + width(flat.get()) <= Formatter.WIDTH) {
      append(flat.get(), parts.get(parts.size() - 1));
      return;
    }
    if (steps.size() == 1) {
      fill(parts, indent + Formatter.STEP);
      return;
    }
    int deeper = indent + Formatter.STEP;
    for (int i = 0; i < steps.size(); i++) {
      List<Part> step = steps.get(i);
      int own = 0;
      if (i > 0) {
        for (; step.get(own) instanceof Remark remark; own++) {
          newLine(deeper);
          append(remark.text(), remark);
        }
        newLine(deeper);
      }
      fill(step.subList(own, step.size()), deeper + Formatter.STEP);
    }
  }

  private static boolean apart(List<Part> parts) {
    return parts.stream().anyMatch(p -> p instanceof Token t && t.apart());
  }

  /** Each with its {@code then} in front, and the comments on lines of their own before that. */
  private static List<List<Part>> steps(List<Part> parts) {
    List<List<Part>> steps = new ArrayList<>();
    List<Part> step = new ArrayList<>();
    for (Part part : parts) {
      if (part instanceof Token t && t.then()) {
        int end = step.size();
        while (end > 0 && step.get(end - 1) instanceof Remark r && r.own()) {
          end--;
        }
        List<Part> following = new ArrayList<>(step.subList(end, step.size()));
        steps.add(new ArrayList<>(step.subList(0, end)));
        step = following;
      }
      step.add(part);
    }
    steps.add(step);
    return steps;
  }

  // ---- filling lines

  private void fill(List<Part> parts, int indent) {
    split(parts, Level.CLAUSE).forEach(segment -> place(segment, indent, Level.CLAUSE));
  }

  /** Puts parts on the line, or on the next one, or breaks them further. */
  private void place(List<Part> parts, int indent, Level level) {
    Part first = parts.get(0);
    if (lineOver) {
      newLine(indent);
    }
    int gap = lineStart ? 0 : gap(last, first).length();
    // A bracket that opens a block stays behind what it belongs to, a comment sees for itself.
    boolean mayMove = gap > 0 && first instanceof Token;
    Optional<String> flat = flat(parts);
    boolean block = parts.stream().anyMatch(Block.class::isInstance);
    if (flat.isPresent()) {
      int width = width(flat.get());
      boolean fits = column + gap + width <= Formatter.WIDTH;
      // A block opens over lines where its head is, rather than to take a part of that along.
      boolean fitsBelow =
          mayMove && (!block || level == Level.CLAUSE) && indent + width <= Formatter.WIDTH;
      if (!fits && fitsBelow) {
        newLine(indent);
      }
      if (fits || fitsBelow) {
        append((lineStart ? "" : gap(last, first)) + flat.get(), parts.get(parts.size() - 1));
        return;
      }
    }
    boolean whole = flat.isPresent() && !block;
    if (mayMove
        && (whole ? level != Level.ANYWHERE : column + gap + head(parts) > Formatter.WIDTH)) {
      newLine(indent);
    }
    for (int next = level.ordinal() + 1; next < Level.values().length; next++) {
      Level finer = Level.values()[next];
      List<List<Part>> segments = split(parts, finer);
      if (segments.size() > 1) {
        segments.forEach(segment -> place(segment, indent, finer));
        return;
      }
    }
    parts.forEach(part -> one(part, indent));
  }

  private void one(Part part, int indent) {
    if (lineOver) {
      newLine(indent);
    }
    if (part instanceof Block block) {
      block(block);
    } else if (part instanceof Remark remark) {
      if (remark.own() && !lineStart) {
        newLine(indent);
      }
      append((lineStart ? "" : "  ") + remark.text(), remark);
      lineOver = true;
    } else {
      Token token = (Token) part;
      append((lineStart ? "" : gap(last, token)) + token.text(), token);
    }
  }

  /** How wide it is up to where a line has to end, or may behind the bracket of a block. */
  private static int head(List<Part> parts) {
    StringBuilder text = new StringBuilder();
    Part before = null;
    for (Part part : parts) {
      Optional<String> flat = flat(List.of(part));
      if (flat.isEmpty() || part instanceof Block) {
        return width(text) + (part instanceof Block ? 2 : 0);
      }
      text.append(before == null ? "" : gap(before, part)).append(flat.get());
      before = part;
    }
    return width(text);
  }

  private static List<List<Part>> split(List<Part> parts, Level level) {
    List<List<Part>> segments = new ArrayList<>();
    List<Part> segment = new ArrayList<>();
    Part before = null;
    for (Part part : parts) {
      if (before != null && breaks(before, part, level)) {
        segments.add(segment);
        segment = new ArrayList<>();
      }
      segment.add(part);
      before = part;
    }
    segments.add(segment);
    return segments;
  }

  private static boolean breaks(Part before, Part part, Level level) {
    if (level == Level.ANYWHERE) {
      // A text in quotes stays with its word: `note "…"`, `csv "…"`.
      return !(part instanceof Token t && t.text().startsWith("\""));
    }
    if (level == Level.CLAUSE) {
      return part instanceof Token t && t.clause();
    }
    if (part instanceof Token t && t.depth() == 0 && LIGHT.contains(t.text())) {
      return true;
    }
    return before instanceof Token t
        && t.text().equals(",")
        && (level == Level.ANY_COMMA || t.depth() < level.ordinal());
  }

  // ---- blocks

  private void block(Block block) {
    int indent = lineIndent;
    append((lineStart ? "" : " ") + "{", block);
    block.opening().ifPresent(r -> append("  " + r.text(), r));
    int deeper = indent + Formatter.STEP;
    for (List<Entry> line : lines(block, deeper)) {
      Entry first = line.get(0);
      if (first.blank()) {
        out.append('\n');
      }
      newLine(deeper);
      if (line.size() > 1) {
        append(joined(line).orElseThrow(), block);
      } else if (first.isRemark()) {
        append(((Remark) first.parts().get(0)).text(), block);
      } else {
        sentence(first.parts(), deeper);
      }
      line.get(line.size() - 1).after().ifPresent(r -> append("  " + r.text(), r));
    }
    newLine(indent);
    append("}", block);
  }

  /** Entries that the author put on one line stay on one where they fit. */
  private static List<List<Entry>> lines(Block block, int indent) {
    List<List<Entry>> written = new ArrayList<>();
    for (Entry entry : block.entries()) {
      if (written.isEmpty() || !entry.joined() || !block.several() || block.statements()) {
        written.add(new ArrayList<>());
      }
      written.get(written.size() - 1).add(entry);
    }
    List<List<Entry>> lines = new ArrayList<>();
    for (List<Entry> line : written) {
      Optional<String> joined = joined(line);
      if (joined.isPresent() && indent + width(joined.get()) <= Formatter.WIDTH) {
        lines.add(line);
      } else {
        line.forEach(e -> lines.add(List.of(e)));
      }
    }
    return lines;
  }

  private static Optional<String> joined(List<Entry> entries) {
    List<String> out = new ArrayList<>();
    for (Entry entry : entries) {
      Optional<String> flat = flat(entry.parts());
      if (flat.isEmpty()) {
        return Optional.empty();
      }
      out.add(flat.get());
    }
    return Optional.of(String.join(", ", out));
  }

  // ---- text

  /** The parts on one line; empty where they cannot be. */
  private static Optional<String> flat(List<Part> parts) {
    StringBuilder text = new StringBuilder();
    Part before = null;
    for (Part part : parts) {
      String flat;
      if (part instanceof Token token) {
        flat = token.text();
      } else if (part instanceof Block block) {
        Optional<String> inside = flat(block);
        if (inside.isEmpty()) {
          return Optional.empty();
        }
        flat = inside.get();
      } else {
        return Optional.empty();
      }
      if (flat.indexOf('\n') >= 0) {
        return Optional.empty();
      }
      text.append(before == null ? "" : gap(before, part)).append(flat);
      before = part;
    }
    return Optional.of(text.toString());
  }

  private static Optional<String> flat(Block block) {
    boolean remarks =
        block.opening().isPresent()
            || block.entries().stream().anyMatch(e -> e.after().isPresent() || e.isRemark());
    if (block.several() || remarks || block.statements() && block.entries().size() > 1) {
      return Optional.empty();
    }
    return joined(block.entries()).map(inside -> "{ " + inside + " }");
  }

  private static String gap(Part before, Part part) {
    if (part instanceof Token t && NONE_BEFORE.contains(t.text())
        || before instanceof Token b && NONE_BEHIND.contains(b.text())) {
      return "";
    }
    if (before instanceof Token b
        && part instanceof Token t
        && Character.isDigit(b.text().charAt(0))
        && Value.Quantity.isSizes(t.text())) {
      return "";
    }
    return " ";
  }

  private static int width(CharSequence text) {
    return Character.codePointCount(text, 0, text.length());
  }

  private void append(String text, Part part) {
    out.append(text);
    int line = text.lastIndexOf('\n');
    column = (line < 0 ? column : 0) + width(text.substring(line + 1));
    lineStart = false;
    lineOver = false;
    last = part;
  }

  private void newLine(int indent) {
    out.append('\n').append(" ".repeat(indent));
    start(indent);
  }

  private void start(int indent) {
    column = indent;
    lineIndent = indent;
    lineStart = true;
    lineOver = false;
  }
}
