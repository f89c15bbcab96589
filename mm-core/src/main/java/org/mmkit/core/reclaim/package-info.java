/**
 * Reclaim: taking pages away from their users (Linux: mm/vmscan.c, mm/shrinker.c, folio_referenced and try_to_unmap of mm/rmap.c).
 *
 * <pre>
 *   allocation below the low watermark ──► DirectReclaim.wakeReclaim ──► Kswapd ─┐
 *   allocation below the min watermark ──► DirectReclaim.reclaim ────────────────┴─► NodeReclaim ──► SlabShrink
 *                                                                                       │ shares by ScanControl
 *   madvise ──► AdvisedAging ──► FolioReclaimer ◄── ListScan (active, inactive) ◄───────┘
 *                                  │ FolioReferences: was it used?   FolioUnmapper: take its mappings
 * </pre>
 */
@NullMarked
package org.mmkit.core.reclaim;

import org.jspecify.annotations.NullMarked;
