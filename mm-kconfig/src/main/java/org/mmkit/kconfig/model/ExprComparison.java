package org.mmkit.kconfig.model;

import org.jspecify.annotations.Nullable;

/** Compares expressions of a finished tree. */
public final class ExprComparison {

    private ExprComparison() {
    }

    /** Whether both are the same conjunction or disjunction, in whatever order; null is y. */
    public static boolean equal(KconfigTree tree, @Nullable Expr a, @Nullable Expr b) {
        return a == b || new ExprAlgebra(ExprTable.scratch(tree), tree.hasClassicChoices(), d -> { }).equal(a, b);
    }

    /** Whether {@code e} is the constant y. */
    public static boolean isYes(KconfigTree tree, @Nullable Expr e) {
        return ExprAlgebra.isYes(e, tree.yes());
    }
}
