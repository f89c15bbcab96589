package org.mmkit.thp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.mmkit.api.Errno;
import org.mmkit.api.memory.Gfp;
import org.mmkit.api.space.Advice;
import org.mmkit.core.Machine;
import org.mmkit.core.process.Process;

/** Tracepoints as a user of ftrace and of the JDK Flight Recorder sees them. */
class TracingTest {

    private static final String TRACING = "/sys/kernel/tracing/";
    private static final String THP = "/sys/kernel/mm/transparent_hugepage/";
    private static final long HUGE = 2 << 20;

    private static Machine machine() {
        return Machine.builder().memory("512M").build();
    }

    private static void write(Machine machine, String file, String text) {
        assertThat(machine.write(TRACING + file, text)).as("%s to %s", text, file).isPositive();
    }

    private static List<String> lines(Machine machine, String event) {
        return machine.read(TRACING + "trace").lines().filter(line -> line.contains(" " + event + ": ")).toList();
    }

    @Test
    void T15_an_allocation_is_traced_with_frame_order_type_and_flags_in_the_kernels_words() {
        Machine machine = machine();
        machine.write(THP + "enabled", "always");
        Process process = machine.newProcess();
        write(machine, "events/kmem/mm_page_alloc/enable", "1\n");

        long area = process.mmap(0, 2 * HUGE, 3, 0x22, null, 0) + HUGE - 1 & -HUGE;
        process.store(area, 1);

        List<String> huge = lines(machine, "mm_page_alloc").stream().filter(line -> line.contains("order=9")).toList();
        assertThat(huge).hasSize(1);
        long pfn = machine.pagemap().word(process.space(), area) & (1L << 55) - 1;
        assertThat(huge.get(0)).matches(Pattern.compile(" {11}<\\.\\.\\.>-1       \\[000\\] \\.\\.\\.\\.\\. +0\\.000000: mm_page_alloc: page=ffffea00[0-9a-f]{8} pfn=0x"
                + Long.toHexString(pfn) + " order=9 migratetype=1 gfp_flags=GFP_TRANSHUGE_LIGHT\\|__GFP_NORETRY\\|__GFP_THISNODE"));
        assertThat(lines(machine, "mm_page_alloc")).anyMatch(line -> line.endsWith("order=0 migratetype=0 gfp_flags=GFP_KERNEL|__GFP_ZERO"));
    }

    @Test
    void T15_the_trace_begins_with_the_header_of_ftrace_and_is_emptied_by_writing_to_it() {
        Machine machine = machine();
        String empty = machine.read(TRACING + "trace");
        assertThat(empty).startsWith("# tracer: nop\n#\n# entries-in-buffer/entries-written: 0/0   #P:1\n#\n");
        assertThat(empty.lines().skip(3)).containsExactly(
                "#",
                "#                                _-----=> irqs-off/BH-disabled",
                "#                               / _----=> need-resched",
                "#                              | / _---=> hardirq/softirq",
                "#                              || / _--=> preempt-depth",
                "#                              ||| / _-=> migrate-disable",
                "#                              |||| /     delay",
                "#           TASK-PID     CPU#  |||||  TIMESTAMP  FUNCTION",
                "#              | |         |   |||||     |         |");

        write(machine, "set_event", "kmem:*\n");
        machine.memory().allocateFolio(0, Gfp.KERNEL);
        assertThat(machine.read(TRACING + "trace")).contains("entries-written: 1/1 ");
        write(machine, "trace", "\n");

        assertThat(machine.read(TRACING + "trace")).isEqualTo(empty);
    }

