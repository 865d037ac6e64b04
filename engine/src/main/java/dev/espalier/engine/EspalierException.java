package dev.espalier.engine;

/**
 * Every refusal and every failure that a user sees: what, where, why, and what to do.
 *
 * <p>The {@link Blame} decides the exit code: a wrong program is 2, a run that broke is 3.
 */
public final class EspalierException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Who has to act. */
  public enum Blame {
    /** The program, a file it names or a setting is wrong: exit code 2. */
    PROGRAM,
    /** The run broke (disk, memory, a loss that is not finite): exit code 3. */
    RUN
  }

  private final Blame blame;
  private final String what;
  private final String where;
  private final String why;
  private final String fix;

  private EspalierException(
      Blame blame, String what, String where, String why, String fix, Throwable cause) {
    super(message(what, where, why, fix), cause);
    this.blame = blame;
    this.what = what;
    this.where = where;
    this.why = why;
    this.fix = fix;
  }

  /** A mistake in the program or in what it names. {@code where} is a file, line, node or step. */
  public static EspalierException program(String what, String where, String why, String fix) {
    return new EspalierException(Blame.PROGRAM, what, where, why, fix, null);
  }

  /** As {@link #program(String, String, String, String)}, keeping the cause. */
  public static EspalierException program(
      String what, String where, String why, String fix, Throwable cause) {
    return new EspalierException(Blame.PROGRAM, what, where, why, fix, cause);
  }

  /** A failure while running a correct program. */
  public static EspalierException run(String what, String where, String why, String fix) {
    return new EspalierException(Blame.RUN, what, where, why, fix, null);
  }

  /** As {@link #run(String, String, String, String)}, keeping the cause. */
  public static EspalierException run(
      String what, String where, String why, String fix, Throwable cause) {
    return new EspalierException(Blame.RUN, what, where, why, fix, cause);
  }

  /** Who has to act. */
  public Blame blame() {
    return blame;
  }

  /** What happened, one clause. */
  public String what() {
    return what;
  }

  /** The file, line, node or step; may be empty. */
  public String where() {
    return where;
  }

  /** Why it is so; may be empty. */
  public String why() {
    return why;
  }

  /** What to do; may be empty. */
  public String fix() {
    return fix;
  }

  private static String message(String what, String where, String why, String fix) {
    StringBuilder text = new StringBuilder(what);
    if (!where.isEmpty()) {
      text.append("\n  at: ").append(where);
    }
    if (!why.isEmpty()) {
      text.append("\n  why: ").append(why);
    }
    if (!fix.isEmpty()) {
      text.append("\n  fix: ").append(fix);
    }
    return text.toString();
  }
}
