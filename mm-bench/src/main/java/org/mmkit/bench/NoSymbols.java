package org.mmkit.bench;

import java.util.OptionalLong;
import org.mmkit.api.config.Configuration;

/** A configuration without a symbol: every architecture's default shape. */
final class NoSymbols implements Configuration {

    @Override
    public boolean isEnabled(String symbol) {
        return false;
    }

    @Override
    public String value(String symbol) {
        return "";
    }

    @Override
    public OptionalLong number(String symbol) {
        return OptionalLong.empty();
    }
}
