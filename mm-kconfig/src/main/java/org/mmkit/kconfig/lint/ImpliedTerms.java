package org.mmkit.kconfig.lint;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.mmkit.kconfig.eval.ExprText;
import org.mmkit.kconfig.model.Expr;
import org.mmkit.kconfig.model.ExprKind;
import org.mmkit.kconfig.model.Property;
import org.mmkit.kconfig.model.PropertyKind;
import org.mmkit.kconfig.model.Symbol;

/**
 * A quick test that the dependencies of a selected symbol hold wherever the select does, by the terms that hold along
 * its own dependencies. It sees most selects that are in order, so that the search for a counterexample has few to do.
 */
final class ImpliedTerms {

    /** Symbols that are followed from one select; enough for every chain in the kernel. */
    private static final int MAX_CHAIN = 400;

    private ImpliedTerms() {
    }

    /** Whether every term that {@code t} needs is among those that hold with the line {@code p} of {@code s}. */
    static boolean areMet(Symbol s, Property p, Symbol t) {
        Set<Expr> given = new HashSet<>();
        Set<Symbol> on = new LinkedHashSet<>();
        on.add(s);
        given(p.condition(), given, on);
        // What a symbol depends on holds wherever the symbol does. What it selects is on as well, but the dependencies
        // of a selected symbol need not hold.
        List<Symbol> work = new ArrayList<>(on);
        Set<Symbol> forced = new HashSet<>();
        for (int i = 0; i < work.size() && i < MAX_CHAIN; i++) {
            Symbol x = work.get(i);
            Set<Symbol> more = new LinkedHashSet<>();
            if (!forced.contains(x)) {
                given(x.directDependency(), given, more);
            }
            for (Property q = x.firstProperty(); q != null; q = q.next()) {
                Symbol selected = q.kind() == PropertyKind.SELECT ? q.valueSymbol() : null;
                boolean always = q.condition() == null || given.contains(q.condition())
                        || q.condition() == x.directDependency();
                if (selected != null && selected != t && always && !on.contains(selected)) {
                    forced.add(selected);
                    more.add(selected);
                }
            }
            for (Symbol m : more) {
                if (on.add(m)) {
                    work.add(m);
                }
            }
        }
        for (Expr term : ExprText.conjuncts(t.directDependency())) {
            if (!holds(term, given, on)) {
                return false;
            }
        }
        return true;
    }

    private static void given(@Nullable Expr e, Set<Expr> given, Set<Symbol> on) {
        List<Expr> work = new ArrayList<>();
        if (e != null) {
            work.add(e);
        }
        while (!work.isEmpty()) {
            Expr x = work.remove(work.size() - 1);
            given.add(x);
            if (x.kind() == ExprKind.AND) {
                work.add(x.left());
                work.add(x.right());
            } else if (x.kind() == ExprKind.SYMBOL && !x.symbol().isConstant()) {
                on.add(x.symbol());
            }
        }
    }

    private static boolean holds(Expr e, Set<Expr> given, Set<Symbol> on) {
        List<Expr> work = new ArrayList<>();
        work.add(e);
        while (!work.isEmpty()) {
            Expr x = work.remove(work.size() - 1);
            if (given.contains(x) || x.kind() == ExprKind.SYMBOL && on.contains(x.symbol())) {
                return true;
            }
            if (x.kind() == ExprKind.OR) {
                work.add(x.left());
                work.add(x.right());
            }
        }
        return false;
    }
}
