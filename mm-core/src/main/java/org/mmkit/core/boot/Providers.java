package org.mmkit.core.boot;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.net.MalformedURLException;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.regex.Pattern;
import java.util.zip.ZipFile;
import org.jspecify.annotations.Nullable;
import org.mmkit.api.Provider;
import org.mmkit.api.arch.Architecture;
import org.mmkit.api.feature.Feature;
import org.mmkit.api.memory.FrameAllocatorProvider;
import org.mmkit.api.policy.PagePolicyProvider;
import org.mmkit.core.BootException;

/**
 * Every architecture, feature, policy and frame allocator that can be reached, in the order of their ids.
 *
 * <p>Looked for on the class path, on the module path, and in the jars of the plugin path. A jar of the plugin path gets a class
 * loader of its own, whose parent is the framework's; libraries that it needs are named by the {@code Class-Path} line of its
 * manifest. A provider that cannot be loaded is left out and reported; two providers of one id, or an id that is
 * not allowed, end the search. Immutable; discovery itself is safe for any thread.
 */
public final class Providers {

    /** The environment variable that names plugin jars and folders of them, separated as a class path is. */
    public static final String PATH_VARIABLE = "MM_PLUGIN_PATH";

    private static final Pattern ID = Pattern.compile("[a-z0-9_-]{1,63}");

    private final List<Found<Architecture>> architectures;
    private final List<Found<Feature>> features;
    private final List<Found<PagePolicyProvider>> policies;
    private final List<Found<FrameAllocatorProvider>> allocators;
    private final List<String> problems;

    /**
     * One provider.
     *
     * @param provider the factory itself
     * @param origin the jar or folder it came from
     */
    public record Found<P extends Provider>(P provider, String origin) {

        /** The provider's Kconfig file, if its jar holds one. */
        public Optional<String> kconfig() {
            String name = kconfigPath();
            try (InputStream in = provider.getClass().getModule().getResourceAsStream(name)) {
                return in == null ? Optional.empty() : Optional.of(new String(in.readAllBytes(), StandardCharsets.UTF_8));
            } catch (IOException e) {
                throw new BootException(origin + ": cannot read " + name + ": " + e.getMessage(), e);
            }
        }

        /** The name of the Kconfig file inside the jar. */
        public String kconfigPath() {
            return "META-INF/mm/" + provider.id() + "/Kconfig";
        }
    }

    private Providers(
            List<Found<Architecture>> architectures,
            List<Found<Feature>> features,
            List<Found<PagePolicyProvider>> policies,
            List<Found<FrameAllocatorProvider>> allocators,
            List<String> problems) {
        this.architectures = List.copyOf(architectures);
        this.features = List.copyOf(features);
        this.policies = List.copyOf(policies);
        this.allocators = List.copyOf(allocators);
        this.problems = List.copyOf(problems);
    }

    /**
     * Looks for providers.
     *
     * @param pluginPath jars, or folders whose jars are taken, in addition to class path and module path
     * @throws BootException when an entry of the path does not exist, an id is not allowed, or two providers share one
     */
    public static Providers discover(List<Path> pluginPath) {
        List<String> problems = new ArrayList<>();
        List<ClassLoader> loaders = new ArrayList<>();
        ClassLoader own = ownLoader();
        loaders.add(own);
        for (Path jar : jars(pluginPath)) {
            if (!Files.isDirectory(jar) && !isJar(jar)) {
                problems.add(jar + " is no jar");
                continue;
            }
            loaders.add(new URLClassLoader(jar.getFileName().toString(), new URL[] {url(jar)}, own));
        }
        List<Found<Architecture>> architectures = new ArrayList<>();
        List<Found<Feature>> features = new ArrayList<>();
        List<Found<PagePolicyProvider>> policies = new ArrayList<>();
        List<Found<FrameAllocatorProvider>> allocators = new ArrayList<>();
        for (ClassLoader loader : loaders) {
            collect(Architecture.class, "architecture", loader, architectures, problems);
            collect(Feature.class, "feature", loader, features, problems);
            collect(PagePolicyProvider.class, "policy", loader, policies, problems);
            collect(FrameAllocatorProvider.class, "frame allocator", loader, allocators, problems);
        }
        sortAndCheck(architectures, features, policies, allocators);
        return new Providers(architectures, features, policies, allocators, problems);
    }

