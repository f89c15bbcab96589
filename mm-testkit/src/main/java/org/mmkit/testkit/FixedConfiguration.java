package org.mmkit.testkit;

import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.mmkit.api.config.Configuration;

/** A configuration given symbol by symbol, for tests that need no Kconfig files. Immutable. */
public final class FixedConfiguration implements Configuration {

    private final Map<String, String> values = new TreeMap<>();

    private FixedConfiguration() {}

    /** The configuration in which exactly {@code symbols} are y. */
    public static FixedConfiguration of(String... symbols) {
        FixedConfiguration configuration = new FixedConfiguration();
        for (String symbol : symbols) {
            configuration.values.put(symbol, "y");
        }
        return configuration;
    }

    /** This configuration with {@code symbol} set to {@code value}. */
    public FixedConfiguration with(String symbol, String value) {
        FixedConfiguration configuration = new FixedConfiguration();
        configuration.values.putAll(values);
        configuration.values.put(symbol, value);
        return configuration;
    }

    @Override
    public boolean isEnabled(String symbol) {
        String value = value(symbol);
        return value.equals("y") || value.equals("m");
    }

    @Override
    public String value(String symbol) {
        return values.getOrDefault(symbol, "");
    }

    @Override
    public OptionalLong number(String symbol) {
        String value = value(symbol);
        return value.isEmpty() ? OptionalLong.empty() : OptionalLong.of(Long.decode(value));
    }

    @Override
    public String toString() {
        return values.toString();
    }
}
