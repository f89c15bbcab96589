package org.mmkit.thp;

import org.mmkit.api.feature.UnmappedAreaPolicy;
import org.mmkit.api.space.MapFlags;

/**
 * Asks for mappings to begin where a huge page can (Linux: thp_get_unmapped_area, shmem_get_unmapped_area). Private memory only when its
 * length is a multiple of a huge page, so that small mappings do not tear holes between each other.
 */
final class AlignedAddresses implements UnmappedAreaPolicy {

    private final Thp thp;

    AlignedAddresses(Thp thp) {
        this.thp = thp;
    }

    @Override
    public long alignment(long length, boolean anonymous, int mapFlags) {
        if (!anonymous) {
            return 0;
        }
        if ((mapFlags & MapFlags.MAP_SHARED) != 0) {
            int order = thp.shmem.largestAnonymousOrder();
            long size = thp.pageSize << order;
            return order > 0 && length >= size ? size : 0;
        }
        boolean whole = (length & thp.size - 1) == 0;
        return thp.profile.alignsAnonymousMappings() && length > 0 && whole ? thp.size : 0;
    }
}
