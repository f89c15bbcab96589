package org.mmkit.replay.reader;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BadInputTest {

    private static final String GOOD = """
            a 100/100 [001]  5829.060105: PERF_RECORD_COMM exec: a:100/100
            a 100/100 [001]  5829.060127: PERF_RECORD_MMAP2 100/100: [0x7ffffffde000(0x21000) @ 0x7ffffffde000 00:00 0 0]: rw-p [stack]
            a 100/100 [001]  5829.060403:     sched:sched_process_exec: filename=/usr/bin/a pid=100 old_pid=100
            a 100/100 [001]  5829.060421:   exceptions:page_fault_user: address=0x7fffffffd000 ip=0x1 error_code=0x6
            """;

    private static Recording read(byte[] bytes) throws IOException, BadRecordingException {
        return new RecordingReader().read(new ByteArrayInputStream(bytes), "x.perf.txt", bytes.length);
    }

    private static byte[] gzip(byte[] bytes) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream gz = new GZIPOutputStream(out)) {
            gz.write(bytes);
        }
        return out.toByteArray();
    }

    private static byte[] ascii(String s) {
        return s.getBytes(StandardCharsets.ISO_8859_1);
    }

    @Test
    void a_gzip_file_is_read_like_a_plain_one() throws Exception {
        assertThat(read(gzip(ascii(GOOD))).userFaults()).isEqualTo(1);
    }

    @Test
    void a_truncated_gzip_file_gives_what_was_there_and_says_so() throws Exception {
        StringBuilder text = new StringBuilder(GOOD);
        Random random = new Random(1);
        for (int i = 0; i < 20_000; i++) {
            text.append("a 100/100 [001]  5829.1: exceptions:page_fault_user: address=0x")
                    .append(Long.toHexString(random.nextLong() & 0x7fffffffffffL)).append(" ip=0x1 error_code=0x6\n");
        }
        byte[] whole = gzip(ascii(text.toString()));

        Recording r = read(Arrays.copyOf(whole, whole.length / 2));

        assertThat(r.userFaults()).isBetween(5_000L, 15_000L);
        assertThat(r.diagnostics().isMisleading()).isTrue();
        assertThat(r.diagnostics().places()).anySatisfy(d -> assertThat(d.problem()).contains("the gzip file is cut off"));
    }

    @Test
    void damaged_gzip_data_is_said_too() throws Exception {
        byte[] whole = gzip(ascii(GOOD.repeat(1)));
        whole[whole.length / 2] ^= 0x55;

        try {
            assertThat(read(whole).diagnostics().isMisleading()).isTrue();
        } catch (BadRecordingException e) {
            assertThat(e).hasMessageContaining("gzip");
        }
    }

    @Test
    void ten_bytes_of_gzip_are_an_error_without_stack_trace_words() {
        assertThatThrownBy(() -> read(Arrays.copyOf(gzip(ascii(GOOD)), 5)))
                .isInstanceOf(BadRecordingException.class)
                .hasMessageContaining("cut off");
    }

    @Test
    void an_empty_file_and_a_binary_file_are_clear_errors(@TempDir Path dir) throws Exception {
        byte[] noise = new byte[100_000];
        new Random(3).nextBytes(noise);
        noise[0] = 0;

        assertThatThrownBy(() -> read(new byte[0])).isInstanceOf(BadRecordingException.class).hasMessageContaining("the file is empty");
        assertThatThrownBy(() -> read(noise)).isInstanceOf(BadRecordingException.class).hasMessageContaining("not text");
        assertThatThrownBy(() -> read(ascii("PERFILE2\0\0\0\0\0"))).isInstanceOf(BadRecordingException.class).hasMessageContaining("perf script -i");
        assertThatThrownBy(() -> new RecordingReader().read(dir)).isInstanceOf(BadRecordingException.class).hasMessageContaining("directory");
    }

    @Test
    void text_that_is_no_recording_names_the_first_line_and_what_would_be_right() {
        assertThatThrownBy(() -> read(ascii("# title\nHello, world\nmore\n")))
                .isInstanceOf(BadRecordingException.class)
                .hasMessageContaining("x.perf.txt:2")
                .hasMessageContaining("Hello, world")
                .hasMessageContaining("pid/tid");
    }

    @Test
    void cut_lines_are_counted_and_the_rest_is_used() throws Exception {
        String cut = "a 100/100 [001]  5829.060421:   exceptions:page_fault_user: address=0x7ffff\n";
        Recording r = read(ascii(GOOD + cut + "rubbish\n" + GOOD.lines().skip(3).findFirst().orElseThrow() + "\n"));

        assertThat(r.userFaults()).isEqualTo(2);
        assertThat(r.diagnostics().skippedLines()).isEqualTo(2);
        assertThat(r.diagnostics().places()).anySatisfy(d -> {
            assertThat(d.line()).isEqualTo(5);
            assertThat(d.problem()).contains("2 of 7 lines");
        });
    }

    @Test
    void a_last_line_cut_off_means_the_end_is_missing() throws Exception {
        Recording r = read(ascii(GOOD + "a 100/100 [001]  5829.06"));

        assertThat(r.diagnostics().isMisleading()).isTrue();
        assertThat(r.diagnostics().places()).anySatisfy(d -> assertThat(d.problem()).contains("last line is cut off"));
    }

    @Test
    void lost_records_are_counted_and_make_the_result_misleading() throws Exception {
        Recording r = read(ascii(GOOD + "a 100/100 [001]  5829.060500: PERF_RECORD_LOST lost 17\n"));

        assertThat(r.diagnostics().lostEvents()).isEqualTo(17);
        assertThat(r.diagnostics().isMisleading()).isTrue();
        assertThat(r.diagnostics().places().get(0).line()).isEqualTo(5);
    }

    @Test
    void faults_of_a_process_that_was_there_before_are_told() throws Exception {
        Recording r = read(ascii(GOOD + "b 7/7 [001]  5829.060500: exceptions:page_fault_user: address=0x1000 ip=0x1 error_code=0x6\n"));

        assertThat(r.diagnostics().isMisleading()).as("half of the faults").isTrue();
        assertThat(r.diagnostics().places()).anySatisfy(d -> assertThat(d.problem()).contains("pid 7"));
    }

    @Test
    void a_32_bit_program_is_recognised_by_its_stack() throws Exception {
        Recording r = read(ascii(GOOD.replace("0x7ffffffde000", "0xfffdd000")));

        assertThat(r.processes().get(0).isNarrow()).isTrue();
        assertThat(r.diagnostics().places()).anySatisfy(d -> assertThat(d.problem()).contains("32-bit program"));
    }

    @Test
    void a_gigabyte_of_noise_needs_no_memory() throws Exception {
        byte[] good = ascii(GOOD);
        InputStream noise = new InputStream() {
            private long left = 1L << 30;
            private int at;

            @Override
            public int read() {
                byte[] one = new byte[1];
                return read(one, 0, 1) < 0 ? -1 : one[0];
            }

            @Override
            public int read(byte[] b, int off, int len) {
                if (at < good.length) {
                    int n = Math.min(len, good.length - at);
                    System.arraycopy(good, at, b, off, n);
                    at += n;
                    return n;
                }
                if (left <= 0) {
                    return -1;
                }
                int n = (int) Math.min(len, left);
                for (int i = 0; i < n; i++) {
                    b[off + i] = (byte) (i % 97 == 0 ? '\n' : 'a' + i % 26);
                }
                left -= n;
                return n;
            }
        };
        long before = used();

        Recording r = new RecordingReader().read(noise, "noise", 0);

        assertThat(r.userFaults()).isEqualTo(1);
        assertThat(r.diagnostics().skippedLines()).isGreaterThan(10_000_000);
        assertThat(r.diagnostics().isMisleading()).isTrue();
        assertThat(used() - before).isLessThan(64 << 20);
    }

    @Test
    void a_line_of_many_megabytes_is_skipped_as_one() throws Exception {
        byte[] huge = new byte[3 << 20];
        Arrays.fill(huge, (byte) 'x');
        Recording r = read(ascii(GOOD + new String(huge, StandardCharsets.ISO_8859_1) + "\n" + GOOD));

        assertThat(r.userFaults()).isEqualTo(2);
        assertThat(r.lines()).isEqualTo(9);
    }

    @Test
    void more_events_than_the_heap_holds_end_the_reading_with_a_message() throws Exception {
        byte[] bytes = ascii(GOOD.repeat(10));
        Recording r = new RecordingReader().maxEvents(12).read(new ByteArrayInputStream(bytes), "x", bytes.length);

        assertThat(r.events().size()).isEqualTo(12);
        assertThat(r.diagnostics().places()).anySatisfy(d -> assertThat(d.problem()).contains("do not fit"));
    }

    @Test
    void any_bytes_at_all_never_end_in_another_exception() throws Exception {
        String[] pieces = {
            "a 100/100 [001]  5829.060105: ", "PERF_RECORD_COMM exec: a:", "100/100", "\n", "0x", "syscalls:sys_enter_mmap: ", "addr: 0x",
            "PERF_RECORD_MMAP2 ", "[0x7ffff(0x1000) @ 0 ", "fe:00 1 0]: r", "--p /x", "syscalls:sys_exit_mmap: ", "exceptions:page_fault_user: ",
            "address=0xffffffffffffffff ", "error_code=", "PERF_RECORD_FORK(", ":(", "99999999999999999999", "-1", "sched:sched_process_exit: ",
            "[pid 1] ", "mmap(", ") = 0x", "<unfinished ...>", "<... mmap resumed>", "brk(NULL) = ", "\0", "é", ": ", "/", "[", "]", "@"
        };
        Random random = new Random(20);
        for (int round = 0; round < 3000; round++) {
            StringBuilder text = new StringBuilder(round % 3 == 0 ? GOOD : "");
            for (int i = 0; i < 60; i++) {
                text.append(pieces[random.nextInt(pieces.length)]);
            }
            try {
                assertThat(read(ascii(text.toString())).lines()).isPositive();
            } catch (BadRecordingException e) {
                assertThat(e.getMessage()).startsWith("x.perf.txt");
            }
        }
    }

    @Test
    void a_missing_file_is_an_io_exception(@TempDir Path dir) {
        assertThatThrownBy(() -> new RecordingReader().read(dir.resolve("none"))).isInstanceOf(IOException.class);
        assertThat(Files.exists(dir.resolve("none"))).isFalse();
    }

    private static long used() {
        System.gc();
        Runtime rt = Runtime.getRuntime();
        return rt.totalMemory() - rt.freeMemory();
    }
}
