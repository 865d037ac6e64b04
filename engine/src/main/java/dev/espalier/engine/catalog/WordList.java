package dev.espalier.engine.catalog;

import java.util.List;

/**
 * Records annotated with {@link Word} that become words of the language.
 *
 * <p>Lists are found by {@link java.util.ServiceLoader}, so that the catalog need not know what
 * lies above it and a library on the class path can bring words of its own.
 */
public interface WordList {
  /** The records, in the order in which completion and help list them. */
  List<Class<? extends Record>> words();
}
