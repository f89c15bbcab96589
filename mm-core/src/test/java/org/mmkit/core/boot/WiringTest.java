package org.mmkit.core.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.mmkit.api.feature.Feature;
import org.mmkit.core.BootException;
import org.mmkit.core.PluginReport;
import org.mmkit.core.toy.ToyArchitecture;

/** What is created is what the merged Kconfig files and the user's configuration say. */
class WiringTest {

    @TempDir
    Path folder;

    private void plugin(String id, String symbol, String kconfig) throws IOException {
        PluginJar.feature("com.example." + symbol.toLowerCase(java.util.Locale.ROOT).replace("_", ""), id, symbol)
                .text("META-INF/mm/" + id + "/Kconfig", kconfig)
                .write(folder.resolve(id + ".jar"));
    }

    /** The jars of the test, the toy architecture, and nothing else that may lie on the class path. */
    private Wiring wire(String dotConfig) {
        Providers found = Providers.discover(List.of(folder));
        List<Feature> own = found.features().stream()
                .filter(feature -> feature.origin().startsWith(folder.toString()))
                .<Feature>map(Providers.Found::provider)
                .toList();
        Providers providers = Providers.none().and(List.of(new ToyArchitecture()), own);
        return Wiring.resolve(providers, new Wiring.Wishes("toy64", dotConfig, ".config", Map.of()));
    }

    private static List<String> created(Wiring wiring) {
        return wiring.features().stream().map(found -> found.provider().id()).toList();
    }

    @Test
    void K01_exactly_the_enabled_plugins_are_created_each_after_what_it_depends_on() throws IOException {
        plugin("aa", "AA", "config AA\n\tbool \"a\"\n\tdefault y\n\tdepends on ZZ\n");
        plugin("bb", "BB", "config BB\n\tbool \"b\"\n\tdefault y\n\tselect HELPER\nconfig HELPER\n\tbool\n\tselect ZZ\n");
        plugin("cc", "CC", "config CC\n\tbool \"c\"\n");
        plugin("zz", "ZZ", "config ZZ\n\tbool \"z\"\n");

        assertThat(created(wire(""))).containsExactly("zz", "aa", "bb");
        assertThat(created(wire("# CONFIG_BB is not set\n"))).isEmpty();
        assertThat(created(wire("# CONFIG_BB is not set\nCONFIG_CC=y\nCONFIG_ZZ=y\n"))).containsExactly("zz", "aa", "cc");
    }

    @Test
    void K01_the_report_says_for_what_is_off_which_term_is_not_met_and_where() throws IOException {
        plugin("aa", "AA", "config AA\n\tbool \"a\"\n\tdepends on TOY64 && ZZ && NUMA\n");
        plugin("zz", "ZZ", "config ZZ\n\tbool \"z\"\n");

        PluginReport.Entry entry = wire("CONFIG_AA=y\nCONFIG_ZZ=y\n").report().plugins().get(1);

        assertThat(entry.id()).isEqualTo("aa");
        assertThat(entry.enabled()).isFalse();
        assertThat(entry.reason().unmet()).singleElement().satisfies(term -> {
            assertThat(term.expression()).isEqualTo("NUMA");
            assertThat(term.position()).isEqualTo("META-INF/mm/aa/Kconfig:3");
        });
        assertThat(Wiring.describe(entry.reason())).contains("NUMA").contains("META-INF/mm/aa/Kconfig:3");
    }

    @Test
    void K01_plugins_that_need_each_other_are_a_circle() throws IOException {
        plugin("aa", "AA", "config AA\n\tbool \"a\"\n\tdepends on BB\n");
        plugin("bb", "BB", "config BB\n\tbool \"b\"\n\tdepends on AA\n");

        assertThatThrownBy(() -> wire("")).isInstanceOf(BootException.class).hasMessageContaining("AA").hasMessageContaining("BB");
    }

