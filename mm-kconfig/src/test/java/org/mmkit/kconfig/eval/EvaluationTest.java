package org.mmkit.kconfig.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.mmkit.kconfig.Trees;
import org.mmkit.kconfig.config.ConfigurationEditor;
import org.mmkit.kconfig.config.ResolvedConfiguration;
import org.mmkit.kconfig.model.KconfigTree;
import org.mmkit.kconfig.model.Symbol;

/** Values as the language defines them. */
class EvaluationTest {

    private static final String MODULES = "config MODULES\n\tbool \"m\"\n\tmodules\n\tdefault y\n";

    @Test
    void K02_a_select_overrides_an_unmet_dependency() {
        ConfigurationEditor editor = Trees.editor("""
                config A
                	bool "a"
                	select B
                config B
                	bool "b"
                	depends on C
                config C
                	bool "c"
                """, "CONFIG_A=y");

        assertThat(editor.current().isEnabled("B")).isTrue();
        assertThat(editor.current().reason("B").sentence()).isEqualTo("B is y because A selects it");
    }

    @Test
    void K02_a_setting_is_remembered_while_invisible_and_comes_back() {
        ConfigurationEditor editor = Trees.editor("""
                config A
                	bool "a"
                config B
                	bool "b"
                	depends on A
                """, "CONFIG_B=y");
        assertThat(editor.current().isEnabled("B")).isFalse();
        assertThat(editor.edit().set("A", "y").commit().isEnabled("B")).isTrue();
        assertThat(editor.edit().set("A", "n").commit().isEnabled("B")).isFalse();
    }

    @Test
    void K02_an_implied_symbol_without_prompt_is_written_although_it_is_n() {
        ConfigurationEditor editor = Trees.editor("""
                config A
                	def_bool y
                	imply B
                config B
                	bool
                	depends on n
                """);
        assertThat(new String(editor.toDotConfig(), StandardCharsets.UTF_8)).contains("# CONFIG_B is not set\n");
    }

    @ParameterizedTest
    @CsvSource({"5, 10", "10, 10", "50, 50", "200, 100"})
    void K02_a_number_is_clamped_to_its_range(String set, String expected) {
        ConfigurationEditor editor = Trees.editor("""
                config N
                	int "n"
                	range 10 100
                """, "CONFIG_N=" + set);
        assertThat(editor.current().value("N")).isEqualTo(expected);
        assertThat(editor.current().number("N")).hasValue(Long.parseLong(expected));
    }

    @Test
    void K02_the_last_yes_in_the_file_wins_a_choice() {
        ConfigurationEditor editor = Trees.editor("""
                choice
                	prompt "pick"
                config A
                	bool "a"
                config B
                	bool "b"
                config C
                	bool "c"
                endchoice
                """, "CONFIG_A=y", "CONFIG_C=y", "CONFIG_B=y");
        assertThat(editor.current().isEnabled("B")).isTrue();
        assertThat(editor.current().isEnabled("A")).isFalse();
        assertThat(editor.current().isEnabled("C")).isFalse();
        assertThat(editor.current().reason("A").sentence()).isEqualTo("A is n because its choice picks B");
    }

    @Test
    void K02_without_modules_a_tristate_is_a_bool() {
        String text = MODULES + "config T\n\ttristate \"t\"\nconfig D\n\tdef_tristate T\n";
        assertThat(Trees.editor(text, "CONFIG_T=m").current().value("D")).isEqualTo("m");
        assertThat(Trees.editor(text, "# CONFIG_MODULES is not set", "CONFIG_T=m").current().value("D")).isEqualTo("y");
    }

