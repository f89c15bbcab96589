package org.mmkit.kconfig.fuzz;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.mmkit.kconfig.Kconfig;
import org.mmkit.kconfig.KconfigSource;
import org.mmkit.kconfig.Trees;
import org.mmkit.kconfig.conf.Conf;
import org.mmkit.kconfig.config.ConfigurationEditor;
import org.mmkit.kconfig.model.KconfigException;
import org.mmkit.kconfig.model.KconfigTree;

/** Input that means harm, or has been damaged. The limit of time is for hanging, not for speed. */
class HostileInputTest {

    private static final Duration HANGING = Duration.ofSeconds(120);
    private static final String SAMPLE = """
            mainmenu "Sample $(NAME)"
            cc-option = $(if-success,true -Werror $(1),y,n)
            if-success = $(shell,{ $(1); } >/dev/null 2>&1 && echo "$(2)" || echo "$(3)")
            config MODULES
            	bool "Modules"
            	modules
            	default y
            menu "First"
            	depends on MODULES || !B
            config A
            	tristate "a" if B != n && (C = "x" || N < 0x1f)
            	default m if MODULES
            	default y
            	select B if C != ""
            	imply D
            	help
            	  Some text

            	    indented.
            config B
            	def_bool A
            endmenu
            choice
            	prompt "pick"
            	default Y
            config X
            	bool "x"
            config Y
            	bool "y"
            endchoice
            if A
            config C
            	string "c"
            	default "q\\"uoted"
            config N
            	int "n"
            	range 1 100 if B
            	default 7
            config D
            	hex
            	default 0x10
            endif
            comment "the end"
            	depends on D
            """;

    private static void within(Executable work) {
        Assertions.assertTimeoutPreemptively(HANGING, work);
    }

