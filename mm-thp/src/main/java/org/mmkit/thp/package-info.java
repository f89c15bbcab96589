/** Transparent huge pages: faults, collapse, split and their knobs. */
@NullMarked
package org.mmkit.thp;

import org.jspecify.annotations.NullMarked;
