package dev.espalier.kernel.install;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.espalier.dsl.syntax.Keywords;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class HighlighterTest {
  @Test
  void theTokenizerHasTheLexersWords() {
    assertEquals(Keywords.openings(), words("verbs"));
    assertEquals(Keywords.reserved(), words("joints"));
    assertEquals(Keywords.others(), words("others"));
  }

  private static List<String> words(String set) {
    Matcher matcher =
        Pattern.compile("const " + set + " = set\\(\"([^\"]*)\"\\)").matcher(Highlighter.mode());
    assertTrue(matcher.find(), set);
    return List.of(matcher.group(1).split(" "));
  }

  @Test
  void nothingIsLeftToFillIn() {
    List<String> all = new ArrayList<>(Highlighter.extension().values());
    all.add(Highlighter.kernelScript());
    for (String file : all) {
      assertFalse(Pattern.compile("@[A-Z]+@").matcher(file).find(), file);
    }
  }

  @Test
  void theExtensionSaysWhatToLoad() {
    JsonObject about =
        JsonParser.parseString(Highlighter.extension().get("package.json")).getAsJsonObject();
    JsonObject build = about.getAsJsonObject("jupyterlab").getAsJsonObject("_build");
    assertTrue(Highlighter.extension().containsKey(build.get("load").getAsString()));
    // The page finds the extension under the name that the package has.
    assertTrue(
        Highlighter.extension()
            .get("static/remoteEntry.js")
            .contains("_JUPYTERLAB[\"" + about.get("name").getAsString() + "\"]"));
  }
}
