/** How plain Java values look: as a bounded text, as a table, as a picture. */
package dev.espalier.kernel.value;
