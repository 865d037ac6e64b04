/**
 * Many models at once: jobs in the order that their inputs ask for, and the processes that do them.
 */
package dev.espalier.engine.work;
