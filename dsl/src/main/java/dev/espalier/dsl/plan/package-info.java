/** What a program will do, as text, before it does it. */
package dev.espalier.dsl.plan;
