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
    /** Index bits from level 1 up: tables of 512 entries of 8 bytes, one page each. */
    private static final int[] INDEX_BITS = {9, 9};
    /** Bit n: an entry of level n may map memory itself. Level 1 must; level 2 maps 2 MiB. */
    private static final int LEAF_LEVELS = 1 << 1 | 1 << 2;

    private static final PageTableLayout LAYOUT = new PageTableLayout(PAGE_SHIFT, INDEX_BITS, LEAF_LEVELS, 30, 32, false);
    private static final EntryFormat FORMAT = new Toy32Entry();

    private static final long USER_END = 1L << 29;
    private static final long VMEMMAP = 0x3800_0000;

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
        return new VirtualLayout(0x1000, USER_END, 0x1800_0000, USER_END - 0x1000, USER_END, VMEMMAP);
    }

    @Override
    public PhysicalMap physicalMap(long bytes) {
        return new PhysicalMap(List.of(new PhysicalMap.Range(0, bytes & -1L << PAGE_SHIFT, true)), 0, 0);
    }

    @Override
    public MmuGeometry mmu() {
        return new MmuGeometry(List.of(new MmuGeometry.Tlb("TLB", 1, 64, 4, LEAF_LEVELS)), List.of());
    }

    @Override
    public int sectionOrder(Configuration configuration) {
        return 15;
    }
}
