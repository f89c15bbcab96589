package org.mmkit.kconfig.repair;

import java.util.HashMap;
import java.util.Map;

/** Builds propositional formulas as clauses; equal gates are made once. Confined to one thread. */
final class Formula {

    private final ClauseSink solver;
    private final int yes;
    private final Map<Long, Integer> gates = new HashMap<>();

    Formula(ClauseSink solver) {
        this.solver = solver;
        yes = solver.newVariable(true);
        solver.addClause(yes);
    }

    /** Where the clauses go. */
    ClauseSink solver() {
        return solver;
    }

    /** The literal that always holds. */
    int yes() {
        return yes;
    }

    int constant(boolean b) {
        return b ? yes : -yes;
    }

    int and(int a, int b) {
        if (a == -yes || b == -yes || a == -b) {
            return -yes;
        }
        if (a == yes || a == b) {
            return b;
        }
        if (b == yes) {
            return a;
        }
        long key = a < b ? (long) a << 32 | b & 0xffff_ffffL : (long) b << 32 | a & 0xffff_ffffL;
        Integer known = gates.get(key);
        if (known != null) {
            return known;
        }
        int g = solver.newVariable(false);
        solver.addClause(-g, a);
        solver.addClause(-g, b);
        solver.addClause(g, -a, -b);
        gates.put(key, g);
        return g;
    }

    int or(int a, int b) {
        return -and(-a, -b);
    }

    /** {@code c ? a : b}. */
    int choose(int c, int a, int b) {
        return a == b ? a : and(or(-c, a), or(c, b));
    }

    /** Whether both are the same. */
    int same(int a, int b) {
        return choose(a, b, -b);
    }

    /** {@code a} implies {@code b}, from now on. */
    void imply(int a, int b) {
        solver.addClause(-a, b);
    }
}
