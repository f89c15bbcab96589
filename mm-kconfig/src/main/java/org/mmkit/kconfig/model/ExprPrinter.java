package org.mmkit.kconfig.model;

import java.util.ArrayDeque;
import java.util.function.Function;

/** Writes expressions as text, without recursion: an expression may be as deep as its source line is long. */
public final class ExprPrinter {

    private ExprPrinter() {
    }

    /** The expression as a Kconfig file writes it. */
    public static String print(Expr expr) {
        StringBuilder out = new StringBuilder();
        append(out, expr, symbol -> "");
        return out.toString();
    }

    /**
     * Appends {@code expr} to {@code out}.
     *
     * @param annotation the text that follows each symbol, for example its value; empty for none
     */
    public static void append(StringBuilder out, Expr expr, Function<Symbol, String> annotation) {
        // Work items: an expression to write below its parent, or text to write.
        ArrayDeque<Object> work = new ArrayDeque<>();
        work.push(expr);
        while (!work.isEmpty()) {
            Object item = work.pop();
            if (item instanceof String text) {
                out.append(text);
                continue;
            }
            if (item instanceof Child child) {
                if (child.parent.parenthesises(child.expr.kind)) {
                    work.push(")");
                    work.push(child.expr);
                    out.append('(');
                    continue;
                }
                item = child.expr;
            }
            Expr e = (Expr) item;
            switch (e.kind) {
                case SYMBOL -> symbol(out, e.symbol(), annotation);
                case NOT -> {
                    out.append('!');
                    work.push(new Child(ExprKind.NOT, e.left()));
                }
                case AND, OR -> {
                    work.push(new Child(e.kind, e.right()));
                    work.push(e.kind.sign());
                    work.push(new Child(e.kind, e.left()));
                }
                case RANGE -> {
                    out.append('[');
                    symbol(out, e.symbol(), annotation);
                    out.append(' ');
                    symbol(out, e.symbol2(), annotation);
                    out.append(']');
                }
                default -> {
                    symbol(out, e.symbol(), annotation);
                    out.append(e.kind.sign());
                    symbol(out, e.symbol2(), annotation);
                }
            }
        }
    }

    private static void symbol(StringBuilder out, Symbol symbol, Function<Symbol, String> annotation) {
        if (symbol.isChoice()) {
            out.append("<choice>");
        } else {
            out.append(symbol.name).append(annotation.apply(symbol));
        }
    }

    private record Child(ExprKind parent, Expr expr) {
    }
}
