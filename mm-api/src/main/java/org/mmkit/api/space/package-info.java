/** Address spaces: areas, faults, reverse mapping, protocol constants of the memory system calls. */
@NullMarked
package org.mmkit.api.space;

import org.jspecify.annotations.NullMarked;
