package dev.espalier.engine.prune;

/**
 * Why channels cannot be removed until a budget holds.
 *
 * @param asked what the budget comes to, as in {@code 22,930 MACs}; empty when no budget would do
 * @param why what there is at the least
 * @param fix what to change
 */
public record Shortfall(String asked, String why, String fix) {}
