/**
 * From a tree to what the engine does: names, kinds, units, ranges and settings, all mistakes at
 * once. No native library is loaded and nothing is read but included programs.
 */
package dev.espalier.dsl.check;
