package dev.espalier.engine.spark;

import com.google.gson.Gson;
import com.google.gson.JsonParseException;
import dev.espalier.engine.EspalierException;
import dev.espalier.engine.run.Store;
import java.util.Base64;
import java.util.List;
import java.util.Map;

/** What the driver and an executor send each other, as JSON. Gson fills the fields. */
final class Parcel {
  private static final Gson JSON = new Gson();

  private Parcel() {}

  /**
   * A job for an executor.
   *
   * @param operations the model, and the data it is measured on, if it is
   * @param wanted keys of the models that the driver lacks
   * @param figures the key of the note of its figures; empty when it is not measured
   */
  record Order(
      String session,
      String name,
      String sentence,
      String operations,
      List<String> wanted,
      String figures) {
    String text() {
      return JSON.toJson(this);
    }

    static Order read(String text) {
      return Parcel.read(text, Order.class);
    }
  }

  /**
   * What came of it.
   *
   * @param failure the reason; empty when it is done
   * @param models entries of the store, each a text of {@link #pack}
   * @param notes by key
   */
  record Answer(String failure, List<String> models, Map<String, String> notes) {
    static Answer failed(String reason) {
      return new Answer(reason, List.of(), Map.of());
    }

    String text() {
      return JSON.toJson(this);
    }

    static Answer read(String text) {
      Answer answer = Parcel.read(text, Answer.class);
      if (answer.failure() == null || answer.models() == null || answer.notes() == null) {
        throw unreadable("a part of it is missing", null);
      }
      return answer;
    }
  }

  /** An entry of a store. */
  private record Entry(String key, String record, String model) {}

  static String pack(Store.Packed packed) {
    Base64.Encoder encoder = Base64.getEncoder();
    return JSON.toJson(
        new Entry(
            packed.key(),
            encoder.encodeToString(packed.record()),
            encoder.encodeToString(packed.model())));
  }

  static Store.Packed unpack(String text) {
    Entry entry = read(text, Entry.class);
    if (entry.key() == null || entry.record() == null || entry.model() == null) {
      throw unreadable("a part of it is missing", null);
    }
    try {
      Base64.Decoder decoder = Base64.getDecoder();
      return new Store.Packed(
          entry.key(), decoder.decode(entry.record()), decoder.decode(entry.model()));
    } catch (IllegalArgumentException e) {
      throw unreadable(String.valueOf(e.getMessage()), e);
    }
  }

  private static <T> T read(String text, Class<T> type) {
    try {
      T read = JSON.fromJson(text, type);
      if (read == null) {
        throw unreadable("it is empty", null);
      }
      return read;
    } catch (JsonParseException e) {
      throw unreadable(String.valueOf(e.getMessage()), e);
    }
  }

  private static EspalierException unreadable(String why, Throwable cause) {
    return EspalierException.run(
        "what came from the cluster cannot be read",
        "",
        why,
        "use the same version of Espalier on all machines",
        cause);
  }
}
