/** What a program or a message says, said at length: defaults written out, mistakes, Java. */
package dev.espalier.dsl.explain;
