/** The arm64 backend. */
@NullMarked
package org.mmkit.arch.arm64;

import org.jspecify.annotations.NullMarked;
