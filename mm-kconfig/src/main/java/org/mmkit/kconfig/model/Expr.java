package org.mmkit.kconfig.model;

import org.jspecify.annotations.Nullable;

/**
 * One node of an expression. Nodes are shared: equal nodes of one tree are the same object.
 *
 * <p>A logical node has {@link #left()} and, but for {@code !}, {@link #right()}; a comparison, a range and a
 * plain symbol have {@link #symbol()} and, but for the plain symbol, {@link #symbol2()}.
 */
public final class Expr {

    final int id;
    final ExprKind kind;
    final @Nullable Expr left;
    final @Nullable Expr right;
    final @Nullable Symbol symbol;
    final @Nullable Symbol symbol2;

    Expr(int id, ExprKind kind, @Nullable Expr left, @Nullable Expr right, @Nullable Symbol symbol,
            @Nullable Symbol symbol2) {
        this.id = id;
        this.kind = kind;
        this.left = left;
        this.right = right;
        this.symbol = symbol;
        this.symbol2 = symbol2;
    }

    /** Index of the node in its tree, from 0 to {@link KconfigTree#expressionCount()}. */
    public int id() {
        return id;
    }

    /** The operator. */
    public ExprKind kind() {
        return kind;
    }

    /** The first operand of a logical node. */
    @SuppressWarnings("NullAway")
    public Expr left() {
        return left;
    }

    /** The second operand of {@code &&} or {@code ||}. */
    @SuppressWarnings("NullAway")
    public Expr right() {
        return right;
    }

    /** The symbol, or the left side of a comparison or range. */
    @SuppressWarnings("NullAway")
    public Symbol symbol() {
        return symbol;
    }

    /** The right side of a comparison or range. */
    @SuppressWarnings("NullAway")
    public Symbol symbol2() {
        return symbol2;
    }

    /** The expression as a Kconfig file writes it, with the parentheses that precedence needs. */
    @Override
    public String toString() {
        return ExprPrinter.print(this);
    }
}
