/** Event counters. */
@NullMarked
package org.mmkit.core.stat;

import org.jspecify.annotations.NullMarked;
