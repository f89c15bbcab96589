package org.mmkit.sample.toy32;

import com.google.auto.service.AutoService;
import java.util.List;
import org.mmkit.api.arch.Architecture;
import org.mmkit.api.arch.EntryFormat;
import org.mmkit.api.arch.MmuGeometry;
import org.mmkit.api.arch.PageTableLayout;
import org.mmkit.api.arch.PhysicalMap;
import org.mmkit.api.arch.VirtualLayout;
import org.mmkit.api.config.Configuration;

/**
 * A machine that nobody has built. Physical addresses have 32 bits; virtual ones 30, the lower half for programs:
 *
 * <pre>
 *   29        21 20        12 11          0
 *   | level 2   | level 1    | offset      |
 * </pre>
 */
@AutoService(Architecture.class)
public final class Toy32 implements Architecture {

    private static final int PAGE_SHIFT = 12;
    /** Index bits from level 1, the leaf table, up: tables of 512 entries of 8 bytes, one page each. */
    private static final int[] INDEX_BITS = {9, 9};
    /** Bit n: an entry of level n may map memory itself. Level 1 must; level 2 maps 2 MiB. */
    private static final int LEAF_LEVELS = 1 << 1 | 1 << 2;
    /** The page offset and all indices: 12 + 9 + 9. */
    private static final int VIRTUAL_BITS = 30;
    private static final int PHYSICAL_BITS = 32;
    /** Whether the upper half of a wider address repeats its top bit, as x86-64's canonical addresses do. */
    private static final boolean SIGN_EXTENDED = false;

    /** The lowest address that a program may map. */
    private static final long USER_START = 0x1000;
    /** The first address that is the kernel's. */
    private static final long USER_END = 0x2000_0000;
    /** Mappings are placed below it, the later the lower. */
    private static final long MAPPINGS_TOP = 0x1800_0000;
    private static final long STACK_TOP = USER_END - (1 << PAGE_SHIFT);
    /** Where the kernel sees all memory. */
    private static final long DIRECT_MAP = USER_END;
    /** Where the kernel keeps what it knows of each page. */
    private static final long MEMORY_MAP = 0x3800_0000;

    /** log2 of the pages of a memory section: 2^15 pages, 128 MiB. */
    private static final int SECTION_ORDER = 15;

    /** One translation cache of 64 entries in sets of four, for all page sizes. */
    private static final MmuGeometry MMU =
            new MmuGeometry(List.of(new MmuGeometry.Tlb("TLB", 1, 64, 4, LEAF_LEVELS)), List.of());

    private static final PageTableLayout LAYOUT =
            new PageTableLayout(PAGE_SHIFT, INDEX_BITS, LEAF_LEVELS, VIRTUAL_BITS, PHYSICAL_BITS, SIGN_EXTENDED);
    private static final EntryFormat FORMAT = new Toy32Entry();

    /** For ServiceLoader. */
    public Toy32() {}

    @Override
    public String id() {
        return "toy32";
    }

    @Override
    public String configSymbol() {
        return "TOY32";
    }

    @Override
    public String name() {
        return "toy32";
    }

    @Override
    public PageTableLayout layout(Configuration configuration) {
        return LAYOUT;
    }

    @Override
    public EntryFormat entryFormat(Configuration configuration) {
        return FORMAT;
    }

    @Override
    public VirtualLayout virtualLayout(Configuration configuration) {
        return new VirtualLayout(USER_START, USER_END, MAPPINGS_TOP, STACK_TOP, DIRECT_MAP, MEMORY_MAP);
    }

    @Override
    public PhysicalMap physicalMap(long bytes) {
        return new PhysicalMap(List.of(new PhysicalMap.Range(0, bytes & -1L << PAGE_SHIFT, true)), 0, 0);
    }

    @Override
    public MmuGeometry mmu() {
        return MMU;
    }

    @Override
    public int sectionOrder(Configuration configuration) {
        return SECTION_ORDER;
    }
}
