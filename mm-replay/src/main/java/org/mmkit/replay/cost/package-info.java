/** Time in faults: constants with their sources, and intervals rather than one number. */
@NullMarked
package org.mmkit.replay.cost;

import org.jspecify.annotations.NullMarked;
