package org.mmkit.kconfig.parser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.mmkit.kconfig.Kconfig;
import org.mmkit.kconfig.config.ConfigurationEditor;
import org.mmkit.kconfig.config.ResolvedConfiguration;
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
        assertThat(new ConfigurationEditor(tree).current().value("BASE")).isEqualTo("sub");
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
    void K02_a_tristate_choice_is_refused() throws IOException {
        file("Kconfig", "choice\n\ttristate \"pick\"\nconfig A\n\ttristate \"a\"\nendchoice\n");

        assertThatThrownBy(this::parse).isInstanceOf(KconfigException.class)
                .hasMessage("Kconfig:2: tristate choices are not supported");
    }
}
