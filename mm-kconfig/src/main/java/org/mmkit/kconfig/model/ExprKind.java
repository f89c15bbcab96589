package org.mmkit.kconfig.model;

/** The operator of an expression node. */
public enum ExprKind {
    /** Greater of two expressions. */
    OR(" || "),
    /** Lesser of two expressions. */
    AND(" && "),
    /** Complement. */
    NOT("!"),
    /** Two symbols are equal. */
    EQUAL("="),
    /** Two symbols differ. */
    UNEQUAL("!="),
    /** Less than. */
    LESS("<"),
    /** Less than or equal. */
    LESS_EQUAL("<="),
    /** Greater than. */
    GREATER(">"),
    /** Greater than or equal. */
    GREATER_EQUAL(">="),
    /** The tristate value of one symbol. */
    SYMBOL(""),
    /** The two bounds of a {@code range}; never evaluated as a truth value. */
    RANGE(" ");

    private final String sign;

    ExprKind(String sign) {
        this.sign = sign;
    }

    /** Whether the node compares two symbols. */
    public boolean isComparison() {
        return ordinal() >= EQUAL.ordinal() && ordinal() <= GREATER_EQUAL.ordinal();
    }

    /** Whether the comparison is true of two values of which the first compares with the second as {@code order} with 0. */
    public boolean holds(int order) {
        return switch (this) {
            case EQUAL -> order == 0;
            case UNEQUAL -> order != 0;
            case LESS -> order < 0;
            case LESS_EQUAL -> order <= 0;
            case GREATER -> order > 0;
            case GREATER_EQUAL -> order >= 0;
            default -> throw new IllegalStateException(this + " compares nothing");
        };
    }

    /** How the operator is written; empty for a symbol. */
    public String sign() {
        return sign;
    }

    /** Whether a {@code child} written below this operator needs parentheses. */
    public boolean parenthesises(ExprKind child) {
        return this == NOT && (child == AND || child == OR) || this == AND && child == OR;
    }
}
