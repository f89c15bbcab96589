package org.mmkit.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.CALLS_REAL_METHODS;
import static org.mockito.Mockito.doReturn;
import static org.mockito.Mockito.mock;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.mmkit.arch.x86_64.X86_64;

/** The contract of jars is worth what it notices: plugins packed with a single mistake each fail it, and the right one passes. */
class PackagingMistakesTest {

    private static final String SERVICES = "META-INF/services/org.mmkit.api.arch.Architecture";

    @TempDir
    Path plugin;

    private Set<String> failures() throws IllegalAccessException {
        PackagingContract contract = mock(PackagingContract.class, CALLS_REAL_METHODS);
        doReturn(new X86_64()).when(contract).provider();
        doReturn(true).when(contract).has(any());
        doReturn(plugin).when(contract).location();
        Set<String> failures = new TreeSet<>();
        for (Method method : PackagingContract.class.getDeclaredMethods()) {
            if (!method.isAnnotationPresent(Test.class)) {
                continue;
            }
            try {
                method.invoke(contract);
            } catch (InvocationTargetException e) {
                failures.add(method.getName());
            }
        }
        return failures;
    }

    private void unpack() throws IOException {
        Path from = Plugins.location(X86_64.class);
        try (Stream<Path> files = Files.walk(from)) {
            files.forEach(file -> {
                try {
                    Path to = plugin.resolve(from.relativize(file).toString());
                    if (Files.isDirectory(file)) {
                        Files.createDirectories(to);
                    } else {
                        Files.copy(file, to);
                    }
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        }
    }

    private Path anyClass() {
        return plugin.resolve("org/mmkit/arch/x86_64/X86_64.class");
    }

    @Test
    void a_plugin_without_a_mistake_passes() throws Exception {
        unpack();

        assertThat(failures()).isEmpty();
    }

    @Test
    void a_list_of_services_that_is_missing_is_noticed() throws Exception {
        unpack();
        Files.delete(plugin.resolve(SERVICES));

        assertThat(failures()).contains("the_list_of_services_names_the_plugin", "the_class_path_finds_the_plugin_and_its_files",
                "the_module_descriptor_provides_what_the_list_of_services_names");
    }

    @Test
    void a_list_that_says_more_than_the_descriptor_is_noticed() throws Exception {
        unpack();
        Files.writeString(plugin.resolve(SERVICES), Files.readString(plugin.resolve(SERVICES)) + "\norg.mmkit.arch.x86_64.Other\n");

        assertThat(failures()).contains("the_module_descriptor_provides_what_the_list_of_services_names");
    }

    @Test
    void a_descriptor_that_is_missing_is_noticed() throws Exception {
        unpack();
        Files.delete(plugin.resolve("module-info.class"));

        assertThat(failures()).contains("the_module_path_finds_the_plugin_and_its_files", "the_module_requires_only_the_api");
    }

    @Test
    void a_Kconfig_file_at_another_place_is_noticed() throws Exception {
        unpack();
        Files.move(plugin.resolve("META-INF/mm/x86_64/Kconfig"), plugin.resolve("Kconfig"));

        assertThat(failures()).contains("the_class_path_finds_the_plugin_and_its_files", "the_module_path_finds_the_plugin_and_its_files");
    }

    @Test
    void a_class_made_for_a_newer_Java_is_noticed() throws Exception {
        unpack();
        byte[] bytes = Files.readAllBytes(anyClass());
        bytes[7] = 65; // Java 21
        Files.write(anyClass(), bytes);

        assertThat(failures()).contains("every_class_file_runs_on_Java_17");
    }

    @Test
    void a_package_of_the_engine_is_noticed() throws Exception {
        unpack();
        Path intruder = plugin.resolve("org/mmkit/core");
        Files.createDirectories(intruder);
        Files.copy(anyClass(), intruder.resolve("Intruder.class"));

        assertThat(failures()).contains("its_packages_are_its_own");
    }
}
