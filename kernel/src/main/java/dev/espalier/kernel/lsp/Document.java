package dev.espalier.kernel.lsp;

import dev.espalier.dsl.Source;
import dev.espalier.dsl.Span;
import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;
import org.eclipse.lsp4j.Position;
import org.eclipse.lsp4j.Range;
import org.eclipse.lsp4j.TextDocumentContentChangeEvent;

/**
 * An open text at one of its versions.
 *
 * <p>Positions count UTF-16 units in a line, as Java does; lines end with LF, CRLF or CR.
 */
record Document(String uri, int version, String text) {

  /** The text as the language reads it, with its file where it has one. */
  Source source() {
    Optional<Path> file = file(uri);
    String name =
        file.flatMap(f -> Optional.ofNullable(f.getFileName())).map(Path::toString).orElse(uri);
    return new Source(name, text, file);
  }

  private static Optional<Path> file(String uri) {
    try {
      URI parsed = URI.create(uri);
      return "file".equals(parsed.getScheme()) ? Optional.of(Path.of(parsed)) : Optional.empty();
    } catch (IllegalArgumentException | java.nio.file.FileSystemNotFoundException e) {
      // Editors give texts that were never saved other addresses.
      return Optional.empty();
    }
  }

  /** With a change made: of a range, or of the whole text. */
  Document changed(TextDocumentContentChangeEvent change, int newVersion) {
    if (change.getRange() == null) {
      return new Document(uri, newVersion, change.getText());
    }
    int start = offset(change.getRange().getStart());
    int end = Math.max(start, offset(change.getRange().getEnd()));
    return new Document(
        uri, newVersion, text.substring(0, start) + change.getText() + text.substring(end));
  }

  /** Where a position is in the text; one past the end of a line or of the text is that end. */
  int offset(Position position) {
    int at = 0;
    for (int line = 0; line < position.getLine(); line++) {
      int end = lineEnd(at);
      if (end == text.length()) {
        return end;
      }
      at = end + (text.startsWith("\r\n", end) ? 2 : 1);
    }
    return (int) Math.min((long) at + Math.max(0, position.getCharacter()), lineEnd(at));
  }

  private int lineEnd(int from) {
    int at = from;
    while (at < text.length() && text.charAt(at) != '\n' && text.charAt(at) != '\r') {
      at++;
    }
    return at;
  }

  /** The position of a place in the text. */
  Position position(int offset) {
    return position(text, offset);
  }

  Range range(Span span) {
    return range(text, span);
  }

  static Range range(String text, Span span) {
    return new Range(position(text, span.start()), position(text, span.end()));
  }

  private static Position position(String text, int offset) {
    int place = Math.min(offset, text.length());
    int line = 0;
    int start = 0;
    for (int i = 0; i < place; i++) {
      char c = text.charAt(i);
      boolean pair = c == '\r' && i + 1 < text.length() && text.charAt(i + 1) == '\n';
      if (c == '\n' || (c == '\r' && !pair)) {
        line++;
        start = i + 1;
      }
    }
    return new Position(line, place - start);
  }
}
