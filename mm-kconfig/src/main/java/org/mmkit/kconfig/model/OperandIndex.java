package org.mmkit.kconfig.model;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Tells whether two operands of a conjunction or disjunction can have anything to do with each other, so that a chain of
 * many thousand different ones is not compared pair by pair. Remembers the chain that grew last. Confined to one thread.
 */
final class OperandIndex {

    /** Stands for operands that are expressions themselves; two of them may always be equal. */
    private static final Object COMPLEX = new Object();

    private final Set<Object> keys = new HashSet<>();
    private @Nullable Expr chain;
    private @Nullable ExprKind chainKind;

    /** Whether some operand of {@code x} and some of {@code y} test the same symbol or may be equal. */
    boolean mayMeet(ExprKind kind, Expr x, Expr y) {
        if (chainKind != kind || chain != x && chain != y) {
            keys.clear();
            chain = x;
            chainKind = kind;
            addAll(x);
        }
        for (Expr operand : operands(kind, chain == x ? y : x)) {
            if (keys.contains(key(operand))) {
                return true;
            }
        }
        return false;
    }

    /** Takes note that {@code x} and {@code y}, asked about last, did not meet and became {@code whole}. */
    void joined(Expr x, Expr y, Expr whole) {
        addAll(chain == x ? y : x);
        chain = whole;
    }

    private void addAll(Expr e) {
        ExprKind kind = chainKind;
        if (kind != null) {
            operands(kind, e).forEach(operand -> keys.add(key(operand)));
        }
    }

    private static List<Expr> operands(ExprKind kind, Expr e) {
        if (e.kind != kind) {
            return List.of(e);
        }
        List<Expr> result = new ArrayList<>();
        List<Expr> work = new ArrayList<>(List.of(e));
        while (!work.isEmpty()) {
            Expr x = work.remove(work.size() - 1);
            if (x.kind == kind) {
                work.add(x.right());
                work.add(x.left());
            } else {
                result.add(x);
            }
        }
        return result;
    }

    private static Object key(Expr e) {
        Expr test = e.kind == ExprKind.NOT ? e.left() : e;
        return switch (test.kind) {
            case AND, OR, NOT -> COMPLEX;
            default -> test.symbol();
        };
    }
}
