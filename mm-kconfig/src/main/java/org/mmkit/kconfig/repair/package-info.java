/** The smallest changes that make wishes come true, found by satisfiability. */
@NullMarked
package org.mmkit.kconfig.repair;

import org.jspecify.annotations.NullMarked;
