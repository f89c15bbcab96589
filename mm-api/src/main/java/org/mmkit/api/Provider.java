package org.mmkit.api;

/**
 * What every plugin found by {@link java.util.ServiceLoader} has in common: a stable name.
 *
 * <p>A provider is a cheap factory: all providers on the path are made before anything is configured, so a
 * constructor must do nothing. Its Kconfig file, if it has one, is the resource
 * {@code META-INF/mm/<id>/Kconfig} of its jar.
 */
public interface Provider {

    /** A stable, unique name, {@code [a-z0-9_-]{1,63}}; plugins are ordered by it. */
    String id();

    /** The Kconfig symbol, without {@code CONFIG_}, that must be {@code y} for this plugin to be created. */
    String configSymbol();
}
