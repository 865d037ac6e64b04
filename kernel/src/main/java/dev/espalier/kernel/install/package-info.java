/** Makes the kernel known to Jupyter. */
package dev.espalier.kernel.install;
