/** Takes pages that may soon fail out of use while the machine runs (mm/memory-failure.c, soft offlining). */
@NullMarked
package org.mmkit.core.offline;

import org.jspecify.annotations.NullMarked;