    @Test
    void T15_events_are_chosen_by_enable_files_and_by_set_event() {
        Machine machine = machine();
        assertThat(machine.read(TRACING + "available_events")).contains("kmem:mm_page_alloc\n", "huge_memory:mm_collapse_huge_page\n");
        assertThat(machine.read(TRACING + "events/enable")).isEqualTo("0\n");

        write(machine, "set_event", "mm_page_free compaction huge_memory:mm_khugepaged_scan_pmd");
        assertThat(machine.read(TRACING + "set_event")).contains("kmem:mm_page_free\n", "compaction:mm_compaction_end\n",
                "huge_memory:mm_khugepaged_scan_pmd\n").doesNotContain("mm_page_alloc\n", "mm_collapse");
        assertThat(machine.read(TRACING + "events/kmem/enable")).isEqualTo("X\n");
        assertThat(machine.read(TRACING + "events/compaction/enable")).isEqualTo("1\n");
        write(machine, "set_event", "!compaction:mm_compaction_end");
        assertThat(machine.read(TRACING + "events/compaction/mm_compaction_end/enable")).isEqualTo("0\n");
        assertThat(machine.write(TRACING + "set_event", "no_such_event")).isEqualTo(-Errno.EINVAL);
        assertThat(machine.write(TRACING + "events/kmem/enable", "2")).isEqualTo(-Errno.EINVAL);

        write(machine, "events/enable", "1");
        write(machine, "tracing_on", "0");
        machine.memory().allocateFolio(0, Gfp.KERNEL);
        assertThat(machine.read(TRACING + "trace")).contains("entries-written: 0/0 ");
        write(machine, "tracing_on", "1");
        machine.memory().allocateFolio(0, Gfp.KERNEL);
        assertThat(lines(machine, "mm_page_alloc")).hasSize(1);
    }

    @Test
    void T15_how_long_a_huge_allocation_stalled_can_be_told_from_the_others() {
        FragmentedMachine fragmented = new FragmentedMachine(machine(), 42);
        Machine machine = fragmented.machine;
        machine.write(THP + "enabled", "always");
        machine.write(THP + "defrag", "madvise");
        List<String> heard = new ArrayList<>();
        long[] stall = new long[11];
        machine.tracing().setListener((order, gfp, nanoseconds) -> {
            heard.add(order + " " + nanoseconds);
            stall[order] += nanoseconds;
        });
        write(machine, "set_event", "kmem:mm_page_alloc compaction:mm_compaction_begin compaction:mm_compaction_end");
        long before = machine.clock().now();

        fragmented.process.store(fragmented.hugeArea(1, true), 1);

        assertThat(heard).hasSizeGreaterThan(1);
        assertThat(stall[0]).as("base pages came at once").isZero();
        // The huge one took what compaction took: pages moved and pages looked at, by the documented costs.
        long work = 3400 * machine.vmstat("pgmigrate_success")
                + 4 * (machine.vmstat("compact_migrate_scanned") + machine.vmstat("compact_free_scanned"));
        assertThat(stall[9]).isBetween(work * 9 / 10, work).isGreaterThan(300_000L);
        assertThat(machine.clock().now() - before).isEqualTo(stall[9]);
        List<String> begin = lines(machine, "mm_compaction_begin");
        List<String> end = lines(machine, "mm_compaction_end");
        assertThat(begin).hasSameSizeAs(end).isNotEmpty();
        assertThat(end.get(end.size() - 1)).contains("mode=async status=").endsWith("success");
        assertThat(time(lines(machine, "mm_page_alloc").stream().filter(l -> l.contains("order=9")).findFirst().orElseThrow())
                - time(begin.get(0))).isBetween(stall[9] / 1000 - 1, stall[9] / 1000 + 1);
        machine.tracing().setListener(null);
        machine.verify();
    }

    /** The time of a line, in microseconds. */
    private static long time(String line) {
        String stamp = line.replaceAll("^.*\\] ..... +([0-9]+\\.[0-9]+): .*$", "$1");
        return Long.parseLong(stamp.replace(".", ""));
    }

    @Test
    void T15_the_same_run_gives_the_same_trace() {
        assertThat(run()).isEqualTo(run()).contains("mm_compaction_migratepages: nr_migrated=", "mm_page_free: page=", "page_fault_user: address=0x", "mm_compaction_finished: node=0 zone=DMA32    order=9 ret=");
    }

    private static String run() {
        FragmentedMachine fragmented = new FragmentedMachine(machine(), 5);
        Machine machine = fragmented.machine;
        machine.write(THP + "enabled", "always");
        machine.write(THP + "defrag", "madvise");
        write(machine, "buffer_size_kb", "8192");
        write(machine, "events/enable", "1");
        long area = fragmented.hugeArea(4, true);
        for (int i = 0; i < 4; i++) {
            fragmented.process.store(area + i * HUGE, 1);
        }
        machine.clock().advance(1_000_000_000L);
        for (int i = 0; i < 200; i++) {
            machine.memory().allocateFolio(0, Gfp.KERNEL);
        }
        return machine.read(TRACING + "trace");
    }

