package org.mmkit.kconfig.model;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Rewrites expressions into simpler ones of the same meaning.
 *
 * <p>Which simplifications are made, and in which order, is part of the language: they decide which entries
 * become an implicit submenu and how dependencies are printed. All functions are pure, so results are
 * remembered per node; one instance serves one tree and one thread.
 */
final class ExprAlgebra {

    private final ExprTable table;
    private final Diagnostic.Sink sink;
    private final boolean classic;
    private final Depth depth = new Depth();
    private final OperandIndex index = new OperandIndex();
    private final Expr yesExpr;
    private final Expr noExpr;
    private @Nullable Expr[] transformed = new @Nullable Expr[1 << 14];
    private @Nullable Expr[] distinct = new @Nullable Expr[1 << 14];
    private @Nullable Expr[] folded = new @Nullable Expr[1 << 14];
    private int changes;
    private int notes;
    /** The two results of the pairwise rewritings. */
    private Expr outLeft;
    private Expr outRight;

    ExprAlgebra(ExprTable table, boolean classic, Diagnostic.Sink sink) {
        this.classic = classic;
        this.table = table;
        this.sink = sink;
        this.yesExpr = table.symbol(table.yes);
        this.noExpr = table.symbol(table.no);
        this.outLeft = yesExpr;
        this.outRight = yesExpr;
    }

    private static @Nullable Expr get(@Nullable Expr[] memo, Expr e) {
        return e.id < memo.length ? memo[e.id] : null;
    }

    private static @Nullable Expr[] put(@Nullable Expr[] memo, Expr e, Expr result) {
        @Nullable Expr[] m = memo;
        if (e.id >= m.length) {
            m = Arrays.copyOf(m, Math.max(e.id + 1, m.length * 2));
        }
        m[e.id] = result;
        return m;
    }

    static boolean isYes(@Nullable Expr e, Symbol yes) {
        return e == null || e.kind == ExprKind.SYMBOL && e.symbol == yes;
    }

    boolean isYes(@Nullable Expr e) {
        return isYes(e, table.yes);
    }

    private boolean isNo(Expr e) {
        return e.kind == ExprKind.SYMBOL && e.symbol == table.no;
    }

    /** {@code m} becomes {@code m && modules} wherever it stands as a condition of its own. */
    @Nullable Expr guardModule(@Nullable Expr e, Symbol modules) {
        if (e == null) {
            return null;
        }
        return rewriteModule(e, modules);
    }

    private Expr rewriteModule(Expr e, Symbol modules) {
        if (depth.enter()) {
            Expr[] result = {e};
            depth.hop(() -> result[0] = rewriteModule(e, modules));
            depth.leave();
            return result[0];
        }
        try {
            switch (e.kind) {
                case NOT:
                    return table.not(rewriteModule(e.left(), modules));
                case AND, OR:
                    return table.binary(e.kind, rewriteModule(e.left(), modules), rewriteModule(e.right(), modules));
                case SYMBOL:
                    if (e.symbol == table.mod) {
                        return table.binary(ExprKind.AND, e, table.symbol(modules));
                    }
                    return e;
                default:
                    return e;
            }
        } finally {
            depth.leave();
        }
    }

    /** Pushes {@code !} inwards and removes comparisons of bools with constants. */
    @Nullable Expr transform(@Nullable Expr e) {
        return e == null ? null : transformed(e);
    }

    private Expr transformed(Expr e) {
        Expr known = get(transformed, e);
        if (known != null) {
            return known;
        }
        if (depth.enter()) {
            Expr[] result = {e};
            depth.hop(() -> result[0] = transformed(e));
            depth.leave();
            return result[0];
        }
        int notesBefore = notes;
        Expr result = switch (e.kind) {
            case AND, OR -> table.binary(e.kind, transformed(e.left()), transformed(e.right()));
            case NOT -> negated(transformed(e.left()));
            case EQUAL, UNEQUAL -> boolComparison(e);
            default -> e;
        };
        depth.leave();
        // A rewriting that printed a note prints it again each time, as the original does.
        if (notes == notesBefore) {
            transformed = put(transformed, e, result);
        }
        return result;
    }

    private Expr boolComparison(Expr e) {
        Symbol a = e.symbol();
        Symbol b = e.symbol2();
        if (a.type != SymbolType.BOOL || !b.constant || b.id > table.yes.id) {
            return e;
        }
        boolean equal = e.kind == ExprKind.EQUAL;
        if (b == table.mod) {
            notes++;
            sink.report(Diagnostic.text(Diagnostic.Severity.INFO, "boolean symbol " + a.name
                    + " tested for 'm'? test forced to '" + (equal ? 'n' : 'y') + "'"));
            return equal ? noExpr : yesExpr;
        }
        Expr plain = table.symbol(a);
        return equal == (b == table.yes) ? plain : table.not(plain);
    }

