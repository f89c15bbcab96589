/** The resolved configuration that wires a machine. */
@NullMarked
package org.mmkit.api.config;

import org.jspecify.annotations.NullMarked;