    /**
     * These and more: providers that the caller made itself.
     *
     * @throws BootException as {@link #discover}
     */
    public Providers and(List<Architecture> moreArchitectures, List<Feature> moreFeatures) {
        return and(moreArchitectures, moreFeatures, List.of(), List.of());
    }

    /**
     * These and more: providers that the caller made itself.
     *
     * @throws BootException as {@link #discover}
     */
    public Providers and(
            List<Architecture> moreArchitectures,
            List<Feature> moreFeatures,
            List<PagePolicyProvider> morePolicies,
            List<FrameAllocatorProvider> moreAllocators) {
        List<Found<Architecture>> allArchitectures = new ArrayList<>(architectures);
        moreArchitectures.forEach(provider -> allArchitectures.add(new Found<>(provider, originOf(provider.getClass()))));
        List<Found<Feature>> allFeatures = new ArrayList<>(features);
        moreFeatures.forEach(provider -> allFeatures.add(new Found<>(provider, originOf(provider.getClass()))));
        List<Found<PagePolicyProvider>> allPolicies = new ArrayList<>(policies);
        morePolicies.forEach(provider -> allPolicies.add(new Found<>(provider, originOf(provider.getClass()))));
        List<Found<FrameAllocatorProvider>> allAllocators = new ArrayList<>(allocators);
        moreAllocators.forEach(provider -> allAllocators.add(new Found<>(provider, originOf(provider.getClass()))));
        sortAndCheck(allArchitectures, allFeatures, allPolicies, allAllocators);
        return new Providers(allArchitectures, allFeatures, allPolicies, allAllocators, problems);
    }

    /** No providers at all. */
    public static Providers none() {
        return new Providers(List.of(), List.of(), List.of(), List.of(), List.of());
    }

    /** The entries of {@link #PATH_VARIABLE} in {@code environment}. */
    public static List<Path> pathOf(Map<String, String> environment) {
        List<Path> path = new ArrayList<>();
        String value = environment.getOrDefault(PATH_VARIABLE, "");
        for (String entry : value.split(Pattern.quote(File.pathSeparator))) {
            if (!entry.isEmpty()) {
                path.add(Path.of(entry));
            }
        }
        return path;
    }

    /** All architectures, by id. */
    public List<Found<Architecture>> architectures() {
        return architectures;
    }

    /** All features, by id. */
    public List<Found<Feature>> features() {
        return features;
    }

    /** All allocation and promotion policies, by id. */
    public List<Found<PagePolicyProvider>> policies() {
        return policies;
    }

    /** All frame allocators beside the engine's own, by id. */
    public List<Found<FrameAllocatorProvider>> allocators() {
        return allocators;
    }

    /** All providers of all kinds, architectures first. */
    public List<Found<? extends Provider>> all() {
        List<Found<? extends Provider>> all = new ArrayList<>(architectures);
        all.addAll(features);
        all.addAll(policies);
        all.addAll(allocators);
        return all;
    }

    /** Why some providers could not be loaded, one sentence each. */
    public List<String> problems() {
        return problems;
    }

    private static ClassLoader ownLoader() {
        ClassLoader loader = Providers.class.getClassLoader();
        return loader != null ? loader : ClassLoader.getSystemClassLoader();
    }

