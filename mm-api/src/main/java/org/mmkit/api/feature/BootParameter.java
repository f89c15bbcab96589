package org.mmkit.api.feature;

/**
 * One parameter of the kernel command line.
 *
 * @param name its name, with underscores for dashes
 * @param value what stands behind the equals sign; empty without one
 */
public record BootParameter(String name, String value) {}
