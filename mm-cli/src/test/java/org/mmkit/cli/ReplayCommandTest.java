package org.mmkit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonParser;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code mm replay} as a user calls it. */
class ReplayCommandTest {

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @TempDir
    private Path directory;

    private static Path recordings() {
        Path at = Path.of("").toAbsolutePath();
        while (!Files.isDirectory(at.resolve("examples/recordings"))) {
            at = at.getParent();
        }
        return at.resolve("examples/recordings");
    }

    private int run(String... args) {
        out.reset();
        err.reset();
        return new CommandLineRunner(new PrintStream(out, true, StandardCharsets.UTF_8), new PrintStream(err, true, StandardCharsets.UTF_8)).run(args);
    }

    private String out() {
        return out.toString(StandardCharsets.UTF_8);
    }

    private String err() {
        return err.toString(StandardCharsets.UTF_8);
    }

    private static String recording(String name) {
        return recordings().resolve(name + ".perf.txt.gz").toString();
    }

    @Test
    void a_recording_is_compared_and_a_page_written() throws Exception {
        Path page = directory.resolve("page.html");

        assertThat(run("replay", recording("sort-lines"), "--report", page.toString())).isEqualTo(ExitCode.DONE);

        assertThat(out()).contains("self-check   1,662 of 1,662", "64 kB", "Apply:", "Report: " + page);
        assertThat(Files.readString(page)).startsWith("<!DOCTYPE html>").contains("</html>");
        assertThat(err()).isEmpty();
    }

    @Test
    void allocation_policies_are_compared_like_settings() throws Exception {
        Path page = directory.resolve("page.html");

        assertThat(run("replay", recording("sort-lines"), "--policy", "linux,reservation,ingens", "--json", "-", "--report", "none"))
                .isEqualTo(ExitCode.DONE);
        JsonArray policies = JsonParser.parseString(out()).getAsJsonObject().getAsJsonArray("policies");
        assertThat(policies.asList()).extracting(p -> p.getAsJsonObject().get("pagePolicy").getAsString())
                .containsExactly("linux", "reservation", "ingens");
        assertThat(policies.asList()).extracting(p -> p.getAsJsonObject().get("userFaults").getAsLong())
                .satisfies(faults -> assertThat(faults.get(0)).isLessThan(faults.get(1)));

        assertThat(run("replay", recording("sort-lines"), "--thp", "madvise,always", "--policy", "linux,reservation", "--report", page.toString()))
                .isEqualTo(ExitCode.DONE);
        assertThat(out()).contains("madvise linux", "always reservation");
        assertThat(Files.readString(page)).contains("always reservation");
        assertThat(run("replay", recording("sort-lines"), "--policy", "superpages", "--report", "none")).isEqualTo(ExitCode.USAGE);
        assertThat(err()).contains("no policy \"superpages\"; there are ingens, linux, reservation");
    }

    @Test
    void json_on_standard_output_is_alone_there() {
        assertThat(run("replay", recording("git-repack"), "--thp", "always", "--json", "-", "--report", "none")).isEqualTo(ExitCode.DONE);

        assertThat(JsonParser.parseString(out()).getAsJsonObject().getAsJsonArray("policies")).hasSize(1);
    }

    @Test
    void against_measurements_it_exits_by_the_outcome() throws Exception {
        String truth = recordings().resolve("xz-compress.truth.jsonl").toString();
        Path wrong = directory.resolve("wrong.jsonl");
        Files.writeString(wrong, Files.readString(Path.of(truth)).replace("\"user_faults\":1492", "\"user_faults\":1600"));

        assertThat(run("replay", recording("xz-compress"), "--report", "none", "--against", truth)).isEqualTo(ExitCode.DONE);
        assertThat(out()).contains("exact");
        assertThat(run("replay", recording("xz-compress"), "--report", "none", "--against", wrong.toString())).isEqualTo(ExitCode.FAILED);
        assertThat(out()).contains("-6.75 %");
    }

    @Test
    void a_matrix_names_what_varies() {
        assertThat(run("replay", recording("sort-lines"), "--report", "none", "--thp", "never,always", "--kernel", "4.12,6.18")).isEqualTo(ExitCode.DONE);

        assertThat(out()).contains("never on 4.12", "always on 4.12", "always on 6.18");
    }

