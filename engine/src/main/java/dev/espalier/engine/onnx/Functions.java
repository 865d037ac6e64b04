package dev.espalier.engine.onnx;

import dev.espalier.engine.EspalierException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import onnx.Onnx;
import org.nd4j.shade.protobuf.ByteString;
import org.nd4j.shade.protobuf.InvalidProtocolBufferException;

/**
 * Puts the bodies of functions that a file defines for itself in the place of their calls
 * (onnx/docs/IR.md, "Functions"): torch's exporters write modules and library functions so.
 */
final class Functions {
  /** Functions may call functions, but none itself; real files stay below this depth. */
  private static final int DEEPEST = 32;

  /** FunctionProto.attribute_proto and overload, NodeProto.overload: newer than the classes. */
  private static final int ATTRIBUTE_DEFAULTS = 11;

  private static final int FUNCTION_OVERLOAD = 13;
  private static final int NODE_OVERLOAD = 8;

  private final String where;
  private final int opset;
  private final FreshNames names;
  private final Map<String, Onnx.FunctionProto> functions = new HashMap<>();
  private final List<Onnx.NodeProto> out = new ArrayList<>();

  private Functions(String where, int opset, FreshNames names) {
    this.where = where;
    this.opset = opset;
    this.names = names;
  }

  /**
   * The nodes of the model's graph with every call of a function written out.
   *
   * @param names of the values that the graph has; those of the bodies are added
   * @throws EspalierException naming the node, when functions call themselves or grow too large
   */
  static List<Onnx.NodeProto> inlined(
      Onnx.ModelProto model, int opset, FreshNames names, String where) {
    if (model.getFunctionsCount() == 0) {
      return model.getGraph().getNodeList();
    }
    Functions all = new Functions(where, opset, names);
    for (Onnx.FunctionProto function : model.getFunctionsList()) {
      all.functions.put(
          key(
              function.getDomain(),
              function.getName(),
              function.getUnknownFields().getField(FUNCTION_OVERLOAD).getLengthDelimitedList()),
          function);
    }
    for (Onnx.NodeProto node : model.getGraph().getNodeList()) {
      all.add(node, 0);
    }
    return all.out;
  }

  private static String key(String domain, String name, List<ByteString> overload) {
    return (domain.equals("ai.onnx") ? "" : domain)
        + ":"
        + name
        + ":"
        + (overload.isEmpty() ? "" : overload.get(overload.size() - 1).toStringUtf8());
  }

  private void add(Onnx.NodeProto node, int depth) {
    Onnx.FunctionProto function =
        functions.get(
            key(
                node.getDomain(),
                node.getOpType(),
                node.getUnknownFields().getField(NODE_OVERLOAD).getLengthDelimitedList()));
    if (function == null) {
      if (out.size() >= Reader.MOST_NODES) {
        throw Reader.tooManyNodes(where);
      }
      out.add(node);
      return;
    }
    String at = where + ", node " + node.getName() + " (" + node.getOpType() + ")";
    if (depth == DEEPEST) {
      throw EspalierException.program(
          "a function of the model calls itself",
          at,
          "calls go more than " + DEEPEST + " deep",
          "the file is damaged: export it again");
    }
    checkOpset(function, at);
    Map<String, String> known = new HashMap<>();
    known.put("", "");
    for (int i = 0; i < function.getInputCount(); i++) {
      known.put(function.getInput(i), i < node.getInputCount() ? node.getInput(i) : "");
    }
    for (int i = 0; i < function.getOutputCount(); i++) {
      boolean asked = i < node.getOutputCount() && !node.getOutput(i).isEmpty();
      if (asked && known.containsKey(function.getOutput(i))) {
        // The function hands an input through, or gives a value twice.
        out.add(
            Onnx.NodeProto.newBuilder()
                .setOpType("Identity")
                .addInput(known.get(function.getOutput(i)))
                .addOutput(node.getOutput(i))
                .build());
      } else if (asked) {
        known.put(function.getOutput(i), node.getOutput(i));
      }
    }
    Map<String, Onnx.AttributeProto> attributes = defaults(function, at);
    node.getAttributeList().forEach(a -> attributes.put(a.getName(), a));
    // Written as a path, so that the names of weights come first when layers are named.
    String scope = node.getName().isEmpty() ? node.getOpType() : node.getName();
    String path = (scope.startsWith("/") ? scope : "/" + scope) + "/";
    for (Onnx.NodeProto inner : function.getNodeList()) {
      Onnx.NodeProto renamed = names.renamed(inner, known);
      Onnx.NodeProto.Builder body = renamed.toBuilder();
      if (!inner.getName().isEmpty()) {
        body.setName(path + inner.getName());
      }
      body.clearAttribute();
      for (Onnx.AttributeProto attribute : renamed.getAttributeList()) {
        if (attribute.getRefAttrName().isEmpty()) {
          body.addAttribute(attribute);
        } else if (attributes.containsKey(attribute.getRefAttrName())) {
          body.addAttribute(
              attributes.get(attribute.getRefAttrName()).toBuilder().setName(attribute.getName()));
        }
      }
      add(body.build(), depth + 1);
    }
  }

  private void checkOpset(Onnx.FunctionProto function, String at) {
    for (Onnx.OperatorSetIdProto set : function.getOpsetImportList()) {
      boolean own = set.getDomain().isEmpty() || set.getDomain().equals("ai.onnx");
      if (own && set.getVersion() != opset) {
        throw EspalierException.program(
            "a function of the model is written for another operator set than the model",
            at,
            "operator set " + set.getVersion() + " in the function, " + opset + " in the model",
            "inline the functions with onnx.inliner, or export the model again");
      }
    }
  }

  private static Map<String, Onnx.AttributeProto> defaults(Onnx.FunctionProto function, String at) {
    Map<String, Onnx.AttributeProto> out = new HashMap<>();
    for (ByteString bytes :
        function.getUnknownFields().getField(ATTRIBUTE_DEFAULTS).getLengthDelimitedList()) {
      try {
        Onnx.AttributeProto attribute = Onnx.AttributeProto.parseFrom(bytes);
        out.put(attribute.getName(), attribute);
      } catch (InvalidProtocolBufferException e) {
        throw EspalierException.program(
            "an attribute of a function is damaged",
            at,
            "function " + function.getName(),
            "export the model again",
            e);
      }
    }
    return out;
  }
}
