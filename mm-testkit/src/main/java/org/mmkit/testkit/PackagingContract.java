package org.mmkit.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.module.Configuration;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleFinder;
import java.lang.module.ModuleReference;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.mmkit.api.Provider;
import org.mmkit.core.Machine;
import org.mmkit.kconfig.Kconfig;

/** What the engine relies on in the jar of a plugin, or the folder of classes that becomes one. The whole test is one method. */
public abstract class PackagingContract {

    /** Class files of Java 17 (JVM specification, table 4.1-A). */
    private static final int JAVA_17 = 61;

    private static final int MAGIC = 0xCAFEBABE;
    private static final Set<String> ALWAYS_THERE = Set.of("java.base", "org.mmkit.api", "org.jspecify");

    /** For subclasses. */
    protected PackagingContract() {}

    /** The plugin. */
    protected abstract Provider provider();

    /** Whether the jar has {@code behavior}; overridden by one that lacks something. */
    protected boolean has(PackagingBehavior behavior) {
        return true;
    }

    /** The jar or folder; where the plugin's class was loaded from unless overridden. */
    protected Path location() {
        return Plugins.location(provider().getClass());
    }

    private List<Class<? extends Provider>> services() {
        return Plugins.SERVICES.stream().filter(service -> service.isInstance(provider())).toList();
    }

    /** Something done with the files of a jar or folder. */
    private interface Look<T> {
        T at(Path root) throws IOException;
    }

    private <T> T look(Look<T> look) throws IOException {
        if (Files.isDirectory(location())) {
            return look.at(location());
        }
        try (FileSystem jar = FileSystems.newFileSystem(location())) {
            return look.at(jar.getPath("/"));
        }
    }

    private Map<String, Set<String>> declared() throws IOException {
        return look(root -> {
            Map<String, Set<String>> names = new TreeMap<>();
            for (Class<?> service : Plugins.SERVICES) {
                Path file = root.resolve("META-INF/services/" + service.getName());
                if (Files.exists(file)) {
                    names.put(service.getName(), Files.readString(file, StandardCharsets.UTF_8).lines()
                            .map(line -> line.replaceFirst("#.*", "").strip())
                            .filter(line -> !line.isEmpty())
                            .collect(Collectors.toCollection(TreeSet::new)));
                }
            }
            return names;
        });
    }

    private Optional<ModuleDescriptor> descriptor() {
        return ModuleFinder.of(location()).findAll().stream()
                .map(ModuleReference::descriptor)
                .filter(module -> !module.isAutomatic())
                .findFirst();
    }

    private ModuleDescriptor assumeModule() {
        Assumptions.assumeTrue(has(PackagingBehavior.MODULE), "the plugin is no module");
        return descriptor().orElseThrow(() -> new AssertionError(location() + " has no module-info.class"));
    }

    @Test
    void the_list_of_services_names_the_plugin() throws IOException {
        for (Class<?> service : services()) {
            assertTrue(declared().getOrDefault(service.getName(), Set.of()).contains(provider().getClass().getName()),
                    "META-INF/services/" + service.getName() + " does not name " + provider().getClass().getName());
        }
        assertTrue(!services().isEmpty(), provider().getClass() + " is none of " + Plugins.SERVICES);
    }

    @Test
    void the_module_descriptor_provides_what_the_list_of_services_names() throws IOException {
        if (!has(PackagingBehavior.MODULE)) {
            assertTrue(descriptor().isEmpty(), location() + " is a module after all");
            return;
        }
        Map<String, Set<String>> provides = new TreeMap<>();
        for (ModuleDescriptor.Provides p : assumeModule().provides()) {
            provides.put(p.service(), new TreeSet<>(p.providers()));
        }
        assertEquals(declared(), provides);
    }

    @Test
    void the_module_requires_only_the_api() {
        Set<String> others = assumeModule().requires().stream()
                .filter(r -> !r.modifiers().contains(ModuleDescriptor.Requires.Modifier.STATIC))
                .map(ModuleDescriptor.Requires::name)
                .filter(name -> !ALWAYS_THERE.contains(name))
                .collect(Collectors.toCollection(TreeSet::new));

        assertEquals(has(PackagingBehavior.API_ONLY), others.isEmpty(), "requires " + others);
    }

