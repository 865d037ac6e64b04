package dev.espalier.engine.distill;

/** What the student learns from the teachers, beside the labels. */
public sealed interface DistillMethod permits SoftTargets {}
