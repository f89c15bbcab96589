package org.mmkit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The launcher {@code ./mm} as a person starts it, on the jars of this build. */
class LauncherIT {

    @TempDir
    private Path elsewhere;

    @Test
    void it_starts_from_another_directory_and_through_a_symbolic_link() throws Exception {
        Path link = Files.createSymbolicLink(elsewhere.resolve("mm"), Checkout.root().resolve("mm"));

        Result result = start(Map.of(), link.toString(), "--version");
        Files.delete(link);

        assertThat(result.err).isEmpty();
        assertThat(result.out).startsWith("mm 0.").contains(", Java ");
        assertThat(result.status).isEqualTo(ExitCode.DONE);
    }

    @Test
    void it_runs_on_the_java_that_it_is_told_to_use() throws Exception {
        Result result = start(Map.of("MM_JAVA", System.getProperty("java.home")), launcher(), "--version");

        assertThat(result.out).contains("Java " + System.getProperty("java.version"));
    }

    @Test
    void a_java_that_is_not_there_is_wrong_usage() throws Exception {
        Result java = start(Map.of("MM_JAVA", "/no/such/java"), launcher(), "--version");

        assertThat(java.status).isEqualTo(ExitCode.USAGE);
        assertThat(java.err.lines()).singleElement().asString().contains("/no/such/java");
    }

    @Test
    void the_exit_status_is_that_of_the_command() throws Exception {
        assertThat(start(Map.of(), launcher(), "frobnicate").status).isEqualTo(ExitCode.USAGE);
    }

    @Test
    void conf_reads_a_configuration_where_it_is_started() throws Exception {
        Files.writeString(elsewhere.resolve("Kconfig"), "config A\n\tbool \"a\"\n\tdefault y\n");

        Result result = start(Map.of(), launcher(), "conf", "--olddefconfig", "Kconfig");

        assertThat(result.status).isEqualTo(ExitCode.DONE);
        assertThat(Files.readString(elsewhere.resolve(".config"))).contains("\nCONFIG_A=y\n");
    }

    private static String launcher() {
        return Checkout.root().resolve("mm").toString();
    }

    private Result start(Map<String, String> environment, String... command) throws IOException, InterruptedException {
        Path out = elsewhere.resolve("out");
        Path err = elsewhere.resolve("err");
        ProcessBuilder builder = new ProcessBuilder(new ArrayList<>(List.of(command)));
        builder.environment().keySet().removeIf(name -> name.startsWith("MM_") || name.startsWith("MAVEN_"));
        builder.environment().putAll(environment);
        builder.directory(elsewhere.toFile()).redirectOutput(out.toFile()).redirectError(err.toFile());
        Process process = builder.start();
        assertThat(process.waitFor(5, TimeUnit.MINUTES)).isTrue();
        return new Result(process.exitValue(), read(out), read(err));
    }

    private static String read(Path file) throws IOException {
        return Files.readString(file, StandardCharsets.UTF_8);
    }

    private record Result(int status, String out, String err) {}
}
