package org.mmkit.replay.reader;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PerfScriptReaderTest {

    private static final String EXEC = """
             swapper     0/0     [000]     0.000000: PERF_RECORD_MMAP -1/0: [0xffffffff81000000(0x1209988) @ 0xffffffff81000000]: x [kernel.kallsyms]_text
                time 100/100 [001]  5829.060105: PERF_RECORD_COMM exec: time:100/100
                time 100/100 [001]  5829.060127: PERF_RECORD_MMAP2 100/100: [0x7ffffffde000(0x21000) @ 0x7ffffffde000 00:00 0 0]: rw-p [stack]
                time 100/100 [001]  5829.060139: PERF_RECORD_MMAP2 100/100: [0x555555554000(0x8000) @ 0 fe:00 260946 0]: r--p /usr/bin/time
                time 100/100 [001]  5829.060386: PERF_RECORD_MMAP2 100/100: [0x7ffff7fc8000(0x2000) @ 0 00:00 0 0]: r-xp [vdso]
                time 100/100 [001]  5829.060403:     sched:sched_process_exec: filename=/usr/bin/time pid=100 old_pid=100
            """;

    static Recording read(String text) {
        try {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            return new RecordingReader().read(new ByteArrayInputStream(bytes), "test.perf.txt", bytes.length);
        } catch (java.io.IOException | BadRecordingException e) {
            throw new AssertionError(e);
        }
    }

    private static List<Integer> kinds(Recording r) {
        List<Integer> kinds = new ArrayList<>();
        for (int i = 0; i < r.events().size(); i++) {
            kinds.add((int) r.events().kind(i));
        }
        return kinds;
    }

    private static int only(Recording r, byte kind) {
        assertThat(kinds(r)).containsOnlyOnce((int) kind);
        return kinds(r).indexOf((int) kind);
    }

    @Test
    void exec_gives_the_stack_the_segments_and_the_vdso() {
        Recording r = read(EXEC);

        assertThat(kinds(r)).containsExactly((int) EventKind.EXEC, (int) EventKind.MAP, (int) EventKind.MAP, (int) EventKind.MAP, (int) EventKind.EXEC_DONE);
        assertThat(r.mappings().type(0)).isEqualTo(MappingTable.STACK);
        assertThat(r.mappings().length(0)).isEqualTo(0x21000);
        assertThat(r.mappings().type(1)).isEqualTo(MappingTable.FILE);
        assertThat(r.files().get(r.mappings().file(1)).path()).isEqualTo("/usr/bin/time");
        assertThat(r.mappings().type(2)).isEqualTo(MappingTable.SPECIAL);
        assertThat(r.processes().get(0).name()).isEqualTo("time");
        assertThat(r.processes().get(0).isComplete()).isTrue();
        assertThat(r.diagnostics().isMisleading()).isFalse();
        assertThat(r.diagnostics().skippedLines()).isZero();
    }

    @Test
    void a_fault_keeps_its_address_code_time_thread_and_line() {
        Recording r = read(EXEC
                + " C2 CompilerThre 100/107 [001]  5829.060421:   exceptions:page_fault_user: address=0x7ffff7fe4b70 ip=0x7ffff7fe4b70 error_code=0x14\n"
                + "time 100/100 [001]  5829.060422: exceptions:page_fault_kernel: address=0x55555555b220 ip=elf_load error_code=0x2\n");

        int user = only(r, EventKind.FAULT_USER);
        assertThat(r.events().a(user)).isEqualTo(0x7ffff7fe4b70L);
        assertThat(r.events().aux(user)).isEqualTo(0x14);
        assertThat(r.events().tid(user)).isEqualTo(107);
        assertThat(r.events().time(user)).isEqualTo(5829_060421_000L);
        assertThat(r.events().line(user)).isEqualTo(7);
        assertThat(r.events().process(user)).isEqualTo(r.events().process(only(r, EventKind.FAULT_KERNEL)));
        assertThat(r.userFaults()).isEqualTo(1);
        assertThat(r.kernelFaults()).isEqualTo(1);
    }

    @Test
    void system_calls_of_interleaved_threads_are_joined_by_thread() {
        Recording r = read(EXEC + """
                java 100/101 [000]  5830.000001: syscalls:sys_enter_mmap: addr: 0x00000000, len: 0x00001f50, prot: 0x00000001, flags: 0x00000802, fd: 0x00000003, off: 0x00002000
                java 100/102 [001]  5830.000002: syscalls:sys_enter_munmap: addr: 0x7ffff7000000, len: 0x00001001
                java 100/101 [000]  5830.000003: PERF_RECORD_MMAP2 100/101: [0x7ffff7dd5000(0x2000) @ 0x2000 fe:00 339380 0]: r--p /usr/lib/libc.so.6
                java 100/102 [001]  5830.000004: syscalls:sys_exit_munmap: 0x0
                java 100/101 [000]  5830.000005: syscalls:sys_exit_mmap: 0x7ffff7dd5000
                """);

        int mmap = only(r, EventKind.MMAP);
        int munmap = only(r, EventKind.MUNMAP);
        assertThat(munmap).as("munmap acts at its entry, mmap at its record").isLessThan(mmap);
        assertThat(r.events().b(munmap)).isEqualTo(0x2000);
        int row = r.events().aux(mmap);
        assertThat(r.mappings().start(row)).isEqualTo(0x7ffff7dd5000L);
        assertThat(r.mappings().length(row)).isEqualTo(0x2000);
        assertThat(r.mappings().offset(row)).isEqualTo(0x2000);
        assertThat(r.files().get(r.mappings().file(row)).inode()).isEqualTo(339380);
    }

    @Test
    void after_a_merge_the_record_shows_the_merged_area_but_the_call_counts() {
        Recording r = read(EXEC + """
                a 100/100 [000]  5830.000001: syscalls:sys_enter_mmap: addr: 0x7fff7b454000, len: 0x00773000, prot: 0x00000003, flags: 0x00000012, fd: 0x00000006, off: 0x00455000
                a 100/100 [000]  5830.000002: PERF_RECORD_MMAP2 100/100: [0x7fff7b000000(0xbc7000) @ 0x1000 fe:00 328258 0]: rw-p /usr/lib/classes.jsa
                a 100/100 [000]  5830.000003: syscalls:sys_exit_mmap: 0x7fff7b454000
                """);

        int row = r.events().aux(only(r, EventKind.MMAP));
        assertThat(r.mappings().start(row)).isEqualTo(0x7fff7b454000L);
        assertThat(r.mappings().offset(row)).isEqualTo(0x455000);
    }

    @Test
    void the_first_brk_tells_the_start_of_the_heap_and_failures_change_nothing() {
        Recording r = read(EXEC + """
                a 100/100 [000]  5830.000001: syscalls:sys_enter_brk: brk: 0x00000000
                a 100/100 [000]  5830.000002: syscalls:sys_exit_brk: 0x55555555c000
                a 100/100 [000]  5830.000003: syscalls:sys_enter_brk: brk: 0x55555557d000
                a 100/100 [000]  5830.000004: PERF_RECORD_MMAP2 100/100: [0x55555555c000(0x21000) @ 0x55555555c000 00:00 0 0]: rw-p //anon
                a 100/100 [000]  5830.000005: syscalls:sys_exit_brk: 0x55555557d000
                a 100/100 [000]  5830.000006: syscalls:sys_enter_mmap: addr: 0x00000000, len: 0x7fffffffffffffff, prot: 0x00000003, flags: 0x00000022, fd: 0xffffffff, off: 0x00000000
                a 100/100 [000]  5830.000007: syscalls:sys_exit_mmap: 0xfffffffffffffff4
                a 100/100 [000]  5830.000008: syscalls:sys_enter_prctl: option: 0x00000017, arg2: 0x00000030, arg3: 0x00000000, arg4: 0x00000000, arg5: 0x00000000
                a 100/100 [000]  5830.000009: syscalls:sys_exit_prctl: 0xffffffffffffffea
                """);

        assertThat(r.events().a(only(r, EventKind.BRK_START))).isEqualTo(0x55555555c000L);
        int brk = only(r, EventKind.BRK);
        assertThat(r.events().a(brk)).isEqualTo(0x55555557d000L);
        assertThat(r.events().b(brk)).isEqualTo(0x55555555c000L);
        assertThat(kinds(r)).doesNotContain((int) EventKind.MMAP);
    }

    @Test
    void the_launchers_prctl_is_the_recorders_and_a_later_one_the_programs() {
        Recording r = read(EXEC + """
                launch 100/100 [000]  5830.000001: syscalls:sys_enter_prctl: option: 0x00000029, arg2: 0x00000001, arg3: 0x00000000, arg4: 0x00000000, arg5: 0x00000000
                launch 100/100 [000]  5830.000002: syscalls:sys_exit_prctl: 0x0
                server 100/100 [000]  5830.000003: PERF_RECORD_COMM exec: server:100/100
                server 100/100 [000]  5830.000004: syscalls:sys_enter_prctl: option: 0x00000029, arg2: 0x00000001, arg3: 0x00000000, arg4: 0x00000000, arg5: 0x00000000
                server 100/100 [000]  5830.000005: syscalls:sys_exit_prctl: 0x0
                """);

        assertThat(only(r, EventKind.THP_DISABLE_BY_RECORDER)).isLessThan(only(r, EventKind.THP_DISABLE));
    }

    @Test
    void a_child_without_write_protection_faults_whose_parent_waits_shares_memory() {
        Recording r = read(EXEC + """
                gcc 100/100 [000]  5830.000001: PERF_RECORD_FORK(101:101):(100:100)
                gcc 100/100 [000]  5830.000002: sched:sched_process_fork: comm=gcc pid=100 child_comm=gcc child_pid=101
                gcc 101/101 [000]  5830.000003: exceptions:page_fault_user: address=0x7fffffffe000 ip=0x1 error_code=0x6
                cc1 101/101 [000]  5830.000004: PERF_RECORD_COMM exec: cc1:101/101
                gcc 100/100 [000]  5830.000005: exceptions:page_fault_user: address=0x7fffffffd000 ip=0x1 error_code=0x6
                """);

        int fork = only(r, EventKind.VFORK);
        assertThat(r.processes().get(r.events().aux(fork)).name()).isEqualTo("cc1");
        assertThat(r.processes().get(r.events().aux(fork)).parent()).isZero();
    }

    @Test
    void a_write_protection_fault_of_the_child_or_an_event_of_the_parent_tells_a_real_fork() {
        String forked = EXEC + """
                sh 100/100 [000]  5830.000001: PERF_RECORD_FORK(101:101):(100:100)
                sh 100/100 [000]  5830.000002: sched:sched_process_fork: comm=sh pid=100 child_comm=sh child_pid=101
                """;
        String childWrites = "sh 101/101 [000]  5830.000003: exceptions:page_fault_kernel: address=0x7fffffffe000 ip=__put_user_4 error_code=0x3\n";
        String parentGoesOn = "sh 100/100 [000]  5830.000003: exceptions:page_fault_user: address=0x7fffffffe000 ip=0x1 error_code=0x7\n";
        String childEnds = "sh 101/101 [000]  5830.000009: sched:sched_process_exit: comm=sh pid=101 prio=120 group_dead=true\n";

        only(read(forked + childWrites + childEnds), EventKind.FORK);
        only(read(forked + parentGoesOn + childEnds), EventKind.FORK);
        only(read(forked + childEnds), EventKind.VFORK);
    }

    @Test
    void threads_are_no_processes_and_a_process_ends_with_its_last_thread() {
        Recording r = read(EXEC + """
                java 100/100 [000]  5830.000001: PERF_RECORD_FORK(100:101):(100:100)
                java 100/100 [000]  5830.000002: sched:sched_process_fork: comm=java pid=100 child_comm=java child_pid=101
                java 100/101 [000]  5830.000003: PERF_RECORD_COMM: GC Thread#0:100/101
                java 100/100 [000]  5830.000004: sched:sched_process_exit: comm=java pid=100 prio=120 group_dead=false
                java 100/100 [000]  5830.000005: PERF_RECORD_EXIT(100:100):(99:99)
                java 100/101 [000]  5830.000006: exceptions:page_fault_user: address=0x7fff00000000 ip=0x1 error_code=0x6
                java 100/101 [000]  5830.000007: sched:sched_process_exit: comm=GC Thread#0 pid=101 prio=120 group_dead=true
                """);

        assertThat(r.processes().size()).isEqualTo(1);
        assertThat(r.processes().get(0).name()).isEqualTo("time");
        assertThat(only(r, EventKind.EXIT)).isEqualTo(r.events().size() - 1);
    }

    @Test
    void a_pid_used_again_is_another_process() {
        String life = """
                sh 100/100 [000]  5830.000001: PERF_RECORD_FORK(101:101):(100:100)
                sh 100/100 [000]  5830.000002: sched:sched_process_fork: comm=sh pid=100 child_comm=sh child_pid=101
                sh 101/101 [000]  5830.000003: exceptions:page_fault_user: address=0x7fffffffe000 ip=0x1 error_code=0x7
                sh 101/101 [000]  5830.000004: sched:sched_process_exit: comm=sh pid=101 prio=120 group_dead=true
                """;
        Recording r = read(EXEC + life + life);

        assertThat(r.processes().size()).isEqualTo(3);
        assertThat(r.events().process(r.events().size() - 1)).isEqualTo(2);
    }

    @Test
    void without_task_records_a_fork_is_known_from_the_childs_first_line() {
        Recording r = read(EXEC + """
                sh 100/100 [000]  5830.000002: sched:sched_process_fork: comm=sh pid=100 child_comm=sh child_pid=101
                sh 101/101 [000]  5830.000003: exceptions:page_fault_user: address=0x7fffffffe000 ip=0x1 error_code=0x7
                """);

        assertThat(r.events().aux(only(r, EventKind.FORK))).isEqualTo(1);
    }

    @Test
    void lines_without_cpu_are_read_and_other_events_ignored() {
        Recording r = read(EXEC + """
                a b 100/100  5830.000002: exceptions:page_fault_user: address=0x7fffffffe000 ip=0x1 error_code=0x6
                a b 100/100  5830.000003: kmem:mm_page_alloc: page=0x1 pfn=0x1 order=0 migratetype=0 gfp_flags=GFP_KERNEL
                """);

        assertThat(r.userFaults()).isEqualTo(1);
        assertThat(r.diagnostics().skippedLines()).isZero();
    }
}