    /** The negation of {@code e}, which is already transformed. */
    private Expr negated(Expr e) {
        switch (e.kind) {
            case NOT:
                return e.left();
            case EQUAL:
                return table.compare(ExprKind.UNEQUAL, e.symbol(), e.symbol2());
            case UNEQUAL:
                return table.compare(ExprKind.EQUAL, e.symbol(), e.symbol2());
            case LESS_EQUAL:
                return table.compare(ExprKind.GREATER, e.symbol(), e.symbol2());
            case GREATER_EQUAL:
                return table.compare(ExprKind.LESS, e.symbol(), e.symbol2());
            case LESS:
                return table.compare(ExprKind.GREATER_EQUAL, e.symbol(), e.symbol2());
            case GREATER:
                return table.compare(ExprKind.LESS_EQUAL, e.symbol(), e.symbol2());
            case OR, AND:
                return transformed(table.binary(e.kind == ExprKind.OR ? ExprKind.AND : ExprKind.OR,
                        table.not(e.left()), table.not(e.right())));
            default:
                if (e.symbol == table.yes) {
                    return noExpr;
                }
                if (e.symbol == table.no) {
                    return yesExpr;
                }
                return e.symbol == table.mod ? e : table.not(e);
        }
    }

    /** Removes y and n from conjunctions and disjunctions. */
    private Expr fold(Expr e) {
        if (e.kind != ExprKind.AND && e.kind != ExprKind.OR) {
            return e;
        }
        Expr known = get(folded, e);
        if (known != null) {
            return known;
        }
        if (depth.enter()) {
            Expr[] result = {e};
            depth.hop(() -> result[0] = fold(e));
            depth.leave();
            return result[0];
        }
        Expr l = fold(e.left());
        Expr r = fold(e.right());
        boolean and = e.kind == ExprKind.AND;
        Expr result = e;
        if (and ? isNo(l) : isYes(l)) {
            result = l;
        } else if (and ? isYes(l) : isNo(l)) {
            result = r;
        } else if (and ? isNo(r) : isYes(r)) {
            result = r;
        } else if (and ? isYes(r) : isNo(r)) {
            result = l;
        }
        depth.leave();
        folded = put(folded, e, result);
        return result;
    }

    /** Joins operands that repeat or contradict each other. */
    @Nullable Expr distinct(@Nullable Expr e) {
        return e == null ? null : distinctOf(e);
    }

    private Expr distinctOf(Expr original) {
        if (original.kind != ExprKind.AND && original.kind != ExprKind.OR) {
            return original;
        }
        Expr known = get(distinct, original);
        if (known != null) {
            return known;
        }
        if (depth.enter()) {
            Expr[] result = {original};
            depth.hop(() -> result[0] = distinctOf(original));
            depth.leave();
            return result[0];
        }
        int saved = changes;
        Expr e = original;
        do {
            changes = 0;
            Expr before = e;
            if (e.kind == ExprKind.AND || e.kind == ExprKind.OR) {
                Expr l = distinctOf(e.left());
                Expr r = distinctOf(e.right());
                if (index.mayMeet(e.kind, l, r)) {
                    joinPairs(e.kind, l, r);
                    e = table.binary(e.kind, outLeft, outRight);
                } else {
                    e = table.binary(e.kind, l, r);
                    index.joined(l, r, e);
                }
            }
            if (!classic || changes > 0 || e != before) {
                e = fold(e);
            }
        } while (changes > 0);
        changes = saved;
        depth.leave();
        distinct = put(distinct, original, e);
        return e;
    }

    /** Compares each operand on the left with each on the right; the rewritten sides are left in out fields. */
    private void joinPairs(ExprKind kind, Expr x, Expr y) {
        if (depth.enter()) {
            depth.hop(() -> joinPairs(kind, x, y));
            depth.leave();
            return;
        }
        if (x.kind == kind) {
            joinPairs(kind, x.left(), y);
            Expr l = outLeft;
            joinPairs(kind, x.right(), outRight);
            outLeft = table.binary(kind, l, outLeft);
        } else if (y.kind == kind) {
            joinPairs(kind, x, y.left());
            Expr l = outRight;
            joinPairs(kind, outLeft, y.right());
            outRight = table.binary(kind, l, outRight);
        } else {
            Expr joined = kind == ExprKind.OR ? joinOr(x, y) : joinAnd(x, y);
            outLeft = x;
            outRight = y;
            if (joined != null) {
                changes++;
                outLeft = kind == ExprKind.OR ? noExpr : yesExpr;
                outRight = joined;
            }
        }
        depth.leave();
    }