    @Test
    void T15_a_page_block_that_changes_hands_is_traced() {
        Machine machine = machine();
        write(machine, "events/kmem/mm_page_alloc_extfrag/enable", "1");

        for (int i = 0; i < 2000; i++) {
            machine.memory().allocateFolio(0, Gfp.KERNEL);
        }

        assertThat(lines(machine, "mm_page_alloc_extfrag").get(0)).matches(".* page=[0-9a-f]{16} pfn=0x[0-9a-f]+ alloc_order=0 "
                + "fallback_order=10 pageblock_order=9 alloc_migratetype=0 fallback_migratetype=1 fragmenting=0 change_ownership=1");
    }

    @Test
    void T15_khugepaged_and_its_collapse_are_traced() {
        Machine machine = machine();
        Process process = machine.newProcess();
        long area = process.mmap(0, 2 * HUGE, 3, 0x22, null, 0) + HUGE - 1 & -HUGE;
        machine.write(THP + "enabled", "madvise");
        for (int i = 0; i < 512; i++) {
            process.store(area + i * 4096L, 1);
        }
        write(machine, "events/huge_memory/enable", "1");
        process.madvise(area, HUGE, Advice.MADV_HUGEPAGE);
        machine.clock().advance(60_000_000_000L);

        assertThat(lines(machine, "mm_khugepaged_scan_pmd").get(0))
                .contains("khugepaged-41943").contains("scan_pfn=0x").endsWith("referenced=512, none_or_zero=0, status=succeeded, unmapped=0");
        assertThat(lines(machine, "mm_collapse_huge_page")).hasSize(1);
        assertThat(lines(machine, "mm_collapse_huge_page").get(0)).endsWith(", isolated=1, status=succeeded");
        assertThat(lines(machine, "mm_collapse_huge_page_isolate").get(0)).endsWith("none_or_zero=0, referenced=512, status=succeeded");
    }

    @Test
    void T15_the_format_files_have_the_fields_and_texts_of_a_real_kernel() throws IOException {
        Machine machine = machine();
        Set<String> seen = new TreeSet<>();
        String format = "";
        StringBuilder fields = new StringBuilder();
        for (String line : Files.readAllLines(resource("tracepoints-6.18.txt"))) {
            if (line.startsWith("event ")) {
                String event = line.substring("event ".length());
                seen.add(event);
                format = machine.read(TRACING + "events/" + event.replace(':', '/') + "/format");
                assertThat(format).startsWith("name: " + event.replaceAll(".*:", "") + "\nID: "
                        + machine.read(TRACING + "events/" + event.replace(':', '/') + "/id") + "format:\n\tfield:unsigned short common_type;");
                fields.setLength(0);
            } else if (line.startsWith("text ")) {
                assertThat(format).contains("common_pid;\toffset:4;\tsize:4;\tsigned:1;\n\n" + fields + "\nprint fmt: "
                        + line.substring("text ".length()) + ", ");
            } else if (!line.startsWith("#")) {
                String[] p = line.split(" \\| ");
                fields.append("\tfield:").append(p[0]).append(";\toffset:").append(p[1]).append(";\tsize:").append(p[2]).append(";\tsigned:")
                        .append(p[3]).append(";\n");
            }
        }
        assertThat(seen).containsExactlyInAnyOrderElementsOf(machine.read(TRACING + "available_events").lines().toList());
    }

