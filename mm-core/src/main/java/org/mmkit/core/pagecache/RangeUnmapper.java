package org.mmkit.core.pagecache;

import org.mmkit.api.space.Vma;

/** Removes entries of an area from its page tables. */
public interface RangeUnmapper {

    /**
     * Removes what maps [{@code start}, {@code end}), which lies within {@code vma}.
     *
     * @param copiesToo private copies as well as the file's own pages
     */
    void unmap(Vma vma, long start, long end, boolean copiesToo);
}
