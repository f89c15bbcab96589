package org.mmkit.testkit;

import java.util.List;
import org.mmkit.api.arch.Architecture;
import org.mmkit.api.arch.EntryFormat;
import org.mmkit.api.arch.MmuGeometry;
import org.mmkit.api.arch.PageTableLayout;
import org.mmkit.api.arch.PhysicalMap;
import org.mmkit.api.arch.VirtualLayout;
import org.mmkit.api.config.Configuration;

/** A machine with addresses of 30 bits, two levels of tables and no permission bit but one. */
class ToyArchitecture implements Architecture {

    private static final PageTableLayout LAYOUT = new PageTableLayout(12, new int[] {9, 9}, 0b110, 30, 44, false);

    private final EntryFormat format;

    ToyArchitecture(EntryFormat format) {
        this.format = format;
    }

    @Override
    public String id() {
        return "toy";
    }

    @Override
    public String configSymbol() {
        return "TOY";
    }

    @Override
    public String name() {
        return "toy";
    }

    @Override
    public PageTableLayout layout(Configuration configuration) {
        return LAYOUT;
    }

    @Override
    public EntryFormat entryFormat(Configuration configuration) {
        return format;
    }

    @Override
    public VirtualLayout virtualLayout(Configuration configuration) {
        return new VirtualLayout(0x1000, 1L << 29, 0x1800_0000, 0x1FFF_F000, 1L << 29, 0x3800_0000);
    }

    @Override
    public PhysicalMap physicalMap(long bytes) {
        return new PhysicalMap(List.of(new PhysicalMap.Range(0, bytes, true)), 0, 0);
    }

    @Override
    public MmuGeometry mmu() {
        return new MmuGeometry(List.of(new MmuGeometry.Tlb("TLB", 1, 16, 16, 0b110)), List.of());
    }

    @Override
    public int sectionOrder(Configuration configuration) {
        return 15;
    }
}
