/** Page tables as plugins see them: slots of 64-bit words. */
@NullMarked
package org.mmkit.api.pgtable;

import org.jspecify.annotations.NullMarked;
