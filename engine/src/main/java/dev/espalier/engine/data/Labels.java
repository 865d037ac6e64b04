package dev.espalier.engine.data;

import dev.espalier.engine.EspalierException;
import java.util.ArrayList;
import java.util.List;

/** Turns labels as files have them into classes 0 … n−1. */
final class Labels {
  private Labels() {}

  /**
   * Classes with the labels of every part.
   *
   * @param classes names, in the order of the labels
   * @param labels of each part
   */
  record Names(List<String> classes, List<int[]> labels) {}

  /**
   * Whole numbers are taken as they are: class k is the number k, and every class up to the largest
   * must occur in the first part, which is the training part.
   *
   * @param where the file of each part
   * @throws EspalierException naming the file and the sample of a label out of range
   */
  static Names numbered(List<String> where, List<int[]> parts) {
    int largest = 0;
    for (int p = 0; p < parts.size(); p++) {
      int[] labels = parts.get(p);
      for (int i = 0; i < labels.length; i++) {
        if (labels[i] < 0 || labels[i] >= Limits.CLASSES) {
          throw EspalierException.program(
              "the label " + labels[i] + " is out of range",
              where.get(p) + ", sample " + (i + 1),
              "labels are whole numbers from 0 to " + (Limits.CLASSES - 1),
              "number the classes from 0");
        }
        largest = Math.max(largest, labels[i]);
      }
    }
    boolean[] seen = new boolean[largest + 1];
    for (int label : parts.get(0)) {
      seen[label] = true;
    }
    List<String> classes = new ArrayList<>();
    for (int c = 0; c <= largest; c++) {
      if (!seen[c]) {
        throw EspalierException.program(
            "no training sample has the label " + c,
            where.get(0),
            "labels go up to " + largest + ", so there must be samples of every class below",
            "number the classes without gaps");
      }
      classes.add(Integer.toString(c));
    }
    if (classes.size() < 2) {
      throw onlyOneClass(where.get(0));
    }
    return new Names(classes, parts);
  }

  static EspalierException onlyOneClass(String where) {
    return EspalierException.program(
        "all samples have the same class",
        where,
        "a classifier needs at least 2 classes",
        "check which column or folder holds the labels");
  }
}
