/**
 * Help while a program is written: what may come next, what a word means, where a name comes from.
 * Everything is read off the grammar, the catalog and the checker; no native library is loaded.
 */
package dev.espalier.dsl.assist;
