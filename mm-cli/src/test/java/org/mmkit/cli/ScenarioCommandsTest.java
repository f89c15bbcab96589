package org.mmkit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code mm run} and {@code mm verify} as a person calls them. */
class ScenarioCommandsTest {

    private static final String SCENARIO = "a = mmap(0x100100000000, 8K, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED, -1, 0)\n"
            + "store(a, 8K)\nsmaps(a, 8K)\n";

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @TempDir
    private Path folder;

    private int run(String... args) {
        return new CommandLineRunner(new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8)).run(args);
    }

    private String printed() {
        return out.toString(StandardCharsets.UTF_8);
    }

    private Path write(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text);
    }

    @Test
    void run_shows_each_line_with_its_answer() throws IOException {
        assertThat(run("run", write("s.mm", SCENARIO).toString())).isEqualTo(ExitCode.DONE);

        assertThat(printed().lines()).hasSize(4);
        assertThat(printed()).contains("= 0x100100000000", "faults=2", "start=0 end=8192 perm=rw-p Size=8 Rss=8");
    }

    @Test
    void run_with_json_prints_a_recording() throws IOException {
        assertThat(run("run", write("s.mm", SCENARIO).toString(), "--json", "-")).isEqualTo(ExitCode.DONE);

        assertThat(printed().lines().findFirst())
                .hasValue("{\"line\":1,\"kind\":\"call\",\"op\":\"mmap\",\"ret\":\"0x100100000000\"}");
    }

    @Test
    void T15_run_with_trace_writes_ftraces_text_and_says_how_long_allocations_waited() throws IOException {
        Path trace = folder.resolve("s.trace");

        assertThat(run("run", write("s.mm", SCENARIO).toString(), "--trace", trace.toString())).isEqualTo(ExitCode.DONE);

        assertThat(Files.readString(trace)).startsWith("# tracer: nop\n#\n").contains(": mm_page_alloc: page=", " order=0 migratetype=1 ");
        assertThat(printed()).contains("allocations ", "base pages ", "huge pages ")
                .containsPattern("base pages +[1-9][0-9]* +0 +0\\.0 +0\\.0 +0\\.0 +0\\.0");
    }

    @Test
    void verify_live_asks_a_recorder_until_it_repeats_itself_and_keeps_what_differs() throws IOException {
        write("s.mm", SCENARIO);
        write("s.rows", "{\"line\":1,\"kind\":\"call\",\"op\":\"mmap\",\"ret\":\"0x100100000000\"}\n"
                + "{\"line\":2,\"kind\":\"store\",\"faults\":1}\n");
        // The first answer differs from the later ones, as with noise from other processes.
        Path recorder = write("recorder", """
                echo run >> %1$s/runs
                [ $(wc -l < %1$s/runs) = 1 ] && echo '{"line":1,"kind":"noise"}'
                cat ${1%%.mm}.rows
                """.formatted(folder));
        Path kept = folder.resolve("kept");

        int status = run("verify", folder.toString(), "--live", "sh " + recorder, "--keep", kept.toString());

        assertThat(status).isEqualTo(ExitCode.FAILED);
        assertThat(printed()).contains("0 of 1 scenarios identical, 1 of 2 observations", "s.mm:2: store: faults: kernel 1, model 2");
        assertThat(Files.readAllLines(folder.resolve("runs"))).hasSize(4);
        assertThat(Files.readString(kept.resolve("s.mm"))).isEqualTo(SCENARIO);
        assertThat(kept.resolve("s.jsonl")).hasSameTextualContentAs(folder.resolve("s.rows"));
        assertThat(run("verify", folder.toString(), "--live", "sh " + folder.resolve("none"))).isEqualTo(ExitCode.USAGE);
        assertThat(err.toString(StandardCharsets.UTF_8)).contains("the recorder sh failed");
    }

    @Test
    void verify_counts_what_is_identical_and_says_where_the_rest_differs() throws IOException {
        write("s.mm", SCENARIO);
        write("s.jsonl", "{\"line\":1,\"kind\":\"call\",\"op\":\"mmap\",\"ret\":\"0x100100000000\"}\n"
                + "{\"line\":2,\"kind\":\"store\",\"faults\":1}\n");

        assertThat(run("verify", folder.toString())).isEqualTo(ExitCode.FAILED);

        assertThat(printed()).contains("0 of 1 scenarios identical, 1 of 2 observations identical",
                "s.mm:2: store: faults: kernel 1, model 2", "s.mm:3: smaps: not in the recording");
    }

    @Test
    void verify_of_a_recording_that_the_model_reproduces_succeeds() throws IOException {
        Path scenario = write("s.mm", SCENARIO);
        run("run", scenario.toString(), "--json", folder.resolve("s.jsonl").toString());

        assertThat(run("verify", folder.toString())).isEqualTo(ExitCode.DONE);
        assertThat(printed()).contains("1 of 1 scenarios identical, 3 of 3 observations identical");
    }

    @Test
    void bad_input_is_one_line_with_its_place() throws IOException {
        String bad = write("bad.mm", "\nx = (1").toString();

        assertThat(run("run", bad)).isEqualTo(ExitCode.USAGE);
        assertThat(err.toString(StandardCharsets.UTF_8).lines())
                .containsExactly("mm: " + bad + ":2:7: expected ')' to close the parenthesis, found the end of the line");

        assertThat(run("run", folder.resolve("none.mm").toString())).isEqualTo(ExitCode.USAGE);
        assertThat(run("run", folder.toString())).isEqualTo(ExitCode.USAGE);
        assertThat(run("verify", folder.toString())).isEqualTo(ExitCode.USAGE);
    }
}
