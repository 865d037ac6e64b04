/** Devices that models are made for, what they would take there, and what is demanded of them. */
package dev.espalier.engine.device;
