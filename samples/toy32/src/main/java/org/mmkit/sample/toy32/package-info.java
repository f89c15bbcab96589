/** Sample: an architecture with two levels of page tables; docs/architecture-in-fifteen-minutes.md goes through it. */
@NullMarked
package org.mmkit.sample.toy32;

import org.jspecify.annotations.NullMarked;
