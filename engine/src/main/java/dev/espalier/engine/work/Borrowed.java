package dev.espalier.engine.work;

import dev.espalier.engine.data.DataSet;
import dev.espalier.engine.run.Store;
import java.util.Optional;
import java.util.function.Function;

/** The data that a worker borrowed last, which most of its jobs share. Not thread-safe. */
final class Borrowed {
  private String name = "";
  private Optional<DataSet> data = Optional.empty();

  /** Looks data up by the name it is lent under. */
  Function<String, Optional<DataSet>> from(Store store) {
    return wanted -> {
      if (!wanted.equals(name)) {
        name = "";
        data = Optional.empty();
        data = store.borrow(wanted);
        name = wanted;
      }
      return data;
    };
  }
}
