/** Who holds a page, and since when: every reference and mapping of a frame, by looking, and the events that made them, if recorded. */
@NullMarked
package org.mmkit.core.ledger;

import org.jspecify.annotations.NullMarked;
