/** Computes the value of every symbol from the user's settings. */
@NullMarked
package org.mmkit.kconfig.eval;

import org.jspecify.annotations.NullMarked;
