package org.mmkit.kconfig.lint;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.mmkit.kconfig.Trees;
import org.mmkit.kconfig.export.FindingReports;

class LinterTest {

    private static List<String> lint(String text) {
        return new Linter(Trees.tree(text)).lint(List.of()).stream().map(Finding::toString).toList();
    }

    @Test
    void H06_help_on_a_symbol_that_no_prompt_exposes_is_warned_of_and_the_reverse_is_not() {
        assertThat(lint("""
                config HUGETLB_PAGE_FREE_VMEMMAP
                	def_bool y
                	help
                	  Nobody reads this.

                config VISIBLE
                	bool "visible, without help"
                """)).containsExactly("Kconfig:1: help-without-prompt: help text of HUGETLB_PAGE_FREE_VMEMMAP, which no"
                + " prompt exposes, is shown nowhere");
    }

    @Test
    void K02_a_select_that_may_leave_a_dependency_unmet_is_found() {
        assertThat(lint("""
                config A
                	bool "a"
                	select B
                config B
                	bool "b"
                	depends on C && D
                config C
                	bool "c"
                config D
                	def_bool A
                """)).containsExactly("Kconfig:3: unmet-select: A selects B, which depends on C && D");
    }

    @Test
    void K02_a_select_whose_dependencies_hold_along_the_chain_is_fine() {
        assertThat(lint("""
                config C
                	bool "c"
                	depends on D
                config D
                	bool "d"
                config A
                	bool "a"
                	depends on C
                	select B
                config B
                	bool "b"
                	depends on D || E
                config E
                	bool "e"
                """)).isEmpty();
    }

    @Test
    void K02_dead_defaults_unreachable_symbols_and_pointless_selects_are_found() {
        assertThat(lint("""
                config A
                	int
                	default 1
                	default 2 if B
                config B
                	bool
                choice
                	prompt "c"
                config M
                	bool "m"
                endchoice
                config S
                	bool "s"
                	select M
                	select NOWHERE
                	depends on UNDEF
                """)).containsExactly(
                "Kconfig:4: dead-default: this default of A never applies, since the one at Kconfig:3 always does",
                "Kconfig:5: unreachable-symbol: B has no prompt and no default but n, and nothing selects it",
                "Kconfig:16: undefined-symbol: UNDEF is defined nowhere, so it is always n",
                "Kconfig:14: select-of-choice-member: S selects M, a member of a choice, which has no effect",
                "Kconfig:15: undefined-target: S selects NOWHERE, which is defined nowhere");
    }

    @Test
    void findings_come_out_as_sarif_with_rule_file_and_line() {
        StringBuilder out = new StringBuilder();
        FindingReports.sarif(new Linter(Trees.tree("config B\n\tbool\n")).lint(List.of()), out);

        JsonObject run = JsonParser.parseString(out.toString()).getAsJsonObject().getAsJsonArray("runs").get(0)
                .getAsJsonObject();
        JsonObject result = run.getAsJsonArray("results").get(0).getAsJsonObject();
        assertThat(result.get("ruleId").getAsString()).isEqualTo("unreachable-symbol");
        JsonObject place = result.getAsJsonArray("locations").get(0).getAsJsonObject()
                .getAsJsonObject("physicalLocation");
        assertThat(place.getAsJsonObject("artifactLocation").get("uri").getAsString()).isEqualTo("Kconfig");
        assertThat(place.getAsJsonObject("region").get("startLine").getAsInt()).isEqualTo(1);
    }
}
