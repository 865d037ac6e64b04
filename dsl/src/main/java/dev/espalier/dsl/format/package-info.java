/** One style for programs: see {@link dev.espalier.dsl.format.Formatter}. */
package dev.espalier.dsl.format;
