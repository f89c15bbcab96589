package org.mmkit.core.boot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.mmkit.api.feature.Feature;
import org.mmkit.core.BootException;

class ProvidersTest {

    @TempDir
    Path folder;

    private static List<String> ids(Providers providers) {
        return providers.features().stream().map(Providers.Found::provider).map(Feature::id).toList();
    }

    @Test
    void K01_a_jar_in_a_plugin_folder_takes_part_and_brings_its_Kconfig_file() throws IOException {
        Path jar = PluginJar.feature("com.example.Zram", "zzz-ram", "ZZZ_RAM")
                .text("META-INF/mm/zzz-ram/Kconfig", "config ZZZ_RAM\n\tbool \"Zram\"\n")
                .write(folder.resolve("zram.jar"));

        Providers providers = Providers.discover(List.of(folder));

        assertThat(providers.problems()).isEmpty();
        Providers.Found<Feature> found = providers.features().get(providers.features().size() - 1);
        assertThat(found.provider().id()).isEqualTo("zzz-ram");
        assertThat(found.origin()).isEqualTo(jar.toString());
        assertThat(found.kconfig()).contains("config ZZZ_RAM\n\tbool \"Zram\"\n");
    }

    @Test
    void K01_the_environment_names_jars_and_folders() throws IOException {
        Path one = PluginJar.feature("com.example.One", "zzz-one", "ONE").write(folder.resolve("one.jar"));
        Path more = Files.createDirectory(folder.resolve("more"));
        PluginJar.feature("com.example.Two", "zzz-two", "TWO").write(more.resolve("two.jar"));

        List<Path> path = Providers.pathOf(Map.of("MM_PLUGIN_PATH", more + java.io.File.pathSeparator + one));

        assertThat(ids(Providers.discover(path))).containsSubsequence("zzz-one", "zzz-two");
        assertThat(Providers.pathOf(Map.of())).isEmpty();
    }

    @Test
    void two_plugins_of_one_id_are_an_error_that_names_both_jars() throws IOException {
        Path one = PluginJar.feature("com.example.One", "zzz-same", "ONE").write(folder.resolve("one.jar"));
        Path two = PluginJar.feature("com.example.Two", "zzz-same", "TWO").write(folder.resolve("two.jar"));

        assertThatThrownBy(() -> Providers.discover(List.of(folder)))
                .isInstanceOf(BootException.class)
                .hasMessageContaining("zzz-same")
                .hasMessageContaining(one.toString())
                .hasMessageContaining(two.toString());
    }

    @Test
    void an_id_that_is_not_allowed_is_an_error() throws IOException {
        Path jar = PluginJar.feature("com.example.Bad", "Not An Id", "BAD").write(folder.resolve("bad.jar"));

        assertThatThrownBy(() -> Providers.discover(List.of(jar)))
                .isInstanceOf(BootException.class)
                .hasMessageContaining("\"Not An Id\"")
                .hasMessageContaining(jar.toString());
    }

    @Test
    void a_plugin_for_a_newer_Java_is_reported_and_the_others_still_load() throws IOException {
        Path future = PluginJar.feature("com.example.Future", "aaa-future", "FUTURE")
                .forJava("com/example/Future.class", 99)
                .write(folder.resolve("future.jar"));
        PluginJar.feature("com.example.Present", "zzz-present", "PRESENT").write(folder.resolve("present.jar"));

        Providers providers = Providers.discover(List.of(folder));

        assertThat(ids(providers)).contains("zzz-present").doesNotContain("aaa-future");
        assertThat(providers.problems()).singleElement().asString()
                .contains(future.toString())
                .contains("com.example.Future")
                .contains("needs Java 99, but this is Java " + Runtime.version().feature());
    }

    @Test
    void a_class_that_is_named_but_missing_is_reported_with_its_jar() throws IOException {
        Path jar = new PluginJar()
                .text("META-INF/services/org.mmkit.api.feature.Feature", "# a comment\ncom.example.Gone # gone\n")
                .write(folder.resolve("gone.jar"));

        assertThat(Providers.discover(List.of(jar)).problems()).singleElement().asString()
                .contains(jar.toString())
                .contains("com.example.Gone");
    }

    @Test
    void a_path_entry_that_does_not_exist_is_an_error() {
        Path nowhere = folder.resolve("nowhere");

        assertThatThrownBy(() -> Providers.discover(List.of(nowhere)))
                .isInstanceOf(BootException.class)
                .hasMessageContaining(nowhere.toString());
    }
}
