package org.mmkit.core.pseudofs;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.mmkit.api.memory.Frames;
import org.mmkit.api.space.VmFlags;
import org.mmkit.core.observe.AreaStatistics;
import org.mmkit.core.observe.SwapUse;
import org.mmkit.core.space.UserAddressSpace;
import org.mmkit.core.space.VmArea;

/** The text of /proc/PID/maps, smaps and smaps_rollup (fs/proc/task_mmu.c). Not thread-safe. */
public final class AreaText {

    /** Where the name of an area begins, counted from the start of its line, on a 64-bit machine. */
    private static final int NAME_COLUMN = 73;

    /** The two letters of each flag, in the order of the kernel's flag bits, which is that of the VmFlags line. */
    private static final TreeMap<Long, String> FLAG_LETTERS = new TreeMap<>(Map.ofEntries(
            Map.entry(VmFlags.READ, "rd"), Map.entry(VmFlags.WRITE, "wr"), Map.entry(VmFlags.EXEC, "ex"),
            Map.entry(VmFlags.SHARED, "sh"), Map.entry(VmFlags.MAYREAD, "mr"), Map.entry(VmFlags.MAYWRITE, "mw"),
            Map.entry(VmFlags.MAYEXEC, "me"), Map.entry(VmFlags.MAYSHARE, "ms"), Map.entry(VmFlags.GROWSDOWN, "gd"),
            Map.entry(VmFlags.PFNMAP, "pf"), Map.entry(VmFlags.MAYBE_GUARD, "gu"), Map.entry(VmFlags.LOCKED, "lo"),
            Map.entry(VmFlags.IO, "io"), Map.entry(VmFlags.SEQ_READ, "sr"), Map.entry(VmFlags.RAND_READ, "rr"),
            Map.entry(VmFlags.DONTCOPY, "dc"), Map.entry(VmFlags.DONTEXPAND, "de"), Map.entry(VmFlags.LOCKONFAULT, "lf"),
            Map.entry(VmFlags.ACCOUNT, "ac"), Map.entry(VmFlags.NORESERVE, "nr"), Map.entry(VmFlags.HUGETLB, "ht"),
            Map.entry(VmFlags.SYNC, "sf"), Map.entry(VmFlags.WIPEONFORK, "wf"), Map.entry(VmFlags.DONTDUMP, "dd"),
            Map.entry(VmFlags.SOFTDIRTY, "sd"), Map.entry(VmFlags.MIXEDMAP, "mm"), Map.entry(VmFlags.HUGEPAGE, "hg"),
            Map.entry(VmFlags.NOHUGEPAGE, "nh"), Map.entry(VmFlags.MERGEABLE, "mg"), Map.entry(VmFlags.DROPPABLE, "dp")));

    private final Frames frames;
    private final SwapUse swapUse;
    private final Fields fields;
    private final List<String> lineNames;

    /**
     * Reads from {@code frames}, and lines that features have added from {@code fields}.
     *
     * @param lineNames the lines of an area in smaps that the kernel modelled has, in its order
     */
    public AreaText(Frames frames, SwapUse swapUse, Fields fields, List<String> lineNames) {
        this.lineNames = lineNames;
        this.frames = frames;
        this.swapUse = swapUse;
        this.fields = fields;
    }

    /** The VmFlags of {@code flags}: two letters each, in the kernel's order, separated by blanks. */
    public static String flagLetters(long flags) {
        StringBuilder letters = new StringBuilder();
        FLAG_LETTERS.forEach((bit, name) -> {
            if ((flags & bit) != 0) {
                letters.append(letters.length() == 0 ? "" : " ").append(name);
            }
        });
        return letters.toString();
    }

    /** The permission column of {@code flags}: {@code rwxp}. */
    public static String permissions(long flags) {
        return ((flags & VmFlags.READ) != 0 ? "r" : "-") + ((flags & VmFlags.WRITE) != 0 ? "w" : "-")
                + ((flags & VmFlags.EXEC) != 0 ? "x" : "-") + ((flags & VmFlags.MAYSHARE) != 0 ? "s" : "p");
    }

    /** /proc/PID/maps. */
    String maps(UserAddressSpace space) {
        StringBuilder out = new StringBuilder();
        for (VmArea area : space.areas()) {
            mapLine(out, area);
        }
        return out.toString();
    }

    private static void mapLine(StringBuilder out, VmArea area) {
        int start = out.length();
        Columns.hex(out, area.start(), 8);
        out.append('-');
        Columns.hex(out, area.end(), 8);
        out.append(' ').append(permissions(area.flags())).append(' ');
        long device = area.hasFile() ? area.file().device() : 0;
        Columns.hex(out, area.hasFile() ? area.pgoff() << area.space().tables().layout().pageShift() : 0, 8);
        out.append(' ');
        Columns.hex(out, device >>> 20, 2);
        out.append(':');
        Columns.hex(out, device & 0xfffff, 2);
        out.append(' ').append(area.hasFile() ? area.file().inode() : 0).append(' ');
        String name = area.name();
        if (!name.isEmpty()) {
            Columns.fill(out, start + NAME_COLUMN);
            out.append(name.replace("\n", "\\012"));
        }
        out.append('\n');
    }

