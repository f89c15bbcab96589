/** What translation caches reach of a program's memory. */
@NullMarked
package org.mmkit.replay.tlb;

import org.jspecify.annotations.NullMarked;
