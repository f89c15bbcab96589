package org.mmkit.api.pgtable;

import org.mmkit.api.memory.PhysicalMemory;

/**
 * The kernel's own page tables (Linux: init_mm), as far as something in the machine works with them: they map the memory map, the array of
 * struct page, at the architecture's vmemmap base. Entries are in the architecture's format, made by
 * {@link org.mmkit.api.arch.EntryFormat#kernelLeaf}.
 *
 * <pre>
 *   vmemmap base + pfn * {@link #descriptorBytes}:  one leaf of level 2 for each whole run of descriptors that fills one, else leaves of level 1
 * </pre>
 *
 * <p>The tables of boot stand in the memory that the kernel image keeps; they are filled in when somebody first looks. Tables that are
 * {@linkplain #allocateTable allocated} later come from the frame allocator and stay. Not thread-safe.
 */
public interface KernelTables extends PageTables {

    /** Whether the memory map is mapped here (SPARSEMEM_VMEMMAP). */
    boolean hasMemmap();

    /** The virtual address of the descriptor (struct page) of frame {@code pfn}. */
    long memmapAddress(long pfn);

    /** Bytes of a descriptor. */
    int descriptorBytes();

    /** Frames that the memory map took at boot ({@code nr_memmap_boot_pages} before anything is given back). */
    long memmapPages();

    /**
     * Forgets translations of [{@code start}, {@code end}) on all processors (flush_tlb_kernel_range). To be called after entries were
     * changed and before frames that they led to are given away ({@link PhysicalMemory#releaseReserved}).
     */
    void flush(long start, long end);

    /** Forgets all translations on all processors (flush_tlb_all). */
    void flushAll();

    /** Times that translations were forgotten, by either call. */
    long flushes();
}