    @Test
    void its_packages_are_its_own() throws IOException {
        Set<String> own = packages(location());
        for (Class<?> other : List.of(Provider.class, Machine.class, Kconfig.class)) {
            Set<String> shared = new TreeSet<>(packages(Plugins.location(other)));
            shared.retainAll(own);
            assertTrue(shared.isEmpty(), "packages that " + Plugins.location(other) + " has too: " + shared);
        }
    }

    private static Set<String> packages(Path where) throws IOException {
        if (Files.isDirectory(where)) {
            return packagesBelow(where);
        }
        try (FileSystem jar = FileSystems.newFileSystem(where)) {
            return packagesBelow(jar.getPath("/"));
        }
    }

    private static Set<String> packagesBelow(Path root) throws IOException {
        Set<String> packages = new TreeSet<>();
        for (Path file : classFiles(root)) {
            Path folder = root.relativize(file).getParent();
            if (folder != null) {
                packages.add(folder.toString().replace(folder.getFileSystem().getSeparator(), "."));
            }
        }
        return packages;
    }

    private static List<Path> classFiles(Path root) throws IOException {
        try (Stream<Path> files = Files.walk(root)) {
            return files.filter(file -> file.toString().endsWith(".class"))
                    .filter(file -> !root.relativize(file).startsWith("META-INF"))
                    .toList();
        }
    }

    @Test
    void every_class_file_runs_on_Java_17() throws IOException {
        List<String> newer = look(root -> {
            List<String> found = new ArrayList<>();
            for (Path file : classFiles(root)) {
                try (DataInputStream in = new DataInputStream(Files.newInputStream(file))) {
                    int magic = in.readInt();
                    in.readUnsignedShort();
                    int major = in.readUnsignedShort();
                    if (magic != MAGIC || major > JAVA_17) {
                        found.add(root.relativize(file) + " (version " + major + ")");
                    }
                }
            }
            return found;
        });
        assertTrue(newer.isEmpty(), "made for a newer Java: " + newer);
    }

    @Test
    void the_class_path_finds_the_plugin_and_its_files() throws IOException {
        URL[] urls = {url(location()), url(Plugins.location(Provider.class)), url(Plugins.location(NullMarked.class))};
        try (URLClassLoader loader = new URLClassLoader(urls, ClassLoader.getPlatformClassLoader())) {
            for (Class<?> service : services()) {
                assertFound(ServiceLoader.load(load(loader, service), loader), service);
            }
        }
    }

    @Test
    void the_module_path_finds_the_plugin_and_its_files() throws IOException {
        ModuleDescriptor module = assumeModule();
        ModuleFinder finder =
                ModuleFinder.of(location(), Plugins.location(Provider.class), Plugins.location(NullMarked.class));
        Configuration parts = ModuleLayer.boot().configuration().resolve(finder, ModuleFinder.of(), Set.of(module.name()));
        ModuleLayer layer = ModuleLayer.boot().defineModulesWithOneLoader(parts, ClassLoader.getPlatformClassLoader());
        for (Class<?> service : services()) {
            assertFound(ServiceLoader.load(layer, load(layer.findLoader(module.name()), service)), service);
        }
    }

    private static Class<?> load(ClassLoader loader, Class<?> service) {
        try {
            return loader.loadClass(service.getName());
        } catch (ClassNotFoundException e) {
            throw new AssertionError("the API is not found beside the plugin: " + e.getMessage(), e);
        }
    }

    private void assertFound(ServiceLoader<?> loader, Class<?> service) throws IOException {
        for (Object found : loader) {
            if (found.getClass().getName().equals(provider().getClass().getName())) {
                assertTrue(found.getClass() != provider().getClass(), "the plugin was not loaded anew");
                if (Plugins.kconfig(provider()).isPresent()) {
                    try (InputStream in = found.getClass().getModule().getResourceAsStream(Plugins.kconfigPath(provider()))) {
                        assertTrue(in != null, "found, but without " + Plugins.kconfigPath(provider()));
                    }
                }
                return;
            }
        }
        throw new AssertionError("no " + service.getSimpleName() + " of the class " + provider().getClass().getName() + " is found");
    }

    private static URL url(Path path) throws IOException {
        return path.toUri().toURL();
    }
}
