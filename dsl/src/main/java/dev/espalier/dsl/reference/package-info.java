/** The reference of the language, made from its grammar and its catalog. */
package dev.espalier.dsl.reference;
