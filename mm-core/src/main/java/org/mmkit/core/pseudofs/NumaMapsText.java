package org.mmkit.core.pseudofs;

import org.mmkit.api.arch.EntryFormat;
import org.mmkit.api.memory.FolioFlags;
import org.mmkit.api.memory.Frames;
import org.mmkit.api.memory.MemoryPolicy;
import org.mmkit.api.memory.Nodes;
import org.mmkit.api.space.VmFlags;
import org.mmkit.core.observe.EntryVisitor;
import org.mmkit.core.observe.PageTableWalk;
import org.mmkit.core.process.Process;
import org.mmkit.core.space.VmArea;

/** /proc/PID/numa_maps (fs/proc/task_mmu.c, show_numa_map). Not thread-safe. */
final class NumaMapsText {

    private final Frames frames;
    private final Nodes nodes;
    private final long zeroPfn;
    private final int basePageShift;

    NumaMapsText(Frames frames, Nodes nodes, long zeroPfn, int basePageShift) {
        this.frames = frames;
        this.nodes = nodes;
        this.zeroPfn = zeroPfn;
        this.basePageShift = basePageShift;
    }

    String text(Process process) {
        StringBuilder out = new StringBuilder();
        for (VmArea area : process.space().areas()) {
            line(out, area, process.policy());
        }
        return out.toString();
    }

    private void line(StringBuilder out, VmArea area, MemoryPolicy ofTask) {
        MemoryPolicy policy = area.policy().mode() != MemoryPolicy.Mode.DEFAULT ? area.policy() : ofTask;
        Columns.hex(out, area.start(), 8);
        out.append(' ').append(policy);
        String name = area.name();
        if (area.hasFile()) {
            out.append(" file=").append(name.replace(" ", "\\040").replace("\n", "\\012"));
        } else if (name.equals("[heap]")) {
            out.append(" heap");
        } else if (name.equals("[stack]")) {
            out.append(" stack");
        }
        boolean huge = area.has(VmFlags.HUGETLB);
        out.append(huge ? " huge" : "");
        int shift = huge ? area.operations().pageShift(area) : basePageShift;
        Sums sums = new Sums(area, shift - basePageShift);
        PageTableWalk.walk(area.space().tables(), area.start(), area.end(), sums);
        sums.write(out, huge);
        out.append('\n');
    }

    /** What the pages of one area are: numbers of its page size. */
    private final class Sums implements EntryVisitor {

        private final VmArea area;
        private final EntryFormat format;
        private final int order;
        private final long[] byNode = new long[nodes.count()];
        private long pages;
        private long anon;
        private long dirty;
        private long swapCache;
        private long active;
        private long writeback;
        private long mostMapped;

        Sums(VmArea area, int order) {
            this.area = area;
            this.order = order;
            this.format = area.space().tables().format();
        }

        @Override
        public void entry(long va, long entry, int level) {
            if (!format.isPresent(entry)) {
                return;
            }
            long pfn = format.pfn(entry, level);
            long head = frames.head(pfn);
            if (pfn == zeroPfn || frames.test(head, FolioFlags.RESERVED)) {
                return;
            }
            // Pages of the pool that a run of entries maps are counted at their first one.
            if (order > 0 && pfn != head) {
                return;
            }
            int leafOrder = area.space().tables().layout().order(level);
            long n = order > 0 ? 1 : 1L << leafOrder;
            int flags = frames.flags(head);
            pages += n;
            dirty += format.isDirty(entry) || (flags & FolioFlags.DIRTY) != 0 ? n : 0;
            swapCache += (flags & FolioFlags.SWAPCACHE) != 0 ? n : 0;
            active += (flags & (FolioFlags.ACTIVE | FolioFlags.UNEVICTABLE)) != 0 ? n : 0;
            writeback += (flags & FolioFlags.WRITEBACK) != 0 ? n : 0;
            anon += (flags & FolioFlags.ANON) != 0 ? n : 0;
            mostMapped = Math.max(mostMapped, frames.mapcount(pfn));
            byNode[nodes.of(pfn)] += n;
        }

        void write(StringBuilder out, boolean huge) {
            if (pages == 0) {
                return;
            }
            part(out, " anon=", anon, anon > 0);
            part(out, " dirty=", dirty, dirty > 0);
            part(out, " mapped=", pages, pages != anon && pages != dirty);
            part(out, " mapmax=", mostMapped, mostMapped > 1);
            part(out, " swapcache=", swapCache, swapCache > 0);
            part(out, " active=", active, active < pages && !huge);
            part(out, " writeback=", writeback, writeback > 0);
            for (int node = 0; node < byNode.length; node++) {
                part(out, " N" + node + "=", byNode[node], byNode[node] > 0);
            }
            out.append(" kernelpagesize_kB=").append(1L << basePageShift + order - 10);
        }

        private void part(StringBuilder out, String name, long value, boolean shown) {
            if (shown) {
                out.append(name).append(value);
            }
        }
    }
}