    /** The symbol that a leaf or negated leaf tests; null when two leaves cannot be joined through it. */
    private static @Nullable Symbol tested(Expr e, boolean first) {
        return switch (e.kind) {
            case EQUAL, UNEQUAL, SYMBOL -> e.symbol;
            case NOT -> {
                Expr inner = e.left();
                boolean simple = inner.kind == ExprKind.SYMBOL
                        || first && (inner.kind == ExprKind.EQUAL || inner.kind == ExprKind.UNEQUAL);
                yield simple ? inner.symbol : null;
            }
            default -> null;
        };
    }

    private @Nullable Symbol commonSymbol(Expr x, Expr y) {
        Symbol a = tested(x, true);
        Symbol b = tested(y, false);
        return a != null && a == b && a.type.isLogical() ? a : null;
    }

    private boolean rights(Expr x, Expr y, Symbol a, Symbol b) {
        return x.symbol2 == a && y.symbol2 == b || x.symbol2 == b && y.symbol2 == a;
    }

    private @Nullable Expr joinOr(Expr x, Expr y) {
        if (equal(x, y)) {
            return x;
        }
        Symbol s = commonSymbol(x, y);
        if (s == null) {
            return null;
        }
        if (s.type == SymbolType.TRISTATE && x.kind == ExprKind.EQUAL && y.kind == ExprKind.EQUAL) {
            // a=y || a=m is a!=n, and likewise for the other two pairs.
            if (rights(x, y, table.yes, table.mod)) {
                return table.compare(ExprKind.UNEQUAL, s, table.no);
            }
            if (rights(x, y, table.yes, table.no)) {
                return table.compare(ExprKind.UNEQUAL, s, table.mod);
            }
            if (rights(x, y, table.mod, table.no)) {
                return table.compare(ExprKind.UNEQUAL, s, table.yes);
            }
        }
        if (s.type == SymbolType.BOOL) {
            boolean opposites = x.kind == ExprKind.NOT && x.left().kind == ExprKind.SYMBOL && y.kind == ExprKind.SYMBOL
                    || y.kind == ExprKind.NOT && y.left().kind == ExprKind.SYMBOL && x.kind == ExprKind.SYMBOL;
            if (opposites) {
                return yesExpr;
            }
        }
        return null;
    }

    private static boolean oneIs(Expr x, Expr y, ExprKind comparison, Symbol right) {
        return x.kind == ExprKind.SYMBOL && y.kind == comparison && y.symbol2 == right
                || y.kind == ExprKind.SYMBOL && x.kind == comparison && x.symbol2 == right;
    }

    private @Nullable Expr joinAnd(Expr x, Expr y) {
        if (equal(x, y)) {
            return x;
        }
        Symbol s = commonSymbol(x, y);
        if (s == null) {
            return null;
        }
        if (oneIs(x, y, ExprKind.EQUAL, table.yes)) {
            return table.compare(ExprKind.EQUAL, s, table.yes);
        }
        if (oneIs(x, y, ExprKind.UNEQUAL, table.no)) {
            return table.symbol(s);
        }
        if (oneIs(x, y, ExprKind.UNEQUAL, table.mod)) {
            return table.compare(ExprKind.EQUAL, s, table.yes);
        }
        if (s.type != SymbolType.TRISTATE) {
            return null;
        }
        if (x.kind == ExprKind.EQUAL && y.kind == ExprKind.UNEQUAL && x.symbol2().constant && y.symbol2().constant) {
            return x.symbol2 != y.symbol2 ? x : noExpr;
        }
        if (x.kind == ExprKind.UNEQUAL && y.kind == ExprKind.EQUAL && x.symbol2().constant && y.symbol2().constant) {
            return x.symbol2 != y.symbol2 ? y : noExpr;
        }
        if (x.kind == ExprKind.UNEQUAL && y.kind == ExprKind.UNEQUAL) {
            if (rights(x, y, table.yes, table.no)) {
                return table.compare(ExprKind.EQUAL, s, table.mod);
            }
            if (rights(x, y, table.yes, table.mod)) {
                return table.compare(ExprKind.EQUAL, s, table.no);
            }
            if (rights(x, y, table.mod, table.no)) {
                return table.compare(ExprKind.EQUAL, s, table.yes);
            }
        }
        return null;
    }

