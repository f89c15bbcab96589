/** Processes: an address space, what the program does to it, and its faults. */
@NullMarked
package org.mmkit.core.process;

import org.jspecify.annotations.NullMarked;
