/** Virtual time: a clock that only moves when it is told to, and the kernel threads that become due on it. */
@NullMarked
package org.mmkit.core.time;

import org.jspecify.annotations.NullMarked;
