package org.mmkit.kconfig.eval;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.mmkit.kconfig.model.Expr;
import org.mmkit.kconfig.model.ExprKind;
import org.mmkit.kconfig.model.ExprPrinter;
import org.mmkit.kconfig.model.Symbol;
import org.mmkit.kconfig.model.SymbolType;

/** Expressions with the present values of their symbols, in the words of the kernel's tools. */
public final class ExprText {

    private ExprText() {
    }

    /** The warning that {@code s} is selected although its dependencies are not met. */
    static String unmet(Evaluator evaluator, Symbol s) {
        StringBuilder out = new StringBuilder();
        out.append("\nWARNING: unmet direct dependencies detected for ").append(s.name())
                .append("\n  Depends on [").append(evaluator.values().direct(s) == 1 ? 'm' : 'n').append("]: ");
        append(out, evaluator, s.directDependency());
        out.append('\n');
        appendSelectors(out, evaluator, s.reverseDependency(), 2, "  Selected by [y]:\n");
        appendSelectors(out, evaluator, s.reverseDependency(), 1, "  Selected by [m]:\n");
        // The line end of the last line is written by whoever prints the diagnostic.
        out.setLength(out.length() - 1);
        return out.toString();
    }

    /** Appends {@code e} with the present value after each symbol; null is y. */
    public static void append(StringBuilder out, Evaluator evaluator, @Nullable Expr e) {
        if (e == null) {
            out.append('y');
            return;
        }
        ExprPrinter.append(out, e, s -> s.type() == SymbolType.UNKNOWN ? "" : " [=" + evaluator.value(s) + "]");
    }

    /** Appends the operands of a disjunction that have the level {@code wanted}, a line each. */
    public static void appendSelectors(StringBuilder out, Evaluator evaluator, @Nullable Expr e, int wanted,
            String title) {
        boolean titled = false;
        for (Expr term : terms(e)) {
            if (evaluator.level(term) == wanted) {
                if (!titled) {
                    out.append(title);
                    titled = true;
                }
                out.append("  - ");
                append(out, evaluator, term);
                out.append('\n');
            }
        }
    }

    /** The operands of a disjunction from left to right; {@code e} itself when it is none, nothing for null. */
    public static List<Expr> terms(@Nullable Expr e) {
        return operands(ExprKind.OR, e);
    }

    /** The operands of a conjunction from left to right; {@code e} itself when it is none, nothing for null. */
    public static List<Expr> conjuncts(@Nullable Expr e) {
        return operands(ExprKind.AND, e);
    }

    private static List<Expr> operands(ExprKind kind, @Nullable Expr e) {
        List<Expr> result = new ArrayList<>();
        List<Expr> work = new ArrayList<>();
        if (e != null) {
            work.add(e);
        }
        while (!work.isEmpty()) {
            Expr x = work.remove(work.size() - 1);
            if (x.kind() == kind) {
                work.add(x.right());
                work.add(x.left());
            } else {
                result.add(x);
            }
        }
        return result;
    }
}
