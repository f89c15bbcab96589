package org.mmkit.core;

import java.util.List;
import org.mmkit.api.config.Reason;

/**
 * What was found on the class path, the module path and the plugin path, and what the configuration makes of it.
 *
 * @param plugins every provider, architectures first, then features, policies and frame allocators, each by id
 * @param problems providers that could not be loaded: which jar, why, what would be right
 */
public record PluginReport(List<Entry> plugins, List<String> problems) {

    /** Copies the lists. */
    public PluginReport {
        plugins = List.copyOf(plugins);
        problems = List.copyOf(problems);
    }

    /** What a provider brings. */
    public enum Kind {
        /** A processor architecture. */
        ARCHITECTURE,
        /** A part of memory management. */
        FEATURE,
        /** An allocation and promotion policy. */
        POLICY,
        /** A frame allocator beside the engine's own. */
        ALLOCATOR
    }

    /**
     * One provider.
     *
     * @param id its name
     * @param kind what it brings
     * @param origin the jar or folder it was found in
     * @param symbol the Kconfig symbol that switches it on, without {@code CONFIG_}
     * @param enabled whether the symbol is y
     * @param reason why the symbol has its value, with the terms that are not satisfied
     */
    public record Entry(String id, Kind kind, String origin, String symbol, boolean enabled, Reason reason) {}
}
