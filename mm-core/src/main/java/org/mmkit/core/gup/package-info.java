/** The kernel's own hold on user pages (Linux: mm/gup.c). */
@NullMarked
package org.mmkit.core.gup;

import org.jspecify.annotations.NullMarked;
