package dev.espalier.engine.work;

import dev.espalier.engine.EspalierException;

/** Why a job failed, in one line. */
final class Failure {
  private Failure() {}

  static String reason(EspalierException e) {
    return e.what() + (e.why().isEmpty() ? "" : ": " + e.why());
  }
}
