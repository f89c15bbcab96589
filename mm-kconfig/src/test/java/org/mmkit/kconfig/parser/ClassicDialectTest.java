package org.mmkit.kconfig.parser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.mmkit.kconfig.Kconfig;
import org.mmkit.kconfig.conf.Conf;
import org.mmkit.kconfig.config.ConfigurationEditor;
import org.mmkit.kconfig.config.ResolvedConfiguration;
import org.mmkit.kconfig.model.Dialect;
import org.mmkit.kconfig.model.KconfigException;
import org.mmkit.kconfig.model.KconfigTree;

class ClassicDialectTest {

    @TempDir
    private Path directory;

    private void file(String name, String text) throws IOException {
        Path path = directory.resolve(name);
        Files.createDirectories(path.getParent());
        Files.writeString(path, text);
    }

    private KconfigTree parse() {
        return Kconfig.below(directory).environment(Map.of("BASE_DIR", "sub", "VERSION", "2026.08"))
                .dialect(Dialect.CLASSIC).parse("Kconfig");
    }

    @Test
    void K02_sources_by_pattern_relative_optional_and_with_variables() throws IOException {
        file("Kconfig", """
                mainmenu "Build $VERSION"
                config BASE
                	string
                	option env="BASE_DIR"
                source "$BASE/Kconfig"
                source "boards/*/Kconfig"
                osource "missing/Kconfig"
                source plain/path.in
                """);
        file("sub/Kconfig", "rsource \"inner/Kconfig\"\norsource \"nothing\"\n");
        file("sub/inner/Kconfig", "config INNER\n\tbool \"inner\"\n\tdefault y\n");
        file("boards/b/Kconfig", "config BOARD_B\n\tbool \"b\"\n");
        file("boards/a/Kconfig", "config BOARD_A\n\tbool \"a\"\n");
        file("plain/path.in", "config PLAIN\n\tbool \"plain\"\n\t---help---\n\t  Old help.\n");

        KconfigTree tree = parse();

        assertThat(tree.title()).isEqualTo("Build 2026.08");
        assertThat(tree.files()).containsExactly("Kconfig", "sub/Kconfig", "sub/inner/Kconfig", "boards/a/Kconfig",
                "boards/b/Kconfig", "plain/path.in");
        assertThat(new ConfigurationEditor(tree).current().values().value(tree.symbol("BASE").orElseThrow())).isEqualTo("sub");
        assertThat(tree.symbol("PLAIN").orElseThrow().nodes().get(0).help()).isEqualTo("Old help.\n");
    }

    @Test
    void K02_an_optional_choice_may_pick_nothing() throws IOException {
        file("Kconfig", """
                choice NAMED
                	bool "pick"
                	optional
                config A
                	bool "a"
                config B
                	bool "b"
                endchoice
                config N
                	def_int 5
                """);
        ConfigurationEditor editor = new ConfigurationEditor(parse());

        assertThat(editor.current().isEnabled("A")).isFalse();
        assertThat(editor.current().isEnabled("B")).isFalse();
        assertThat(editor.current().number("N")).hasValue(5);
        ResolvedConfiguration b = editor.edit().set("B", "y").commit();
        assertThat(b.isEnabled("B")).isTrue();
        assertThat(b.isEnabled("A")).isFalse();
    }

    @Test
    void K02_the_language_of_linux_does_not_know_the_old_words() throws IOException {
        file("Kconfig", "config A\n\tbool\n\toption env=\"X\"\n");

        assertThatThrownBy(() -> Kconfig.below(directory).parse("Kconfig")).isInstanceOf(KconfigException.class)
                .hasMessage("Kconfig:3: syntax error");
    }

    @Test
    void K02_a_tristate_choice_has_many_modules_or_one_member_built_in() throws IOException {
        file("Kconfig", """
                config MODULES
                	bool "modules"
                	option modules
                choice
                	tristate "driver"
                config A
                	tristate "a"
                config B
                	tristate "b"
                config C
                	bool "c"
                endchoice
                """);
        ConfigurationEditor editor = new ConfigurationEditor(parse());

        ResolvedConfiguration modules = editor.edit().set("MODULES", "y").set("A", "m").set("B", "m").commit();
        assertThat(List.of(modules.value("A"), modules.value("B"), modules.value("C"))).containsExactly("m", "m", "");
        ResolvedConfiguration one = editor.edit().set("B", "y").commit();
        assertThat(List.of(one.value("A"), one.value("B"), one.value("C"))).containsExactly("", "y", "");
        ResolvedConfiguration none = editor.edit().set("MODULES", "n").commit();
        assertThat(List.of(none.value("A"), none.value("B"), none.value("C"))).containsExactly("", "y", "");
    }

    @Test
    void K02_a_named_choice_goes_on_in_a_second_block() throws IOException {
        file("Kconfig", """
                choice BOARD
                	prompt "board"
                config A
                	bool "a"
                endchoice
                choice BOARD
                config B
                	bool "b"
                endchoice
                """);
        ConfigurationEditor editor = new ConfigurationEditor(parse());

        assertThat(editor.current().isEnabled("A")).isTrue();
        ResolvedConfiguration b = editor.edit().set("B", "y").commit();
        assertThat(b.isEnabled("A")).isFalse();
        assertThat(b.isEnabled("B")).isTrue();
    }

    @Test
    void K02_files_named_by_a_defconfig_list_are_the_beginning_without_a_configuration() throws IOException {
        file("Kconfig", """
                config LIST
                	string
                	option defconfig_list
                	default "missing"
                	default "first"
                	default "second"
                config A
                	bool "a"
                """);
        file("first", "CONFIG_A=y\n");
        file("second", "# CONFIG_A is not set\n");

        String out = conf("--olddefconfig");

        assertThat(out).isEqualTo("#\n# using defaults found in first\n#\n#\n# configuration written to .config\n#\n");
        assertThat(Files.readString(directory.resolve(".config"))).contains("CONFIG_A=y").doesNotContain("LIST");
    }

    @Test
    void K02_allnoconfig_keeps_on_what_the_files_say_and_values_of_the_environment_are_not_written() throws IOException {
        file("Kconfig", """
                config SYSTEM
                	string
                	option env="SYSTEM"
                config EXPERT
                	bool "expert"
                	option allnoconfig_y
                config A
                	bool "a"
                	default y if SYSTEM = "x"
                """);

        conf("--allnoconfig");

        assertThat(Files.readString(directory.resolve(".config")).lines().skip(4))
                .containsExactly("CONFIG_EXPERT=y", "# CONFIG_A is not set");
    }

    private String conf(String mode) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        int status = Conf.run(new String[] {mode, "Kconfig"},
                Map.of("MM_KCONFIG_DIALECT", "classic", "MM_PROBE_CACHE", "off", "SYSTEM", "x"), directory,
                InputStream.nullInputStream(), new PrintStream(out, true, StandardCharsets.ISO_8859_1), System.err);
        assertThat(status).isZero();
        return out.toString(StandardCharsets.ISO_8859_1);
    }
}
