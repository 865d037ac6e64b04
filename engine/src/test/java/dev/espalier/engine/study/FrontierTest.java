package dev.espalier.engine.study;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.espalier.engine.run.Result.ChartSpec.Series;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class FrontierTest {
  /** Smaller is better in size, larger in accuracy; few values, so that there are ties. */
  @Property(tries = 500)
  void nothingBeatsWhatIsOnItAndSomethingBeatsTheRest(
      @ForAll @Size(min = 2, max = 12) List<@IntRange(min = 0, max = 35) Integer> codes) {
    List<Frontier.Point> points =
        codes.stream().map(c -> new Frontier.Point(c % 6, c / 6)).distinct().toList();
    List<Frontier.Point> unbeaten =
        points.stream().filter(p -> points.stream().noneMatch(q -> beats(q, p))).toList();
    Optional<Series> line = Frontier.of(points, false, true);
    assertEquals(unbeaten.size() > 1, line.isPresent());
    if (line.isPresent()) {
      assertEquals(unbeaten.size(), line.get().x().size());
      for (int i = 0; i < line.get().x().size(); i++) {
        assertTrue(
            unbeaten.contains(new Frontier.Point(line.get().x().get(i), line.get().y().get(i))));
      }
      assertEquals(line.get().x().stream().sorted().toList(), line.get().x());
    }
  }

  private static boolean beats(Frontier.Point q, Frontier.Point p) {
    return q.x() <= p.x() && q.y() >= p.y() && !q.equals(p);
  }

  @Test
  void figuresThatAreBetterWhenGreaterRunTheOtherWay() {
    List<Frontier.Point> points =
        List.of(new Frontier.Point(0.5, 3), new Frontier.Point(0.9, 5), new Frontier.Point(0.4, 4));
    Series line = Frontier.of(points, true, false).orElseThrow();
    assertEquals(List.of(0.5, 0.9), line.x());
  }
}
