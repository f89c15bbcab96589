/**
 * Page faults (Linux: mm/memory.c).
 *
 * <pre>
 *   FaultHandler ── area with its own paging (HugeTLB) ──► AreaPaging
 *        │
 *        ├─ level 2 empty or a huge leaf ──► HugeFaultHandler of the feature that owns the level
 *        │                                         │ FALLBACK
 *        └─ level 1 ◄──────────────────────────────┘
 *             ├─ empty, anonymous ──► AnonFaults
 *             ├─ empty, file      ──► FileFaults (fault-around, copy of private pages, shared pages)
 *             ├─ swap entry       ──► SwapEntries
 *             └─ write-protected  ──► CopyOnWrite
 * </pre>
 */
@NullMarked
package org.mmkit.core.fault;

import org.jspecify.annotations.NullMarked;
