package org.mmkit.api.feature;

import org.mmkit.api.Provider;

/**
 * A part of memory management that a configuration switches on; a service found by {@link java.util.ServiceLoader}.
 *
 * <p>It is asked to do something only when its symbol is y: {@link #init} once per machine.
 */
public interface Feature extends Provider {

    /** Registers what the feature brings, at the extension points of {@code context}. */
    void init(FeatureContext context);
}
