/**
 * The pseudo-file systems: a tree of paths under /proc and /sys, and the files of it that the engine itself brings.
 *
 * <p>Everything is computed when it is read. The order of lines in files that features add to is the kernel's
 * ({@link org.mmkit.core.pseudofs.LineOrder}); lines that the kernel does not know come last, in the order of their
 * registration.
 */
@NullMarked
package org.mmkit.core.pseudofs;

import org.jspecify.annotations.NullMarked;
