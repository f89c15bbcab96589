package org.mmkit.api.arch;

import org.mmkit.api.Provider;
import org.mmkit.api.config.Configuration;
import org.mmkit.api.memory.FrameAllocator;

/**
 * One processor architecture; a service found by {@link java.util.ServiceLoader}.
 *
 * <p>Nothing outside the providing module knows a bit of its page-table entries. All methods are pure and
 * safe for any thread.
 */
public interface Architecture extends Provider {

    /** The machine name as {@code uname -m} prints it. */
    String name();

    /** The shape of the page tables under {@code configuration}. */
    PageTableLayout layout(Configuration configuration);

    /** The entry codec that belongs to {@link #layout}. */
    EntryFormat entryFormat(Configuration configuration);

    /** The virtual address-space layout under {@code configuration}. */
    VirtualLayout virtualLayout(Configuration configuration);

    /**
     * Whether the kernel marks the level-1 entries of large folios as runs by itself (arm64: ARM64_CONTPTE). Only where {@link
     * EntryFormat#frameStep} is not 0 and each entry of a run names its own frame ({@link EntryFormat#repeatShift} 0). Entries of HugeTLB pages
     * are marked by their owner, here and elsewhere.
     */
    default boolean foldsRuns(Configuration configuration) {
        return false;
    }

    /** A plausible firmware memory map of a machine with {@code bytes} of usable memory. */
    PhysicalMap physicalMap(long bytes);

    /** Translation caches of a typical processor. */
    MmuGeometry mmu();

    /** log2 of the pages of a memory section under {@code configuration} (x86-64: 15, that is 128 MiB). */
    int sectionOrder(Configuration configuration);

    /** log2 of the pages of the largest block of the frame allocator under {@code configuration} (Linux: MAX_PAGE_ORDER). */
    default int maxOrder(Configuration configuration) {
        return FrameAllocator.MAX_ORDER;
    }

    /**
     * The physical address of the root table that {@code register} holds: CR3, TTBR0_EL1, satp or their like. Bits that say
     * something else (an ASID, a mode) are left out; a bare address comes back as it is.
     *
     * @throws IllegalArgumentException when the register says that the tables have another shape than {@code configuration}; the
     *     message says what would be right
     */
    default long rootAddress(Configuration configuration, long register) {
        return register;
    }

    /** The machine number of its ELF files (e_machine); 0 when there is none. */
    default int elfMachine() {
        return 0;
    }

    /** Whether the hardware would translate {@code va} at all; other addresses raise a fault before any table is read. */
    default boolean isCanonical(PageTableLayout layout, long va) {
        int unused = 64 - layout.vaBits();
        return layout.signExtended() ? va << unused >> unused == va : unused == 0 || va >>> layout.vaBits() == 0;
    }

    /**
     * The address whose translated bits are those of {@code va}.
     *
     * @param kernelRoot whether the tables are those of a root that is for the kernel's half only (Arm: TTBR1); elsewhere without effect
     */
    default long canonical(PageTableLayout layout, long va, boolean kernelRoot) {
        int unused = 64 - layout.vaBits();
        return layout.signExtended() ? va << unused >> unused : va;
    }
}
