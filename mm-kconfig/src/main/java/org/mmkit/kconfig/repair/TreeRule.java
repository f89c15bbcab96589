package org.mmkit.kconfig.repair;

import java.util.Optional;
import org.mmkit.kconfig.model.SourcePosition;

/**
 * One thing that a wish cannot be reconciled with: a term of the tree, a user's setting that must stay, or a wish.
 *
 * @param kind what it is
 * @param symbol the symbol that the rule is about; empty for a block around several
 * @param text what it says, without a full stop
 * @param position where the tree says so; empty for settings and wishes
 */
public record TreeRule(Kind kind, String symbol, String text, Optional<SourcePosition> position) {

    /** Kinds of rules. */
    public enum Kind {
        /** The value that was asked for. */
        WISH,
        /** A setting that was asked to stay. */
        SETTING,
        /** A term of a {@code depends on}, an {@code if} or a condition. */
        TERM,
        /** A {@code default} line. */
        DEFAULT,
        /** A {@code select} line. */
        SELECT,
        /** A {@code range} line. */
        RANGE,
        /** A symbol that no user can set. */
        NO_PROMPT,
        /** A name that no file defines. */
        UNDEFINED,
        /** A choice, which picks one member. */
        CHOICE
    }

    /** {@code text (file:line)}. */
    @Override
    public String toString() {
        return position.map(p -> text + " (" + p + ")").orElse(text);
    }
}
