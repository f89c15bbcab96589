package org.mmkit.api.config;

import java.util.List;

/**
 * Why a symbol of a resolved configuration has its value.
 *
 * @param symbol the symbol, without {@code CONFIG_}
 * @param value its value as {@link Configuration#value} gives it; {@code n} for a bool that is off
 * @param origin the rule that decided
 * @param sentence one sentence for people, without a trailing full stop
 * @param unmet the dependency terms that are not satisfied; empty when nothing stands in the way
 */
public record Reason(String symbol, String value, Origin origin, String sentence, List<UnmetTerm> unmet) {

    /** Copies {@code unmet}. */
    public Reason {
        unmet = List.copyOf(unmet);
    }

    /** The rule of the language that decided a value. */
    public enum Origin {
        /** The user's own setting. */
        USER,
        /** A {@code default} line. */
        DEFAULT,
        /** Another symbol's {@code select}. */
        SELECTED,
        /** Another symbol's {@code imply}. */
        IMPLIED,
        /** The outcome of a {@code choice}. */
        CHOICE,
        /** Nothing set it: the empty value of its type. */
        UNSET,
        /** No Kconfig file defines the symbol. */
        UNDEFINED
    }

    /**
     * A term of a dependency that is not satisfied.
     *
     * @param expression the term as Kconfig writes it
     * @param value its present value, n or m
     * @param position {@code file:line} of the definition that requires it
     */
    public record UnmetTerm(String expression, Tristate value, String position) {
    }
}
