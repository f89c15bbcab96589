package org.mmkit.kconfig.repair;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.mmkit.kconfig.repair.SatSolver.Result;

/**
 * Finds models that break the fewest of a set of literals. Each set of literals that cannot hold together costs one and
 * is replaced by a counter that lets one of them go (Morgado, Dodaro and Marques-Silva, Core-Guided MaxSAT with Soft
 * Cardinality Constraints, 2014). Confined to one thread.
 */
final class FewestChanges {

    private static final long CORE_BUDGET = 300;

    private final Formula f;
    private final SatSolver solver;
    private final Set<Integer> assumptions = new LinkedHashSet<>();
    /** For each counter output that is assumed, the next one of the same counter. */
    private final Map<Integer, int[]> counters = new HashMap<>();
    private final Map<Integer, Integer> positions = new HashMap<>();

    FewestChanges(Formula f, SatSolver solver, List<Integer> wanted) {
        this.f = f;
        this.solver = solver;
        assumptions.addAll(wanted);
    }

    /** Searches for the next best model; true when the solver holds one. */
    Result next(int[] hard, long deadlineNanos) {
        while (true) {
            int[] all = new int[hard.length + assumptions.size()];
            System.arraycopy(hard, 0, all, 0, hard.length);
            int n = hard.length;
            for (int a : assumptions) {
                all[n++] = a;
            }
            Result result = Result.UNKNOWN;
            while (result == Result.UNKNOWN) {
                if (System.nanoTime() - deadlineNanos > 0) {
                    return Result.UNKNOWN;
                }
                result = solver.solve(all, 20_000);
            }
            if (result == Result.SATISFIABLE) {
                return result;
            }
            List<Integer> core = soft(solver.core());
            if (core.isEmpty()) {
                return Result.UNSATISFIABLE;
            }
            relax(shrink(hard, core));
        }
    }

    private List<Integer> soft(int[] core) {
        List<Integer> result = new ArrayList<>();
        for (int lit : core) {
            if (assumptions.contains(lit)) {
                result.add(lit);
            }
        }
        return result;
    }

    /** Leaves out what is not needed for the contradiction, as far as that is quickly seen. */
    private List<Integer> shrink(int[] hard, List<Integer> core) {
        List<Integer> kept = new ArrayList<>(core);
        for (int i = kept.size() - 1; i >= 0 && kept.size() > 1 && kept.size() < 60; i--) {
            if (i >= kept.size()) {
                continue;
            }
            int[] test = new int[hard.length + kept.size() - 1];
            System.arraycopy(hard, 0, test, 0, hard.length);
            int n = hard.length;
            for (int k = 0; k < kept.size(); k++) {
                if (k != i) {
                    test[n++] = kept.get(k);
                }
            }
            if (solver.solve(test, CORE_BUDGET) == Result.UNSATISFIABLE) {
                List<Integer> smaller = soft(solver.core());
                if (smaller.isEmpty()) {
                    return smaller;
                }
                kept.retainAll(smaller);
            }
        }
        return kept;
    }

    private void relax(List<Integer> core) {
        for (int lit : core) {
            assumptions.remove(lit);
            int[] counter = counters.get(lit);
            if (counter != null) {
                int next = positions.getOrDefault(lit, 0) + 1;
                if (next < counter.length) {
                    assume(counter, next);
                }
            }
        }
        if (core.size() > 1) {
            int[] outputs = count(core);
            assume(outputs, 1);
        }
    }

    /** Assumes that output {@code index}, "more than index are broken", is false. */
    private void assume(int[] outputs, int index) {
        int lit = -outputs[index];
        if (lit == f.yes()) {
            return;
        }
        assumptions.add(lit);
        counters.put(lit, outputs);
        positions.put(lit, index);
    }

    /** Literals of which the i-th holds when more than i of {@code literals} are broken. */
    private int[] count(List<Integer> literals) {
        int n = literals.size();
        if (n == 1) {
            return new int[] {-literals.get(0)};
        }
        int[] a = count(literals.subList(0, n / 2));
        int[] b = count(literals.subList(n / 2, n));
        int[] sum = new int[n];
        for (int i = 0; i < n; i++) {
            sum[i] = solver.newVariable(false);
        }
        for (int i = 0; i <= a.length; i++) {
            for (int k = 0; k <= b.length; k++) {
                if (i + k == 0) {
                    continue;
                }
                if (i == 0) {
                    solver.addClause(-b[k - 1], sum[k - 1]);
                } else if (k == 0) {
                    solver.addClause(-a[i - 1], sum[i - 1]);
                } else {
                    solver.addClause(-a[i - 1], -b[k - 1], sum[i + k - 1]);
                }
            }
        }
        return sum;
    }
}
