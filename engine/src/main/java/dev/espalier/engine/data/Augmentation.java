package dev.espalier.engine.data;

import dev.espalier.engine.catalog.Kind;
import dev.espalier.engine.catalog.Setting;
import dev.espalier.engine.catalog.Word;

/** A random change of each training image, drawn anew every epoch from the seed. */
public sealed interface Augmentation {
  /** Moves the image by up to so many pixels both ways; what comes in is zero (before scaling). */
  @Word(name = "shift", kind = Kind.AUGMENTATION, doc = "moves the image by up to so many pixels")
  record Shift(@Setting(doc = "largest move", min = 1, max = 1000, unit = "pixels") int pixels)
      implements Augmentation {}

  /** Mirrors left and right with probability one half. */
  @Word(name = "flip", kind = Kind.AUGMENTATION, doc = "mirrors left and right, every other time")
  record Flip() implements Augmentation {}

  /** Pads by so many zero pixels and cuts the original size out at a random place. */
  @Word(
      name = "crop",
      kind = Kind.AUGMENTATION,
      doc = "pads, then cuts the original size out at a random place",
      source = "He, Zhang, Ren, Sun 2016, arXiv:1512.03385, section 4.2")
  record Crop(
      @Setting(doc = "padding", preset = "4", min = 1, max = 1000, unit = "pixels") int padding)
      implements Augmentation {}
}
