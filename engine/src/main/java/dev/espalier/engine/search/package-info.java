/**
 * A search for the recipe that makes the best small model: what is tried next, and what is better.
 */
package dev.espalier.engine.search;