    /** Parses, evaluates, and writes; errors in the input are fine, anything else is not. */
    private static void process(byte[] content) {
        try {
            KconfigTree tree = Kconfig.inMemory(List.of(KconfigSource.of("Kconfig", content)))
                    .shell(command -> "y").environment(Map.of("NAME", "x")).parse("Kconfig");
            ConfigurationEditor editor = new ConfigurationEditor(tree);
            editor.load(".config", content);
            editor.toDotConfig();
            editor.toDefconfig();
        } catch (KconfigException e) {
            assertThat(e.diagnostics()).isNotEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void damaged_files_are_read_or_refused(long seed) {
        Random random = new Random(seed);
        within(() -> {
            for (int i = 0; i < 400; i++) {
                byte[] content = SAMPLE.getBytes(StandardCharsets.UTF_8);
                for (int k = 1 + random.nextInt(6); k > 0; k--) {
                    content = damage(content, random);
                }
                process(content);
            }
        });
    }

    private static byte[] damage(byte[] content, Random random) {
        if (content.length < 2) {
            return content;
        }
        int at = random.nextInt(content.length);
        int length = random.nextInt(Math.min(60, content.length - at) + 1);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(content, 0, at);
        switch (random.nextInt(5)) {
            case 0 -> out.write(content, at + length, content.length - at - length);
            case 1 -> {
                out.write(random.nextInt(256));
                out.write(content, at, content.length - at);
            }
            case 2 -> {
                out.write(content, at, length);
                out.write(content, at, content.length - at);
            }
            case 3 -> {
                int from = random.nextInt(content.length);
                out.write(content, from, Math.min(length, content.length - from));
                out.write(content, at, content.length - at);
            }
            default -> {
                byte[] special = {'$', '(', ')', '"', '\\', '\n', 0, (byte) 0xff};
                out.write(special[random.nextInt(special.length)]);
                out.write(content, at + 1, content.length - at - 1);
            }
        }
        return out.toByteArray();
    }

    @Test
    void a_very_long_expression_overflows_no_stack() {
        StringBuilder text = new StringBuilder("config Z\n\tbool \"z\"\nconfig A\n\tbool \"a\"\n\tdefault y if Z");
        for (int i = 0; i < 5000; i++) {
            text.append(i % 2 == 0 ? " || S" : " && S").append(i);
        }
        within(() -> process(text.append('\n').toString().getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void a_chain_of_many_different_operands_is_not_compared_pair_by_pair_and_repeated_ones_are_still_joined() {
        StringBuilder chain = new StringBuilder("A");
        for (int i = 0; i < 40_000; i++) {
            chain.append(" && S").append(i);
        }
        within(() -> {
            KconfigTree tree = Kconfig.parse(List.of(KconfigSource.of("Kconfig",
                    "config A\n\tbool \"a\"\nconfig B\n\tbool \"b\"\n\tdepends on " + chain + " && A\n")));

            String dependency = String.valueOf(tree.symbol("B").orElseThrow().nodes().get(0).dependency());
            assertThat(dependency).startsWith("S0 && S1 && ").endsWith(" && S39999 && A");
        });
    }

    @Test
    void deep_parentheses_and_negations_overflow_no_stack() {
        String text = "config A\n\tbool \"a\"\n\tdepends on " + "!(".repeat(30_000) + "B" + ")".repeat(30_000) + "\n";
        within(() -> process(text.getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void a_long_chain_of_dependencies_overflows_no_stack() {
        StringBuilder text = new StringBuilder("config S0\n\tbool \"s\"\n");
        for (int i = 20_000; i > 0; i--) {
            text.append("config S").append(i).append("\n\tdef_bool S").append(i - 1).append('\n');
        }
        within(() -> {
            ConfigurationEditor editor = Trees.editor(text.toString());
            assertThat(editor.edit().set("S0", "y").commit().isEnabled("S20000")).isTrue();
        });
    }

    @Test
    void deep_blocks_overflow_no_stack() {
        String text = "if A\n".repeat(1500) + "config B\n\tbool \"b\"\n" + "endif\n".repeat(1500);
        within(() -> process(text.getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void a_long_cycle_is_reported() {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 3000; i++) {
            text.append("config S").append(i).append("\n\tbool\n\tdepends on S").append((i + 1) % 3000).append('\n');
        }
        within(() -> assertThatThrownBy(() -> Trees.tree(text.toString())).isInstanceOf(KconfigException.class)
                .hasMessageStartingWith("error: recursive dependency detected!"));
    }

    @Test
    void macros_that_grow_without_end_are_refused() {
        StringBuilder text = new StringBuilder("v0 = x$(shell,true)\n");
        for (int i = 1; i < 60; i++) {
            text.append('v').append(i).append(" = $(v").append(i - 1).append(")$(v").append(i - 1).append(")\n");
        }
        text.append("config $(v59)\n\tbool\n");
        within(() -> assertThatThrownBy(() -> Kconfig.inMemory(List.of(KconfigSource.of("Kconfig", text.toString())))
                .shell(c -> "").parse("Kconfig")).isInstanceOf(KconfigException.class)
                .hasMessage("Kconfig:61: expansion is too long"));
    }

    @Test
    void nested_references_are_refused_at_some_depth() {
        String text = "config A\n\tdefault \"" + "$(".repeat(50_000) + ")".repeat(50_000) + "\"\n";
        within(() -> assertThatThrownBy(() -> Trees.tree(text)).isInstanceOf(KconfigException.class)
                .hasMessageContaining("Kconfig:2: "));
    }

    @Test
    void files_that_source_each_other_are_refused() {
        List<KconfigSource> files = List.of(KconfigSource.of("Kconfig", "source \"a\"\n"),
                KconfigSource.of("a", "source \"b\"\n"), KconfigSource.of("b", "\nsource \"a\"\n"));
        within(() -> assertThatThrownBy(() -> Kconfig.inMemory(files).parse("Kconfig"))
                .isInstanceOf(KconfigException.class).hasMessage("""
                        Recursive inclusion detected.
                        Inclusion path:
                          current file : a
                          included from: b:2
                          included from: a:1
                          included from: Kconfig:1"""));
    }

    @Test
    void a_line_of_many_megabytes_is_read() {
        byte[] content = ("config A\n\tstring \"a\"\n\tdefault \"" + "x".repeat(8 << 20) + "\"\n")
                .getBytes(StandardCharsets.UTF_8);
        within(() -> process(content));
    }

    @Test
    void an_input_that_ends_while_conf_asks_ends_conf(@TempDir Path directory) throws IOException {
        Files.writeString(directory.resolve("Kconfig"), "config N\n\tint \"n\"\n\trange 5 1\nconfig A\n\tbool \"a\"\n");
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        within(() -> assertThat(Conf.run(new String[] {"--oldconfig", "Kconfig"}, Map.of(), directory,
                new ByteArrayInputStream(new byte[0]), new PrintStream(out), new PrintStream(out))).isEqualTo(1));
        assertThat(out.toString(StandardCharsets.UTF_8)).contains("error: no value for new symbol 'N' at end of input");
        assertThat(directory.resolve(".config")).doesNotExist();
    }
}
