package dev.espalier.kernel.render;

import java.util.List;
import java.util.Set;
import org.commonmark.node.Image;
import org.commonmark.node.Node;
import org.commonmark.parser.Parser;
import org.commonmark.renderer.NodeRenderer;
import org.commonmark.renderer.html.DefaultUrlSanitizer;
import org.commonmark.renderer.html.HtmlNodeRendererContext;
import org.commonmark.renderer.html.HtmlRenderer;

/**
 * Notes: CommonMark to HTML. Markup in the note is shown as text, links lead only to {@code http},
 * {@code https} and {@code mailto}, and a picture is named by its words, because nothing may be
 * loaded from elsewhere.
 */
public final class Markdown {
  private static final Parser PARSER = Parser.builder().build();
  private static final HtmlRenderer RENDERER =
      HtmlRenderer.builder()
          .escapeHtml(true)
          .sanitizeUrls(true)
          .urlSanitizer(new DefaultUrlSanitizer(List.of("http", "https", "mailto")))
          .nodeRendererFactory(ImageInWords::new)
          .build();

  private Markdown() {}

  /** The note as HTML. */
  public static String html(String markdown) {
    try {
      return RENDERER.render(PARSER.parse(markdown));
    } catch (StackOverflowError e) {
      // Thousands of nested quotes: nobody wrote that to be read as nested quotes.
      return "<pre>" + Html.escape(markdown) + "</pre>\n";
    }
  }

  /** A picture's description in its place. */
  private record ImageInWords(HtmlNodeRendererContext context) implements NodeRenderer {
    @Override
    public Set<Class<? extends Node>> getNodeTypes() {
      return Set.of(Image.class);
    }

    @Override
    public void render(Node image) {
      context.getWriter().text("[picture: ");
      for (Node child = image.getFirstChild(); child != null; child = child.getNext()) {
        context.render(child);
      }
      context.getWriter().text("]");
    }
  }
}
