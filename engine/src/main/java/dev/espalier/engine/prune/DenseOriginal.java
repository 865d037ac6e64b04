package dev.espalier.engine.prune;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import dev.espalier.engine.EspalierException;
import dev.espalier.engine.graph.Graph;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The sizes that a model had before anything was pruned, against which levels are counted. They
 * travel in the graph's metadata and so survive the removal of channels, saving and loading.
 *
 * @param weights numbers in each prunable weight, by layer
 * @param channels outputs of each prunable layer, by layer
 */
public record DenseOriginal(Map<String, Long> weights, Map<String, Long> channels) {
  /** Metadata: {@code {"weights":{"fc1":235200},"channels":{"fc1":300}}}. */
  public static final String KEY = "espalier.dense";

  public DenseOriginal {
    weights = Collections.unmodifiableMap(new LinkedHashMap<>(weights));
    channels = Collections.unmodifiableMap(new LinkedHashMap<>(channels));
  }

  /**
   * As the graph's metadata say; for a layer they do not name, as the graph is now.
   *
   * @throws EspalierException when the metadata cannot be true
   */
  public static DenseOriginal of(Graph graph) {
    JsonObject json = parsed(graph.metadata().getOrDefault(KEY, "{}"));
    Map<String, Long> weights = new LinkedHashMap<>();
    Map<String, Long> channels = new LinkedHashMap<>();
    for (Layers.Prunable p : Layers.stored(graph)) {
      long[] shape = graph.weights().get(p.weight()).shape();
      long size = dev.espalier.engine.graph.Tensor.count(shape);
      weights.put(p.layer(), size(json, "weights", p.layer(), size));
      channels.put(p.layer(), size(json, "channels", p.layer(), shape[p.outAxis()]));
    }
    return new DenseOriginal(weights, channels);
  }

  /** Metadata without the sizes of one layer, which is new and counts from what it is now. */
  public static Map<String, String> without(Map<String, String> metadata, String layer) {
    Map<String, String> out = new LinkedHashMap<>(metadata);
    if (metadata.containsKey(KEY)) {
      JsonObject json = parsed(metadata.get(KEY));
      for (String part : new String[] {"weights", "channels"}) {
        if (json.get(part) instanceof JsonObject sizes) {
          sizes.remove(layer);
        }
      }
      out.put(KEY, json.toString());
    }
    return out;
  }

  /** The graph with these sizes in its metadata. */
  public Graph in(Graph graph) {
    JsonObject json = new JsonObject();
    json.add("weights", object(weights));
    json.add("channels", object(channels));
    return graph.withMetadata(KEY, json.toString());
  }

  private static JsonObject object(Map<String, Long> sizes) {
    JsonObject json = new JsonObject();
    sizes.forEach(json::addProperty);
    return json;
  }

  private static JsonObject parsed(String text) {
    try {
      if (JsonParser.parseString(text) instanceof JsonObject json) {
        return json;
      }
    } catch (JsonParseException | StackOverflowError e) {
      throw damaged("it is no JSON object", e);
    }
    throw damaged("it is no JSON object", null);
  }

  private static long size(JsonObject json, String part, String layer, long now) {
    JsonElement sizes = json.get(part);
    JsonElement size = sizes instanceof JsonObject o ? o.get(layer) : null;
    if (size == null) {
      return now;
    }
    try {
      long dense = size.getAsLong();
      if (dense >= now && dense <= Integer.MAX_VALUE) {
        return dense;
      }
    } catch (RuntimeException e) {
      throw damaged("the entry of `" + layer + "` is no whole number", e);
    }
    throw damaged("`" + layer + "` has " + now + " now and is said to have had " + size, null);
  }

  private static EspalierException damaged(String why, Throwable cause) {
    return EspalierException.program(
        "the model's metadata `" + KEY + "` are damaged",
        "metadata `" + KEY + "`",
        why,
        "remove that entry; levels then count from the model as it is",
        cause);
  }
}
