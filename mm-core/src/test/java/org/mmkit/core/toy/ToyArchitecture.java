package org.mmkit.core.toy;

import java.util.List;
import org.mmkit.api.arch.Architecture;
import org.mmkit.api.arch.EntryFormat;
import org.mmkit.api.arch.MmuGeometry;
import org.mmkit.api.arch.PageTableLayout;
import org.mmkit.api.arch.PhysicalMap;
import org.mmkit.api.arch.VirtualLayout;
import org.mmkit.api.config.Configuration;

/** A processor with three levels of tables, 40 address bits and 16 MiB sections. */
public final class ToyArchitecture implements Architecture {

    private static final PageTableLayout LAYOUT = new PageTableLayout(12, new int[] {9, 9, 9}, 1 << 1 | 1 << 2, 39, 48, false);

    @Override
    public String id() {
        return "toy64";
    }

    @Override
    public String configSymbol() {
        return "TOY64";
    }

    @Override
    public String name() {
        return "toy64";
    }

    @Override
    public PageTableLayout layout(Configuration configuration) {
        return LAYOUT;
    }

    @Override
    public EntryFormat entryFormat(Configuration configuration) {
        return new ToyEntry();
    }

    @Override
    public VirtualLayout virtualLayout(Configuration configuration) {
        return new VirtualLayout(1 << 16, 1L << 38, 1L << 37, 1L << 38, 1L << 50, 1L << 51);
    }

    @Override
    public PhysicalMap physicalMap(long bytes) {
        return new PhysicalMap(List.of(new PhysicalMap.Range(0, bytes & -4096, true)), 0, 0);
    }

    @Override
    public MmuGeometry mmu() {
        return new MmuGeometry(List.of(new MmuGeometry.Tlb("TLB", 1, 16, 16, 1 << 1 | 1 << 2)), List.of());
    }

    @Override
    public int sectionOrder(Configuration configuration) {
        return 12;
    }
}
