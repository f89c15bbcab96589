package org.mmkit.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;
import org.mmkit.api.Provider;
import org.mmkit.api.arch.Architecture;
import org.mmkit.api.feature.Feature;
import org.mmkit.api.memory.FrameAllocatorProvider;
import org.mmkit.api.policy.PagePolicyProvider;
import org.mmkit.core.Machine;

/** What contracts ask of plugins: where they lie, and which others there are. */
final class Plugins {

    /** The engine's own Kconfig file. */
    static final String CORE = "META-INF/mm/core/Kconfig";

    /** The services that a plugin may provide. */
    static final List<Class<? extends Provider>> SERVICES =
            List.of(Architecture.class, Feature.class, PagePolicyProvider.class, FrameAllocatorProvider.class);

    private Plugins() {}

    static String kconfigPath(Provider provider) {
        return "META-INF/mm/" + provider.id() + "/Kconfig";
    }

    static Optional<String> kconfig(Provider provider) {
        return resource(provider.getClass(), kconfigPath(provider));
    }

    static String coreKconfig() {
        return resource(Machine.class, CORE).orElseThrow(() -> new IllegalStateException("the engine's jar lacks " + CORE));
    }

    private static Optional<String> resource(Class<?> beside, String name) {
        try (InputStream in = beside.getModule().getResourceAsStream(name)) {
            return in == null ? Optional.empty() : Optional.of(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + name, e);
        }
    }

    /** All providers on the path but those with the id of {@code but}. */
    static List<Provider> others(Provider but) {
        List<Provider> all = new ArrayList<>();
        ServiceLoader.load(Architecture.class).forEach(all::add);
        ServiceLoader.load(Feature.class).forEach(all::add);
        ServiceLoader.load(PagePolicyProvider.class).forEach(all::add);
        ServiceLoader.load(FrameAllocatorProvider.class).forEach(all::add);
        all.removeIf(provider -> provider.id().equals(but.id()));
        return all;
    }

    /** The jar or folder that {@code type} was loaded from. */
    static Path location(Class<?> type) {
        try {
            return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(type + " lies at no path: " + e.getMessage(), e);
        }
    }
}
