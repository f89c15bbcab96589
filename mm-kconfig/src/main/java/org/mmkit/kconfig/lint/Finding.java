package org.mmkit.kconfig.lint;

import java.util.List;
import java.util.Locale;
import org.mmkit.kconfig.model.SourcePosition;

/**
 * Something that the linter found.
 *
 * @param rule which rule
 * @param level how bad it is
 * @param position where
 * @param column the character of the line, from 1; 0 when the text of the file was not at hand
 * @param symbol the symbol in question
 * @param message what is wrong, without a full stop
 * @param proof settings, as {@code SYMBOL=value}, that show it; empty where none are needed
 */
public record Finding(Rule rule, Level level, SourcePosition position, int column, String symbol, String message,
        List<String> proof) {

    /** How bad a finding is. */
    public enum Level {
        /** The files cannot be used. */
        ERROR,
        /** A mistake in this tree. */
        WARNING,
        /** Worth knowing; no mistake where the files serve several architectures. */
        NOTE;

        /** The name as reports write it. */
        public String id() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Copies the list. */
    public Finding {
        proof = List.copyOf(proof);
    }

    /** {@code file:line:column: rule: message}. */
    @Override
    public String toString() {
        return position + (column > 0 ? ":" + column : "") + ": " + rule.id() + ": " + message
                + (proof.isEmpty() ? "" : "; see " + String.join(" ", proof));
    }
}
