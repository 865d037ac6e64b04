/** How editors colour programs, made of the lexer's own words so that the two cannot drift. */
package dev.espalier.dsl.highlight;