    @ParameterizedTest
    @CsvSource({
            "A = 0x10, y", "A < 17, y", "A > 9, y", "A = 010, n", "UNDEF = \"UNDEF\", y", "UNDEF, n", "A, n",
            "H = 0x10, y", "H = 16, y", "H = 10, n", "S = \"x y\", y", "!A = 17, y"
    })
    void K02_relations_compare_numbers_as_numbers_and_other_values_as_texts(String expression, String expected) {
        ConfigurationEditor editor = Trees.editor("""
                config A
                	int
                	default 16
                config H
                	hex
                	default 0x10
                config S
                	string
                	default "x y"
                config R
                	def_bool %s
                """.formatted(expression));
        assertThat(editor.current().isEnabled("R")).isEqualTo(expected.equals("y"));
    }

    @Test
    void K02_a_transitional_symbol_carries_an_old_value_over_and_is_not_written() {
        ConfigurationEditor editor = Trees.editor("""
                config NEW
                	string "new"
                	default OLD
                config OLD
                	string
                	transitional
                """, "CONFIG_OLD=\"kept\"");
        assertThat(editor.current().value("NEW")).isEqualTo("kept");
        assertThat(new String(editor.toDotConfig(), StandardCharsets.UTF_8)).doesNotContain("CONFIG_OLD");
    }

    @Test
    void K02_depends_on_with_a_condition_matters_only_when_the_condition_holds() {
        String text = """
                config A
                	bool "a"
                config B
                	bool "b"
                config X
                	bool "x"
                	depends on A if B
                """;
        assertThat(Trees.editor(text, "CONFIG_X=y").current().isEnabled("X")).isTrue();
        assertThat(Trees.editor(text, "CONFIG_X=y", "CONFIG_B=y").current().isEnabled("X")).isFalse();
        assertThat(Trees.editor(text, "CONFIG_X=y", "CONFIG_B=y", "CONFIG_A=y").current().isEnabled("X")).isTrue();
    }

    @Test
    void K02_a_value_that_does_not_fit_the_type_is_refused_and_changes_nothing() {
        ConfigurationEditor editor = Trees.editor("config N\n\tint \"n\"\n\tdefault 3\n");
        assertThatThrownBy(() -> editor.edit().set("N", "07").commit())
                .isInstanceOf(IllegalArgumentException.class).hasMessage("'07' is no value of N, which is int");
        assertThat(editor.current().value("N")).isEqualTo("3");
    }

    @Test
    void K02_a_configuration_is_a_snapshot_that_later_changes_do_not_touch() {
        ConfigurationEditor editor = Trees.editor("config A\n\tbool \"a\"\n");
        ResolvedConfiguration before = editor.current();
        ResolvedConfiguration after = editor.edit().set("A", "y").commit();
        assertThat(before.isEnabled("A")).isFalse();
        assertThat(after.isEnabled("A")).isTrue();
        assertThat(editor.current()).isSameAs(after);
    }

    /** Random trees and random changes: what the incremental update finds is what a fresh evaluation finds. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16})
    void K02_a_change_gives_what_a_fresh_evaluation_gives(long seed) {
        Random random = new Random(seed);
        KconfigTree tree = Trees.tree(RandomKconfig.text(random, 80));
        ConfigurationEditor editor = new ConfigurationEditor(tree);
        for (int round = 0; round < 60; round++) {
            ConfigurationEditor.Edit edit = editor.edit();
            for (int i = random.nextInt(3); i >= 0; i--) {
                String name = "S" + random.nextInt(80);
                Symbol s = tree.find(name);
                if (s == null || !s.isDefined()) {
                    continue;
                }
                if (random.nextInt(4) == 0) {
                    edit.unset(name);
                } else {
                    edit.set(name, RandomKconfig.value(random, s.type()));
                }
            }
            ResolvedConfiguration incremental = edit.commit();
            ResolvedConfiguration fresh = editor.copy().current();
            for (Symbol s : tree.symbols()) {
                assertThat(incremental.values().value(s)).as("seed %d round %d %s", seed, round, s)
                        .isEqualTo(fresh.values().value(s));
                assertThat(incremental.values().isWritten(s)).as("seed %d round %d %s written", seed, round, s)
                        .isEqualTo(fresh.values().isWritten(s));
            }
        }
    }
}
