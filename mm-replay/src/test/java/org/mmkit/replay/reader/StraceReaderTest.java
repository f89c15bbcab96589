package org.mmkit.replay.reader;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StraceReaderTest {

    private static Recording read(String text) throws Exception {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return new RecordingReader().read(new ByteArrayInputStream(bytes), "x.strace", bytes.length);
    }

    private static List<String> calls(Recording r) {
        List<String> calls = new ArrayList<>();
        EventLog e = r.events();
        for (int i = 0; i < e.size(); i++) {
            String place = Long.toHexString(e.a(i)) + "+" + Long.toHexString(e.b(i));
            calls.add(switch (e.kind(i)) {
                case EventKind.EXEC -> "exec " + r.processes().get(e.process(i)).name();
                case EventKind.EXEC_DONE -> "run";
                case EventKind.MMAP -> "mmap " + place + " prot " + r.mappings().protection(e.aux(i)) + " flags " + Integer.toHexString(r.mappings().flags(e.aux(i)));
                case EventKind.MUNMAP -> "munmap " + place;
                case EventKind.MPROTECT -> "mprotect " + place + " prot " + e.aux(i);
                case EventKind.MADVISE -> "madvise " + place + " advice " + e.aux(i);
                case EventKind.MREMAP -> "mremap " + place + " to " + Long.toHexString(r.mappings().start(e.aux(i)));
                case EventKind.BRK_START -> "heap " + Long.toHexString(e.a(i));
                case EventKind.BRK -> "brk " + Long.toHexString(e.a(i));
                case EventKind.FORK -> "fork " + r.processes().get(e.aux(i)).pid();
                case EventKind.VFORK -> "vfork " + r.processes().get(e.aux(i)).pid();
                case EventKind.EXIT -> "exit " + r.processes().get(e.process(i)).pid();
                case EventKind.FAULT_USER -> "fault " + Long.toHexString(e.a(i)) + " code " + e.aux(i);
                case EventKind.THP_DISABLE -> "thp off";
                default -> "?" + e.kind(i);
            });
        }
        return calls;
    }

    private static final String SAMPLE = """
            10225 02:20:54.729113 execve("/usr/bin/python3", ["python3"], 0x7ffd /* 20 vars */) = 0 <0.000300>
            10225 02:20:54.730113 brk(NULL)         = 0x56341af3e000 <0.000006>
            10225 02:20:54.731330 mmap(NULL, 8192, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0) = 0x7f2f9081b000 <0.000018>
            10225 02:20:54.731588 mmap(0x7f2f907ac000, 339968, PROT_READ, MAP_PRIVATE|MAP_FIXED|MAP_DENYWRITE, 3, 0x17c000) = 0x7f2f907ac000 <0.000009>
            10225 02:20:54.731832 mprotect(0x7f2f907ff000, 16384, PROT_READ) = 0 <0.000016>
            10225 02:20:54.731961 munmap(0x7f2f90812000, 36043) = 0 <0.000017>
            10225 02:20:54.732059 brk(0x56341af5f000) = 0x56341af5f000 <0.000007>
            10225 02:20:54.732100 mmap(NULL, 1, PROT_READ, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0) = -1 ENOMEM (Cannot allocate memory) <0.000007>
            10225 02:20:54.732200 mremap(0x7f2f9081b000, 8192, 16384, MREMAP_MAYMOVE) = 0x7f2f90900000 <0.000007>
            10225 02:20:54.732300 madvise(0x7f2f90900000, 16384, MADV_HUGEPAGE) = 0 <0.000007>
            10225 02:20:54.732400 prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0) = 0 <0.000007>
            10225 02:20:54.732500 +++ exited with 0 +++
            """;

    private static final List<String> SAMPLE_CALLS = List.of(
            "exec python3", "run", "heap 56341af3e000+0".replace("+0", ""),
            "mmap 7f2f9081b000+2000 prot 3 flags 22", "mmap 7f2f907ac000+53000 prot 1 flags 812", "mprotect 7f2f907ff000+4000 prot 1",
            "munmap 7f2f90812000+9000", "brk 56341af5f000", "mremap 7f2f9081b000+2000 to 7f2f90900000", "madvise 7f2f90900000+4000 advice 14",
            "thp off", "exit 10225");

    @Test
    void all_memory_calls_are_read_and_failed_ones_left_out() throws Exception {
        assertThat(calls(read(SAMPLE))).isEqualTo(SAMPLE_CALLS);
    }

    @Test
    void every_kind_of_time_stamp_is_understood_and_none_too() throws Exception {
        assertThat(calls(read(SAMPLE.replaceAll("02:20:54\\.", "1700000000.")))).isEqualTo(SAMPLE_CALLS);
        assertThat(calls(read(SAMPLE.replaceAll("02:20:54\\.\\d+", "     0.000123")))).isEqualTo(SAMPLE_CALLS);
        assertThat(calls(read(SAMPLE.replaceAll("02:20:54\\.\\d+ ", "")))).isEqualTo(SAMPLE_CALLS);
        assertThat(calls(read(SAMPLE.replaceAll("(?m)^10225 ", "[pid 10225] ")))).isEqualTo(SAMPLE_CALLS);
        assertThat(read(SAMPLE).duration()).isEqualTo(3_387_000);
    }

    @Test
    void interleaved_threads_are_joined() throws Exception {
        Recording r = read("""
                18543 execve("/usr/bin/java", ["java"], 0x7ffd /* 20 vars */) = 0
                18543 clone3({flags=CLONE_VM|CLONE_FS|CLONE_THREAD|CLONE_SIGHAND, stack=0x7f, stack_size=0x1000} => {parent_tid=[18544]}, 88) = 18544
                18544 madvise(0x7f91c4155000, 225280, MADV_DONTNEED <unfinished ...>
                18543 mmap(NULL, 4096, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0) = 0x7f91c4000000
                18544 <... madvise resumed>)  = 0
                18544 +++ exited with 0 +++
                18543 +++ exited with 0 +++
                """);

        assertThat(r.processes().size()).isEqualTo(1);
        assertThat(calls(r)).containsExactly("exec java", "run", "mmap 7f91c4000000+1000 prot 3 flags 22", "madvise 7f91c4155000+37000 advice 4", "exit 18543");
    }

    @Test
    void children_are_told_apart_even_when_they_speak_before_the_parent_returns() throws Exception {
        Recording r = read("""
                1 execve("/bin/sh", ["sh"], 0x7ffd /* 20 vars */) = 0
                1 clone(child_stack=NULL, flags=CLONE_CHILD_CLEARTID|CLONE_CHILD_SETTID|SIGCHLD, child_tidptr=0x7f) = 2
                1 vfork( <unfinished ...>
                3 execve("/bin/ls", ["ls"], 0x7ffd /* 20 vars */) = 0
                1 <... vfork resumed>) = 3
                2 +++ exited with 0 +++
                """);

        assertThat(calls(r)).containsExactly("exec sh", "run", "fork 2", "vfork 3", "exec ls", "run", "exit 2");
    }

    @Test
    void touches_from_a_list_come_when_their_address_is_mapped(@TempDir Path dir) throws Exception {
        Path log = dir.resolve("a.strace");
        Files.writeString(log, """
                5 execve("/bin/a", ["a"], 0x7ffd /* 20 vars */) = 0
                5 mmap(NULL, 8192, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0) = 0x7f0000000000
                5 munmap(0x7f0000000000, 8192) = 0
                5 mmap(NULL, 8192, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0) = 0x7f0000010000
                """);
        Path touches = dir.resolve("a.touches");
        Files.writeString(touches, """
                5 7f0000000000 w
                5 0x7f0000011000 r
                a 5/5 [000] 12.3: exceptions:page_fault_user: address=0x7f0000010000 ip=0x1 error_code=0x6
                5 600000 r
                """);

        Recording r = new RecordingReader().touches(touches).read(log);

        assertThat(calls(r)).containsExactly("exec a", "run", "mmap 7f0000000000+2000 prot 3 flags 22", "fault 7f0000000000 code 6",
                "munmap 7f0000000000+2000", "mmap 7f0000010000+2000 prot 3 flags 22", "fault 7f0000011000 code 4", "fault 7f0000010000 code 6");
        assertThat(r.userFaults()).isEqualTo(3);
        assertThat(r.diagnostics().places()).anySatisfy(d -> assertThat(d.problem()).contains("1 of 4 touches"));
    }

    @Test
    void a_touch_waits_for_the_advice_that_follows_the_mapping_at_once(@TempDir Path dir) throws Exception {
        Path log = Files.writeString(dir.resolve("a.strace"), """
                5 execve("/bin/a", ["a"], 0x7ffd /* 20 vars */) = 0
                5 mmap(NULL, 4194304, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0) = 0x7f0000000000
                5 madvise(0x7f0000000000, 4194304, MADV_HUGEPAGE) = 0
                5 madvise(0x7f0000000000, 4096, MADV_DONTNEED) = 0
                """);
        Path touches = Files.writeString(dir.resolve("a.touches"), "5 7f0000000000 w\n");

        assertThat(calls(new RecordingReader().touches(touches).read(log))).containsExactly("exec a", "run", "mmap 7f0000000000+400000 prot 3 flags 22",
                "madvise 7f0000000000+400000 advice 14", "fault 7f0000000000 code 6", "madvise 7f0000000000+1000 advice 4");
    }

    @Test
    void a_log_without_touches_says_that_it_predicts_nothing() throws Exception {
        assertThat(read(SAMPLE).diagnostics().isMisleading()).isTrue();
    }
}
