package org.mmkit.api.config;

import java.util.List;
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

    /** The value of a bool or tristate symbol; n for symbols of other types and for unknown ones. */
    default Tristate tristate(String symbol) {
        return isEnabled(symbol) ? value(symbol).equals("m") ? Tristate.M : Tristate.Y : Tristate.N;
    }

    /** Why {@code symbol} has its value, and what stands in the way of a greater one. */
    default Reason reason(String symbol) {
        String value = value(symbol);
        return new Reason(symbol, value.isEmpty() ? "n" : value, Reason.Origin.UNSET,
                "this configuration keeps no reasons", List.of());
    }
}
