package org.mmkit.api.arch;

import org.mmkit.api.Provider;
import org.mmkit.api.config.Configuration;

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

    /** A plausible firmware memory map of a machine with {@code bytes} of usable memory. */
    PhysicalMap physicalMap(long bytes);

    /** Translation caches of a typical processor. */
    MmuGeometry mmu();

    /** log2 of the pages of a memory section under {@code configuration} (x86-64: 15, that is 128 MiB). */
    int sectionOrder(Configuration configuration);
}
