/** Tracepoints: what happened, with the kernel's names and fields. */
@NullMarked
package org.mmkit.api.trace;

import org.jspecify.annotations.NullMarked;
