package org.mmkit.kconfig;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.mmkit.api.config.Reason;
import org.mmkit.api.config.Tristate;
import org.mmkit.kconfig.config.ConfigurationEditor;
import org.mmkit.kconfig.config.LoadReport;
import org.mmkit.kconfig.config.ResolvedConfiguration;
import org.mmkit.kconfig.explain.Explainer;
import org.mmkit.kconfig.explain.Explanation;
import org.mmkit.kconfig.model.KconfigException;
import org.mmkit.kconfig.model.KconfigTree;

/** Kconfig texts of several plugins as the wiring of one framework. */
class WiringTest {

    private static final KconfigSource CORE = KconfigSource.of("core/Kconfig", """
            config X86_64
            	def_bool y

            config SPARSEMEM_VMEMMAP
            	bool "Sparse memory map"
            	default y

            config HAVE_BOOTMEM_INFO_NODE
            	def_bool y
            """);
    private static final KconfigSource HUGETLB = KconfigSource.of("hugetlb/Kconfig", """
            config HUGETLBFS
            	bool "HugeTLB file system"

            config TMPFS
            	bool "tmpfs"

            config HUGETLB_PAGE
            	def_bool HUGETLBFS

            config MEMFD_CREATE
            	def_bool TMPFS || HUGETLBFS

            config HUGETLB_PAGE_FREE_VMEMMAP
            	def_bool HUGETLB_PAGE
            	depends on X86_64
            	depends on SPARSEMEM_VMEMMAP
            	depends on HAVE_BOOTMEM_INFO_NODE
            """);

    private final KconfigTree tree = Kconfig.parse(List.of(CORE, HUGETLB));
    private final ConfigurationEditor editor = new ConfigurationEditor(tree);

    @Test
    void K01_texts_of_several_plugins_are_one_tree_whose_positions_name_the_plugin() {
        assertThat(tree.symbol("HUGETLB_PAGE")).hasValueSatisfying(s ->
                assertThat(s.nodes().get(0).position()).hasToString("hugetlb/Kconfig:7"));
        assertThat(tree.files()).containsExactly("<all>", "core/Kconfig", "hugetlb/Kconfig");
    }

    @Test
    void K01_an_error_in_one_plugin_names_that_plugin() {
        KconfigSource broken = KconfigSource.of("broken/Kconfig", "config A\n\tdepends A\n");

        assertThatThrownBy(() -> Kconfig.parse(List.of(CORE, broken)))
                .isInstanceOf(KconfigException.class)
                .hasMessage("broken/Kconfig:2: syntax error");
    }

    @Test
    void H01_a_symbol_without_a_prompt_is_derived_and_no_user_sets_it() {
        editor.load(".config", bytes("CONFIG_HUGETLB_PAGE_FREE_VMEMMAP=y\n"));
        assertThat(editor.current().isEnabled("HUGETLB_PAGE_FREE_VMEMMAP")).isFalse();

        ResolvedConfiguration on = editor.edit().set("HUGETLBFS", "y").commit();

        assertThat(on.tristate("HUGETLB_PAGE_FREE_VMEMMAP")).isEqualTo(Tristate.Y);
        assertThat(on.reason("HUGETLB_PAGE_FREE_VMEMMAP").origin()).isEqualTo(Reason.Origin.DEFAULT);
        assertThat(on.reason("HUGETLB_PAGE_FREE_VMEMMAP").sentence())
                .isEqualTo("HUGETLB_PAGE_FREE_VMEMMAP is y because that is its default (hugetlb/Kconfig:14)");
    }

    @Test
    void H01_what_keeps_a_derived_symbol_off_is_named_with_file_and_line() {
        ResolvedConfiguration off = editor.edit().set("HUGETLBFS", "y").set("SPARSEMEM_VMEMMAP", "n").commit();

        Reason reason = off.reason("HUGETLB_PAGE_FREE_VMEMMAP");

        assertThat(reason.value()).isEqualTo("n");
        assertThat(reason.unmet()).containsExactly(
                new Reason.UnmetTerm("SPARSEMEM_VMEMMAP", Tristate.N, "hugetlb/Kconfig:16"));
        assertThat(reason.sentence()).contains("depends on SPARSEMEM_VMEMMAP (hugetlb/Kconfig:16), which is n");
    }

    @Test
    void H02_hugetlb_page_follows_the_file_system_and_memfd_either_file_system() {
        ResolvedConfiguration tmpfs = editor.edit().set("TMPFS", "y").commit();
        assertThat(tmpfs.isEnabled("HUGETLB_PAGE")).isFalse();
        assertThat(tmpfs.isEnabled("MEMFD_CREATE")).isTrue();

        ResolvedConfiguration huge = editor.edit().set("TMPFS", "n").set("HUGETLBFS", "y").commit();
        assertThat(huge.isEnabled("HUGETLB_PAGE")).isTrue();
        assertThat(huge.isEnabled("MEMFD_CREATE")).isTrue();
    }

    @Test
    void K03_symbols_that_the_tree_does_not_have_are_counted_and_named() {
        LoadReport report = editor.load("config", bytes("""
                CONFIG_HUGETLBFS=y
                CONFIG_EXT4_FS=m
                CONFIG_LOCALVERSION="-generic"
                # CONFIG_BTRFS_FS is not set
                """));

        assertThat(report.settings()).isEqualTo(1);
        assertThat(report.unknown()).containsOnlyKeys("EXT4_FS", "LOCALVERSION", "BTRFS_FS");
        assertThat(editor.current().isEnabled("HUGETLB_PAGE")).isTrue();
    }

    @Test
    void K03_settings_that_do_not_hold_are_reported_with_what_holds() {
        LoadReport report = editor.load("config", bytes("CONFIG_HUGETLB_PAGE=y\n"));

        assertThat(report.rejected()).containsOnly(entry("HUGETLB_PAGE", "n"));
    }

    @Test
    void K04_the_obstacles_of_a_symbol_lead_down_to_what_the_user_can_set() {
        Explanation why = new Explainer(editor.current()).explain("HUGETLB_PAGE_FREE_VMEMMAP");

        assertThat(why.definitions()).containsExactly(new Explanation.Definition("hugetlb/Kconfig:13", ""));
        Explanation.Obstacle first = why.obstacles().get(0);
        assertThat(first.sentence()).isEqualTo("needs HUGETLB_PAGE [=n], which is n");
        assertThat(first.causes().get(0).sentence()).isEqualTo("needs HUGETLBFS [=n], which is n");
        assertThat(first.causes().get(0).causes().get(0).sentence())
                .isEqualTo("HUGETLBFS can be set, but the configuration does not, and its default is n");
    }

    @Test
    void K04_a_symbol_that_nothing_defines_says_so() {
        assertThat(editor.current().reason("NO_SUCH").origin()).isEqualTo(Reason.Origin.UNDEFINED);
        assertThat(editor.current().reason("NO_SUCH").sentence()).isEqualTo("no Kconfig file defines NO_SUCH");
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