    @Test
    void memory_full_of_unmovable_pages_has_no_huge_page_left() {
        assertThat(run("replay", recording("sort-lines"), "--report", "none", "--thp", "always", "--fragmentation", "1", "--memory", "512M"))
                .isEqualTo(ExitCode.DONE);

        assertThat(out()).containsPattern("page faults +1,662").containsPattern("huge folios +0");
    }

    @Test
    void pages_of_several_recordings_lie_where_the_option_says() {
        Path page = directory.resolve("page.html");

        assertThat(run("replay", recording("sort-lines"), recording("git-repack"), "--thp", "never", "--report", page.toString()))
                .isEqualTo(ExitCode.DONE);

        assertThat(directory.resolve("sort-lines-page.html")).isNotEmptyFile();
        assertThat(directory.resolve("git-repack-page.html")).isNotEmptyFile();
    }

    @Test
    void results_that_could_not_be_written_are_refused_before_the_replay() {
        Path missing = directory.resolve("missing").resolve("page.html");

        for (String option : List.of("--report", "--json")) {
            assertThat(run("replay", recording("sort-lines"), option, missing.toString())).isEqualTo(ExitCode.USAGE);
            assertThat(err()).contains(option + " " + missing + ": there is no directory " + missing.getParent());
            assertThat(run("replay", recording("sort-lines"), option, directory.toString())).isEqualTo(ExitCode.USAGE);
            assertThat(err()).contains(option + " " + directory + ": is a directory");
        }
        assertThat(out()).isEmpty();
    }

    @Test
    void a_cut_recording_is_replayed_but_not_recommended_from() throws Exception {
        byte[] whole = Files.readAllBytes(Path.of(recording("xz-compress")));
        Path cut = directory.resolve("cut.perf.txt.gz");
        Files.write(cut, Arrays.copyOf(whole, whole.length / 2));

        assertThat(run("replay", cut.toString(), "--report", "none")).isEqualTo(ExitCode.FAILED);

        assertThat(out()).contains("cut off", "No recommendation").doesNotContain("Apply:");
    }

    @Test
    void bad_input_is_one_line_and_exit_2() throws Exception {
        Path empty = Files.createFile(directory.resolve("empty"));
        Path text = Files.writeString(directory.resolve("text"), "hello\nworld\n");
        Path binary = Files.write(directory.resolve("binary"), new byte[] {(byte) 0xff, 0, (byte) 0xfe, 1});

        for (String[] args : new String[][] {
            {empty.toString()}, {text.toString()}, {directory.resolve("none").toString()}, {directory.toString()},
            {recording("sort-lines"), "--thp", "sometimes"}, {recording("sort-lines"), "--thp", "mthp48"},
            {recording("sort-lines"), "--memory", "lots"}, {recording("sort-lines"), "--fragmentation", "2"},
            {recording("sort-lines"), "--kernel", "3.10"}, {recording("sort-lines"), "--defrag", "maybe"},
            {recording("sort-lines"), "--khugepaged", "speed=1"}, {recording("sort-lines"), "--kernel", "4.12", "--thp", "mthp64"},
            {recording("sort-lines"), "--against", text.toString()}, {recording("sort-lines"), "--costs", text.toString()},
            {recording("sort-lines"), "--against", binary.toString()}, {recording("sort-lines"), "--costs", binary.toString()},
            {recording("sort-lines"), "--against", directory.toString()}, {recording("sort-lines"), "--against", empty.toString()},
            {recording("sort-lines"), "--threads", "0"}, {recording("sort-lines"), "--tlb-entries", "0"}, {recording("sort-lines"), "--asids", "3"},
            {recording("sort-lines"), "--touches", text.toString()}, {recording("sort-lines"), "--hugetlb", "3M=2"},
            {recording("sort-lines"), "--set", "ARM64_64K_PAGES=y"}, {recording("sort-lines"), "--plugins", text.toString()}
        }) {
            String[] all = new String[args.length + 3];
            all[0] = "replay";
            System.arraycopy(args, 0, all, 1, args.length);
            all[args.length + 1] = "--report";
            all[args.length + 2] = "none";

            assertThat(run(all)).as(String.join(" ", args)).isEqualTo(ExitCode.USAGE);
            assertThat(err().strip().lines()).as(String.join(" ", args)).hasSize(1);
            assertThat(err()).doesNotContain("Exception", "\tat ");
        }
    }
}
