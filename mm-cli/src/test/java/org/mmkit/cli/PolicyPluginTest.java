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

/** A third party's allocation policy: compiled against the API, dropped in as one jar. */
class PolicyPluginTest {

    private static final String SOURCE = """
            package com.example;

            import org.mmkit.api.policy.PagePolicy;
            import org.mmkit.api.policy.PagePolicyProvider;
            import org.mmkit.api.policy.PolicyHost;

            public final class Stingy implements PagePolicyProvider {
                public String id() { return "stingy"; }
                public String description() { return "never more than 64 kB at once"; }
                public PagePolicy create(PolicyHost host) { return (vma, va, allowed) -> allowed & (2 << 4) - 1; }
            }
            """;

    @TempDir
    private Path directory;

    private Path jar = Path.of("");

    @BeforeEach
    void compile() throws IOException {
        Path source = Files.writeString(directory.resolve("Stingy.java"), SOURCE);
        assertThat(ToolProvider.getSystemJavaCompiler().run(null, null, null, "-proc:none", "--release", "17",
                "-cp", System.getProperty("java.class.path"), "-d", directory.toString(), source.toString())).isZero();
        jar = directory.resolve("stingy.jar");
        try (OutputStream file = Files.newOutputStream(jar); JarOutputStream out = new JarOutputStream(file)) {
            put(out, "com/example/Stingy.class", Files.readAllBytes(directory.resolve("com/example/Stingy.class")));
            put(out, "META-INF/services/org.mmkit.api.policy.PagePolicyProvider", "com.example.Stingy\n".getBytes(StandardCharsets.UTF_8));
        }
    }

    private static void put(JarOutputStream out, String name, byte[] content) throws IOException {
        out.putNextEntry(new JarEntry(name));
        out.write(content);
        out.closeEntry();
    }

    @Test
    void a_policy_jar_is_listed_with_its_origin() {
        CommandRun run = CommandRun.of("plugins", "--arch", "x86_64", "--plugins", jar);

        assertThat(run.status()).isEqualTo(ExitCode.DONE);
        assertThat(run.out()).containsPattern("(?m)^stingy +policy +TRANSPARENT_HUGEPAGE=y +" + jar + "$");
        assertThat(run.out()).containsPattern("(?m)^reservation +policy ");
    }

    @Test
    void a_booted_machine_follows_it() {
        CommandRun run = CommandRun.of("boot", "--arch", "x86_64", "--memory", "1G", "--plugins", jar, "--policy", "stingy",
                "cat /sys/kernel/mm/transparent_hugepage/policy",
                "echo always > /sys/kernel/mm/transparent_hugepage/enabled",
                "echo always > /sys/kernel/mm/transparent_hugepage/hugepages-64kB/enabled",
                "a = mmap(0x100000000000, 2M, PROT_READ|PROT_WRITE, MAP_PRIVATE|MAP_ANONYMOUS|MAP_FIXED, -1, 0)",
                "store(a, 2M)", "pagemap(a, 2M)");

        assertThat(run.err()).isEmpty();
        assertThat(run.out()).contains("ingens linux reservation [stingy]", "pte anon o4");
    }

    @Test
    void a_replay_compares_it_with_the_others() {
        Path recording = Checkout.root().resolve("examples/recordings/sort-lines.perf.txt.gz");

        CommandRun run = CommandRun.of("replay", recording, "--plugins", jar, "--policy", "linux,stingy", "--thp", "mthp64+2048", "--report", "none");

        assertThat(run.err()).isEmpty();
        assertThat(run.status()).isEqualTo(ExitCode.DONE);
        assertThat(run.out()).containsPattern("linux +stingy");
    }
}
