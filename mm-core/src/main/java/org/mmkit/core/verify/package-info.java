/** The checks of a whole machine: what the kernel's debugging options check, run on demand. */
@NullMarked
package org.mmkit.core.verify;

import org.jspecify.annotations.NullMarked;
