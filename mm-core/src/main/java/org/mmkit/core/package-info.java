/** The engine: a machine that boots, maps, faults and tears down. */
@NullMarked
package org.mmkit.core;

import org.jspecify.annotations.NullMarked;
