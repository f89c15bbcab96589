/**
 * Swap: devices with slots in clusters, and the swap cache (Linux: mm/swapfile.c, mm/swap_state.c).
 *
 * <p>A swapped-out page is named by the type of its device and its offset there. {@link org.mmkit.core.swap.SwapSpace} knows all
 * devices and their cached folios.
 */
@NullMarked
package org.mmkit.core.swap;

import org.jspecify.annotations.NullMarked;
