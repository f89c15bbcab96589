package org.mmkit.core;

import org.mmkit.api.arch.Architecture;
import org.mmkit.api.arch.EntryFormat;
import org.mmkit.api.arch.PageTableLayout;
import org.mmkit.api.config.Configuration;

/**
 * An architecture as one configuration shapes it.
 *
 * @param architecture the backend
 * @param configuration the values of its Kconfig symbols and all others
 */
public record ConfiguredArchitecture(Architecture architecture, Configuration configuration) {

    /** The shape of its page tables. */
    public PageTableLayout layout() {
        return architecture.layout(configuration);
    }

    /** The codec of their entries. */
    public EntryFormat format() {
        return architecture.entryFormat(configuration);
    }
}
