package dev.espalier.engine.run;

import dev.espalier.engine.architecture.Autoencoder;
import dev.espalier.engine.architecture.Conv1d;
import dev.espalier.engine.architecture.DensenetBc;
import dev.espalier.engine.architecture.Layer;
import dev.espalier.engine.architecture.Lenet300;
import dev.espalier.engine.architecture.Lenet5;
import dev.espalier.engine.architecture.Mlp;
import dev.espalier.engine.architecture.MobilenetV2;
import dev.espalier.engine.architecture.Resnet18;
import dev.espalier.engine.architecture.Resnet20;
import dev.espalier.engine.architecture.Resnet32;
import dev.espalier.engine.architecture.Resnet56;
import dev.espalier.engine.architecture.TextClassifier;
import dev.espalier.engine.architecture.Vgg11Bn;
import dev.espalier.engine.architecture.Vit;
import dev.espalier.engine.catalog.WordList;
import dev.espalier.engine.data.Augmentation;
import dev.espalier.engine.data.BuiltIn;
import dev.espalier.engine.data.FileFormat;
import dev.espalier.engine.data.Glyphs;
import dev.espalier.engine.device.CortexM4;
import dev.espalier.engine.device.CortexM7;
import dev.espalier.engine.device.PhoneCore;
import dev.espalier.engine.device.RaspberryPi4;
import dev.espalier.engine.device.ThisMachine;
import dev.espalier.engine.distill.SoftTargets;
import dev.espalier.engine.prune.ChannelShape;
import dev.espalier.engine.prune.Criterion;
import dev.espalier.engine.quantize.StaticInt8;
import dev.espalier.engine.train.Optimizer;
import dev.espalier.engine.train.Schedule;
import dev.espalier.engine.train.TrainSettings;
import java.util.List;

/** The words of this engine: a new method is one new record and one line here. */
public final class StandardWords implements WordList {
  private static final List<Class<? extends Record>> ALL =
      List.of(
          Mlp.class,
          Lenet300.class,
          Lenet5.class,
          Resnet18.class,
          Resnet20.class,
          Resnet32.class,
          Resnet56.class,
          Vgg11Bn.class,
          MobilenetV2.class,
          DensenetBc.class,
          Vit.class,
          Conv1d.class,
          TextClassifier.class,
          Autoencoder.class,
          Layer.Flatten.class,
          Layer.Dense.class,
          Layer.Conv.class,
          Layer.Relu.class,
          Layer.LeakyRelu.class,
          Layer.Sigmoid.class,
          Layer.Tanh.class,
          Layer.MaxPool.class,
          Layer.AvgPool.class,
          Layer.GlobalPool.class,
          Layer.BatchNorm.class,
          Layer.Dropout.class,
          TrainSettings.class,
          Optimizer.Sgd.class,
          Optimizer.Adam.class,
          Optimizer.AdamW.class,
          Schedule.Constant.class,
          Schedule.Step.class,
          Schedule.Cosine.class,
          Glyphs.class,
          BuiltIn.Mnist.class,
          BuiltIn.FashionMnist.class,
          BuiltIn.Cifar10.class,
          BuiltIn.Digits.class,
          FileFormat.Idx.class,
          FileFormat.Csv.class,
          FileFormat.Npz.class,
          FileFormat.Images.class,
          Augmentation.Shift.class,
          Augmentation.Flip.class,
          Augmentation.Crop.class,
          SoftTargets.class,
          Criterion.Magnitude.class,
          Criterion.Random.class,
          ChannelShape.class,
          StaticInt8.class,
          CortexM4.class,
          CortexM7.class,
          RaspberryPi4.class,
          PhoneCore.class,
          ThisMachine.class,
          StatementSettings.Session.class,
          StatementSettings.Reading.class,
          StatementSettings.Comparison.class,
          StatementSettings.Sweeping.class,
          StatementSettings.Searching.class,
          StatementSettings.Drawing.class,
          StatementSettings.Page.class,
          StatementSettings.Export.class);

  @Override
  public List<Class<? extends Record>> words() {
    return ALL;
  }
}
