package dev.espalier.engine.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.espalier.engine.Environment;
import dev.espalier.engine.Progress;
import dev.espalier.engine.architecture.Mlp;
import dev.espalier.engine.data.DataSet;
import dev.espalier.engine.data.DataSource;
import dev.espalier.engine.data.Partition;
import dev.espalier.engine.distill.SoftTargets;
import dev.espalier.engine.prune.Criterion;
import dev.espalier.engine.prune.PruneSpec;
import dev.espalier.engine.quantize.QuantizeSpec;
import dev.espalier.engine.train.TrainSettings;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ControlsTest {
  private static final Environment HERE = new Environment(1, 2, "cpu", false);

  private record Fixed(String fingerprint) implements DataSource {
    @Override
    public DataSet load(boolean offline, Progress progress) {
      throw new UnsupportedOperationException();
    }
  }

  private final Operation data = new Operation.LoadData("d", new Fixed("x"), Partition.WHOLE, HERE);
  private final Operation few = new Operation.LoadData("f", new Fixed("y"), Partition.WHOLE, HERE);
  private final Operation student = new Operation.Blueprint("s", new Mlp(List.of(4)));
  private final Operation teacher = train(new Operation.Blueprint("t", new Mlp(List.of(9))), 5);

  private Operation train(Operation blueprint, int epochs) {
    return new Operation.Train(blueprint, data, TrainSettings.epochs(epochs), HERE);
  }

  private Operation prune(Operation model, PruneSpec spec) {
    return new Operation.Prune(model, Optional.of(data), spec, TrainSettings.epochs(1), HERE);
  }

  private Operation finetune(Operation model, int epochs) {
    return new Operation.Finetune(model, data, TrainSettings.epochs(epochs), HERE);
  }

  private static Operation control(Operation model, String label) {
    return Controls.of(new Operation.Named("m", model)).stream()
        .filter(c -> c.label().equals(label))
        .findFirst()
        .orElseThrow()
        .operation();
  }

  private static List<String> labels(Operation model) {
    return Controls.of(new Operation.Named("m", model)).stream()
        .map(Controls.Control::label)
        .toList();
  }

  @Test
  void aTrainedModelNeedsNone() {
    assertEquals(List.of(), labels(teacher));
  }

  @Test
  void aDistilledPrunedQuantizedStudentIsHeldAgainstTheSameStepsWithoutATeacher() {
    Operation distilled =
        new Operation.Distill(
            List.of(teacher),
            student,
            data,
            new SoftTargets(4, 0.9),
            TrainSettings.epochs(3),
            HERE);
    Operation tiny =
        new Operation.Quantize(
            prune(distilled, PruneSpec.weights(0.5)), data, QuantizeSpec.int8(), HERE);
    assertEquals(List.of("trained alone", "random pruning"), labels(tiny));
    assertEquals(
        new Operation.Quantize(
            prune(train(student, 3), PruneSpec.weights(0.5)), data, QuantizeSpec.int8(), HERE),
        control(tiny, "trained alone"));
    Operation.Quantize random = (Operation.Quantize) control(tiny, "random pruning");
    PruneSpec spec = ((Operation.Prune) random.model()).spec();
    assertTrue(spec.criterion() instanceof Criterion.Random);
    assertEquals(PruneSpec.weights(0.5).amount(), spec.amount());
  }

  @Test
  void pruningThatFinetunesIsHeldAgainstTheDenseModelWithTheSameEpochs() {
    Operation slim = finetune(prune(teacher, PruneSpec.weights(0.8)), 4);
    assertEquals(List.of("random pruning", "dense, same epochs"), labels(slim));
    assertEquals(finetune(teacher, 4), control(slim, "dense, same epochs"));
  }

  @Test
  void removedChannelsAreHeldAgainstTheSmallNetFromScratchForAsManyEpochs() {
    Operation thin = finetune(prune(teacher, PruneSpec.channels(0.5)), 4);
    assertEquals(List.of("random pruning", "dense, same epochs", "from scratch"), labels(thin));
    Operation.Train scratch = (Operation.Train) control(thin, "from scratch");
    assertEquals(new Operation.FreshCopy(thin), scratch.blueprint());
    assertEquals(9, scratch.settings().epochs());
  }

  @Test
  void controlsSeeEveryDataThatTheModelSawForAsLong() {
    Operation.Finetune tuned =
        new Operation.Finetune(
            finetune(prune(teacher, PruneSpec.channels(0.5)), 2),
            few,
            TrainSettings.epochs(7),
            HERE);
    assertEquals(
        new Operation.Finetune(finetune(teacher, 2), few, TrainSettings.epochs(7), HERE),
        control(tuned, "dense, same epochs"));
    assertEquals(
        new Operation.Finetune(
            train(new Operation.FreshCopy(tuned), 7), few, TrainSettings.epochs(7), HERE),
        control(tuned, "from scratch"));
  }

  @Test
  void aPrunedStudentThatLearnsFromTheTeacherHasAllControls() {
    Operation cut = prune(teacher, PruneSpec.channels(0.5));
    Operation both = distill(cut, few);
    assertEquals(
        List.of("trained alone", "random pruning", "dense, same epochs", "from scratch"),
        labels(both));
    assertEquals(
        new Operation.Finetune(cut, few, TrainSettings.epochs(3), HERE),
        control(both, "trained alone"));
    Operation.Distill random = (Operation.Distill) control(both, "random pruning");
    assertTrue(((Operation.Prune) random.student()).spec().criterion() instanceof Criterion.Random);
    assertEquals(distill(teacher, few), control(both, "dense, same epochs"));
    assertEquals(
        distill(train(new Operation.FreshCopy(both), 5), few), control(both, "from scratch"));
  }

  @Test
  void aThinnedStudentIsHeldAgainstTheThinNetDistilledFromScratch() {
    Operation thin = finetune(prune(distill(student, data), PruneSpec.channels(0.5)), 2);
    Operation.Finetune scratch = (Operation.Finetune) control(thin, "from scratch");
    assertEquals(distill(new Operation.FreshCopy(thin), data), scratch.model());
    Operation tiny = new Operation.Quantize(thin, data, QuantizeSpec.int8(), HERE);
    assertEquals(
        new Operation.Quantize(
            finetune(distill(student, data), 2), data, QuantizeSpec.int8(), HERE),
        control(tiny, "dense, same epochs"));
  }

  private Operation distill(Operation into, Operation on) {
    return new Operation.Distill(
        List.of(teacher), into, on, new SoftTargets(4, 0.9), TrainSettings.epochs(3), HERE);
  }
}
