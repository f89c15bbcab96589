package org.mmkit.core.pseudofs;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.mmkit.api.space.RssKind;
import org.mmkit.api.space.VmFlags;
import org.mmkit.core.space.UserAddressSpace;
import org.mmkit.core.space.VmArea;

/**
 * The memory part of /proc/PID/status, and /proc/PID/statm (fs/proc/task_mmu.c, task_mem and task_statm). The model has no programs, so
 * an executable file area counts as VmLib unless it holds the lowest address of all of them: that one is the program's own.
 */
final class StatusText {

    private StatusText() {}

    /** /proc/PID/status. */
    static String status(int pid, UserAddressSpace space, Fields fields) {
        int shift = space.tables().layout().pageShift();
        Map<String, Long> own = new HashMap<>();
        List<String> order = new ArrayList<>();
        long resident = space.residentPages();
        put(own, order, "VmPeak", space.peakMappedPages() << shift);
        put(own, order, "VmSize", space.mappedPages() << shift);
        put(own, order, "VmLck", space.lockedPages() << shift);
        put(own, order, "VmPin", space.pinnedPages() << shift);
        put(own, order, "VmHWM", space.peakResidentPages() << shift);
        put(own, order, "VmRSS", resident << shift);
        put(own, order, "RssAnon", space.rss(RssKind.ANON) << shift);
        put(own, order, "RssFile", space.rss(RssKind.FILE) << shift);
        put(own, order, "RssShmem", space.rss(RssKind.SHMEM) << shift);
        Sizes sizes = new Sizes(space);
        put(own, order, "VmData", sizes.data);
        put(own, order, "VmStk", sizes.stack);
        put(own, order, "VmExe", sizes.program);
        put(own, order, "VmLib", sizes.libraries);
        put(own, order, "VmPTE", space.tables().tableBytes());
        put(own, order, "VmSwap", space.rss(RssKind.SWAP) << shift);
        StringBuilder out = new StringBuilder();
        out.append("Tgid:\t").append(pid).append('\n');
        out.append("Pid:\t").append(pid).append('\n');
        order.add("THP_enabled");
        for (String name : LineOrder.STATUS.sort(Fields.union(order, fields.status().keySet()))) {
            Long bytes = own.get(name);
            Fields.SpaceLine line = fields.status().get(name);
            String unit = bytes != null ? "kB" : line != null ? line.unit() : "";
            long value = bytes != null ? bytes >> 10 : line != null ? line.value().value(space) : 0;
            out.append(name).append(":\t");
            Columns.right(out, value, unit.isEmpty() ? 0 : 8);
            out.append(unit.isEmpty() ? "" : " " + unit).append('\n');
        }
        return out.toString();
    }

    private static void put(Map<String, Long> own, List<String> order, String name, long bytes) {
        own.put(name, bytes);
        order.add(name);
    }

    /** /proc/PID/statm: seven numbers of pages. */
    static String statm(UserAddressSpace space) {
        int shift = space.tables().layout().pageShift();
        Sizes sizes = new Sizes(space);
        long shared = space.rss(RssKind.FILE) + space.rss(RssKind.SHMEM);
        return space.mappedPages() + " " + (shared + space.rss(RssKind.ANON)) + " " + shared + " "
                + (sizes.program >> shift) + " 0 " + (sizes.data + sizes.stack >> shift) + " 0\n";
    }

    /** Bytes of the areas by what they hold. */
    private static final class Sizes {
        private long data;
        private long stack;
        private long program;
        private long libraries;

        Sizes(UserAddressSpace space) {
            for (VmArea area : space.areas()) {
                long kind = area.flags() & (VmFlags.WRITE | VmFlags.EXEC | VmFlags.SHARED | VmFlags.GROWSDOWN);
                // Linux: is_stack_mapping, is_data_mapping and is_exec_mapping
                if ((kind & VmFlags.GROWSDOWN) != 0) {
                    stack += area.length();
                } else if ((kind & (VmFlags.WRITE | VmFlags.SHARED)) == VmFlags.WRITE) {
                    data += area.length();
                } else if ((kind & (VmFlags.EXEC | VmFlags.WRITE)) == VmFlags.EXEC) {
                    if (program == 0) {
                        program = area.length();
                    } else {
                        libraries += area.length();
                    }
                }
            }
        }
    }
}
