package org.mmkit.kconfig.model;

import org.jspecify.annotations.Nullable;

/** Makes expression nodes and keeps equal ones the same object. Confined to one thread. */
public final class ExprTable {

    private @Nullable Expr[] slots = new @Nullable Expr[1 << 15];
    private int size;
    private int nextId;
    final Symbol no;
    final Symbol mod;
    final Symbol yes;

    ExprTable(SymbolTable symbols) {
        this(symbols.no, symbols.mod, symbols.yes, 0);
    }

    private ExprTable(Symbol no, Symbol mod, Symbol yes, int firstId) {
        this.no = no;
        this.mod = mod;
        this.yes = yes;
        this.nextId = firstId;
    }

    /** A table for nodes that will not become part of {@code tree}, as comparisons of its expressions need. */
    public static ExprTable scratch(KconfigTree tree) {
        return new ExprTable(tree.no(), tree.mod(), tree.yes(), tree.expressionCount());
    }

    /** The number of ids given out, that is, one more than the greatest id. */
    int idCount() {
        return nextId;
    }

    /** The value of {@code symbol}. */
    public Expr symbol(Symbol symbol) {
        return intern(ExprKind.SYMBOL, null, null, symbol, null);
    }

    /** {@code !e}. */
    public Expr not(Expr e) {
        return intern(ExprKind.NOT, e, null, null, null);
    }

    /** {@code l kind r} for {@code &&} or {@code ||}. */
    public Expr binary(ExprKind kind, Expr l, Expr r) {
        return intern(kind, l, r, null, null);
    }

    /** A comparison or range of two symbols. */
    public Expr compare(ExprKind kind, Symbol l, Symbol r) {
        return intern(kind, null, null, l, r);
    }

    /** Conjunction, where null is y. */
    public @Nullable Expr and(@Nullable Expr l, @Nullable Expr r) {
        return l == null ? r : r == null ? l : binary(ExprKind.AND, l, r);
    }

    /** Disjunction, where null is absent (not y). */
    public @Nullable Expr or(@Nullable Expr l, @Nullable Expr r) {
        return l == null ? r : r == null ? l : binary(ExprKind.OR, l, r);
    }

    private static int key(@Nullable Expr e, @Nullable Symbol s) {
        return e != null ? e.id + 1 : s != null ? s.id + 1 : 0;
    }

    private Expr intern(ExprKind kind, @Nullable Expr l, @Nullable Expr r, @Nullable Symbol a, @Nullable Symbol b) {
        int h = hash(kind, key(l, a), key(r, b));
        int mask = slots.length - 1;
        int i = h & mask;
        for (Expr e = slots[i]; e != null; e = slots[i]) {
            if (e.kind == kind && e.left == l && e.right == r && e.symbol == a && e.symbol2 == b) {
                return e;
            }
            i = i + 1 & mask;
        }
        Expr e = new Expr(nextId++, kind, l, r, a, b);
        slots[i] = e;
        if (++size * 2 > slots.length) {
            grow();
        }
        return e;
    }

    private void grow() {
        @Nullable Expr[] old = slots;
        slots = new @Nullable Expr[old.length * 2];
        int mask = slots.length - 1;
        for (Expr e : old) {
            if (e != null) {
                int i = hash(e.kind, key(e.left, e.symbol), key(e.right, e.symbol2)) & mask;
                while (slots[i] != null) {
                    i = i + 1 & mask;
                }
                slots[i] = e;
            }
        }
    }

    private static int hash(ExprKind kind, int l, int r) {
        int h = (kind.ordinal() * 31 + l) * 0x9E3779B1 + r * 0x85EBCA6B;
        return h ^ h >>> 15;
    }

    /** Every node, by id; ids of a scratch table are not supported. */
    Expr[] toArray() {
        Expr[] all = new Expr[nextId];
        for (Expr e : slots) {
            if (e != null) {
                all[e.id] = e;
            }
        }
        return all;
    }
}
