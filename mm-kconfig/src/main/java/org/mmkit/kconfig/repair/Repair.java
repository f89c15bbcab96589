package org.mmkit.kconfig.repair;

import java.util.List;

/**
 * A set of settings that makes wishes come true. It has been applied and evaluated: it holds.
 *
 * @param settings what to set, in an order in which each is possible after the ones before
 * @param effects every symbol whose value changes, the set ones included
 */
public record Repair(List<Setting> settings, List<Setting> effects) {

    /** Copies the lists. */
    public Repair {
        settings = List.copyOf(settings);
        effects = List.copyOf(effects);
    }

    /**
     * One symbol.
     *
     * @param symbol without {@code CONFIG_}
     * @param before its value before; empty when it had none
     * @param after its value after
     */
    public record Setting(String symbol, String before, String after) {

        /** {@code X: n -> y}. */
        @Override
        public String toString() {
            return symbol + ": " + (before.isEmpty() ? "n" : before) + " -> " + (after.isEmpty() ? "n" : after);
        }
    }
}
