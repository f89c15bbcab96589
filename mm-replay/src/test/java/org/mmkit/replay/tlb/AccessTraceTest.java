package org.mmkit.replay.tlb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.mmkit.replay.compare.AccessReplay;
import org.mmkit.replay.model.AccessComparison;
import org.mmkit.replay.model.Policy;
import org.mmkit.replay.reader.AccessTraceReader;
import org.mmkit.replay.reader.BadRecordingException;

class AccessTraceTest {

    @TempDir
    private Path directory;

    private Path file(String text) throws IOException {
        return Files.writeString(directory.resolve("trace.txt"), text);
    }

    private List<String> read(Path trace) throws Exception {
        List<String> heard = new ArrayList<>();
        new AccessTraceReader().read(trace, (address, bytes, kind) -> heard.add("RWI".charAt(kind) + " " + Long.toHexString(address) + " " + bytes));
        return heard;
    }

    @Test
    void lines_of_lackey_drmemtrace_memtrace_and_perf_mem_are_read() throws Exception {
        assertThat(read(file("""
                ==77== Lackey, an example Valgrind tool
                I  04001090,3
                 S 1ffeffe7d0,8
                 L 04222c40,4
                 M 0421c7cc,4
                           5           4:       77 read       8 byte(s) @ 0x00007f0123456780 by PC 0x00005581
                           6           4:       77 write      4 byte(s) @ 0x00007f0123456790 by PC 0x00005581
                           7           5:       77 ifetch     3 byte(s) @ 0x0000558100001000 48 89 c7 mov
                0x00007fff2e0a5c78:  8, w
                0x00007fff2e0a5c80:  4, r
                0x00007f2b8b4a1d50:  3, mov
                prog  7/7   1.500000: cpu/mem-loads,ldlat=30/P:      7f0123456788
                prog  7/7   1.600000:       cpu/mem-stores/P:        7f0123456798
                """))).containsExactly(
                "I 4001090 3", "W 1ffeffe7d0 8", "R 4222c40 4", "W 421c7cc 4", "R 7f0123456780 8", "W 7f0123456790 4", "I 558100001000 3",
                "W 7fff2e0a5c78 8", "R 7fff2e0a5c80 4", "I 7f2b8b4a1d50 3", "R 7f0123456788 1", "W 7f0123456798 1");
    }

    @Test
    void a_file_without_accesses_says_how_to_make_one() throws Exception {
        Path trace = file("nothing\n L zz,8\n S 10,0\n L 10\nprog 1/1 1.0: cpu/mem-loads/P: \n");
        assertThatThrownBy(() -> read(trace)).isInstanceOf(BadRecordingException.class).hasMessageContaining("--tool=lackey");
        Path code = file("I  04001090,3\n");
        assertThatThrownBy(() -> new AccessReplay(Optional.empty(), 0, Processors.USUAL_NUMBERS).compare(code, List.of(Policy.named("never"))))
                .isInstanceOf(BadRecordingException.class).hasMessageContaining("instruction fetches only");
        Path kernel = file(" L ffff800000001000,8\n");
        assertThatThrownBy(() -> new AccessReplay(Optional.empty(), 0, Processors.USUAL_NUMBERS).compare(kernel, List.of(Policy.named("never"))))
                .isInstanceOf(BadRecordingException.class).hasMessageContaining("0xffff800000001000");
    }

    @Test
    void a_gzip_trace_that_is_cut_off_says_after_which_line() throws Exception {
        Path trace = directory.resolve("cut.gz");
        Random random = new Random(1);
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(trace))) {
            for (int i = 0; i < 20_000; i++) {
                out.write((" L " + Integer.toHexString(random.nextInt(1 << 30)) + ",8\n").getBytes(StandardCharsets.US_ASCII));
            }
        }
        byte[] whole = Files.readAllBytes(trace);
        Files.write(trace, java.util.Arrays.copyOf(whole, whole.length / 2));
        assertThatThrownBy(() -> read(trace)).isInstanceOf(BadRecordingException.class).hasMessageMatching(".*cut\\.gz: the gzip file is cut off after line \\d+; .*");

        Files.write(trace, java.util.Arrays.copyOf(whole, 4));
        assertThatThrownBy(() -> read(trace)).isInstanceOf(BadRecordingException.class).hasMessageContaining("in its first bytes");
    }

    @Test
    void damaged_traces_are_read_without_an_exception() throws Exception {
        String good = " L 04222c40,8\n S 1ffeffe7d0,4\nI  04001090,3\n0x00007fff2e0a5c78:  8, w\n 77 read  8 byte(s) @ 0x7f01 by\n a: mem-loads: 7f\n";
        Random random = new Random(3);
        for (int i = 0; i < 2_000; i++) {
            byte[] bytes = (good + good).getBytes(StandardCharsets.US_ASCII);
            for (int k = 0; k < 6; k++) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(128);
            }
            Path trace = Files.write(directory.resolve("damaged.txt"), bytes);
            AccessTraceReader reader = new AccessTraceReader();
            try {
                reader.read(trace, (address, size, kind) -> assertThat(size).isPositive());
            } catch (BadRecordingException e) {
                assertThat(reader.accesses()).isZero();
            }
        }
    }

    @Test
    void a_huge_page_takes_one_walk_where_base_pages_take_one_each() throws Exception {
        Path trace = directory.resolve("sweep.gz");
        long heap = 0x7f0000000000L;
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(trace))) {
            StringBuilder text = new StringBuilder("I  00400000,4\n L 00401000,8\n");
            for (int round = 0; round < 2; round++) {
                for (int page = 0; page < 4096; page++) {
                    text.append(" S ").append(Long.toHexString(heap + page * 4096L)).append(",8\n");
                }
            }
            text.append(" L ").append(Long.toHexString(heap + 4095)).append(",2\n");
            out.write(text.toString().getBytes(StandardCharsets.US_ASCII));
        }

        AccessComparison c = new AccessReplay(Optional.empty(), 0, Processors.USUAL_NUMBERS).compare(trace, List.of(Policy.named("never"), Policy.named("always")));

        assertThat(c.accesses()).isEqualTo(8194);
        assertThat(c.fetches()).isEqualTo(1);
        assertThat(c.areas()).isEqualTo(2);
        AccessComparison.Result never = c.results().get(0);
        AccessComparison.Result always = c.results().get(1);
        // 4,096 pages are more than 1,536 entries, which a sweep in order never finds again; the last access crosses a border.
        assertThat(never.faults()).isEqualTo(4097);
        assertThat(never.counts().accesses()).isEqualTo(8195);
        assertThat(never.counts().walks()).isEqualTo(1 + 2 * 4096 + 2);
        assertThat(always.faults()).isEqualTo(1 + 8);
        assertThat(always.hugeKb()).isEqualTo(16 << 10);
        assertThat(always.counts().walks()).isEqualTo(1 + 8);
    }
}
