/**
 * The engine: a machine that boots, maps, faults and tears down.
 *
 * <p>{@link org.mmkit.core.Machine#builder()} is where everything begins; processes, files and what can be observed are in the packages beside
 * this one. Errors of the person who asks are {@link org.mmkit.core.BootException} and {@link org.mmkit.core.PathException}; an
 * {@link org.mmkit.api.InvariantViolation} is always an error of the engine or of a plugin.
 */
@NullMarked
package org.mmkit.core;

import org.jspecify.annotations.NullMarked;
