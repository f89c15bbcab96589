/** Splitting of huge folios, and the queue of those that wait for it. */
@NullMarked
package org.mmkit.thp.split;

import org.jspecify.annotations.NullMarked;
