/** Libraries for Java cells from Maven repositories. Nothing of it is loaded until it is asked. */
package dev.espalier.kernel.maven;
