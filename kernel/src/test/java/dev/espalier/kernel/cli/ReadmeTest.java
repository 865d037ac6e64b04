package dev.espalier.kernel.cli;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** The commands and options that the README names are there. */
class ReadmeTest {
  private static final Pattern OPTION = Pattern.compile("(?<![\\w-])--[a-z][a-z-]*");

  /** Options of Java that a line for Spark needs; those of Maven have one dash. */
  private static final Set<String> OTHERS = Set.of("--add-exports", "--add-opens");

  private static Map<String, CommandLine> commands() {
    return new CommandLine(new Main()).getSubcommands();
  }

  private static Set<String> options(CommandLine command) {
    return command.getCommandSpec().options().stream()
        .flatMap(o -> Set.of(o.names()).stream())
        .collect(Collectors.toSet());
  }

  @Test
  void everyCommandTakesTheOptionsOnItsLine() throws Exception {
    String page = Files.readString(Path.of("../README.md"));
    Matcher line = Pattern.compile("espalier\\.jar (\\w+)([^`\\n]*)").matcher(page);
    Set<String> seen = new HashSet<>();
    while (line.find()) {
      CommandLine command = commands().get(line.group(1));
      assertTrue(command != null, () -> "no command " + line.group());
      seen.add(line.group(1));
      Matcher option = OPTION.matcher(line.group(2));
      while (option.find()) {
        assertTrue(options(command).contains(option.group()), line.group());
      }
    }
    assertTrue(seen.size() >= 8, seen::toString);
  }

  @Test
  void everyOptionBelongsToACommand() throws Exception {
    String page = Files.readString(Path.of("../README.md"));
    Set<String> all = new HashSet<>(OTHERS);
    commands().values().forEach(c -> all.addAll(options(c)));
    Matcher option = OPTION.matcher(page);
    int seen = 0;
    while (option.find()) {
      assertTrue(all.contains(option.group()), option.group());
      seen++;
    }
    assertTrue(seen >= 15, seen + " options");
  }
}
