package dev.espalier.engine;

/** The version that goes into keys and provenance. */
public final class EngineVersion {
  /** Raise it whenever a change moves numbers, so that stored results are made again. */
  public static final String CURRENT = "0.4.0";

  private EngineVersion() {}
}
