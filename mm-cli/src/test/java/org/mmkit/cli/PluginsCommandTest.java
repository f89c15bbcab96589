package org.mmkit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A third party's plugin: compiled against the API, dropped in as one jar. */
class PluginsCommandTest {

    private static final String SOURCE = """
            package com.example;

            import org.mmkit.api.feature.Feature;
            import org.mmkit.api.feature.FeatureContext;

            public final class Sample implements Feature {
                public String id() { return "sample"; }
                public String configSymbol() { return "SAMPLE_POLICY"; }
                public void init(FeatureContext context) { context.meminfoCount("SamplePages", () -> 42); }
            }
            """;
    private static final String KCONFIG = """
            config SAMPLE_POLICY
            	bool "A policy of somebody else"
            	default y
            	depends on TRANSPARENT_HUGEPAGE
            """;
    /** In a class file, the two bytes behind the magic number and the minor version. */
    private static final int MAJOR_VERSION_LOW_BYTE = 7;

    @TempDir
    private Path directory;

    private byte[] compiled = {};

    @BeforeEach
    void compile() throws IOException {
        Path source = Files.writeString(directory.resolve("Sample.java"), SOURCE);
        int status = ToolProvider.getSystemJavaCompiler()
                .run(null, null, null, "-proc:none", "--release", "17", "-cp", System.getProperty("java.class.path"),
                        "-d", directory.toString(), source.toString());
        assertThat(status).isZero();
        compiled = Files.readAllBytes(directory.resolve("com/example/Sample.class"));
    }

    @Test
    void a_jar_in_a_plugin_folder_takes_part_with_its_own_Kconfig_file() throws IOException {
        Path jar = jar("plugins/sample.jar", compiled);

        CommandRun run = CommandRun.of("plugins", "--arch", "x86_64", "--plugins", jar.getParent());

        assertThat(run.err()).isEmpty();
        assertThat(run.status()).isEqualTo(ExitCode.DONE);
        assertThat(run.out()).containsPattern("(?m)^sample +feature +SAMPLE_POLICY=y +" + jar + "$");
        assertThat(run.out()).containsPattern("(?m)^x86_64 +architecture +X86_64=y ");
    }

    @Test
    void a_plugin_that_is_off_is_shown_with_the_unmet_term() throws IOException {
        Path jar = jar("sample.jar", compiled);

        CommandRun run = CommandRun.of("plugins", "--arch", "x86_64", "--plugins", jar, "--set", "TRANSPARENT_HUGEPAGE=n");

        assertThat(run.status()).isEqualTo(ExitCode.DONE);
        assertThat(run.out()).contains("SAMPLE_POLICY=n", "unmet: TRANSPARENT_HUGEPAGE [=n], ");
    }

    @Test
    void a_plugin_for_a_newer_Java_is_named_and_the_others_go_on() throws IOException {
        byte[] newer = compiled.clone();
        newer[MAJOR_VERSION_LOW_BYTE] = 100;
        Path jar = jar("newer.jar", newer);

        CommandRun run = CommandRun.of("plugins", "--arch", "x86_64", "--plugins", jar);

        assertThat(run.status()).isEqualTo(ExitCode.FAILED);
        assertThat(run.err().lines()).singleElement().asString().contains("newer.jar", "Java 56");
        assertThat(run.out()).contains("x86_64").doesNotContain("sample");
    }

    @Test
    void two_plugins_of_one_id_are_an_error_that_names_both_jars() throws IOException {
        Path one = jar("one.jar", compiled);
        Path two = jar("two.jar", compiled);

        CommandRun run = CommandRun.of("plugins", "--arch", "x86_64", "--plugins", one, "--plugins", two);

        assertThat(run.status()).isEqualTo(ExitCode.USAGE);
        assertThat(run.err().lines()).singleElement().asString().contains("one.jar", "two.jar", "sample");
    }

    @Test
    void options_that_make_no_machine_are_wrong_usage_in_one_line() {
        String[][] wrong = {
            {"--arch", "pdp11"}, {"--memory", "3x"}, {"--kernel", "2.4"}, {"--set", "NO_SUCH=y"}, {"--plugins", "/no/such.jar"}
        };
        for (String[] options : wrong) {
            CommandRun run = CommandRun.of("plugins", options[0], options[1]);
            assertThat(run.status()).as(options[1]).isEqualTo(ExitCode.USAGE);
            assertThat(run.err().lines()).as(options[1]).singleElement().asString().startsWith("mm: ");
        }
    }

    private Path jar(String name, byte[] classFile) throws IOException {
        Path jar = directory.resolve(name);
        Files.createDirectories(jar.getParent());
        try (OutputStream file = Files.newOutputStream(jar);
                JarOutputStream out = new JarOutputStream(file)) {
            put(out, "com/example/Sample.class", classFile);
            put(out, "META-INF/services/org.mmkit.api.feature.Feature", "com.example.Sample\n".getBytes(StandardCharsets.UTF_8));
            put(out, "META-INF/mm/sample/Kconfig", KCONFIG.getBytes(StandardCharsets.UTF_8));
        }
        return jar;
    }

    private static void put(JarOutputStream out, String name, byte[] content) throws IOException {
        out.putNextEntry(new JarEntry(name));
        out.write(content);
        out.closeEntry();
    }
}