    private static Path resource(String name) {
        try {
            return Path.of(TracingTest.class.getResource(name).toURI());
        } catch (java.net.URISyntaxException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void T15_a_collapse_asked_for_gives_the_lines_that_a_real_kernel_gives() {
        Machine machine = machine();
        Process process = machine.newProcess();
        long area = process.mmap(0, 2 * HUGE, 3, 0x22, null, 0) + HUGE - 1 & -HUGE;
        process.madvise(area, HUGE, Advice.MADV_NOHUGEPAGE);
        for (int i = 0; i < 512; i++) {
            process.store(area + i * 4096L, 1);
        }
        process.madvise(area, HUGE, Advice.MADV_HUGEPAGE);
        write(machine, "set_event", "huge_memory kmem:mm_page_alloc kmem:mm_page_free");

        assertThat(process.madvise(area, HUGE, Advice.MADV_COLLAPSE)).isZero();

        // As recorded on Linux 6.18 but for addresses, and for the column of locks held, which is empty without preemption counts.
        List<String> lines = machine.read(TRACING + "trace_pipe").lines().map(l -> l.replaceFirst("^.*: (mm_[a-z_]*: )", "$1")
                .replaceAll("(page|pfn|mm)=(0x)?[0-9a-f]+", "$1=X")).toList();
        assertThat(lines).hasSize(516);
        assertThat(lines.stream().filter(l -> l.equals("mm_page_free: page=X pfn=X order=0"))).hasSize(512);
        assertThat(lines.stream().filter(l -> !l.startsWith("mm_page_free"))).containsExactly(
                "mm_page_alloc: page=X pfn=X order=9 migratetype=1 gfp_flags=GFP_TRANSHUGE",
                "mm_collapse_huge_page_isolate: scan_pfn=X, none_or_zero=0, referenced=0, status=succeeded",
                "mm_collapse_huge_page: mm=X, isolated=1, status=succeeded",
                "mm_khugepaged_scan_pmd: mm=X, scan_pfn=X, referenced=0, none_or_zero=0, status=succeeded, unmapped=0");
        assertThat(machine.read(TRACING + "trace_pipe")).as("a read takes them").isEmpty();
    }

    @Test
    void T15_a_collapse_that_brings_pages_back_from_swap_says_how_many() {
        Machine machine = machine();
        Process process = machine.newProcess();
        assertThat(machine.files().swapon(64 << 20)).isZero();
        long area = process.mmap(0, 2 * HUGE, 3, 0x22, null, 0) + HUGE - 1 & -HUGE;
        for (int i = 0; i < 512; i++) {
            process.store(area + i * 4096L, 5);
        }
        assertThat(process.madvise(area + 16 * 4096L, 8 * 4096L, Advice.MADV_PAGEOUT)).isZero();
        write(machine, "events/huge_memory/enable", "1");

        assertThat(process.madvise(area, HUGE, Advice.MADV_COLLAPSE)).isZero();

        // As recorded on Linux 6.18 but for addresses.
        assertThat(machine.read(TRACING + "trace_pipe").lines().map(l -> l.replaceFirst("^.*: (mm_[a-z_]*: )", "$1")
                .replaceAll("(pfn|mm)=(0x)?[0-9a-f]+", "$1=X"))).containsExactly(
                "mm_collapse_huge_page_swapin: mm=X, swapped_in=8, referenced=0, ret=1",
                "mm_collapse_huge_page_isolate: scan_pfn=X, none_or_zero=0, referenced=0, status=succeeded",
                "mm_collapse_huge_page: mm=X, isolated=1, status=succeeded",
                "mm_khugepaged_scan_pmd: mm=X, scan_pfn=X, referenced=0, none_or_zero=0, status=succeeded, unmapped=8");
    }

    @Test
    void T15_migration_by_compaction_is_traced() {
        FragmentedMachine fragmented = new FragmentedMachine(machine(), 42);
        Machine machine = fragmented.machine;
        machine.write(THP + "enabled", "always");
        machine.write(THP + "defrag", "madvise");
        write(machine, "events/migrate/enable", "1");
        long before = machine.vmstat("pgmigrate_success");

        fragmented.process.store(fragmented.hugeArea(1, true), 1);

        assertThat(lines(machine, "mm_migrate_pages_start").get(0)).endsWith("mm_migrate_pages_start: mode=MIGRATE_ASYNC reason=compaction");
        List<String> ends = lines(machine, "mm_migrate_pages");
        assertThat(ends).hasSameSizeAs(lines(machine, "mm_migrate_pages_start"));
        Pattern form = Pattern.compile(".*nr_succeeded=(\\d+) nr_failed=0 nr_thp_succeeded=0 nr_thp_failed=0 nr_thp_split=0 nr_split=0 "
                + "mode=MIGRATE_(ASYNC|SYNC_LIGHT) reason=compaction");
        long moved = 0;
        for (String line : ends) {
            java.util.regex.Matcher m = form.matcher(line);
            assertThat(m.matches()).as(line).isTrue();
            moved += Long.parseLong(m.group(1));
        }
        assertThat(moved).isEqualTo(machine.vmstat("pgmigrate_success") - before).isPositive();
    }

    @Test
    void T15_tracing_allocates_no_java_object_whether_off_or_on() {
        Machine machine = Machine.builder().memory("512M").contents(false).build();
        for (int round = 0; round < 4; round++) {
            allocateAndFree(machine, 5_000);
        }
        assertThat(bytesOf(() -> allocateAndFree(machine, 5_000))).as("off").isLessThan(5_000);

        write(machine, "events/kmem/enable", "1");
        for (int round = 0; round < 4; round++) {
            allocateAndFree(machine, 5_000);
        }
        assertThat(bytesOf(() -> allocateAndFree(machine, 5_000))).as("on").isLessThan(5_000);
        assertThat(lines(machine, "mm_page_free")).hasSizeGreaterThan(5_000);
    }

    private static void allocateAndFree(Machine machine, int n) {
        for (int i = 0; i < n; i++) {
            machine.memory().allocator().free(machine.memory().allocator().allocate(0, Gfp.KERNEL), 0);
        }
    }

    private static long bytesOf(Runnable work) {
        var thread = (com.sun.management.ThreadMXBean) java.lang.management.ManagementFactory.getThreadMXBean();
        long before = thread.getCurrentThreadAllocatedBytes();
        work.run();
        return thread.getCurrentThreadAllocatedBytes() - before;
    }

    @Test
    void T15_the_flight_recorder_gets_the_same_events(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("trace.jfr");
        Machine machine = machine();
        machine.tracing().attachFlightRecorder();
        assertThat(machine.tracing().events().pageAlloc.isOn()).isFalse();
        long pfn;
        try (Recording recording = new Recording()) {
            recording.enable("mmkit.mm_page_alloc");
            recording.start();
            pfn = machine.memory().allocateFolio(3, Gfp.KERNEL);
            recording.stop();
            recording.dump(file);
        }
        machine.memory().allocateFolio(3, Gfp.KERNEL);

        List<RecordedEvent> events = RecordingFile.readAllEvents(file).stream()
                .filter(event -> event.getEventType().getName().equals("mmkit.mm_page_alloc"))
                .toList();
        assertThat(events).hasSize(1);
        assertThat(events.get(0).getLong("pfn")).isEqualTo(pfn);
        assertThat(events.get(0).getLong("order")).isEqualTo(3);
        assertThat(events.get(0).getLong("stall")).isZero();
        assertThat(machine.tracing().events().pageAlloc.isOn()).as("nobody listens any more").isFalse();
        assertThat(Files.size(file)).isPositive();
    }

    @Test
    void T15_the_flight_recorder_gets_the_names_of_files_as_texts(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("trace.jfr");
        Machine machine = machine();
        machine.tracing().attachFlightRecorder();
        Process process = machine.newProcess();
        var memfd = machine.vfs().memfd("a name", 0);
        assertThat(memfd.inode().truncate(2 * HUGE)).isZero();
        long area = process.mmap(2 * HUGE, HUGE, 3, 0x11, memfd, HUGE);
        process.store(area + 4096, 1);
        try (Recording recording = new Recording()) {
            recording.enable("mmkit.mm_khugepaged_scan_file");
            recording.enable("mmkit.mm_khugepaged_collapse_file");
            recording.start();
            assertThat(process.madvise(area, HUGE, Advice.MADV_COLLAPSE)).isZero();
            recording.stop();
            recording.dump(file);
        }

        List<RecordedEvent> events = RecordingFile.readAllEvents(file).stream()
                .filter(event -> event.getEventType().getName().startsWith("mmkit.mm_khugepaged")).toList();
        assertThat(events).hasSize(2).allMatch(event -> event.getString("filename").equals("memfd:a name"));
        assertThat(events.get(0).getLong("hpfn")).isEqualTo(machine.pagemap().word(process.space(), area) & (1L << 55) - 1);
        assertThat(events.get(0).getLong("index")).as("where the collapse came to").isEqualTo(2 * HUGE >> 12);
        assertThat(events.get(1).getLong("present")).isEqualTo(1);
        assertThat(events.get(1).getLong("result")).as("pte_mapped_hugepage").isEqualTo(10);
    }
}