    private static List<Path> jars(List<Path> pluginPath) {
        List<Path> jars = new ArrayList<>();
        for (Path entry : pluginPath) {
            if (Files.isDirectory(entry) && !Files.isDirectory(entry.resolve("META-INF"))) {
                try (DirectoryStream<Path> found = Files.newDirectoryStream(entry, "*.jar")) {
                    found.forEach(jars::add);
                } catch (IOException e) {
                    throw new BootException("cannot list the plugin folder " + entry + ": " + e.getMessage(), e);
                }
            } else if (Files.isDirectory(entry) || isJar(entry)) {
                jars.add(entry);
            } else {
                throw new BootException("the plugin path names " + entry
                        + (Files.exists(entry) ? ", which is no jar" : ", but there is no such jar or folder"));
            }
        }
        jars.sort(Comparator.comparing(jar -> jar.toAbsolutePath().normalize().toString()));
        return jars.stream().map(jar -> jar.toAbsolutePath().normalize()).distinct().toList();
    }

    // A class loader passes over what it cannot open and says nothing.
    private static boolean isJar(Path file) {
        try (ZipFile zip = new ZipFile(file.toFile())) {
            return zip.size() >= 0;
        } catch (IOException e) {
            return false;
        }
    }

    private static URL url(Path jar) {
        try {
            return jar.toUri().toURL();
        } catch (MalformedURLException e) {
            throw new BootException("the plugin path names " + jar + ", which is no file", e);
        }
    }

    /**
     * Adds the providers that {@code loader} itself defines. The iterator is asked one provider at a time, because a class made
     * for a newer Java comes out of it as a bare linkage error, after which the next one can still be had.
     */
    private static <P extends Provider> void collect(
            Class<P> service, String kind, ClassLoader loader, List<Found<P>> into, List<String> problems) {
        UnloadableProvider unloadable = UnloadableProvider.of(service, kind, loader);
        Iterator<ServiceLoader.Provider<P>> iterator = ServiceLoader.load(service, loader).stream().iterator();
        int failures = 0;
        while (failures <= unloadable.declared()) {
            try {
                if (!iterator.hasNext()) {
                    return;
                }
                ServiceLoader.Provider<P> found = iterator.next();
                boolean inherited = loader != ownLoader() && found.type().getClassLoader() != loader;
                if (!inherited) {
                    into.add(new Found<>(found.get(), originOf(found.type())));
                }
            } catch (ServiceConfigurationError | LinkageError e) {
                failures++;
                String problem = unloadable.explain(e);
                if (!problems.contains(problem)) {
                    problems.add(problem);
                }
            }
        }
    }

    private static String originOf(Class<?> type) {
        CodeSource source = type.getProtectionDomain().getCodeSource();
        if (source == null || source.getLocation() == null) {
            return type.getModule().isNamed() ? "module " + type.getModule().getName() : "class " + type.getName();
        }
        URL location = source.getLocation();
        try {
            return location.getProtocol().equals("file") ? Path.of(location.toURI()).toString() : location.toString();
        } catch (URISyntaxException e) {
            return location.toString();
        }
    }

    private static void sortAndCheck(
            List<Found<Architecture>> architectures,
            List<Found<Feature>> features,
            List<Found<PagePolicyProvider>> policies,
            List<Found<FrameAllocatorProvider>> allocators) {
        architectures.sort(Comparator.comparing(found -> found.provider().id()));
        features.sort(Comparator.comparing(found -> found.provider().id()));
        policies.sort(Comparator.comparing(found -> found.provider().id()));
        allocators.sort(Comparator.comparing(found -> found.provider().id()));
        Map<String, String> origins = new HashMap<>();
        List<Found<? extends Provider>> all = new ArrayList<>(architectures);
        all.addAll(features);
        all.addAll(policies);
        all.addAll(allocators);
        for (Found<? extends Provider> found : all) {
            String id = found.provider().id();
            if (!ID.matcher(id).matches()) {
                throw new BootException(found.origin() + ": the plugin " + found.provider().getClass().getName() + " has the id \"" + id
                        + "\"; an id is 1 to 63 of the characters a-z, 0-9, _ and -");
            }
            @Nullable String other = origins.put(id, found.origin());
            if (other != null) {
                throw new BootException("two plugins have the id \"" + id + "\": one in " + other + ", one in " + found.origin()
                        + "; leave one of the jars out");
            }
        }
    }
}
