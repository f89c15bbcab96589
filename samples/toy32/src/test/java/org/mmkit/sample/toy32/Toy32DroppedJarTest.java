package org.mmkit.sample.toy32;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarOutputStream;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command mm, which was built without this backend, finds it in a jar that is dropped into the plugin path, and boots it. */
class Toy32DroppedJarTest {

    @TempDir
    Path folder;

    private static Path classes() throws Exception {
        return Path.of(Toy32.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    }

    private Path jar() throws Exception {
        Path classes = classes();
        Path jar = folder.resolve("toy32.jar");
        try (OutputStream out = Files.newOutputStream(jar);
                JarOutputStream entries = new JarOutputStream(out);
                Stream<Path> files = Files.walk(classes)) {
            files.filter(Files::isRegularFile).forEach(file -> {
                try {
                    entries.putNextEntry(new ZipEntry(classes.relativize(file).toString().replace(File.separatorChar, '/')));
                    Files.copy(file, entries);
                    entries.closeEntry();
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        }
        return jar;
    }

    private String mm(String input, String... arguments) throws Exception {
        Path classes = classes();
        String path = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        String without = Arrays.stream(path.split(File.pathSeparator))
                .filter(entry -> !Path.of(entry).toAbsolutePath().normalize().equals(classes.toAbsolutePath().normalize()))
                .collect(Collectors.joining(File.pathSeparator));
        List<String> command = Stream.concat(
                        Stream.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-cp", without, "org.mmkit.cli.Main"),
                        Arrays.stream(arguments))
                .toList();
        Path in = folder.resolve("input");
        Files.writeString(in, input);
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true).redirectInput(in.toFile());
        builder.environment().put("MM_PLUGIN_PATH", jar().toString());
        Process process = builder.start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(2, TimeUnit.MINUTES)).isTrue();
        assertThat(process.exitValue()).as(output).isZero();
        return output;
    }

    @Test
    void mm_plugins_lists_it_with_its_jar() throws Exception {
        assertThat(mm("", "plugins", "--arch", "toy32")).containsPattern("toy32 +architecture +TOY32=y +.*toy32.jar");
    }

    @Test
    void mm_boot_runs_a_program_on_it() throws Exception {
        String output = mm("cat /proc/meminfo\n", "boot", "--arch", "toy32", "--memory", "256M");

        assertThat(output).contains("MemTotal:").contains("AnonHugePages:");
    }
}
