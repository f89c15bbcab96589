/** Allocation and promotion policies: Linux's own, two from the literature, and what all of them work with. */
@NullMarked
package org.mmkit.thp.policy;

import org.jspecify.annotations.NullMarked;
