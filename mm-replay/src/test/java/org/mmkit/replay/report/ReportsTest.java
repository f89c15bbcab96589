package org.mmkit.replay.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.PrintWriter;
import java.io.StringReader;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.mmkit.replay.compare.Options;
import org.mmkit.replay.compare.PolicyComparison;
import org.mmkit.replay.compare.Truth;
import org.mmkit.replay.cost.CostModel;
import org.mmkit.replay.model.Comparison;
import org.mmkit.replay.model.Policy;
import org.mmkit.replay.reader.RecordingReader;
import org.xml.sax.InputSource;

class ReportsTest {

    private static Path recordings;
    private static Comparison comparison;

    @BeforeAll
    static void replay() throws Exception {
        Path at = Path.of("").toAbsolutePath();
        while (!Files.isDirectory(at.resolve("examples/recordings"))) {
            at = at.getParent();
        }
        recordings = at.resolve("examples/recordings");
        comparison = new PolicyComparison(Options.standard()).compare(
                new RecordingReader().read(recordings.resolve("xz-compress.perf.txt.gz")),
                Stream.of("never", "madvise", "always", "mthp64").map(Policy::named).toList());
    }

    private static String text(Consumer<PrintWriter> writer) {
        StringWriter out = new StringWriter();
        writer.accept(new PrintWriter(out, true));
        return out.toString();
    }

    @Test
    void the_terminal_shows_program_selfcheck_table_advice_and_commands() {
        String text = text(out -> new TerminalReport(false).print(comparison, out));

        assertThat(text.lines().findFirst().orElseThrow()).startsWith("xz and ").contains("11,299 page faults").contains("with huge pages off");
        assertThat(text).contains("self-check   11,299 of 11,299 faults reproduced");
        assertThat(text).containsPattern("page faults +11,299 +11,299 +1,492 +3,924");
        assertThat(text).containsPattern("huge folios +0 +0 +22 \\(2M\\) +492 \\(64K\\)");
        assertThat(text).contains("Apply:  echo ");
        assertThat(text.lines().filter(l -> l.contains("page faults") || l.contains("peak RSS")).count()).isGreaterThanOrEqualTo(2);
    }

    @Test
    void the_detailed_table_has_more_rows() {
        assertThat(text(out -> new TerminalReport(true).print(comparison, out))).contains("copy on write", "page tables", "TLB reach", "fallbacks 2M");
    }

    @Test
    void the_json_has_the_promised_fields() {
        JsonObject json = JsonParser.parseString(text(out -> new JsonReport().write(comparison, out))).getAsJsonObject();

        assertThat(json.get("schemaVersion").getAsInt()).isEqualTo(1);
        assertThat(json.get("recording").getAsString()).isEqualTo("xz-compress");
        assertThat(json.getAsJsonObject("selfCheck").get("recorded").getAsLong()).isEqualTo(11_299);
        assertThat(json.getAsJsonObject("selfCheck").get("reproduced").getAsLong()).isEqualTo(11_299);
        JsonArray policies = json.getAsJsonArray("policies");
        assertThat(policies).hasSize(4);
        JsonObject always = policies.get(2).getAsJsonObject();
        assertThat(always.get("policy").getAsString()).isEqualTo("always");
        assertThat(always.get("userFaults").getAsLong()).isEqualTo(1_492);
        assertThat(always.get("kernelFaults").getAsLong()).isEqualTo(13);
        assertThat(always.getAsJsonObject("foliosFaulted").get("2048kB").getAsLong()).isEqualTo(22);
        assertThat(policies.get(3).getAsJsonObject().getAsJsonObject("foliosFaulted").get("64kB").getAsLong()).isEqualTo(492);
        for (String field : List.of("anonymousFaults", "maxRssKb", "finalRssKb", "peakAnonHugeKb", "bloatKb", "bytesZeroed", "bytesCopied",
                "peakPageTablesKb", "pmdSplits", "collapses", "copyOnWriteAfterFork")) {
            assertThat(always.has(field)).as(field).isTrue();
        }
        assertThat(always.get("bloatKb").getAsLong()).isPositive();
        assertThat(json.getAsJsonObject("advice").getAsJsonArray("apply")).isNotEmpty();
    }

    @Test
    void several_recordings_make_an_array() {
        assertThat(JsonParser.parseString(text(out -> new JsonReport().write(List.of(comparison, comparison), out))).getAsJsonArray()).hasSize(2);
    }

    @Test
    void the_page_is_whole_and_needs_nothing_else() throws Exception {
        String page = text(out -> new HtmlReport().write(comparison, CostModel.standard(), out));

        assertThat(page).contains("<polyline", "rect class=\"huge\"", "rect class=\"waste\"", "rect class=\"large\"", "echo ");
        assertThat(page.replace("http://www.w3.org", "")).doesNotContain("http://", "https://", "<script", "src=", "NaN", "Infinity");
        String xml = page.replaceFirst("<!DOCTYPE html>", "").replaceAll("<meta [^>]*>", "");
        DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(new InputSource(new StringReader(xml)));
    }

    @Test
    void a_measurement_is_held_against_a_khugepaged_that_is_awake_and_one_that_is_asleep() throws Exception {
        Comparison both = new PolicyComparison(Options.standard()).asleepToo().compare(
                new RecordingReader().read(recordings.resolve("sqlite-orders.perf.txt.gz")), List.of(Policy.named("never"), Policy.named("always")));
        Truth truth = Truth.read(recordings.resolve("sqlite-orders.truth.jsonl"));

        String text = text(out -> new AgainstReport().print(both, truth, 0.005, out));

        assertThat(both.asleep()).hasSize(1);
        assertThat(both.asleep().get(0).work().collapses()).isZero();
        assertThat(text).contains("always: 3,918 user faults if khugepaged looks at the program at once, 3,921 if it sleeps throughout", "exactly the latter.");
    }

    @Test
    void the_comparison_with_measurements_says_exact_and_agrees() throws Exception {
        Truth truth = Truth.read(recordings.resolve("xz-compress.truth.jsonl"));
        boolean[] agrees = new boolean[1];

        String text = text(out -> agrees[0] = new AgainstReport().print(comparison, truth, 0.005, out));

        assertThat(agrees[0]).isTrue();
        assertThat(text).doesNotContain("khugepaged");
        assertThat(text).containsPattern("always +1,492 +1,492 +exact +13 +13 +22x2M +22x2M");
    }
}