    /** Whether two expressions have the same operands, in any order, level by level; null is y. */
    boolean equal(@Nullable Expr x, @Nullable Expr y) {
        if (x == null || y == null) {
            return isYes(x) && isYes(y);
        }
        if (x.kind != y.kind) {
            return false;
        }
        switch (x.kind) {
            case NOT:
                if (depth.enter()) {
                    boolean[] result = new boolean[1];
                    depth.hop(() -> result[0] = equal(x.left(), y.left()));
                    depth.leave();
                    return result[0];
                }
                boolean same = equal(x.left(), y.left());
                depth.leave();
                return same;
            case AND, OR:
                int saved = changes;
                Expr savedLeft = outLeft;
                Expr savedRight = outRight;
                cancel(x, y);
                boolean result = outLeft.kind == ExprKind.SYMBOL && outRight.kind == ExprKind.SYMBOL
                        && outLeft.symbol == outRight.symbol;
                changes = saved;
                outLeft = savedLeft;
                outRight = savedRight;
                return result;
            default:
                return x.symbol == y.symbol && x.symbol2 == y.symbol2 && x.kind != ExprKind.RANGE;
        }
    }

    /** What is left of {@code y} once the operands that {@code x} has as well are removed from both. */
    Expr remainder(Expr x, Expr y) {
        cancel(x, y);
        return outRight;
    }

    /** Removes the operands common to both; the rest is left in the out fields. */
    private void cancel(Expr x, Expr y) {
        Expr l = x;
        Expr r = y;
        ExprKind kind = l.kind;
        if (kind == ExprKind.OR || kind == ExprKind.AND) {
            cancelPairs(kind, l, r);
            l = outLeft;
            r = outRight;
        }
        if (l.kind != r.kind && (r.kind == ExprKind.OR || r.kind == ExprKind.AND)) {
            cancelPairs(r.kind, l, r);
            l = outLeft;
            r = outRight;
        }
        outLeft = fold(l);
        outRight = fold(r);
    }

    private void cancelPairs(ExprKind kind, Expr x, Expr y) {
        if (depth.enter()) {
            depth.hop(() -> cancelPairs(kind, x, y));
            depth.leave();
            return;
        }
        if (x.kind == kind) {
            cancelPairs(kind, x.left(), y);
            Expr l = outLeft;
            cancelPairs(kind, x.right(), outRight);
            outLeft = table.binary(kind, l, outLeft);
        } else if (y.kind == kind) {
            cancelPairs(kind, x, y.left());
            Expr l = outRight;
            cancelPairs(kind, outLeft, y.right());
            outRight = table.binary(kind, l, outRight);
        } else {
            boolean bothConstant = x == y && (x == yesExpr || x == noExpr);
            if (!bothConstant && equal(x, y)) {
                changes++;
                Expr neutral = kind == ExprKind.OR ? noExpr : yesExpr;
                outLeft = neutral;
                outRight = neutral;
            } else {
                outLeft = x;
                outRight = y;
            }
        }
        depth.leave();
    }

    /** {@code e != n} spread over the operands of {@code e}; null is y. */
    Expr notEqualNo(@Nullable Expr e) {
        return compareWithNo(e, false);
    }

    /** {@code e = n} spread over the operands of {@code e}. */
    Expr equalNo(Expr e) {
        return compareWithNo(e, true);
    }

    private Expr compareWithNo(@Nullable Expr e, boolean equal) {
        if (e == null) {
            return equal ? noExpr : table.not(noExpr);
        }
        if (depth.enter()) {
            Expr[] result = {e};
            depth.hop(() -> result[0] = compareWithNo(e, equal));
            depth.leave();
            return result[0];
        }
        try {
            switch (e.kind) {
                case AND, OR:
                    Expr l = compareWithNo(e.left(), true);
                    Expr r = compareWithNo(e.right(), true);
                    Expr both = table.binary(e.kind == ExprKind.AND ? ExprKind.OR : ExprKind.AND, l, r);
                    return equal ? both : table.not(both);
                case NOT:
                    return compareWithNo(e.left(), !equal);
                case SYMBOL:
                    return table.compare(equal ? ExprKind.EQUAL : ExprKind.UNEQUAL, e.symbol(), table.no);
                default:
                    return equal ? table.not(e) : e;
            }
        } finally {
            depth.leave();
        }
    }
}
