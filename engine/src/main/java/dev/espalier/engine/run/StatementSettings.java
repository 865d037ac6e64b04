package dev.espalier.engine.run;

import dev.espalier.engine.Environment;
import dev.espalier.engine.catalog.Kind;
import dev.espalier.engine.catalog.Parameter;
import dev.espalier.engine.catalog.Setting;
import dev.espalier.engine.catalog.Word;
import java.util.List;
import java.util.Locale;

/** What statements that train nothing take as settings. */
public sealed interface StatementSettings {
  /** Where arithmetic happens. */
  enum Device {
    CPU;

    /** As {@link Environment#device()} has it. */
    public String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** What is drawn around a mean over seeds. */
  enum Band {
    /** Student's 95% interval of the mean. */
    INTERVAL,
    /** One standard deviation of the values to each side. */
    STDEV,
    NONE
  }

  /** {@code set}: what results depend on beside the program; see {@link Environment}. */
  @Word(name = "set", kind = Kind.SETTINGS, doc = "what results depend on beside the program")
  record Session(
      @Setting(doc = "the one source of randomness", preset = "1", min = 0) long seed,
      @Setting(doc = "threads of training; 0 takes the machine's", preset = "0", min = 0, max = 256)
          int threads,
      @Setting(doc = "where arithmetic happens", preset = "cpu") Device device,
      @Setting(doc = "whether downloading is forbidden", preset = "no") boolean offline)
      implements StatementSettings {}

  /** {@code model … from onnx}. */
  @Word(name = "model", kind = Kind.SETTINGS, doc = "how a model's file is read")
  record Reading(
      @Setting(
              doc = "shape of one sample, as 3x224x224; without it the file's, or the data's",
              preset = "none",
              unit = Parameter.BY,
              min = 1,
              max = 1 << 24)
          List<Integer> input,
      @Setting(
              doc = "outputs of a fresh last layer; 0 keeps the file's",
              preset = "0",
              min = 0,
              max = 1 << 20)
          int classes)
      implements StatementSettings {
    public Reading {
      input = List.copyOf(input);
    }
  }

  /** {@code compare}. */
  @Word(name = "compare", kind = Kind.SETTINGS, doc = "how models are compared")
  record Comparison(
      @Setting(doc = "whether the controls of an honest comparison are added", preset = "yes")
          boolean controls,
      @Setting(doc = "samples at once when latency is measured", preset = "1", min = 1, max = 65536)
          int batch,
      @Setting(doc = "threads when latency is measured", preset = "1", min = 1, max = 256)
          int threads,
      @Setting(
              doc = "how often each model and control is made, each time from the next seed",
              preset = "1",
              min = 1,
              max = 1000)
          int seeds)
      implements StatementSettings {}

  /** {@code sweep}. */
  @Word(name = "sweep", kind = Kind.SETTINGS, doc = "how the runs of a sweep are done")
  record Sweeping(
      @Setting(
              doc =
                  "processes at once; 0 takes as many as the processors allow; or, in quotes, the"
                      + " master of an Apache Spark cluster",
              preset = "0",
              min = 0,
              max = 1024)
          int workers)
      implements StatementSettings {}

  /** {@code compress}. */
  @Word(
      name = "compress",
      kind = Kind.SETTINGS,
      doc = "how recipes are searched for",
      source =
          "regularized evolution: Real, Aggarwal, Huang, Le 2019, arXiv:1802.01548; constraints: Deb"
              + " 2000, doi:10.1016/S0045-7825(99)00389-8; halving: Jamieson, Talwalkar 2016,"
              + " arXiv:1502.07943")
  record Searching(
      @Setting(
              doc = "epochs of each training step of a trial; 0 takes all of them",
              preset = "0",
              min = 0,
              max = 100000,
              unit = "epochs")
          int trialEpochs,
      @Setting(
              doc =
                  "how many of the last trials, beside the best, have offspring; as many come first",
              preset = "12",
              min = 2,
              max = 10000)
          int population,
      @Setting(
              doc = "how many of the population compete to have offspring",
              preset = "4",
              min = 1,
              max = 10000)
          int sample,
      @Setting(
              doc = "trials that are made side by side; half go on past a third of their epochs",
              preset = "4",
              min = 1,
              max = 1000)
          int generation,
      @Setting(doc = "threads of each training step", preset = "1", min = 1, max = 256) int threads,
      @Setting(
              doc = "processes at once; 0 takes as many as the processors allow",
              preset = "0",
              min = 0,
              max = 1024)
          int workers)
      implements StatementSettings {
    /** The same with other workers, who change no result. */
    public Searching withWorkers(int other) {
      return new Searching(trialEpochs, population, sample, generation, threads, other);
    }
  }

  /** {@code chart}. */
  @Word(name = "chart", kind = Kind.SETTINGS, doc = "how a chart looks")
  record Drawing(
      @Setting(doc = "the heading", preset = "none") String title,
      @Setting(doc = "a line through what nothing beats in both figures at once", preset = "no")
          boolean frontier,
      @Setting(doc = "what the bands and bars around means over seeds are", preset = "interval")
          Band band)
      implements StatementSettings {
    /** As a chart looks unless it is said. */
    public static Drawing titled(String title) {
      return new Drawing(title, false, Band.INTERVAL);
    }
  }

  /** {@code report}. */
  @Word(name = "report", kind = Kind.SETTINGS, doc = "how a report looks")
  record Page(@Setting(doc = "the heading", preset = "none") String title)
      implements StatementSettings {}

  /** {@code export … to onnx}. */
  @Word(name = "export", kind = Kind.SETTINGS, doc = "how a model is written")
  record Export(
      @Setting(doc = "operator set of the file", preset = "17", min = 17, max = 17) int opset)
      implements StatementSettings {}
}