    /** /proc/PID/smaps. */
    String smaps(UserAddressSpace space) {
        StringBuilder out = new StringBuilder();
        for (VmArea area : space.areas()) {
            mapLine(out, area);
            lines(out, area);
            String letters = flagLetters(area.flags());
            out.append("VmFlags: ").append(letters).append(letters.isEmpty() ? "\n" : " \n");
        }
        return out.toString();
    }

    private void lines(StringBuilder out, VmArea area) {
        AreaStatistics sums = new AreaStatistics(frames, swapUse);
        sums.add(area);
        int shift = area.isAnonymous() ? 0 : area.operations().pageShift(area);
        long pageSize = shift == 0 ? area.space().tables().layout().size(1) : 1L << shift;
        Map<String, Long> bytes = bytes(sums);
        bytes.put("Size", area.length());
        bytes.put("KernelPageSize", pageSize);
        bytes.put("MMUPageSize", pageSize);
        for (String name : lineNames) {
            Long own = bytes.get(name);
            Fields.AreaLine line = fields.smaps().get(name);
            if (own != null) {
                kilobytes(out, name, own);
            } else if (line != null) {
                Columns.line(out, name, line.value().value(area), line.unit());
            } else if (name.equals("THPeligible")) {
                Columns.line(out, name, 0, ""); // there in every configuration; a feature gives it a value
            }
        }
        fields.smaps().forEach((name, line) -> {
            if (!lineNames.contains(name) && !LineOrder.SMAPS.knows(name)) {
                Columns.line(out, name, line.value().value(area), line.unit());
            }
        });
    }

    /** /proc/PID/smaps_rollup: the sums over all areas; empty for a process without memory. */
    String rollup(UserAddressSpace space) {
        StringBuilder out = new StringBuilder();
        AreaStatistics sums = new AreaStatistics(frames, swapUse);
        long start = 0;
        long end = 0;
        for (VmArea area : space.areas()) {
            sums.add(area);
            start = end == 0 ? area.start() : start;
            end = area.end();
        }
        if (end == 0) {
            return "";
        }
        Columns.hex(out, start, 8);
        out.append('-');
        Columns.hex(out, end, 8);
        out.append(" ---p 00000000 00:00 0 ");
        Columns.fill(out, NAME_COLUMN);
        out.append("[rollup]\n");
        Map<String, Long> bytes = bytes(sums);
        for (String name : lineNames) {
            if (bytes.containsKey(name)) {
                kilobytes(out, name, bytes.get(name));
            }
            if (name.equals("Pss_Dirty")) {
                kilobytes(out, "Pss_Anon", sums.pssAnon());
                kilobytes(out, "Pss_File", sums.pssFile());
                kilobytes(out, "Pss_Shmem", sums.pssShmem());
            }
        }
        return out.toString();
    }

    /** The sums by the names of their lines. */
    private static Map<String, Long> bytes(AreaStatistics sums) {
        Map<String, Long> bytes = new HashMap<>();
        bytes.put("Rss", sums.rss());
        bytes.put("Pss", sums.pss());
        bytes.put("Pss_Dirty", sums.pssDirty());
        bytes.put("Shared_Clean", sums.sharedClean());
        bytes.put("Shared_Dirty", sums.sharedDirty());
        bytes.put("Private_Clean", sums.privateClean());
        bytes.put("Private_Dirty", sums.privateDirty());
        bytes.put("Referenced", sums.referenced());
        bytes.put("Anonymous", sums.anonymous());
        bytes.put("KSM", 0L); // no page is merged by content: there is no ksmd here
        bytes.put("LazyFree", sums.lazyFree());
        bytes.put("AnonHugePages", sums.anonHugePages());
        bytes.put("FileHugeMapped", sums.shmemPmdMapped() + sums.filePmdMapped());
        bytes.put("ShmemPmdMapped", sums.shmemPmdMapped());
        bytes.put("FilePmdMapped", sums.filePmdMapped());
        bytes.put("Shared_Hugetlb", sums.sharedHugetlb());
        bytes.put("Private_Hugetlb", sums.privateHugetlb());
        bytes.put("Swap", sums.swap());
        bytes.put("SwapPss", sums.swapPss());
        bytes.put("Locked", sums.locked());
        return bytes;
    }

    private static void kilobytes(StringBuilder out, String name, long bytes) {
        Columns.line(out, name, bytes >> 10, "kB");
    }
}
