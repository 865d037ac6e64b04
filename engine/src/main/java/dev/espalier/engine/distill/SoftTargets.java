package dev.espalier.engine.distill;

import dev.espalier.engine.catalog.Kind;
import dev.espalier.engine.catalog.Setting;
import dev.espalier.engine.catalog.Word;

/**
 * Softened teacher probabilities: alpha·T²·KL(teacher_T ‖ student_T), mean over the batch, plus (1
 * − alpha)·cross-entropy with the labels.
 */
@Word(
    name = "soft-targets",
    kind = Kind.DISTILLATION,
    doc = "the teacher's softened probabilities, with the labels",
    source = "Hinton, Vinyals, Dean 2015, arXiv:1503.02531, section 2")
public record SoftTargets(
    @Setting(doc = "temperature T", preset = "4", min = 0, minExcluded = true, max = 1000)
        double temperature,
    @Setting(doc = "weight of the teacher against the labels", preset = "0.9", min = 0, max = 1)
        double alpha)
    implements DistillMethod {}
