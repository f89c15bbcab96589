package org.mmkit.api.space;

/**
 * Page-table work of an area whose backing does it all itself, as HugeTLB does (mm/hugetlb.c). Ranges are
 * within one area.
 */
public interface AreaPaging {

    /** Answers a fault; the outcome bits are those of {@link Fault}. */
    int fault(Fault fault);

    /** Removes the mappings of [{@code start}, {@code end}); {@code last} when the area itself goes. */
    void unmap(Vma vma, long start, long end, boolean last);

    /** Copies the mappings of {@code source} to its copy in a new address space: 0 or a negated error number. */
    int copyAtFork(Vma copy, Vma source);

    /** Applies the area's present permissions to [{@code start}, {@code end}). */
    void changeProtection(Vma vma, long start, long end);

    /** Moves the mappings of {@code length} bytes from {@code oldStart} to {@code newStart} of area {@code target}; returns the bytes moved. */
    long move(Vma source, long oldStart, Vma target, long newStart, long length);

    /**
     * Makes the pages of [{@code start}, {@code end}) present, as for mlock or MAP_POPULATE: 0 or a negated error number.
     */
    int populate(Vma vma, long start, long end, boolean write);
}
