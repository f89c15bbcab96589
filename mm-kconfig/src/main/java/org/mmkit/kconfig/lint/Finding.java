package org.mmkit.kconfig.lint;

import org.mmkit.kconfig.model.SourcePosition;

/**
 * Something that the linter found.
 *
 * @param rule which rule
 * @param position where
 * @param symbol the symbol in question
 * @param message what is wrong, without a full stop
 */
public record Finding(Rule rule, SourcePosition position, String symbol, String message) {

    /** {@code file:line: rule: message}. */
    @Override
    public String toString() {
        return position + ": " + rule.id() + ": " + message;
    }
}
