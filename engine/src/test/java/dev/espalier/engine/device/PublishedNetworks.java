package dev.espalier.engine.device;

import dev.espalier.engine.architecture.GraphBuilder;
import dev.espalier.engine.architecture.GraphBuilder.Flow;
import dev.espalier.engine.graph.Graph;
import java.util.ArrayList;
import java.util.List;

/**
 * Networks that others have published times of, as far as their cost goes: activation functions and
 * normalisation, which runtimes fuse, are left out, and a pooling window is as large as its step.
 */
final class PublishedNetworks {
  private final GraphBuilder g;
  private int layer;

  private PublishedNetworks(String name, long... input) {
    g = new GraphBuilder(name, GraphBuilder.Kernels.HE_NORMAL, input);
  }

  static Graph of(String name) {
    return switch (name) {
      case "googlenet" -> googlenet();
      case "resnet-50" -> resnet50();
      case "resnet-8" -> resnet8();
      case "autoencoder" -> autoencoder();
      case "mobilenet-v1-0.25-96" -> mobilenet(0.25, 96, 2);
      case "mobilenet-v1" -> mobilenet(1, 224, 1000);
      case "mobilenet-v2-0.35-144" -> mobilenetV2(0.35, 144, 448);
      default -> throw new IllegalArgumentException(name);
    };
  }

  private Flow conv(Flow x, long filters, int kernel, int stride) {
    return g.conv("conv" + layer++, x, filters, kernel, stride, kernel / 2, 1, true);
  }

  private Flow depthwise(Flow x, int stride) {
    int channels = Math.toIntExact(x.channels());
    return g.conv("depthwise" + layer++, x, channels, 3, stride, 1, channels, true);
  }

  private Flow pool(Flow x) {
    return g.maxPool("pool" + layer++, x, 2, 2);
  }

  private Graph answer(Flow x, int outputs) {
    Flow flat = x.isImage() ? g.flatten("flat", g.globalPool("mean", x)) : x;
    return g.build(g.dense("answer", flat, outputs), outputs);
  }

  /** Szegedy et al. 2015, arXiv:1409.4842, table 1. */
  private static Graph googlenet() {
    PublishedNetworks n = new PublishedNetworks("googlenet", 3, 224, 224);
    Flow x = n.pool(n.conv(n.g.input(), 64, 7, 2));
    x = n.pool(n.conv(n.conv(x, 64, 1, 1), 192, 3, 1));
    x = n.inception(n.inception(x, 64, 96, 128, 16, 32, 32), 128, 128, 192, 32, 96, 64);
    x = n.inception(n.pool(x), 192, 96, 208, 16, 48, 64);
    x = n.inception(x, 160, 112, 224, 24, 64, 64);
    x = n.inception(x, 128, 128, 256, 24, 64, 64);
    x = n.inception(x, 112, 144, 288, 32, 64, 64);
    x = n.pool(n.inception(x, 256, 160, 320, 32, 128, 128));
    x = n.inception(n.inception(x, 256, 160, 320, 32, 128, 128), 384, 192, 384, 48, 128, 128);
    return n.answer(x, 1000);
  }

  private Flow inception(Flow x, int one, int r3, int three, int r5, int five, int pooled) {
    List<Flow> parts = new ArrayList<>();
    parts.add(conv(x, one, 1, 1));
    parts.add(conv(conv(x, r3, 1, 1), three, 3, 1));
    parts.add(conv(conv(x, r5, 1, 1), five, 5, 1));
    parts.add(conv(g.avgPool("pool" + layer++, x, 1, 1), pooled, 1, 1));
    return g.concat("concat" + layer++, parts);
  }

  /** He et al. 2016, arXiv:1512.03385, table 1; the first 1×1 of a stage takes the stride. */
  private static Graph resnet50() {
    PublishedNetworks n = new PublishedNetworks("resnet-50", 3, 224, 224);
    Flow x = n.pool(n.conv(n.g.input(), 64, 7, 2));
    int[] blocks = {3, 4, 6, 3};
    for (int stage = 0; stage < blocks.length; stage++) {
      long width = 64L << stage;
      for (int i = 0; i < blocks[stage]; i++) {
        int stride = stage > 0 && i == 0 ? 2 : 1;
        Flow y = n.conv(n.conv(n.conv(x, width, 1, stride), width, 3, 1), 4 * width, 1, 1);
        x = n.g.add("add" + n.layer++, y, i == 0 ? n.conv(x, 4 * width, 1, stride) : x);
      }
    }
    return n.answer(x, 1000);
  }

  /** MLPerf Tiny, image classification (Banbury et al. 2021, arXiv:2106.07597). */
  private static Graph resnet8() {
    PublishedNetworks n = new PublishedNetworks("resnet-8", 3, 32, 32);
    Flow x = n.conv(n.g.input(), 16, 3, 1);
    for (int stage = 0; stage < 3; stage++) {
      long width = 16L << stage;
      int stride = stage > 0 ? 2 : 1;
      Flow y = n.conv(n.conv(x, width, 3, stride), width, 3, 1);
      x = n.g.add("add" + n.layer++, y, stage > 0 ? n.conv(x, width, 1, stride) : x);
    }
    return n.answer(x, 10);
  }

  /** MLPerf Tiny, anomaly detection. */
  private static Graph autoencoder() {
    PublishedNetworks n = new PublishedNetworks("autoencoder", 640);
    Flow x = n.g.input();
    for (int units : new int[] {128, 128, 128, 128, 8, 128, 128, 128, 128}) {
      x = n.g.dense("dense" + n.layer++, x, units);
    }
    return n.answer(x, 640);
  }

  /** Howard et al. 2017, arXiv:1704.04861, table 1. */
  private static Graph mobilenet(double width, int size, int outputs) {
    PublishedNetworks n = new PublishedNetworks("mobilenet-v1", 3, size, size);
    Flow x = n.conv(n.g.input(), (long) (32 * width), 3, 2);
    int[] filters = {64, 128, 128, 256, 256, 512, 512, 512, 512, 512, 512, 1024, 1024};
    for (int i = 0; i < filters.length; i++) {
      boolean halves = i == 1 || i == 3 || i == 5 || i == 11;
      x = n.conv(n.depthwise(x, halves ? 2 : 1), (long) (filters[i] * width), 1, 1);
    }
    return n.answer(x, outputs);
  }

  /** Sandler et al. 2018, arXiv:1801.04381, table 2. */
  private static Graph mobilenetV2(double width, int size, int last) {
    PublishedNetworks n = new PublishedNetworks("mobilenet-v2", 3, size, size);
    Flow x = n.conv(n.g.input(), filters(32 * width), 3, 2);
    int[][] stages = {
      {1, 16, 1, 1},
      {6, 24, 2, 2},
      {6, 32, 3, 2},
      {6, 64, 4, 2},
      {6, 96, 3, 1},
      {6, 160, 3, 2},
      {6, 320, 1, 1}
    };
    for (int[] s : stages) {
      for (int i = 0; i < s[2]; i++) {
        Flow y = s[0] > 1 ? n.conv(x, s[0] * x.channels(), 1, 1) : x;
        y = n.conv(n.depthwise(y, i == 0 ? s[3] : 1), filters(s[1] * width), 1, 1);
        x = i > 0 ? n.g.add("add" + n.layer++, y, x) : y;
      }
    }
    return n.answer(n.conv(x, last, 1, 1), 1000);
  }

  private static long filters(double wanted) {
    long rounded = Math.max(8, (long) (wanted + 4) / 8 * 8);
    return rounded < 0.9 * wanted ? rounded + 8 : rounded;
  }
}
