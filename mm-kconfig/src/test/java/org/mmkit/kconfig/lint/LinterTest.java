package org.mmkit.kconfig.lint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.mmkit.kconfig.Kconfig;
import org.mmkit.kconfig.Trees;
import org.mmkit.kconfig.config.ConfigurationEditor;
import org.mmkit.kconfig.export.FindingReports;
import org.mmkit.kconfig.model.KconfigException;
import org.mmkit.kconfig.model.KconfigTree;
import org.mmkit.kconfig.parser.SourceFiles;

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
                """)).containsExactly("Kconfig:3: unmet-select: A selects B, which depends on C; see A=y");
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
    void K02_a_select_that_is_in_order_only_by_cases_is_fine() {
        assertThat(lint("""
                config A
                	bool "a"
                	depends on C || D
                	select B
                config B
                	bool "b"
                	depends on E
                config C
                	bool "c"
                	depends on E
                config D
                	bool "d"
                	depends on E && F
                config E
                	bool "e"
                config F
                	bool "f"
                """)).isEmpty();
    }

    @Test
    void K02_an_unmet_select_is_proved_by_settings_that_show_it_and_blamed_where_it_begins() {
        String text = """
                config A
                	bool "a"
                	select B if N > 3
                config N
                	int "n"
                	default 1
                config B
                	tristate "b"
                	depends on C
                	select D
                config C
                	bool "c"
                config D
                	bool "d"
                	depends on C
                """;
        List<Finding> findings = new Linter(Trees.tree(text)).lint(List.of());

        assertThat(findings).singleElement().extracting(Finding::symbol).isEqualTo("A");
        List<String> settings = findings.get(0).proof();
        ConfigurationEditor editor = Trees.editor(text, settings.stream().map(s -> "CONFIG_" + s).toArray(String[]::new));
        assertThat(settings).containsExactlyInAnyOrder("A=y", "N=4");
        assertThat(editor.current().isEnabled("B")).isTrue();
        assertThat(editor.current().isEnabled("C")).isFalse();
    }

    @Test
    void K02_what_only_another_architecture_defines_is_one_note_with_the_number_of_references(@TempDir Path directory)
            throws IOException {
        Files.writeString(directory.resolve("Kconfig"), """
                config A
                	bool "a"
                	depends on ARM || TYPO
                config B
                	bool "b" if ARM
                	select ARM64
                """);
        Files.createDirectories(directory.resolve("arch/arm"));
        Files.writeString(directory.resolve("arch/arm/Kconfig"), "config ARM\n\tdef_bool y\nconfig ARM64\n\tdef_bool n\n");
        KconfigTree tree = Kconfig.below(directory).parse("Kconfig");

        List<Finding> findings = new Linter(tree, Set.of(Rule.UNDEFINED_SYMBOL, Rule.UNDEFINED_TARGET),
                SymbolsElsewhere.below(directory, tree.files()), SourceFiles.directories(directory, null)).lint(List.of());

        assertThat(findings).extracting(f -> f.level().id() + " " + f).containsExactly(
                "warning Kconfig:3:20: undefined-symbol: TYPO is defined nowhere, so it is always n",
                "note Kconfig:6:9: undefined-target: B selects ARM64, which is defined by files of other architectures only",
                "note Kconfig:3:13: undefined-symbol: ARM is defined by files of other architectures only, so it is n"
                        + " here; 2 references");
    }

    @Test
    void K02_a_circle_of_dependencies_is_a_finding_at_its_first_symbol() {
        assertThatThrownBy(() -> Trees.tree("config A\n\tbool\n\tdepends on B\nconfig B\n\tbool\n\tdepends on A\n"))
                .isInstanceOfSatisfying(KconfigException.class, e -> assertThat(Linter.ofDiagnostics(e.diagnostics()))
                        .singleElement().satisfies(f -> {
                            assertThat(f.rule()).isEqualTo(Rule.RECURSIVE_DEPENDENCY);
                            assertThat(f.position()).hasToString("Kconfig:1");
                        }));
    }

    @Test
    void K02_a_contradictory_dependency_makes_a_symbol_unreachable() {
        assertThat(lint("""
                config A
                	bool "a"
                config B
                	bool "b"
                	depends on A && !A
                """)).containsExactly("Kconfig:3: unreachable-symbol: B depends on A && !A, which is always n");
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
