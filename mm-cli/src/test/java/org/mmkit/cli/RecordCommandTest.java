package org.mmkit.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Recording a program, as far as the host permits it. */
class RecordCommandTest {

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @TempDir
    private Path directory;

    @Test
    void print_shows_two_lines_for_a_shell_and_the_program_keeps_its_own_options() {
        assertThat(run("record", "--print", "-o", "a b.gz", "gcc", "-O2", "it's.c")).isEqualTo(ExitCode.DONE);

        assertThat(text(out).lines()).hasSize(2);
        assertThat(text(out))
                .contains("exceptions:page_fault_user", "syscalls:sys_exit_mremap", "sched:sched_process_fork")
                .contains(" gcc -O2 'it'\\''s.c'\n")
                .endsWith("| gzip -9n > 'a b.gz'\n");
    }

    @Test
    void a_program_is_missing() {
        assertThat(run("record")).isEqualTo(ExitCode.USAGE);
        assertThat(text(err)).contains("CMD");
    }

    @Test
    void a_recording_holds_the_switch_off_the_faults_and_the_end_of_the_program() throws IOException {
        assumeTrue(PerfRecorder.obstacle().isEmpty(), "this host does not let us record");
        Path file = directory.resolve("true.perf.txt.gz");

        assertThat(run("record", "-o", file.toString(), "--", "sh", "-c", "exit 3")).isEqualTo(ExitCode.DONE);

        assertThat(text(err)).contains("ended with status 3");
        assertThat(gunzip(file))
                .contains("sys_enter_prctl: option: 0x00000029, arg2: 0x00000001")
                .contains("exceptions:page_fault_user")
                .contains("sched:sched_process_exit");
        try (Stream<Path> left = Files.list(directory)) {
            assertThat(left).containsExactly(file);
        }
    }

    private static String gunzip(Path file) throws IOException {
        try (InputStream in = new GZIPInputStream(Files.newInputStream(file))) {
            return new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
        }
    }

    private int run(String... args) {
        PrintStream o = new PrintStream(out, true, StandardCharsets.UTF_8);
        PrintStream e = new PrintStream(err, true, StandardCharsets.UTF_8);
        return new CommandLineRunner(o, e).run(args);
    }

    private static String text(ByteArrayOutputStream stream) {
        return stream.toString(StandardCharsets.UTF_8);
    }
}
