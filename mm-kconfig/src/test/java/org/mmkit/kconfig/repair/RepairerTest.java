package org.mmkit.kconfig.repair;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.mmkit.kconfig.Trees;
import org.mmkit.kconfig.config.ConfigurationEditor;

class RepairerTest {

    private static List<String> settings(Repair repair) {
        return repair.settings().stream().map(s -> s.symbol() + "=" + s.after()).toList();
    }

    private static RepairResult find(ConfigurationEditor editor, Map<String, String> wishes, int alternatives) {
        return new Repairer(editor, 60_000).find(wishes, alternatives);
    }

    @Test
    void K04_the_fewest_settings_come_first_and_alternatives_follow() {
        ConfigurationEditor editor = Trees.editor("""
                config A
                	bool "a"
                config B
                	bool "b"
                	depends on A
                config C
                	bool "c"
                config X
                	bool "x"
                	depends on B || C
                """);

        RepairResult result = find(editor, Map.of("X", "y"), 5);

        assertThat(settings(result.repairs().get(0))).containsExactly("C=y", "X=y");
        assertThat(settings(result.repairs().get(1))).containsExactlyInAnyOrder("A=y", "B=y", "X=y");
        assertThat(editor.current().isEnabled("X")).isFalse();
    }

    @Test
    void K04_a_symbol_without_a_prompt_is_reached_through_its_selectors() {
        ConfigurationEditor editor = Trees.editor("""
                config LIB
                	bool
                config DRIVER
                	bool "driver"
                	depends on BUS
                	select LIB
                config BUS
                	bool "bus"
                """);

        assertThat(settings(find(editor, Map.of("LIB", "y"), 1).repairs().get(0)))
                .containsExactlyInAnyOrder("BUS=y", "DRIVER=y");
    }

    @Test
    void K04_a_symbol_is_turned_off_by_turning_off_what_selects_it() {
        ConfigurationEditor editor = Trees.editor("""
                config LIB
                	bool "lib"
                config DRIVER
                	bool "driver"
                	default y
                	select LIB
                """);

        assertThat(settings(find(editor, Map.of("LIB", "n"), 1).repairs().get(0))).containsExactly("DRIVER=n");
    }

    @Test
    void K04_a_choice_is_made_to_pick_the_wished_member() {
        ConfigurationEditor editor = Trees.editor("""
                config GATE
                	bool "gate"
                choice
                	prompt "pick"
                config A
                	bool "a"
                config B
                	bool "b"
                	depends on GATE
                endchoice
                """);

        RepairResult result = find(editor, Map.of("B", "y"), 1);

        assertThat(settings(result.repairs().get(0))).containsExactlyInAnyOrder("GATE=y", "B=y");
        assertThat(result.repairs().get(0).effects()).contains(new Repair.Setting("A", "y", "n"));
    }

    @Test
    void K04_impossible_wishes_are_named_and_no_others() {
        ConfigurationEditor editor = Trees.editor("""
                config A
                	bool "a"
                config B
                	bool "b"
                	depends on !A
                config C
                	bool "c"
                """);

        RepairResult result = find(editor, Map.of("A", "y", "B", "y", "C", "y"), 1);

        assertThat(result.repairs()).isEmpty();
        assertThat(result.contradiction()).extracting(TreeRule::toString).containsExactlyInAnyOrder("A=y", "B=y",
                "B depends on !A (Kconfig:5)");
    }

    @Test
    void K04_a_tristate_becomes_a_module_only_with_modules() {
        ConfigurationEditor editor = Trees.editor("""
                config MODULES
                	bool "modules"
                	modules
                config T
                	tristate "t"
                """);

        assertThat(settings(find(editor, Map.of("T", "m"), 1).repairs().get(0)))
                .containsExactlyInAnyOrder("MODULES=y", "T=m");
    }

    @Test
    void K04_one_impossible_wish_comes_with_the_chain_of_terms_that_forbids_it() {
        ConfigurationEditor editor = Trees.editor("""
                config A
                	bool "a"
                	depends on ELSEWHERE
                if A
                config B
                	bool "b"
                config LIB
                	bool
                endif
                config DRIVER
                	bool "driver"
                	depends on B && !NO_DRIVERS
                	select LIB
                config NO_DRIVERS
                	bool "none"
                """);

        RepairResult result = find(editor, Map.of("LIB", "y"), 1);

        assertThat(result.repairs()).isEmpty();
        assertThat(result.contradiction()).extracting(TreeRule::toString).containsExactly("LIB=y",
                "LIB has no prompt: only selects decide (Kconfig:7)",
                "everything here, B among it, depends on A (Kconfig:4)",
                "A depends on ELSEWHERE (Kconfig:3)",
                "no Kconfig file defines ELSEWHERE",
                "DRIVER depends on B (Kconfig:12)");
    }

    @Test
    void K04_a_value_that_must_stay_is_part_of_the_contradiction() {
        ConfigurationEditor editor = Trees.editor("""
                config A
                	bool "a"
                config B
                	bool "b"
                	depends on A
                """, "CONFIG_A=n");

        RepairResult result = new Repairer(editor, 60_000).find(Map.of("B", "y"), List.of("A"), 1);

        assertThat(result.contradiction()).extracting(TreeRule::toString).containsExactly("B=y", "A stays n",
                "B depends on A (Kconfig:5)");
    }

    @Test
    void K04_the_number_wished_for_is_set_itself_where_a_range_would_make_it_of_others_too() {
        ConfigurationEditor editor = Trees.editor("""
                config SMP
                	bool "smp"
                config END
                	int
                	default 512 if SMP
                	default 1
                config CPUS
                	int "cpus"
                	range 1 END
                	default 64
                config SMALL
                	bool "small"
                	depends on CPUS < 4096
                config LARGE
                	bool "large"
                	depends on CPUS > 4094
                """);

        assertThat(settings(find(editor, Map.of("CPUS", "512"), 1).repairs().get(0))).containsExactlyInAnyOrder("SMP=y", "CPUS=512");
    }

    @Test
    void K04_numbers_are_set_within_ranges_so_that_comparisons_hold() {
        ConfigurationEditor editor = Trees.editor("""
                config CPUS
                	int "cpus"
                	range 1 64 if !BIG
                	range 1 8192
                	default 8
                config BIG
                	bool "big"
                config X
                	bool "x"
                	depends on CPUS > 512
                """);

        Repair repair = find(editor, Map.of("X", "y"), 1).repairs().get(0);
        RepairResult impossible = find(editor, Map.of("CPUS", "9000"), 1);

        assertThat(settings(repair)).containsExactlyInAnyOrder("BIG=y", "CPUS=513", "X=y");
        assertThat(impossible.contradiction()).extracting(TreeRule::toString).containsExactly("CPUS=9000",
                "CPUS has the range 1 8192 (Kconfig:4)");
        assertThat(settings(find(editor, Map.of("CPUS", "65"), 1).repairs().get(0)))
                .containsExactlyInAnyOrder("BIG=y", "CPUS=65");
    }

    @Test
    void K04_modules_that_must_stay_off_forbid_m() {
        ConfigurationEditor editor = Trees.editor("""
                config MODULES
                	bool "modules"
                	modules
                config T
                	tristate "t"
                """);

        RepairResult result = new Repairer(editor, 60_000).find(Map.of("T", "m"), List.of("MODULES"), 1);

        assertThat(result.contradiction()).extracting(TreeRule::toString).containsExactly("T=m", "MODULES stays n");
    }
}
