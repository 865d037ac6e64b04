package dev.espalier.engine.prune;

import java.util.List;

/**
 * What to prune, how much, in what order.
 *
 * @param channels whether units are removed physically; otherwise single weights become zero
 * @param globally whether the least important go wherever they are, rather than evenly per layer
 * @param overrides amounts of single layers, by name or pattern ({@code fc*})
 * @param except layers (or patterns) left as they are
 * @param rounds how many times to prune and finetune on the way to the amount; 1 is at once
 * @param roundEpochs epochs of finetuning after each round; 0 is none
 * @param shape what widths are left when channels go
 */
public record PruneSpec(
    Amount amount,
    boolean channels,
    Criterion criterion,
    boolean globally,
    List<Override> overrides,
    List<String> except,
    int rounds,
    int roundEpochs,
    ChannelShape shape) {

  /** One layer's own amount. */
  public record Override(String layer, Amount amount) {}

  public PruneSpec {
    overrides = List.copyOf(overrides);
    except = List.copyOf(except);
  }

  /** As the full form, with any widths. */
  public PruneSpec(
      Amount amount,
      boolean channels,
      Criterion criterion,
      boolean globally,
      List<Override> overrides,
      List<String> except,
      int rounds,
      int roundEpochs) {
    this(
        amount,
        channels,
        criterion,
        globally,
        overrides,
        except,
        rounds,
        roundEpochs,
        ChannelShape.standard());
  }

  /** Single weights, per layer, by magnitude, at once. */
  public static PruneSpec weights(double level) {
    return byMagnitude(new Amount.Level(level), /* channels= */ false);
  }

  /** Whole channels, every layer alike, by magnitude, at once. */
  public static PruneSpec channels(double level) {
    return byMagnitude(new Amount.Level(level), /* channels= */ true);
  }

  /** Whole channels, every layer alike, by magnitude, at once, until a budget holds. */
  public static PruneSpec to(Amount.Budget budget) {
    return byMagnitude(new Amount.Budgets(List.of(budget)), /* channels= */ true);
  }

  private static PruneSpec byMagnitude(Amount amount, boolean channels) {
    return new PruneSpec(
        amount, channels, new Criterion.Magnitude(), false, List.of(), List.of(), 1, 0);
  }

  /** The same in one round without training, of whichever channels come first. */
  PruneSpec unordered() {
    return new PruneSpec(
        amount, channels, new Criterion.Random(), globally, overrides, except, 1, 0, shape);
  }

  /** The same without training between its rounds, of whichever channels come first. */
  PruneSpec untrained() {
    return new PruneSpec(
        amount, channels, new Criterion.Random(), globally, overrides, except, rounds, 0, shape);
  }

  /** The same with other demands on the widths that are left. */
  public PruneSpec shaped(ChannelShape other) {
    return new PruneSpec(
        amount, channels, criterion, globally, overrides, except, rounds, roundEpochs, other);
  }
}
