/** Recordings of real programs, replayed under other policies. */
@NullMarked
package org.mmkit.replay;

import org.jspecify.annotations.NullMarked;
