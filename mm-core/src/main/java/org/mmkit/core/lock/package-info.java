/**
 * The locks of a machine with several processors ({@code SMP=y}) and the check of their order (docs/locking.md).
 *
 * <pre>
 *   StopMachine ── calls side by side, or one alone
 *   SmpLocks    ── SmpRwSemaphore (CompactRwSemaphore, PerCpuRwSemaphore), WordSpinLock; with PROVE_LOCKING each tells LockChecker
 * </pre>
 */
@NullMarked
package org.mmkit.core.lock;

import org.jspecify.annotations.NullMarked;
