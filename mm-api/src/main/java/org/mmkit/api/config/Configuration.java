package org.mmkit.api.config;

import java.util.OptionalLong;

/**
 * A resolved configuration: the value of every Kconfig symbol, after all rules of the language.
 *
 * <p>Immutable and safe for any thread. Symbols are named without {@code CONFIG_}.
 */
public interface Configuration {

    /** Whether the bool or tristate {@code symbol} is y or m; false for symbols that do not exist. */
    boolean isEnabled(String symbol);

    /** The value as a {@code .config} line writes it, unquoted; empty for an unset or unknown symbol. */
    String value(String symbol);

    /** The value of an int or hex symbol; empty when it has none. */
    OptionalLong number(String symbol);
}
