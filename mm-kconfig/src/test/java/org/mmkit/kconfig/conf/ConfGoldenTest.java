package org.mmkit.kconfig.conf;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Every mode on one small tree, against what {@code scripts/kconfig/conf} of Linux 6.12.117 wrote for it. The files below
 * {@code conf-golden} were made by running that program on the {@code Kconfig} and {@code input} beside them, with 200
 * empty lines on standard input, {@code FLAVOUR=plain} and {@code KCONFIG_SEED=7}.
 */
class ConfGoldenTest {

    private static final Map<String, String> ENVIRONMENT = Map.of("FLAVOUR", "plain", "KCONFIG_SEED", "7",
            "PATH", "/usr/bin:/bin");
    private static final Map<String, String> PLACES = Map.of("dot-config", ".config", "saved", "saved",
            "auto.conf", "include/config/auto.conf", "auto.conf.cmd", "include/config/auto.conf.cmd",
            "autoconf.h", "include/generated/autoconf.h", "rustc_cfg", "include/generated/rustc_cfg");

    @TempDir
    private Path directory;

    private static Path golden(String name) {
        try {
            return Path.of(ConfGoldenTest.class.getResource("/conf-golden/" + name).toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String text(Path file) {
        try {
            return Files.readString(file, StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Map<String, String> run(String input, String... args) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        int status = Conf.run(args, ENVIRONMENT, directory, new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)),
                new PrintStream(out), new PrintStream(err));
        Map<String, String> result = new TreeMap<>();
        result.put("stdout", out.toString(StandardCharsets.ISO_8859_1));
        result.put("stderr", err.toString(StandardCharsets.ISO_8859_1));
        result.put("status", status + "\n");
        return result;
    }

    @ParameterizedTest
    @ValueSource(strings = {"allnoconfig", "allyesconfig", "allmodconfig", "alldefconfig", "randconfig", "defconfig",
            "savedefconfig", "oldaskconfig", "oldconfig", "olddefconfig", "syncconfig", "listnewconfig", "helpnewconfig",
            "yes2modconfig", "mod2yesconfig", "mod2noconfig"})
    void K02_each_mode_writes_what_the_kernels_tool_writes(String mode) throws IOException {
        Files.copy(golden("Kconfig"), directory.resolve("Kconfig"));
        Files.copy(golden("input"), directory.resolve("input"));
        boolean fresh = mode.startsWith("all") || mode.equals("randconfig") || mode.equals("defconfig");
        if (!fresh) {
            Files.copy(golden("input"), directory.resolve(".config"));
        }
        String argument = mode.equals("defconfig") ? "=input" : mode.equals("savedefconfig") ? "=saved" : "";

        Map<String, String> ours = run("\n".repeat(200), "--" + mode + argument, "Kconfig");

        PLACES.forEach((name, place) -> {
            if (Files.exists(directory.resolve(place))) {
                ours.put(name, text(directory.resolve(place)));
            }
        });
        if (Files.isDirectory(directory.resolve("include/config"))) {
            try (Stream<Path> files = Files.walk(directory.resolve("include/config"))) {
                StringBuilder touched = new StringBuilder();
                files.filter(Files::isRegularFile).map(p -> "./" + p.getFileName()).sorted()
                        .forEach(n -> touched.append(n).append('\n'));
                ours.put("touched", touched.toString());
            }
        }
        Map<String, String> theirs = new TreeMap<>();
        try (Stream<Path> files = Files.list(golden(mode))) {
            files.forEach(f -> theirs.put(f.getFileName().toString(), text(f)));
        }
        assertThat(ours).containsExactlyEntriesOf(theirs);
    }

    @Test
    void K02_an_unchanged_configuration_is_left_alone_and_an_old_one_is_kept() throws IOException {
        Files.copy(golden("Kconfig"), directory.resolve("Kconfig"));
        run("", "--alldefconfig", "Kconfig");
        assertThat(run("", "--olddefconfig", "Kconfig").get("stdout")).isEqualTo("#\n# No change to .config\n#\n");
        String before = text(directory.resolve(".config"));

        run("", "--allnoconfig", "Kconfig");

        assertThat(text(directory.resolve(".config.old"))).isEqualTo(before);
        try (Stream<Path> files = Files.list(directory)) {
            assertThat(files.map(p -> p.getFileName().toString())).noneMatch(n -> n.endsWith(".tmp"));
        }
    }

    @Test
    void K02_wrong_options_and_missing_files_are_answered_as_by_getopt() {
        assertThat(run("", "--all", "Kconfig").get("stderr")).startsWith("conf: option '--all' is ambiguous; possibilities:"
                + " '--allnoconfig' '--allyesconfig' '--allmodconfig' '--alldefconfig'\n");
        assertThat(run("", "--nonsense", "Kconfig").get("stderr")).isEqualTo(
                "conf: unrecognized option '--nonsense'\ncan't find file Kconfig\n");
        assertThat(run("", "--alldef")).containsEntry("status", "1\n")
                .containsEntry("stderr", "conf: Kconfig file missing\n");
        assertThat(List.of(run("", "--help").get("stdout").split("\n"))).hasSize(25)
                .first().isEqualTo("Usage: conf [options] <kconfig-file>");
    }
}
