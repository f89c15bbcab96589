package org.mmkit.api.feature;

/** May ask for addresses of new mappings to be aligned (Linux: thp_get_unmapped_area). */
public interface UnmappedAreaPolicy {

    /**
     * The alignment in bytes to try first for a mapping of {@code length} bytes without a given address, or 0 for none.
     *
     * @param anonymous no file is mapped
     * @param mapFlags the flags of mmap
     */
    long alignment(long length, boolean anonymous, int mapFlags);
}
