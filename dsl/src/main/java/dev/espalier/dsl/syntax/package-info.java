/**
 * From text to a tree: layout (which line belongs to which statement), splitting, parsing one
 * statement at a time, and what is said when one does not parse. Only {@link
 * dev.espalier.dsl.syntax.Layout}, {@link dev.espalier.dsl.syntax.Splitter} and {@link
 * dev.espalier.dsl.syntax.TreeBuilder} know the parser generator.
 */
package dev.espalier.dsl.syntax;
