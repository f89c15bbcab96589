package org.mmkit.kconfig.macro;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A cache file that several runs share, and that may be damaged. */
class ProbeCacheTest {

    @TempDir
    private Path directory;

    private ProbeCache open() {
        return new ProbeCache(directory.resolve("probes"), Map.of(), directory);
    }

    @Test
    void runs_at_the_same_time_never_see_a_wrong_answer_and_leave_no_part_behind() throws Exception {
        ExecutorService pool = Executors.newFixedThreadPool(8);
        List<Future<Integer>> runs = new ArrayList<>();
        for (int t = 0; t < 8; t++) {
            int run = t;
            runs.add(pool.submit(() -> {
                int known = 0;
                for (int round = 0; round < 40; round++) {
                    ProbeCache cache = open();
                    for (int k = 0; k < 50; k++) {
                        String answer = cache.get("key" + k);
                        if (answer != null) {
                            assertThat(answer).isEqualTo("answer\\n" + k);
                            known++;
                        }
                    }
                    cache.put("key" + (run * 5 + round) % 50, "answer\\n" + (run * 5 + round) % 50);
                    cache.save();
                }
                return known;
            }));
        }
        int known = 0;
        for (Future<Integer> run : runs) {
            known += run.get();
        }
        pool.shutdown();
        assertThat(known).isPositive();
        try (Stream<Path> files = Files.list(directory)) {
            assertThat(files).containsExactly(directory.resolve("probes"));
        }
    }

    @Test
    void damaged_lines_are_forgotten_and_nothing_else() throws IOException {
        ProbeCache cache = open();
        for (int k = 0; k < 20; k++) {
            cache.put("key" + k, "answer " + k);
        }
        cache.save();
        byte[] whole = Files.readAllBytes(directory.resolve("probes"));
        Random random = new Random(7);
        int kept = 0;
        for (int i = 0; i < 300; i++) {
            byte[] damaged = whole.clone();
            for (int n = random.nextInt(4); n >= 0; n--) {
                damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
            }
            int length = random.nextBoolean() ? damaged.length : random.nextInt(damaged.length);
            Files.write(directory.resolve("probes"), Arrays.copyOf(damaged, length));
            ProbeCache again = open();
            for (int k = 0; k < 20; k++) {
                String answer = again.get("key" + k);
                assertThat(answer == null || answer.equals("answer " + k)).as(answer).isTrue();
                kept += answer == null ? 0 : 1;
            }
        }
        assertThat(kept).isGreaterThan(1000);
        Files.write(directory.resolve("probes"), "no cache at all".getBytes(StandardCharsets.UTF_8));
        assertThat(open().get("key1")).isNull();
    }
}
