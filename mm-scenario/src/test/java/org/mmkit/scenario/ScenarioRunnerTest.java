package org.mmkit.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.mmkit.scenario.record.Recording;
import org.mmkit.scenario.syntax.ScenarioException;
import org.mmkit.scenario.syntax.ScenarioParser;

class ScenarioRunnerTest {

    private static List<String> rows(String... lines) throws ScenarioException {
        List<String> rows = new ArrayList<>();
        ScenarioRunner.run(ScenarioParser.parse("t.mm", String.join("\n", lines)), ScenarioRunner.machine().build(),
                row -> rows.add(Recording.line(row)));
        return rows;
    }

    @Test
    void rows_have_the_format_of_a_recording() throws Exception {
        assertThat(rows(
                "a = mmap(0x100100000000, 16K, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED, -1, 0)",
                "store(a+4K, 4K, 2K, 300)",
                "load(a, 16K)",
                "store(a, 20K)",
                "pagemap(a, 16K)",
                "munmap(a, 0)",
                "mmap(0, 4K, PROT_READ, MAP_PRIVATE|MAP_ANONYMOUS, -1, 0)",
                "aligned(a, 8K)"))
                .containsExactly(
                        "{\"line\":1,\"kind\":\"call\",\"op\":\"mmap\",\"ret\":\"0x100100000000\"}",
                        "{\"line\":2,\"kind\":\"store\",\"faults\":1}",
                        "{\"line\":3,\"kind\":\"load\",\"values\":[[1,0],[1,44],[2,0]],\"faults\":3}",
                        "{\"line\":4,\"kind\":\"store\",\"signal\":\"SIGSEGV\",\"at\":16384}",
                        "{\"line\":5,\"kind\":\"pagemap\",\"runs\":[[\"pte anon o0\",4]]}",
                        "{\"line\":6,\"kind\":\"call\",\"op\":\"munmap\",\"ret\":-1,\"errno\":\"EINVAL\"}",
                        "{\"line\":7,\"kind\":\"call\",\"op\":\"mmap\",\"ret\":\"addr\"}",
                        "{\"line\":8,\"kind\":\"aligned\",\"value\":true}");
    }

    @Test
    void a_child_has_its_own_variables_and_memory_and_its_brace_is_recorded() throws Exception {
        assertThat(rows(
                "a = mmap(0x100100000000, 4K, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED, -1, 0)",
                "store(a)",
                "v = 2",
                "child {",
                "v = 7",
                "store(a, 1, 4K, v)",
                "parent {",
                "store(a, 1, 4K, v)",
                "}",
                "load(a)",
                "}",
                "load(a)"))
                .contains(
                        "{\"line\":10,\"kind\":\"load\",\"values\":[[1,7]],\"faults\":0}",
                        "{\"line\":11,\"kind\":\"child\",\"exit\":0}",
                        "{\"line\":12,\"kind\":\"load\",\"values\":[[1,2]],\"faults\":0}");
    }

    @Test
    void at_most_63_runs_of_values_are_given() throws Exception {
        String row = rows(
                "a = mmap(0x100100000000, 512K, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED, -1, 0)",
                "store(a, 512K, 8K)",
                "load(a, 512K)").get(2);

        assertThat(row).endsWith("[1,0],[33,1]],\"faults\":64}");
        assertThat(row.split("],\\[", -1)).hasSize(63);
    }

    @Test
    void what_cannot_be_carried_out_names_the_line() {
        assertThatThrownBy(() -> rows("store(4K, 8K, 0)"))
                .isInstanceOf(ScenarioException.class).hasMessage("t.mm:1: a step of 0 never ends; write 1 or more");
        assertThatThrownBy(() -> rows("x = \"a\"", "y = x + 1"))
                .isInstanceOf(ScenarioException.class).hasMessage("t.mm:2:5: 'x' is a string; expected a number");
    }
}
