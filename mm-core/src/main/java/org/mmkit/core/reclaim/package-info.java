/**
 * Reclaim: taking pages away from their users (Linux: mm/vmscan.c, try_to_unmap of mm/rmap.c).
 *
 * <p>{@link org.mmkit.core.reclaim.FolioReclaimer} reclaims given folios, {@link org.mmkit.core.reclaim.FolioUnmapper} removes their
 * mappings, {@link org.mmkit.core.reclaim.AdvisedAging} is what madvise asks for, {@link org.mmkit.core.reclaim.Kswapd} what shortage asks for.
 */
@NullMarked
package org.mmkit.core.reclaim;

import org.jspecify.annotations.NullMarked;
