package org.mmkit.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.lang.module.Configuration;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleFinder;
import java.lang.module.ModuleReader;
import java.lang.module.ModuleReference;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What the jars offer does not depend on whether they lie on the class path or on the module path. */
class PackagingTest {

    private static final String SERVICES = "META-INF/services/";

    @Test
    void a_jar_names_the_same_providers_in_its_descriptor_and_for_the_class_path() throws IOException {
        for (ModuleReference module : ours()) {
            Map<String, Set<String>> declared = new TreeMap<>();
            for (ModuleDescriptor.Provides provides : module.descriptor().provides()) {
                declared.put(provides.service(), new TreeSet<>(provides.providers()));
            }
            assertThat(services(module)).as(module.descriptor().name()).isEqualTo(declared);
        }
    }

    @Test
    void every_provider_loads_on_the_module_path() throws ClassNotFoundException {
        Set<String> names = ours().stream().map(m -> m.descriptor().name()).collect(Collectors.toSet());
        names.remove("org.mmkit.testkit"); // brings JUnit, which is no part of a running machine
        Configuration configuration =
                ModuleLayer.boot().configuration().resolve(classPath(), ModuleFinder.of(), names);
        // A parent that has no class of ours, so that nothing comes from the class path by accident.
        ModuleLayer layer = ModuleLayer.boot()
                .defineModulesWithOneLoader(configuration, ClassLoader.getPlatformClassLoader());

        for (ModuleReference module : ours()) {
            for (ModuleDescriptor.Provides provides : module.descriptor().provides()) {
                Class<?> service = layer.findLoader(module.descriptor().name()).loadClass(provides.service());
                Set<String> found = load(layer, service);
                assertThat(found).as(provides.service()).containsAll(provides.providers());
            }
        }
    }

    @Test
    void no_package_is_in_two_modules() {
        Map<String, String> owner = new TreeMap<>();
        for (ModuleReference module : ours()) {
            for (String name : module.descriptor().packages()) {
                assertThat(owner.put(name, module.descriptor().name())).as("another module with " + name).isNull();
            }
        }
    }

    private static Set<String> load(ModuleLayer layer, Class<?> service) {
        PackagingTest.class.getModule().addUses(service);
        return ServiceLoader.load(layer, service).stream().map(p -> p.type().getName())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static List<ModuleReference> ours() {
        List<ModuleReference> modules = classPath().findAll().stream()
                .filter(m -> m.descriptor().name().startsWith("org.mmkit."))
                .toList();
        assertThat(modules).hasSizeGreaterThan(8);
        return modules;
    }

    private static ModuleFinder classPath() {
        Path[] entries = Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(e -> !e.endsWith("test-classes") && !e.endsWith("-test"))
                .filter(e -> !e.contains("console-standalone")) // a shaded jar of modules that are also there
                .map(Path::of)
                .filter(p -> p.toFile().exists())
                .toArray(Path[]::new);
        return ModuleFinder.of(entries);
    }

    private static Map<String, Set<String>> services(ModuleReference module) throws IOException {
        Map<String, Set<String>> services = new TreeMap<>();
        try (ModuleReader reader = module.open();
                Stream<String> names = reader.list()) {
            for (String name : names.filter(n -> n.startsWith(SERVICES) && !n.endsWith("/")).toList()) {
                services.put(name.substring(SERVICES.length()), providers(reader, name));
            }
        }
        return services;
    }

    private static Set<String> providers(ModuleReader reader, String name) throws IOException {
        try (BufferedReader lines = new BufferedReader(
                new InputStreamReader(reader.open(name).orElseThrow(), StandardCharsets.UTF_8))) {
            return lines.lines().map(l -> l.replaceFirst("#.*", "").strip()).filter(l -> !l.isEmpty())
                    .collect(Collectors.toCollection(TreeSet::new));
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }
}
