/** Event counters. */
@NullMarked
package org.mmkit.api.stat;

import org.jspecify.annotations.NullMarked;
