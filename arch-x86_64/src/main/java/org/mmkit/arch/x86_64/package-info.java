/** The x86-64 backend. */
@NullMarked
package org.mmkit.arch.x86_64;

import org.jspecify.annotations.NullMarked;