    @Test
    void K01_a_plugin_whose_symbol_nobody_defines_is_an_error_that_names_the_jar() throws IOException {
        PluginJar.feature("com.example.Lost", "lost", "LOST").write(folder.resolve("lost.jar"));

        assertThatThrownBy(() -> wire(""))
                .isInstanceOf(BootException.class)
                .hasMessageContaining("LOST")
                .hasMessageContaining("META-INF/mm/lost/Kconfig");
    }

    @Test
    void K01_a_Kconfig_file_with_an_error_is_named_with_its_line() throws IOException {
        plugin("aa", "AA", "config AA\n\tbool \"a\"\n\tdepends on\n");

        assertThatThrownBy(() -> wire("")).isInstanceOf(BootException.class).hasMessageContaining("META-INF/mm/aa/Kconfig:3");
    }

    @Test
    void K03_symbols_that_the_model_does_not_know_are_named() {
        Wiring wiring = wire("CONFIG_SWAP=y\nCONFIG_NET=y\nCONFIG_EXT4_FS=m\n# CONFIG_KSM is not set\n# a remark\n");

        assertThat(wiring.unknownSymbols()).containsExactly("NET", "EXT4_FS", "KSM");
        assertThat(wiring.configuration().isEnabled("SWAP")).isTrue();
    }

    @Test
    void the_kernel_profile_is_a_choice() {
        assertThat(LinuxProfile.of(wire("").configuration()).name()).isEqualTo("6.18");
        LinuxProfile old = LinuxProfile.of(wire("CONFIG_KERNEL_PROFILE_4_12=y\n").configuration());
        assertThat(old.name()).isEqualTo("4.12");
        assertThat(old.copiesHugePageOnWrite()).isTrue();
        assertThat(old.smapsLines()).contains("FileHugeMapped").doesNotContain("THPeligible", "FilePmdMapped");
        assertThat(LinuxProfile.of("6.18").smapsLines()).contains("FilePmdMapped").doesNotContain("FileHugeMapped");
        assertThat(LinuxProfile.of("5.14").vmemmapPagesKept()).isEqualTo(2);
        assertThatThrownBy(() -> LinuxProfile.of("2.6")).isInstanceOf(BootException.class).hasMessageContaining("4.12, 5.14, 6.18");
    }

    @Test
    void H02_memfd_follows_tmpfs_and_hugetlbfs() {
        assertThat(wire("").configuration().isEnabled("MEMFD_CREATE")).isTrue();
        assertThat(wire("# CONFIG_TMPFS is not set\n").configuration().isEnabled("MEMFD_CREATE")).isFalse();
    }

    @Test
    void without_any_architecture_nothing_boots() {
        assertThatThrownBy(() -> Wiring.resolve(Providers.none(), new Wiring.Wishes("", "", ".config", Map.of())))
                .isInstanceOf(BootException.class)
                .hasMessageContaining("MM_PLUGIN_PATH");
    }

    @Test
    void an_architecture_that_is_not_there_is_an_error_that_lists_those_that_are() {
        Providers providers = Providers.none().and(List.of(new ToyArchitecture()), List.of());

        assertThatThrownBy(() -> Wiring.resolve(providers, new Wiring.Wishes("vax", "", ".config", Map.of())))
                .isInstanceOf(BootException.class)
                .hasMessageContaining("\"vax\"")
                .hasMessageContaining("toy");
    }

    @Test
    void a_text_that_sets_nothing_is_no_configuration_and_noise_in_one_is_counted() {
        assertThatThrownBy(() -> wire("root:x:0:0\ndaemon:x:1:1\n"))
                .isInstanceOf(BootException.class)
                .hasMessageContaining(".config:1")
                .hasMessageContaining("root:x:0:0");

        List<String> messages = wire("noise\n".repeat(100) + "CONFIG_SWAP=y\n").messages();
        assertThat(messages).hasSize(11).last().asString().contains("90 more lines");
    }
}
