package dev.espalier.engine.prune;

import dev.espalier.engine.catalog.Kind;
import dev.espalier.engine.catalog.Setting;
import dev.espalier.engine.catalog.Word;

/**
 * What the widths have to be like after channels went.
 *
 * @param roundTo widths are rounded to the nearest multiple of this, so that vector units stay
 *     full; 1 rounds nothing. A layer with fewer channels keeps what it has
 * @param heads whether heads of attention go whole or get narrower
 */
@Word(name = "channels", kind = Kind.SETTINGS, doc = "what widths are left when channels go")
public record ChannelShape(
    @Setting(doc = "widths become multiples of this", preset = "1", min = 1, max = 1024)
        int roundTo,
    @Setting(doc = "whether heads of attention go whole or get narrower", preset = "narrower")
        Heads heads) {

  /** Any width; heads get narrower. */
  public static ChannelShape standard() {
    return new ChannelShape(1, Heads.NARROWER);
  }
}
