package org.mmkit.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.mmkit.core.Machine;
import org.mmkit.scenario.syntax.ScenarioParser;

/**
 * Scenarios that ran on Linux 6.18 with the tracepoints of their first line on; beside each lies what the kernel's trace said, without
 * times, and with frames and address spaces made anonymous. The lines of a kernel thread, which made more passes there than were asked for,
 * are compared as a set.
 */
class TracedScenariosTest {

    private static final String EVENTS = "# events: ";
    private static final Pattern RECORD = Pattern.compile("\\s*(.*)-\\d+\\s+\\[\\d+\\] \\S+\\s+[\\d.]+: (.*)");

    private static Path traces() {
        Path here = Path.of("src", "test", "traces");
        return Files.isDirectory(here) ? here : Path.of("mm-scenario").resolve(here);
    }

    @TestFactory
    Stream<DynamicTest> T15_a_trace_has_the_lines_of_the_kernels() throws IOException {
        List<Path> files;
        try (Stream<Path> all = Files.list(traces())) {
            files = all.filter(path -> path.toString().endsWith(".mm")).sorted().toList();
        }
        assertThat(files).isNotEmpty();
        return files.stream().map(file -> DynamicTest.dynamicTest(file.getFileName().toString(), () -> compare(file)));
    }

    private static void compare(Path file) throws Exception {
        String text = Files.readString(file);
        assertThat(text).startsWith(EVENTS);
        Machine machine = ScenarioRunner.machine().build();
        for (String system : text.lines().findFirst().orElseThrow().substring(EVENTS.length()).split(" ")) {
            machine.write("/sys/kernel/tracing/events/" + system + "/enable", "1\n");
        }
        List<JsonObject> rows = new ArrayList<>();
        ScenarioRunner.run(ScenarioParser.parse(file.toString(), text), machine, rows::add);

        List<String> lines = new ArrayList<>();
        SortedSet<String> threads = new TreeSet<>();
        for (String line : machine.read("/sys/kernel/tracing/trace").lines().filter(l -> !l.startsWith("#")).toList()) {
            Matcher m = RECORD.matcher(line);
            assertThat(m.matches()).as(line).isTrue();
            boolean thread = m.group(1).contains("khugepaged");
            if (!thread || text.contains("khugepaged(")) {
                (thread ? threads : lines).add((thread ? "khugepaged " : "task ") + anonymous(m.group(2)));
            }
        }
        lines.addAll(threads);
        assertThat(lines).isEqualTo(Files.readAllLines(Path.of(file.toString().replaceFirst("\\.mm$", ".trace"))));
    }

    private static String anonymous(String record) {
        String out = record.replaceAll("mm=[0-9a-f]+", "mm=M").replace("pfn=0x" + "f".repeat(16), "pfn=none").replaceAll("pfn=0x[0-9a-f]+", "pfn=X");
        // What the kernel takes for a folio there is an entry of a swapped page: a number without meaning.
        return out.contains("scan_file") && out.contains("exceed_swap") ? out.replace("scan_pfn=none", "scan_pfn=X") : out;
    }
}
