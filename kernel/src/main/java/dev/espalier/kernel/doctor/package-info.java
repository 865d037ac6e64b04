/** What a machine has for the kernel and what it lacks, and how to mend it. */
package dev.espalier.kernel.doctor;
